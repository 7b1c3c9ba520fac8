"""The values that an answer is made of. Frozen and whole: they carry everything that any screen shows."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Citation:
    """An exact quote and the place where it stands.

    Attributes:
        number: from 1; the answer's text refers to it as [number].
        article_id, title, publisher, published, url: of the article, None where its source does not state it.
        quote: the words of the article, unchanged.
        start, end: character offsets of the quote in the article's text.
        verified: `article.text[start:end] == quote` was checked against the stored text.
        page: the page, from 1, that the quote begins on; None where the article has no pages.
    """

    number: int
    article_id: str
    title: str
    publisher: str | None
    published: str | None
    url: str | None
    quote: str
    start: int
    end: int
    verified: bool
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the articles say to a question, or that they do not say.

    Attributes:
        question: as it was asked.
        searched_for: the question as it was understood.
        found: False when the articles do not say; then `text` is empty and `nearest` shows what comes nearest.
        text: the answer's sentences with their marks: "They return in May. [1]"
        short: the exact words that answer, where there are such; else empty.
        confidence: 0 to 1, the reader's estimate that the first quote answers the question.
        citations: the quotes, numbered as in the text.
        conflicts: quotes that contradict each other, as pairs of citation numbers.
        nearest: when nothing was found, the passages that come nearest; they answer nothing.
        took_ms: milliseconds from the question to this value; left out when answers are compared.
    """

    question: str
    searched_for: str
    found: bool
    text: str
    short: str
    confidence: float
    citations: tuple[Citation, ...]
    conflicts: tuple[tuple[int, int], ...] = ()
    nearest: tuple[Citation, ...] = ()
    took_ms: float = field(default=0.0, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON types; the shape that `citewire ask --json` and `POST /api/ask` give."""
        return {name: _as_json(value) for name, value in asdict(self).items()}


def _as_json(value: Any) -> Any:
    return [_as_json(item) for item in value] if isinstance(value, (list, tuple)) else value
