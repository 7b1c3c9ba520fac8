"""From evidence to an answer's sentences: the best one, and others that add something."""

import re
from collections.abc import Sequence

from qa.question import NUMBERS
from qa.reader import Evidence

MAX_QUOTES = 3
ADDS = 0.02  # share of the best confidence that a further sentence needs
_SAME = 0.7  # share of words in common past which two sentences say the same

_DENIALS = frozenset({"not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "t", "without", "denied"})


def choose(evidence: Sequence[Evidence], threshold: float) -> list[Evidence]:
    """Up to three sentences, best first, none that repeats another; none at all when the best is not sure enough.

    Args:
        evidence: best first.
        threshold: the confidence under which the articles do not say.
    """
    chosen: list[Evidence] = []
    for candidate in evidence:
        floor = ADDS * chosen[0].confidence if chosen else threshold
        if candidate.confidence < floor or len(chosen) == MAX_QUOTES:
            break
        if not any(_repeats(candidate, other) for other in chosen):
            chosen.append(candidate)
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
        if not any(_repeats(candidate, other) for other in (*beside, *best.values())):
            best.setdefault(candidate.hit.passage.id, candidate)
    return list(best.values())[:limit]


def _repeats(one: Evidence, other: Evidence) -> bool:
    """The same words or nearly so, as in the copies of one agency story; but never another number, or its denial."""
    if one.hit.article.id == other.hit.article.id and one.start < other.end and other.start < one.end:
        return True
    left, right = (set(re.findall(r"\w+", evidence.quote.casefold())) for evidence in (one, other))
    telling = {word for word in left ^ right if word in _DENIALS or any(map(str.isdigit, word)) or word in NUMBERS}
    return not telling and len(left & right) >= _SAME * len(left | right)
