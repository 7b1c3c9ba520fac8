"""Where articles disagree: their best sentences give different numbers, days or persons for the same thing.

A false alarm is worse than a miss. So two sentences are held against each other only where the question asks for one
such thing and both tell the same of it, where the articles tell of it in the same days, are no copies of one story, and
do not know of what the other one says: a later article that names it has corrected it or goes on from it.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence

from ingest import Library
from qa.conversation import mentions
from qa.days import day_of
from qa.features import content_words
from qa.question import VALUES, kind
from qa.reader import Evidence
from qa.several import times

_LIKELY = 0.01  # share of the best sentence's confidence that a contradicting number needs
_SURE = 0.3  # and a contradicting day or person
_SAME_DAYS = 7
_APART = 0.05  # share by which two numbers may differ and be one, rounded
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_WORDS = "|".join([*VALUES, *_SCALES])
_NUMBER = re.compile(
    rf"(?:(?P<digits>\d[\d,]*(?:\.\d+)?)(?: (?P<scale>thousand|million|billion))?|\b(?P<words>(?:{_WORDS})"
    rf"(?:[ -](?:and )?(?:{_WORDS}))*))\b(?: (?P<unit>[^\W\d_]+))?",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\bhow many ([^\W_]+)", re.IGNORECASE)
_ONE_PERSON = re.compile(  # "Who are", "Who were" and "Who spoke" may have many answers
    r"(?:who|which \w+) (?:is|was) the (?!\w+s\b)[\w ]+|who (?:won|led|leads|founded|chairs|chaired|heads|headed"
    r"|invented|designed|built|scored|commanded|presided|owns|bought|succeeded|discovered|directs|directed)\b.*",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


def contradicting(question: str, evidence: Sequence[Evidence], library: Library) -> Evidence | None:
    """The sentence that says another number, day or person than the best one does; None where none surely does.

    Args:
        evidence: best first.
    """
    asked = kind(question)
    if not evidence or asked not in _CONTRADICT or (asked == "who" and not _ONE_PERSON.match(question)):
        return None
    best = evidence[0]
    seen: set[str] = set()
    for other in evidence:
        if other.confidence < (_LIKELY if asked == "number" else _SURE) * best.confidence:
            break
        name = other.hit.article.id
        if name not in seen:  # the best sentence of each story
            seen |= {name, *(copy.article_id for copy in library.copies(name))}
            if _same_days(best, other) and _CONTRADICT[asked](question, best, other):
                return other
    return None


def _other_number(question: str, one: Evidence, other: Evidence) -> bool:
    left, right = _NUMBER.search(one.short), _NUMBER.search(other.short)
    if not left or not right:
        return False
    if abs(_value(left) - _value(right)) <= _APART * max(_value(left), _value(right)):
        return False
    counted = _COUNTED.search(question)
    unit = _unit(one, left)
    same = unit and unit == _unit(other, right) and (not counted or unit == _singular(counted[1]))
    return bool(same) and not _knows(one, _value(right)) and not _knows(other, _value(left))


def _other_day(question: str, one: Evidence, other: Evidence) -> bool:
    """Whether two sentences that both tell all that is asked about give different days, or different years."""
    if not (_tells(question, one) and _tells(question, other)):
        return False
    days = [_days(evidence.short, evidence) for evidence in (one, other)]
    if all(len(found) == 1 for found in days):
        known = [_days(evidence.hit.article.text, evidence) for evidence in (one, other)]
        return not days[0] & known[1] and not days[1] & known[0]
    years = [set(_YEAR.findall(evidence.short)) for evidence in (one, other)]
    known_years = [set(_YEAR.findall(evidence.hit.article.text)) for evidence in (one, other)]
    alone = not any(days) and all(len(found) == 1 for found in years)
    return alone and not years[0] & known_years[1] and not years[1] & known_years[0]


def _other_person(question: str, one: Evidence, other: Evidence) -> bool:
    """Whether two sentences that both tell all that is asked about name persons unknown to the other's article."""
    named = [set(mentions.people(evidence.short)) for evidence in (one, other)]
    if not all(len(found) == 1 for found in named) or not (_tells(question, one) and _tells(question, other)):
        return False
    surnames = [name.split()[-1] for found in named for name in found]
    return surnames[0] not in other.hit.article.text and surnames[1] not in one.hit.article.text


_CONTRADICT: dict[str, Callable[[str, Evidence, Evidence], bool]] = {
    "number": _other_number,
    "when": _other_day,
    "who": _other_person,
}


def _tells(question: str, evidence: Evidence) -> bool:
    """Whether a sentence, with its headline, has all the words of the question."""
    return content_words(question) <= content_words(f"{evidence.hit.article.title} {evidence.quote}")


def _days(text: str, evidence: Evidence) -> set[dt.date]:
    published = day_of(evidence.hit.article.published)
    return set(times.dates(text, published)) if published else set()


def _same_days(one: Evidence, other: Evidence) -> bool:
    first, second = (day_of(evidence.hit.article.published) for evidence in (one, other))
    return bool(first and second and abs((first - second).days) <= _SAME_DAYS)


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
            part += VALUES.get(word, 0)
    return float(total + part)


def _singular(word: str) -> str:
    return re.sub(r"s\Z", "", word.casefold())
