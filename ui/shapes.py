"""The shapes of what the API takes and gives, as the OpenAPI describes them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal, Self

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from ingest import Hit, Within
from ingest.within import EVERYTHING
from qa import Turn

EXAMPLE = "Why did Japan drop co-sponsorship?"
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2019-03-01"])]
Name = Annotated[str, Field(max_length=500)]


class Filters(BaseModel):
    """Which articles may answer: those for which everything that is set holds."""

    model_config = ConfigDict(extra="forbid")

    publishers: list[Name] | None = Field(default=None, max_length=100, description="One of these, whatever the case.")
    tags: list[Name] | None = Field(default=None, max_length=100, description="With one of these, whatever the case.")
    since: Day | None = Field(default=None, description="Published on this day or later.")
    until: Day | None = Field(default=None, description="Published on this day or earlier.")
    url: Annotated[str, Field(max_length=2000)] | None = Field(default=None, description="The article at this address.")

    def within(self, whole: Within = EVERYTHING) -> Within:
        """The same as a part of what a caller may see."""
        return replace(
            whole,
            publishers=None if self.publishers is None else frozenset(self.publishers),
            tags=None if self.tags is None else frozenset(self.tags),
            since=self.since,
            until=self.until,
            url=self.url,
        )


class TurnGiven(BaseModel):
    """An earlier question of the conversation and its answer."""

    model_config = ConfigDict(extra="forbid")

    question: str
    answer: str = Field(
        default="", description="The text of the answer; names that a follow-up points to may stand there."
    )


def turns_of(history: Sequence[TurnGiven]) -> list[Turn]:
    """A history as the assistant takes it."""
    return [Turn(turn.question, turn.answer) for turn in history]


class Question(BaseModel):
    """What is asked."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(description="The question, in words.", examples=[EXAMPLE])
    history: list[TurnGiven] = Field(
        default=[],
        max_length=50,
        description="The conversation so far, oldest first. A follow-up is made to stand alone from the latest turns; "
        "`searched_for` says how. Without a history the question is taken as it is.",
    )
    filters: Filters = Field(default=Filters(), description="Which articles may answer.")

    @property
    def turns(self) -> list[Turn]:
        """The history as the assistant takes it."""
        return turns_of(self.history)


class CopyShown(BaseModel):
    """Another article that tells the same story in nearly the same words."""

    article_id: str
    title: str
    publisher: str | None
    published: str | None
    url: str | None


class CitationShown(BaseModel):
    """An exact quote and the place where it stands."""

    number: int = Field(examples=[1])
    article_id: str = Field(examples=["japan-drops-co-sponsorship-1a2b3c4d"])
    title: str
    publisher: str | None
    published: str | None = Field(examples=["2019-03-13"])
    url: str | None
    quote: str = Field(description="The words of the article, unchanged.")
    start: int = Field(description="Offset of the quote in the article's text, in Unicode code points.")
    end: int
    verified: bool = Field(description="The quote was compared with the stored text.")
    version: int = Field(description="Of the article. A changed text is the next one.")
    updated: str | None = Field(description="When this version's text came to be, where that is later than published.")
    correction: str | None = Field(description="The article's own correction notices.")
    also: list[CopyShown] = Field(description="Copies of the article, the earliest first. They confirm nothing.")
    page: int | None = Field(description="The page that the quote begins on, where the article has pages.")


class SentenceShown(BaseModel):
    """A sentence that a chat model wrote."""

    text: str
    citations: list[int] = Field(description="Numbers of the citations that it rests on.")
    verdict: Literal["supported", "unsupported", "uncited"]
    why: str = Field(description="What speaks against it; empty where it is supported.")


class ProseShown(BaseModel):
    """What a chat model made of the quotes, each sentence checked against them."""

    model: str
    text: str = Field(description="The supported sentences with their marks. What is to be shown; may be empty.")
    sentences: list[SentenceShown] = Field(description="All that it wrote, what does not hold too.")
    strict: Literal["withhold", "strike"]
    done: bool
    declined: bool = Field(description="The model finds no answer in the quotes.")
    problem: str = Field(description="Why it wrote nothing, or stopped; empty where nothing went wrong.")
    tokens: int


class AnswerShown(BaseModel):
    """What the articles say, or (found is false) that they do not say."""

    question: str = Field(examples=[EXAMPLE])
    searched_for: str = Field(description="The question as it was understood: a follow-up made to stand alone.")
    found: bool
    text: str = Field(description="The answer's sentences with their marks: [1] is citation number 1.")
    short: str
    confidence: float
    citations: list[CitationShown]
    conflicts: list[tuple[int, int]]
    nearest: list[CitationShown] = Field(
        description="When nothing was found, or the model finds no answer in the quotes: what comes nearest."
    )
    reason: str = Field(description='When nothing was found: "nothing near" or "near, but not answering"; else empty.')
    kind: str = Field(
        description='"quotes"; of several articles: comparison, timeline, count, list, latest or summary, where `text` '
        'has a line for each quote, behind its side, day or title; or "about": small talk and what the assistant is, '
        "without citations."
    )
    notes: list[str] = Field(description="What was taken for what and what was counted, for the reader.")
    prose: ProseShown | None = Field(description="Where a chat model is set and the articles say something.")
    took_ms: float


class ArticleListed(BaseModel):
    """An article without its text."""

    id: str
    title: str
    publisher: str | None
    published: str | None
    language: str | None


class ArticleShown(ArticleListed):
    """An article with its text."""

    author: str | None
    url: str | None
    text: str
    version: int
    latest: int = Field(description="The number of the version that stands now.")
    updated: str | None
    fetched: str | None = Field(description="When its page was last fetched; null for a file and an earlier version.")
    superseded: str | None = Field(description="When the next version took its place; null for the latest.")
    correction: str | None = Field(description="The article's own correction notices.")
    also: list[CopyShown]


class PassageShown(BaseModel):
    """A passage that was found, and where it stands."""

    article_id: str
    title: str
    publisher: str | None
    published: str | None
    url: str | None
    text: str
    start: int = Field(description="Offset of the passage in the article's text, in Unicode code points.")
    end: int
    score: float = Field(description="Of the fused ranking; comparable within one search only.")
    similarity: float = Field(description="Cosine of the question's and the passage's meaning, -1 to 1.")

    @classmethod
    def of(cls, hit: Hit) -> Self:
        """The passage of a hit."""
        article, passage = hit.article, hit.passage
        return cls(
            article_id=article.id,
            title=article.title,
            publisher=article.publisher,
            published=article.published,
            url=article.url,
            text=passage.text,
            start=passage.start,
            end=passage.end,
            score=hit.score,
            similarity=hit.similarity,
        )


class Problem(BaseModel):
    """What went wrong."""

    code: str = Field(description="A word for programs.", examples=["not_found"])
    message: str = Field(description="A sentence for people.", examples=["There is nothing here."])
    request_id: str = Field(description="What to name when you report it.", examples=["3f2a9c0d1e4b"])


class ErrorShown(BaseModel):
    """The shape of every error."""

    error: Problem


ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"model": ErrorShown} for code in (400, 401, 403, 404, 405, 413, 422, 429, 500, 503)
}


def _visible(request: Request) -> Within:
    """The part of the library that the door lets this caller see."""
    within: Within = request.state.within
    return within


Visible = Annotated[Within, Depends(_visible)]


class Ready(BaseModel):
    """How much there is to answer from."""

    ready: bool
    articles: int
    passages: int


class NotReady(BaseModel):
    """Why no questions are answered."""

    ready: bool
    reason: str
