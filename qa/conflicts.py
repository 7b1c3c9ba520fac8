"""Where articles disagree: their best sentences give different numbers for the same thing.

A false alarm is worse than a miss. So two numbers are held against each other only where the question asks for one,
where both sentences count the same thing, and where the articles tell of it in the same days, are no copies of one
story, and do not know of each other's number: a later article that names it has corrected it or goes on from it.
"""

import datetime as dt
import re
from collections.abc import Sequence

from ingest import Library
from qa.question import NUMBERS, kind
from qa.reader import Evidence

_LIKELY = 0.1  # share of the best sentence's confidence that a contradicting one needs
_SAME_DAYS = 7
_APART = 0.05  # share by which two numbers may differ and be one, rounded
_ONES = {word: value for value, word in enumerate(NUMBERS[:19], start=1)}
_TENS = {word: 10 * value for value, word in enumerate(NUMBERS[19:27], start=2)}
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_WORDS = "|".join([*_ONES, *_TENS, *_SCALES])
_NUMBER = re.compile(
    rf"(?:(?P<digits>\d[\d,]*(?:\.\d+)?)(?: (?P<scale>thousand|million|billion))?|\b(?P<words>(?:{_WORDS})"
    rf"(?:[ -](?:and )?(?:{_WORDS}))*))\b(?: (?P<unit>[^\W\d_]+))?",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\bhow many ([^\W_]+)", re.IGNORECASE)


def contradicting(question: str, evidence: Sequence[Evidence], library: Library) -> Evidence | None:
    """The sentence that gives another number than the best one does; None where none surely does.

    Args:
        evidence: best first.
    """
    if not evidence or kind(question) != "number":
        return None
    best = evidence[0]
    seen: set[str] = set()
    for other in evidence:
        if other.confidence < _LIKELY * best.confidence:
            break
        name = other.hit.article.id
        if name not in seen:  # the best sentence of each story
            seen |= {name, *(copy.article_id for copy in library.copies(name))}
            if _contradict(question, best, other):
                return other
    return None


def _contradict(question: str, one: Evidence, other: Evidence) -> bool:
    left, right = _NUMBER.search(one.short), _NUMBER.search(other.short)
    if not left or not right or not _same_days(one, other):
        return False
    if abs(_value(left) - _value(right)) <= _APART * max(_value(left), _value(right)):
        return False
    counted = _COUNTED.search(question)
    unit = _unit(one, left)
    same = unit and unit == _unit(other, right) and (not counted or unit == _singular(counted[1]))
    return bool(same) and not _knows(one, _value(right)) and not _knows(other, _value(left))


def _same_days(one: Evidence, other: Evidence) -> bool:
    days = [(evidence.hit.article.published or "")[:10] for evidence in (one, other)]
    try:
        first, second = (dt.date.fromisoformat(day) for day in days)
    except ValueError:  # one has no date
        return False
    return abs((first - second).days) <= _SAME_DAYS


def _unit(evidence: Evidence, number: re.Match[str]) -> str:
    """What a number counts: the word behind it in its sentence."""
    found = (m for m in _NUMBER.finditer(evidence.quote) if _value(m) == _value(number) and m["unit"])
    return _singular(next((match["unit"] for match in found), ""))


def _knows(evidence: Evidence, value: float) -> bool:
    """Whether the article of a sentence has a number too, there or elsewhere."""
    return any(_value(found) == value for found in _NUMBER.finditer(evidence.hit.article.text))


def _value(number: re.Match[str]) -> float:
    if number["digits"]:
        return float(number["digits"].replace(",", "")) * _SCALES.get((number["scale"] or "").lower(), 1)
    total = part = 0
    for word in re.findall(r"\w+", number["words"].lower()):
        if word in _SCALES:
            part = max(part, 1) * _SCALES[word]
            if word not in ("dozen", "hundred"):
                total, part = total + part, 0
        else:
            part += _ONES.get(word, 0) + _TENS.get(word, 0)
    return float(total + part)


def _singular(word: str) -> str:
    return re.sub(r"s\Z", "", word.casefold())
