"""The chain: question -> passages -> evidence -> quotes -> verified answer. A LangChain runnable."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig

from ingest import ArticleNotFoundError, Hit, Library, Within, notices
from ingest.within import EVERYTHING
from qa import about, compose, question
from qa.answer import NOT_ANSWERED, NOTHING_NEAR, Answer, Citation, Turn
from qa.citations import cite
from qa.errors import EmptyLibraryError
from qa.follow_up import stand_alone
from qa.reader import Evidence, Reader

_NEAR = 0.35  # cosine of a question and the passage nearest to it, under which nothing in the articles is about it


class AnswerChain(Runnable[str, Answer]):
    """A question in, an Answer out; `stream` gives growing Answers, the last of which `invoke` returns.

    Args:
        library: an open library.
        reader: judges the sentences of the passages that are found.
        threshold: confidence under which the articles do not say; None for the reader's own.
        limit: passages retrieved.
    """

    def __init__(self, library: Library, reader: Reader, threshold: float | None = None, limit: int = 10) -> None:
        self.library = library
        self.reader = reader
        self.threshold = reader.threshold if threshold is None else threshold
        self.limit = limit

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
    ) -> Iterator[Answer]:
        """Growing Answers: one quote, then two, then all. At least one is given.

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
        asked = question.checked(input)
        if kind := about.recognised(asked):
            yield self._about(kind, input, asked, within)
            return
        searched_for = stand_alone(asked, history)
        if not self.library:
            raise EmptyLibraryError("The library is empty. Add articles first: citewire sync YOUR-ARTICLES")
        hits = self.library.search(searched_for, self.limit, within)
        evidence = _without_notices(self.reader.read(searched_for, hits))
        quoted = list(self._cite(compose.choose(evidence, self.threshold), within))
        citations = tuple(citation for _, citation in quoted)
        nearest = () if quoted else tuple(citation for _, citation in self._cite(compose.nearest(evidence), within))
        best = quoted[0][0] if quoted else evidence[0] if evidence else None
        for count in range(1, max(len(citations), 1) + 1):
            yield Answer(
                question=_as_asked(input),
                searched_for=searched_for,
                found=bool(citations),
                text=_text(citations[:count]),
                short=best.short if best and citations else "",
                confidence=round(best.confidence, 4) if best else 0.0,
                citations=citations[:count],
                nearest=nearest,
                reason="" if citations else _reason(hits),
                took_ms=round(1000 * (time.perf_counter() - began), 1),
            )

    def _about(self, kind: str, asked: str, checked: str, within: Within) -> Answer:
        """What the assistant says of itself: no quotes, and so nothing to cite."""
        text = about.answer(kind, self.library, within)
        return Answer(
            question=_as_asked(asked),
            searched_for=checked,
            found=True,
            text=text,
            short="",
            confidence=1.0,
            citations=(),
            kind="about",
        )

    def _cite(self, evidence: Iterable[Evidence], within: Within) -> Iterator[tuple[Evidence, Citation]]:
        """Evidence with its citation, checked against the article as it is stored now; what fails is dropped."""
        number = 1
        for item in evidence:
            try:
                edition = self.library.edition(item.hit.article.id)
            except ArticleNotFoundError:  # removed since it was found
                continue
            citation = cite(number, edition, item.start, item.end, item.quote)
            if citation.verified:
                copies = self.library.copies(citation.article_id)
                yield item, replace(citation, also=tuple(copy for copy in copies if within.takes(copy.publisher)))
                number += 1


def _as_asked(asked: str) -> str:
    return asked.encode("utf-8", "replace").decode()  # an argument's bytes need not be UTF-8


def _reason(hits: Sequence[Hit]) -> str:
    near = max((hit.similarity for hit in hits), default=0.0) >= _NEAR
    return NOT_ANSWERED if near else NOTHING_NEAR


def _without_notices(evidence: Sequence[Evidence]) -> list[Evidence]:
    """What is not of a correction notice, which mostly tells what was wrong; citations show it beside."""
    articles = {item.hit.article.id: item.hit.article for item in evidence}
    noted = {name: notices(article.text, article.language) for name, article in articles.items()}
    return [
        item
        for item in evidence
        if not any(start < item.end and item.start < end for start, end in noted[item.hit.article.id])
    ]


def _text(citations: Sequence[Citation]) -> str:
    return " ".join(f"{' '.join(citation.quote.split())} [{citation.number}]" for citation in citations)
