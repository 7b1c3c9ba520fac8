"""How good the answers are on questions of one's own: retrieval, answers, citations, refusals, time.

A file of questions has one JSON object a line:

    {"question": "Who leads the inquiry?", "answers": ["Judge Strand"], "articles": ["The inquiry opens"]}

`answers` are words as an article has them, any of which is right; none means that the articles do not say. `articles`
are titles or ids, any of which is right; without them, any article counts that has an accepted answer.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from math import isnan
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from ingest import Article, Library
from qa.answer import Answer
from qa.chain import AnswerChain
from qa.errors import EvaluationError
from qa.reader import Reader
from qa.scores import auroc, exact, f1, holds

_DEPTH = 10  # places of the retriever that are looked at


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what is accepted as its answer; see the module's first lines."""

    question: str
    answers: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question.

    Attributes:
        rank: of the first passage from a right article, from 1; None when it is not among the first ten.
        forced: what is answered when nothing is refused, so that any threshold can be judged.
        refused: whether the threshold in force refuses it.
        first, right: whether an accepted answer stands in the first quote, or in any.
        search_ms, answer_ms: milliseconds to find passages, and for the whole answer.
    """

    asked: Question
    rank: int | None
    forced: Answer
    refused: bool
    first: bool
    right: bool
    search_ms: float
    answer_ms: float


@dataclass(frozen=True, slots=True)
class Report:
    """The figures; shares are 0 to 1, and NaN where there is nothing to measure.

    Attributes:
        questions, answerable: how many there are.
        hit_at_1, hit_at_5, hit_at_10, mrr: the first passage from a right article, over answerable questions.
        exact_match, f1: the short answer against the accepted ones, refusals counted as misses.
        right, first_right: an accepted answer in a quote, in the first quote, refusals counted as misses.
        quotes_exact, quotes_right: of the quotes given to answerable questions, those that stand in their article word
            for word, and those that hold an accepted answer.
        answerable_refused, unanswerable_refused: shares of each kind.
        auroc: the probability that an answerable question has a higher confidence than one that is not.
        calibration_error: expected calibration error over ten bins, for "a quote is right".
        search_ms, answer_ms: medians.
        risk: (coverage, share of wrong answers) as the threshold falls.
    """

    questions: int
    answerable: int
    hit_at_1: float
    hit_at_5: float
    hit_at_10: float
    mrr: float
    exact_match: float
    f1: float
    right: float
    first_right: float
    quotes_exact: float
    quotes_right: float
    answerable_refused: float
    unanswerable_refused: float
    auroc: float
    calibration_error: float
    search_ms: float
    answer_ms: float
    risk: tuple[tuple[float, float], ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON types, None for what could not be measured."""
        return {
            name: None if isinstance(value, float) and isnan(value) else value for name, value in asdict(self).items()
        }


def load_questions(path: Path) -> list[Question]:
    """The questions in a file.

    Raises:
        EvaluationError: it cannot be read, or a line of it is not a question; the message says which.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path} cannot be read ({error}): give a file with one JSON object a line.") from None
    found = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                entry = json.loads(line)
                found.append(Question(*(_texts(entry, name) for name in ("question", "answers", "articles"))))
            except (ValueError, TypeError, KeyError, AttributeError):
                raise EvaluationError(
                    f'{path}, line {number} is not {{"question": "…", "answers": ["…"], "articles": ["…"]}}.'
                ) from None
    if not found:
        raise EvaluationError(f"{path} holds no questions.")
    return found


def _texts(entry: dict[str, Any], name: str) -> Any:
    value = entry[name] if name == "question" else entry.get(name, [])
    if name == "question":
        if not isinstance(value, str) or not value.strip():
            raise TypeError
        return value
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError
    return tuple(value)


def run(
    library: Library,
    reader: Reader,
    questions: Sequence[Question],
    threshold: float | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Outcome]:
    """Ask each question.

    Args:
        threshold: the confidence under which a question counts as refused; None for the reader's own.
        progress: called with how many have been asked.
    """
    threshold = reader.threshold if threshold is None else threshold
    chain = AnswerChain(library, reader, 0.0)
    outcomes = []
    for number, asked in enumerate(questions, start=1):
        began = time.perf_counter()
        hits = library.search(asked.question, _DEPTH)
        searched = time.perf_counter()
        forced = chain.invoke(asked.question)
        ended = time.perf_counter()
        right = [
            _right(library.article(c.article_id), asked) and holds(c.quote, asked.answers) for c in forced.citations
        ]
        ranks = [rank for rank, hit in enumerate(hits, start=1) if _right(hit.article, asked)]
        outcomes.append(
            Outcome(
                asked, min(ranks, default=None), forced, forced.confidence < threshold, any(right[:1]), any(right),
                1000 * (searched - began), 1000 * (ended - searched),
            )
        )  # fmt: skip
        progress(number)
    return outcomes


def _right(article: Article, asked: Question) -> bool:
    if asked.articles:
        return article.title in asked.articles or article.id in asked.articles
    return holds(article.text, asked.answers)


def report(outcomes: Sequence[Outcome], library: Library) -> Report:
    """The figures of what `run` gave."""
    can = [outcome for outcome in outcomes if outcome.asked.answers]
    cannot = [outcome for outcome in outcomes if not outcome.asked.answers]
    given = [outcome for outcome in can if not outcome.refused]
    quotes = [(outcome.asked, citation) for outcome in given for citation in outcome.forced.citations]
    ranks = [outcome.rank or np.inf for outcome in can]
    return Report(
        questions=len(outcomes),
        answerable=len(can),
        hit_at_1=_share([rank <= 1 for rank in ranks]),
        hit_at_5=_share([rank <= 5 for rank in ranks]),
        hit_at_10=_share([rank <= 10 for rank in ranks]),
        mrr=_share([1 / rank for rank in ranks]),
        exact_match=_share([not o.refused and any(exact(o.forced.short, a) for a in o.asked.answers) for o in can]),
        f1=_share([0.0 if o.refused else max(f1(o.forced.short, a) for a in o.asked.answers) for o in can]),
        right=_share([o.right and not o.refused for o in can]),
        first_right=_share([o.first and not o.refused for o in can]),
        quotes_exact=_share([library.article(c.article_id).text[c.start : c.end] == c.quote for _, c in quotes]),
        quotes_right=_share([holds(citation.quote, asked.answers) for asked, citation in quotes]),
        answerable_refused=_share([outcome.refused for outcome in can]),
        unanswerable_refused=_share([outcome.refused for outcome in cannot]),
        auroc=auroc([o.forced.confidence for o in can], [o.forced.confidence for o in cannot]),
        calibration_error=calibration_error(outcomes),
        search_ms=round(median(outcome.search_ms for outcome in outcomes), 1),
        answer_ms=round(median(outcome.answer_ms for outcome in outcomes), 1),
        risk=risk(outcomes),
    )


def risk(outcomes: Sequence[Outcome]) -> tuple[tuple[float, float], ...]:
    """(coverage, share of the answers given no quote of which is right), the surest questions first."""
    ranked = sorted(outcomes, key=lambda outcome: -outcome.forced.confidence)
    wrong = np.cumsum([not outcome.right for outcome in ranked])
    return tuple(
        (round(count / len(ranked), 4), round(float(wrong[count - 1] / count), 4))
        for count in range(1, len(ranked) + 1)
    )


def calibration_error(outcomes: Sequence[Outcome], bins: int = 10) -> float:
    """Expected calibration error (Guo et al., 2017): how far confidence is from the share that is right, 0 to 1."""
    confidence = np.array([outcome.forced.confidence for outcome in outcomes])
    right = np.array([outcome.right for outcome in outcomes], dtype=float)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(confidence[place == b].sum() - right[place == b].sum()) for b in range(bins)]
    return round(float(sum(gaps) / len(outcomes)), 4)


def _share(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4) if values else float("nan")
