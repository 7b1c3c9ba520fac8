"""The chain: question -> passages -> evidence -> quotes -> verified answer. A LangChain runnable."""

import datetime as dt
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig

from ingest import Hit, Library, Within
from ingest.within import EVERYTHING
from qa import compose, question, several
from qa.answer import NOT_ANSWERED, NOTHING_NEAR, Answer, Citation, Turn
from qa.citations import Place, marked, verified
from qa.conflicts import contradicting
from qa.conversation import about
from qa.conversation.follow_up import stand_alone
from qa.conversation.rewriter import Rewriter
from qa.errors import EmptyLibraryError
from qa.prose.writer import Writer
from qa.reader import Evidence, Reader
from qa.several.facts import LibraryFacts, left_out
from qa.several.forms import QUOTES
from qa.several.request import recognise

RETRIEVED = 24  # passages, from which the reader chooses those that it reads
_NEAR = 0.35  # cosine of a question and the passage nearest to it, under which nothing in the articles is about it


class AnswerChain(Runnable[str, Answer]):
    """A question in, an Answer out; `stream` gives growing Answers, the last of which `invoke` returns.

    Args:
        library: an open library.
        reader: judges the sentences of the passages that are found.
        threshold: confidence under which the articles do not say; None for the reader's own.
        limit: passages retrieved.
        writer: makes prose of the quotes, and its model rewrites follow-ups that the rules are unsure of; None for
            the quotes and the rules alone.
        today: what "yesterday" is counted from.
    """

    def __init__(  # noqa: PLR0913 - all but two have defaults
        self,
        library: Library,
        reader: Reader,
        threshold: float | None = None,
        limit: int = RETRIEVED,
        writer: Writer | None = None,
        *,
        today: Callable[[], dt.date] = dt.date.today,
    ) -> None:
        self.today = today
        self.library = library
        self.reader = reader
        self.threshold = reader.threshold if threshold is None else threshold
        self.limit = limit
        self.writer = writer
        self._rewriter = Rewriter(writer.model, writer.spending) if writer else None

    def invoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: A002
        """The whole answer. See `stream` for the errors raised."""
        return self._call_with_config(self._last, input, config, **kwargs)

    def _last(self, asked: str, within: Within = EVERYTHING, history: Sequence[Turn] = ()) -> Answer:
        *_, last = self.stream(asked, within=within, history=history)
        return last

    def stream(
        self,
        input: str,  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any | None,
    ) -> Generator[Answer]:
        """Growing Answers: one quote, then two, then all; then prose, where there is a writer. At least one is given.

        Args:
            input: the question.
            config: LangChain's; nothing below this step reports to its callbacks.
            kwargs: `within`, the part of the library that may answer; `history`, the turns before, the oldest first;
                the rest is LangChain's.

        Raises:
            QuestionError: the question is empty or too long.
            EmptyLibraryError: there are no articles.
        """
        del config
        within: Within = kwargs.get("within") or EVERYTHING
        history: Sequence[Turn] = kwargs.get("history") or ()
        began = time.perf_counter()
        answers = self._answers(question.checked(input), history, within)
        for answer in self.writer.write(answers) if self.writer else answers:
            yield replace(
                answer,
                question=input.encode("utf-8", "replace").decode(),  # an argument's bytes need not be UTF-8
                nearest=answer.nearest if _unanswered(answer) else (),
                took_ms=round(1000 * (time.perf_counter() - began), 1),
            )

    def _answers(self, asked: str, history: Sequence[Turn], within: Within) -> Iterator[Answer]:
        if kind := about.recognised(asked):
            yield about.answer(kind, asked, self.library, within)
            return
        if not self.library:
            raise EmptyLibraryError("The library is empty. Add articles first: citewire sync YOUR-ARTICLES")
        searched_for = stand_alone(asked, history, self._rewriter)
        request = recognise(searched_for, self.today(), LibraryFacts(self.library, within), within)
        if request.kind == QUOTES:
            answers = self._quotes(searched_for, request.within)
        else:
            desk = several.Desk(self.library, self.reader, request.within)
            told = several.answers(searched_for, request, desk)
            answers = self._with_nearest(told, searched_for, request.within)
        notes = (*request.notes, *left_out(request.within, self.library, within))
        for answer in answers:
            yield replace(answer, notes=(*notes, *answer.notes))

    def _quotes(self, searched_for: str, within: Within) -> Iterator[Answer]:
        """Growing Answers to an ordinary question: what its best sentences say."""
        hits = self.library.search(searched_for, self.limit, within)
        evidence = self.reader.read(searched_for, hits)
        chosen = compose.choose(evidence, self.threshold)
        against = contradicting(searched_for, evidence, self.library) if chosen else None
        if against:
            against = next((quote for quote in chosen if compose.covers(quote, against)), against)
            chosen = chosen if against in chosen else [*chosen[: compose.MAX_QUOTES - 1], against]
        quoted = list(self._cite(chosen, within))
        citations = tuple(citation for _, citation in quoted)
        near = () if quoted and not self.writer else compose.nearest(evidence, beside=chosen)
        nearest = tuple(citation for _, citation in self._cite(near, within, first=len(citations) + 1))
        best = quoted[0][0] if quoted else evidence[0] if evidence else None
        for count in range(1, max(len(citations), 1) + 1):
            yield Answer(
                question=searched_for,
                searched_for=searched_for,
                found=bool(citations),
                text=_text(citations[:count]),
                short=best.short if best and citations else "",
                confidence=round(best.confidence, 4) if best else 0.0,
                citations=citations[:count],
                conflicts=_conflicts(quoted[:count], chosen[0], against) if against else (),
                nearest=nearest,
                reason="" if citations else _reason(hits),
            )

    def _with_nearest(self, answers: Iterable[Answer], searched_for: str, within: Within) -> Iterator[Answer]:
        """The same answers, and what comes nearest: where nothing was found, or besides, as a model may find nothing.

        That is looked for when the quotes have been given, which do not wait for it.
        """
        for answer in answers:
            if answer.found:
                yield answer
        if answer.found and not self.writer:
            return
        hits = self.library.search(searched_for, self.limit, within)
        found = self.reader.read(searched_for, hits)
        quoted = {(citation.article_id, citation.quote) for citation in answer.citations}
        near = compose.nearest(found, limit=self.limit)
        others = [item for item in near if (item.hit.article.id, item.quote) not in quoted]
        cited = self._cite(others[: compose.MAX_QUOTES], within, first=len(answer.citations) + 1)
        reason = "" if answer.found else _reason(hits)
        yield replace(answer, nearest=tuple(citation for _, citation in cited), reason=reason)

    def _cite(
        self, evidence: Iterable[Evidence], within: Within, first: int = 1
    ) -> Iterator[tuple[Evidence, Citation]]:
        """Evidence with its citation, checked against the article as it is stored now; what fails is dropped."""
        number = first
        for item in evidence:
            place = Place(item.hit.article.id, item.start, item.end, item.quote)
            if citation := verified(number, place, self.library, within):
                yield item, citation
                number += 1


def _conflicts(
    quoted: Sequence[tuple[Evidence, Citation]], best: Evidence, against: Evidence
) -> tuple[tuple[int, int], ...]:
    """The pair of citations that contradict each other, once both are there."""
    pair = tuple(citation.number for evidence, citation in quoted if evidence in (best, against))
    return ((pair[0], pair[1]),) if len(pair) > 1 else ()


def _unanswered(answer: Answer) -> bool:
    """Whether the reader finds nothing, or a model finds no answer in what the reader found."""
    return not answer.found or bool(answer.prose and answer.prose.declined)


def _reason(hits: Sequence[Hit]) -> str:
    near = max((hit.similarity for hit in hits), default=0.0) >= _NEAR
    return NOT_ANSWERED if near else NOTHING_NEAR


def _text(citations: Sequence[Citation]) -> str:
    return " ".join(marked(citation) for citation in citations)
