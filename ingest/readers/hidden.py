"""What a reader says after an article from which it left characters out that nobody sees."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hidden:
    """Zero-width, bidirectional and control characters: they can hide or reorder words, and somebody may have meant to.

    Attributes:
        source: of the article.
        count: how many were left out.
    """

    source: str
    count: int
