"""What is said when the articles do not say."""

from qa.answer import NOT_ANSWERED, NOTHING_NEAR

NOT_FOUND = "The articles don’t say."
_NEAREST = {
    NOT_ANSWERED: "Nearest, but not an answer:",
    NOTHING_NEAR: "Nothing in them is about this. The nearest there is:",
}


def nearest_note(reason: str) -> str:
    """What stands above the nearest passages of a refusal."""
    return _NEAREST.get(reason, _NEAREST[NOT_ANSWERED])
