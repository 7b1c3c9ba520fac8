"""A question among others: follow-ups made to stand alone, small talk, and what the assistant says of itself."""
