"""The writer: a chat model makes prose of the quotes, and each of its sentences is checked before it counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ingest import ArticleNotFoundError, Encoder, Library, sentences
from qa.answer import Answer, Citation, Prose, Sentence
from qa.errors import ModelError
from qa.prose import prompt
from qa.prose.claims import Checker
from qa.prose.marks import Draft, drafts
from qa.prose.model import CHARACTERS_A_TOKEN, ChatModel, Piece, open_model
from qa.prose.sources import Source
from qa.prose.spending import Spending
from qa.settings import Settings

_LONGEST = 3_000  # characters that a model may write
_MOST = 12  # sentences


class Writer:
    """Adds prose to answers that have quotes.

    Args:
        model: writes.
        library: holds the articles that are quoted.
        spending: counts the tokens, and may have a limit.
        strict: what becomes of sentences that do not hold.
        encoder: compares meanings; None for the library's.
    """

    def __init__(
        self,
        model: ChatModel,
        library: Library,
        spending: Spending,
        strict: Literal["withhold", "strike"] = "withhold",
        encoder: Encoder | None = None,
    ) -> None:
        self.model = model
        self.spending = spending
        self._library = library
        self._strict = strict
        self._checker = Checker(encoder or library.encoder)

    def write(self, answers: Iterator[Answer]) -> Iterator[Answer]:
        """The answers as they come, then the last one with its prose growing. What goes wrong is said in the prose.

        While the model is silent the same answer is given again now and then, so that who asks can turn away.
        """
        answer = None
        for answer in answers:
            yield answer
        if answer is None or not answer.citations:  # whether the articles say it is not for a model to decide
            return
        prose = Prose(self.model.name, strict=self._strict)
        for grown in self._prose(answer, prose):
            yield replace(answer, prose=grown)

    def close(self) -> None:
        """End what is under way."""
        self.model.close()

    def _prose(self, answer: Answer, prose: Prose) -> Iterator[Prose]:
        sources = self._sources(answer.citations)
        asked = prompt.asked(answer.searched_for, sources)
        draft = _Draft(read=(len(prompt.SYSTEM) + len(asked)) // CHARACTERS_A_TOKEN)
        problem = ""
        try:
            self.spending.check()
            yield prose
            for piece in self._said(asked, draft):
                if piece:
                    prose = replace(prose, sentences=self._checked(draft, sources), tokens=draft.tokens)
                yield prose
                if draft.endless:
                    problem = "The model went on and on, and was stopped."
                    break
        except ModelError as error:
            problem = str(error)
        draft.cut |= bool(problem)
        draft.whole = True
        declined = draft.declined
        yield replace(
            prose,
            sentences=() if declined else self._checked(draft, sources),
            tokens=draft.tokens,
            declined=declined,
            problem=problem or ("" if draft.text.strip() else "The model wrote nothing."),
            done=True,
        )

    def _said(self, asked: str, draft: "_Draft") -> Iterator[Piece | None]:
        """What the model says, added to the draft; its tokens count however it ends, but for a request that failed."""
        pieces = self.model.stream(prompt.SYSTEM, asked)
        try:
            for piece in pieces:
                if piece:
                    draft.add(piece)
                yield piece
        except ModelError:
            if not draft.text:
                draft.read = 0
            raise
        finally:
            pieces.close()  # which ends the request
            self.spending.add(draft.tokens)

    def _checked(self, draft: "_Draft", sources: Sequence[Source]) -> tuple[Sentence, ...]:
        if not draft.whole and prompt.NOTHING.startswith(draft.text.strip()[: len(prompt.NOTHING)].upper()):
            return ()
        language = sources[0].language if sources else None
        written = drafts(draft.text, language, whole=draft.whole)
        if draft.cut and written and not written[-1].ended:
            written.pop()  # half a sentence says nothing
        for one in written:
            if one not in draft.verdicts:
                draft.verdicts[one] = self._checker.check(one.text, one.numbers, sources)
        return tuple(draft.verdicts[one] for one in written[:_MOST])

    def _sources(self, citations: Sequence[Citation]) -> list[Source]:
        found = []
        for citation in citations:
            try:
                article = self._library.article(citation.article_id)
            except ArticleNotFoundError:  # removed since it was quoted
                continue
            before, after = beside(article.text, citation.start, citation.end, article.language)
            about = " ".join(filter(None, (citation.title, citation.publisher)))
            found.append(
                Source(citation.number, citation.quote, before, after, about, citation.published, article.language)
            )
        return found


@dataclass
class _Draft:
    """What has been written so far."""

    read: int
    text: str = ""
    counted: int = 0
    cut: bool = False
    whole: bool = False
    verdicts: dict[Draft, Sentence] = field(default_factory=dict)

    def add(self, piece: Piece) -> None:
        self.text += piece.text
        self.counted = max(self.counted, piece.tokens)
        self.cut |= piece.cut

    @property
    def tokens(self) -> int:
        return self.counted or self.read + len(self.text) // CHARACTERS_A_TOKEN

    @property
    def endless(self) -> bool:
        return len(self.text) > _LONGEST or self.text.count(".") > 4 * _MOST

    @property
    def declined(self) -> bool:
        return self.text.strip().strip("\"'*[].").upper().startswith(prompt.NOTHING)


def beside(text: str, start: int, end: int, language: str | None) -> tuple[str, str]:
    """The sentences before and after a place in an article; "" where there is none in its paragraph or the next."""
    begin, stop = max(0, start - 1_000), min(len(text), end + 1_000)
    spans = [(begin + first, begin + last) for first, last in sentences(text[begin:stop], language)]
    before = [text[first:last] for first, last in spans if last <= start]
    after = [text[first:last] for first, last in spans if first >= end]
    return (before[-1] if before else "", after[0] if after else "")


def open_writer(settings: Settings, library: Library) -> Writer | None:
    """A writer with the model that the settings name; None where they name none."""
    model = open_model(settings)
    if model is None:
        return None
    spending = Spending(library.folder / "model-usage.json", settings.model_daily_tokens)
    return Writer(model, library, spending, settings.strict)
