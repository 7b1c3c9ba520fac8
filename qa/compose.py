"""From evidence to an answer's quotes: the best sentence, and others that add something."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest import sentences
from qa.question import NUMBERS
from qa.reader import Evidence

MAX_QUOTES = 3
MAX_SENTENCES = 2  # of a quote that is joined from two
ADDS = 0.03  # share of the best confidence that a further quote needs
JOINS = 0.005  # and a sentence that stands beside a quote
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
    quotes: list[list[Evidence]] = []  # each one's sentences, the likeliest first
    least, adds = (share * evidence[0].confidence if evidence else 0.0 for share in (JOINS, ADDS))
    for candidate in evidence:
        if candidate.confidence < (least if quotes else threshold):
            break
        if any(covers(_whole(quote), candidate) for quote in quotes):
            continue
        beside = next((quote for quote in quotes if _adjoins(candidate, _whole(quote))), None)
        if any(_same(candidate, other) for quote in quotes if quote is not beside for other in quote):
            continue
        if beside:
            beside.append(candidate)
        elif (
            len(quotes) < MAX_QUOTES
            and candidate.confidence >= adds
            and not any(_overlap(candidate, _whole(quote)) for quote in quotes)
        ):
            quotes.append([candidate])
    return [_whole(quote) for quote in quotes]


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


def _whole(quote: Sequence[Evidence]) -> Evidence:
    """The sentences of a quote as one, with the likeliest one's confidence and span."""
    return replace(quote[0], start=min(part.start for part in quote), end=max(part.end for part in quote))


def _adjoins(candidate: Evidence, quote: Evidence) -> bool:
    """Whether both stand side by side in a paragraph, or overlap, and are not more than two sentences together."""
    article = quote.hit.article
    if candidate.hit.article.id != article.id:
        return False
    between = article.text[min(candidate.end, quote.end) : max(candidate.start, quote.start)]
    if between.strip() or "\n" in between:
        return False
    both = article.text[min(candidate.start, quote.start) : max(candidate.end, quote.end)]
    return len(sentences(both, article.language)) <= MAX_SENTENCES


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
