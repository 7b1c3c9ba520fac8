"""What is said beside an answer: that the articles do not say, and what was searched for."""

from qa.answer import NOT_ANSWERED, NOTHING_NEAR

NOT_FOUND = "The articles don’t say."
_NEAREST = {
    NOT_ANSWERED: "Nearest, but not an answer:",
    NOTHING_NEAR: "Nothing in them is about this. The nearest there is:",
}
_NEAREST_BESIDES = "The next nearest:"


def nearest_note(reason: str, *, found: bool = False) -> str:
    """What stands above the nearest passages of a refusal, or (found) of quotes in which a model finds no answer."""
    return _NEAREST_BESIDES if found else _NEAREST.get(reason, _NEAREST[NOT_ANSWERED])


def searched_instead(question: str, searched_for: str) -> str:
    """What was searched for, where it differs from what was asked by more than case and spaces; else empty."""
    asked, searched = (" ".join(text.split()).casefold() for text in (question, searched_for))
    return "" if asked.rstrip(" ?.!") == searched.rstrip(" ?.!") else searched_for
