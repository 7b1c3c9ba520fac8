"""The chain: question -> passages -> evidence -> quotes -> verified answer. A LangChain runnable."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig

from ingest import ArticleNotFoundError, Hit, Library, Within, notices
from ingest.within import EVERYTHING
from qa import compose, question
from qa.answer import NOT_ANSWERED, NOTHING_NEAR, Answer, Citation
from qa.citations import cite
from qa.errors import EmptyLibraryError
from qa.prose import Writer
from qa.reader import Evidence, Reader

_NEAR = 0.35  # cosine of a question and the passage nearest to it, under which nothing in the articles is about it


class AnswerChain(Runnable[str, Answer]):
    """A question in, an Answer out; `stream` gives growing Answers, the last of which `invoke` returns.

    Args:
        library: an open library.
        reader: judges the sentences of the passages that are found.
        threshold: confidence under which the articles do not say; None for the reader's own.
        limit: passages retrieved.
        writer: makes prose of the quotes; None for the quotes alone.
    """

    def __init__(
        self,
        library: Library,
        reader: Reader,
        threshold: float | None = None,
        limit: int = 10,
        writer: Writer | None = None,
    ) -> None:
        self.library = library
        self.reader = reader
        self.threshold = reader.threshold if threshold is None else threshold
        self.limit = limit
        self.writer = writer

    def invoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: A002
        """The whole answer. See `stream` for the errors raised."""
        return self._call_with_config(self._last, input, config, **kwargs)

    def _last(self, asked: str, within: Within = EVERYTHING) -> Answer:
        *_, last = self.stream(asked, within=within)
        return last

    def stream(
        self,
        input: str,  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any | None,
    ) -> Iterator[Answer]:
        """Growing Answers: one quote, then two, then all; then prose, where there is a writer. At least one is given.

        Args:
            input: the question.
            config: LangChain's; nothing below this step reports to its callbacks.
            kwargs: `within`, the part of the library that may answer; the rest is LangChain's.

        Raises:
            QuestionError: the question is empty or too long.
            EmptyLibraryError: there are no articles.
        """
        answers = self._quoted(input, config, **kwargs)
        yield from self.writer.write(answers) if self.writer else answers

    def _quoted(
        self,
        input: str,  # noqa: A002 - as above
        config: RunnableConfig | None = None,
        **kwargs: Any | None,
    ) -> Iterator[Answer]:
        """The quotes, one after the other."""
        del config
        within: Within = kwargs.get("within") or EVERYTHING
        began = time.perf_counter()
        searched_for = question.checked(input)
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
                question=input.encode("utf-8", "replace").decode(),  # an argument's bytes need not be UTF-8
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
