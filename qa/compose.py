"""From evidence to an answer's quotes: the best sentence, and others that add something."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest import sentences
from qa.question import NUMBERS
from qa.reader import Evidence

MAX_QUOTES = 3
MAX_SENTENCES = 2  # of a quote that is joined from two
ADDS = 0.02  # share of the best confidence that a further sentence needs
_SAME = 0.7  # share of words in common past which two sentences say the same

_DENIALS = frozenset({"not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "t", "without", "denied"})


def choose(evidence: Sequence[Evidence], threshold: float) -> list[Evidence]:
    """Up to three quotes, best first, none that repeats another; none at all when the best is not sure enough.

    A likely sentence that stands beside a chosen one is quoted together with it: one quote of two sentences, which says
    more than either and leaves room for another.

    Args:
        evidence: best first.
        threshold: the confidence under which the articles do not say.
    """
    chosen: list[Evidence] = []
    said: list[Evidence] = []
    for candidate in evidence:
        if candidate.confidence < (ADDS * evidence[0].confidence if chosen else threshold):
            break
        if any(covers(quote, candidate) for quote in chosen):
            continue
        joined = next((quote for other in chosen if (quote := _joined(other, candidate))), candidate)
        if any(_same(candidate, other) for other in said if not covers(joined, other)):
            continue
        if joined is not candidate:
            chosen = [joined if covers(joined, quote) else quote for quote in chosen]
        elif len(chosen) < MAX_QUOTES and not any(_overlap(candidate, quote) for quote in chosen):
            chosen.append(candidate)
        said.append(candidate)
    return chosen


def nearest(evidence: Sequence[Evidence], beside: Sequence[Evidence] = (), limit: int = MAX_QUOTES) -> list[Evidence]:
    """The best sentence of each of the best passages, for showing what comes nearest when nothing answers.

    Args:
        evidence: best first.
        beside: what is shown already, and not repeated.
        limit: how many.
    """
    best: dict[str, Evidence] = {}
    for candidate in evidence:
        if not any(_overlap(candidate, other) or _same(candidate, other) for other in (*beside, *best.values())):
            best.setdefault(candidate.hit.passage.id, candidate)
    return list(best.values())[:limit]


def _joined(quote: Evidence, candidate: Evidence) -> Evidence | None:
    """Both as one quote, where they stand side by side in a paragraph and are not more than two sentences."""
    article = quote.hit.article
    if candidate.hit.article.id != article.id:
        return None
    between = article.text[min(candidate.end, quote.end) : max(candidate.start, quote.start)]
    start, end = min(quote.start, candidate.start), max(quote.end, candidate.end)
    if between.strip() or "\n" in between or len(sentences(article.text[start:end], article.language)) > MAX_SENTENCES:
        return None
    return replace(quote, start=start, end=end)


def covers(one: Evidence, other: Evidence) -> bool:
    """Whether the other is a part of this one."""
    return one.hit.article.id == other.hit.article.id and one.start <= other.start and other.end <= one.end


def _overlap(one: Evidence, other: Evidence) -> bool:
    return one.hit.article.id == other.hit.article.id and one.start < other.end and other.start < one.end


def _same(one: Evidence, other: Evidence) -> bool:
    """The same words or nearly so, as in the copies of one agency story; but never another number, or its denial."""
    left, right = (set(re.findall(r"\w+", evidence.quote.casefold())) for evidence in (one, other))
    telling = {word for word in left ^ right if word in _DENIALS or any(map(str.isdigit, word)) or word in NUMBERS}
    return not telling and len(left & right) >= _SAME * len(left | right)
