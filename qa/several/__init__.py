"""Questions over several articles: how many, in what order, how they differ, what is new, what is said in short.

Nothing is written: an answer is quotes, each under its day or its side, and a count where one is asked for.
"""

from collections.abc import Callable, Iterator

from qa.answer import Answer, Citation
from qa.citations import marked
from qa.several import comparison, counting, forms, summary, timeline
from qa.several.desk import Desk, Line, Told
from qa.several.request import Request

__all__ = ["Desk", "answers"]

_KINDS: dict[str, Callable[[Request, Desk], Told]] = {
    forms.COMPARISON: comparison.compare,
    forms.COUNT: counting.count,
    forms.LATEST: timeline.latest,
    forms.LIST: counting.list_all,
    forms.SUMMARY: summary.summarise,
    forms.TIMELINE: timeline.timeline,
}


def answers(question: str, asked: Request, desk: Desk) -> Iterator[Answer]:
    """Growing Answers to a request of any kind but QUOTES: one quote, then two, then all. At least one is given.

    What comes nearest where there is none, and the reason, are not looked for here.

    Args:
        question: as it was searched for.
        desk: what the quotes are taken from.
    """
    told = _KINDS[asked.kind](asked, desk)
    cited = list(desk.cite(told.lines))
    citations = tuple(citation for _, citation in cited)
    for count in range(1, max(len(citations), 1) + 1):
        yield Answer(
            question=question,
            searched_for=question,
            found=bool(citations),
            text=_text(told, cited[:count]) if cited else "",
            short="",
            confidence=1.0 if cited else 0.0,
            citations=citations[:count],
            conflicts=tuple(pair for pair in told.conflicts if max(pair) <= count),
            kind=asked.kind,
            notes=told.notes,
        )


def _text(told: Told, cited: list[tuple[Line, Citation]]) -> str:
    lines = [f"{line.label}: {marked(citation)}" if line.label else marked(citation) for line, citation in cited]
    between = " " if told.flowing else "\n" if any(line.label for line, _ in cited) else "\n\n"
    return "\n".join(filter(None, (told.lead, between.join(lines))))
