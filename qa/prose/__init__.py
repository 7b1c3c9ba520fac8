"""Prose by a chat model, held to the quotes: what is asked of it, what it may cost, and what of it is borne out."""
