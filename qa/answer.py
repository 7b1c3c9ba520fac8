"""The values that an answer is made of. Frozen and whole: they carry everything that any screen shows."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ingest import Copy

NOTHING_NEAR = "nothing near"
NOT_ANSWERED = "near, but not answering"


@dataclass(frozen=True, slots=True)
class Citation:
    """An exact quote and the place where it stands.

    Attributes:
        number: from 1; the answer's text refers to it as [number].
        article_id, title, publisher, published, url: of the article, None where its source does not state it.
        quote: the words of the article, unchanged.
        start, end: character offsets of the quote in the article's text.
        verified: `article.text[start:end] == quote` was checked against the stored text of this version.
        version: of the article; a changed text is the next one, and the earlier ones can still be opened.
        updated: when this version's text came to be, as its source states it or when the change was noticed; None where
            it stands as it was published.
        correction: the article's correction notices, in its words.
        also: other articles that tell the same story in nearly the same words, the earliest first; no confirmation.
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
    version: int = 1
    updated: str | None = None
    correction: str | None = None
    also: tuple[Copy, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation, and the text of its answer where there was one."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that a chat model wrote, and whether the quotes bear it out.

    Attributes:
        text: its words, without marks and markup.
        citations: numbers of the answer's citations that it names.
        verdict: "supported" by them, "unsupported", or "uncited" where it names none that was given.
        why: what speaks against it, in words for the reader; empty where it is supported.
    """

    text: str
    citations: tuple[int, ...]
    verdict: Literal["supported", "unsupported", "uncited"]
    why: str = ""

    @property
    def marked(self) -> str:
        """The sentence with its marks: "They return in May. [1]"."""
        return " ".join([self.text, *(f"[{number}]" for number in self.citations)])


@dataclass(frozen=True, slots=True)
class Prose:
    """What a chat model made of the quotes, each sentence checked against them.

    Attributes:
        model: its name, as the setting gives it.
        sentences: as they were written, those that do not hold too.
        strict: "withhold" leaves out what does not hold, "strike" shows it struck through.
        done: nothing more is to come.
        declined: the model found no answer in the quotes.
        problem: why the model wrote nothing, or stopped; empty where nothing went wrong.
        tokens: read and written, as the provider counts them or, where it does not, as estimated.
    """

    model: str
    sentences: tuple[Sentence, ...] = ()
    strict: Literal["withhold", "strike"] = "withhold"
    done: bool = False
    declined: bool = False
    problem: str = ""
    tokens: int = 0

    @property
    def text(self) -> str:
        """The supported sentences with their marks; may be empty."""
        return " ".join(sentence.marked for sentence in self.sentences if sentence.verdict == "supported")

    @property
    def withheld(self) -> tuple[Sentence, ...]:
        """The sentences that the quotes do not bear out."""
        return tuple(sentence for sentence in self.sentences if sentence.verdict != "supported")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the articles say to a question, or that they do not say.

    Attributes:
        question: as it was asked.
        searched_for: the question as it was understood: a follow-up is made to stand alone.
        found: False when the articles do not say; then `text` is empty and `nearest` shows what comes nearest.
        text: the answer's sentences with their marks: "They return in May. [1]"
        short: the exact words that answer, where there are such; else empty.
        confidence: 0 to 1, the reader's estimate that a quote of it answers the question; of the other kinds, 1 where
            there is one, as nothing is estimated.
        citations: the quotes, numbered as in the text.
        conflicts: quotes that contradict each other, as pairs of citation numbers.
        nearest: when nothing was found, the passages that come nearest; they answer nothing. Also when a model finds no
            answer in the quotes: those that come nearest besides.
        reason: when nothing was found, NOTHING_NEAR or NOT_ANSWERED; else empty.
        kind: "quotes"; of several articles: "comparison", "timeline", "count", "list", "latest", "summary"; or "about",
            small talk and what the assistant says of itself, which has no citations.
        notes: what was taken for what and what was counted, in words: "“last week”: articles from 4 to 10 March 2019".
        prose: what a chat model made of the quotes, where one is set and the articles say something.
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
    reason: str = ""
    kind: str = "quotes"
    notes: tuple[str, ...] = ()
    prose: Prose | None = None
    took_ms: float = field(default=0.0, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON types; the shape that `citewire ask --json` and `POST /api/ask` give."""
        shown: dict[str, Any] = _as_json(asdict(self))
        if self.prose:
            shown["prose"]["text"] = self.prose.text
        return shown


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_json(item) for name, item in value.items()}
    return [_as_json(item) for item in value] if isinstance(value, (list, tuple)) else value
