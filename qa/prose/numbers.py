"""The numbers of a sentence: in figures or words, with their unit, and what rounds them. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from qa import question
from qa.prose.measures import TIMES, measured

VALUES = {"zero": 0} | question.VALUES
_SCALES = {
    "dozen": 12, "hundred": 100, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6,
    "billion": 1e9, "bn": 1e9, "trillion": 1e12,
}  # fmt: skip
_PARTS = {
    "half": 0.5, "halved": 0.5, "halve": 0.5, "quarter": 0.25, "double": 2, "doubled": 2, "twice": 2, "both": 2,
    "pair": 2, "triple": 3, "tripled": 3, "treble": 3, "trebled": 3, "decade": 10, "fortnight": 14, "century": 100,
    "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "dozens": 12, "noon": 12, "midday": 12, "midnight": 0,
}  # fmt: skip
_WORDS = "|".join([*VALUES, *_SCALES, *_PARTS])
_NUMBER = re.compile(
    rf"(?<![\w.])(?P<sign>[$£€¥]\s?)?(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:[.:]\d+)?)(?:st|nd|rd|th)?"
    rf"(?:(?:[- ]?(?P<scale>hundred|thousand|million|billion|trillion|dozen|bn|mn|k)|(?P<m>m))\b)?"
    rf"(?P<share>\s?%|\sper\s?cent\b)?"
    rf"|\b(?!one\s(?!hundred|thousand|million|billion|dozen|half))"
    rf"(?P<words>(?:{_WORDS})(?:[- ](?:and |an? )?(?:{_WORDS}))*)\b(?P<share2>\s?%|\sper\s?cent\b)?",
    re.IGNORECASE,
)
# Shares and lengths that are put in several words: a third of, two thirds, one in ten, an hour and a half.
_FRACTION = re.compile(
    rf"\b(?P<many>an?|{'|'.join(VALUES)})[- ](?P<part>third|quarter|fifth|sixth|eighth|tenth)s?\b"
    r"(?=\s(?:of|more|less|fewer|higher|lower|above|below|longer|shorter|cheaper|dearer|larger|smaller|while|in|since)\b"
    r"|[,.;]|$|(?<=s))",
    re.IGNORECASE,
)
_FEW = rf"{'|'.join(VALUES)}|\d{{1,2}}"
_IN = re.compile(
    rf"\b(?P<some>{_FEW}) (?:in|out of) (?:every )?(?P<all>{_FEW}|a hundred)\b(?! (?:minute|hour|day|week|month|year))"
    rf"|\b(?P<some2>{_FEW}) [a-z]+ (?:in|out of) (?:every )?(?P<all2>ten|10|a hundred|100)\b(?! [a-z]+s\b)",
    re.IGNORECASE,
)
_OF_AN_HOUR = re.compile(r"\b(?P<many>a|three) quarters? of an hour\b", re.IGNORECASE)
_AND_A_HALF = re.compile(
    rf"\b(?P<whole>an?|{'|'.join(VALUES)}) (?P<unit>minute|hour|day|week|month|year|mile|metre|kilo)s? and a half\b",
    re.IGNORECASE,
)
_BOUNDS = {
    "over": "over|above|more than|at least|upwards of|exceeding|in excess of|no fewer than|no less than",
    "under": "under|below|nearly|almost|less than|fewer than|up to|at most|close to|just short of|not quite",
    "about": "about|around|roughly|approximately|some|just|circa|an estimated",
}
_BOUND = {name: re.compile(rf"\b(?:{words})\s(?:[$£€]\s?)?$", re.IGNORECASE) for name, words in _BOUNDS.items()}
_ROUND = 0.06  # share that a number said to be rough may be off
_ABOVE, _BELOW = 1.35, 0.85  # of a bound: what lies farther from it, nobody describes by it


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a sentence.

    Attributes:
        value: what it comes to; a share of a hundred is told apart by `share`.
        start, end: where it stands.
        bound: "over", "under" or "about" where it is said to be that; else "".
        kind: what it measures; "" where it counts.
        size: the value in one unit for all of a kind.
        parts: the numbers that make up a share like "nine in twelve".
    """

    value: float
    share: bool
    start: int
    end: int
    bound: str = ""
    kind: str = ""
    size: float = 0.0
    parts: tuple[float, ...] = ()

    def stands_in(self, others: Iterable["Number"]) -> bool:
        """Whether one of the others is this number, or what it rounds."""
        others = list(others)
        if self.parts and set(self.parts) <= {other.value for other in others}:
            return True
        return any(self._is(other) for other in others)

    def _is(self, other: "Number") -> bool:
        if self.share != other.share:
            return {(self.share, self.value), (other.share, other.value)} == {(True, 50), (False, 0.5)}
        if {self.bound, other.bound} == {"over", "under"}:
            return False
        if self.kind and other.kind:
            return self.kind == other.kind and self._fits(self.size, other.size)
        return self._fits(self.value, other.value) or (bool(other.kind) and self._fits(self.value, other.size))

    def _fits(self, own: float, actual: float) -> bool:
        if abs(own - actual) <= 1e-6 * abs(actual):
            return True
        if _digits(own) >= _digits(actual):  # no rounding
            return False
        if self.bound == "over":
            return own < actual <= _ABOVE * own
        if self.bound == "under":
            return _BELOW * own <= actual < own
        return self.bound == "about" and abs(own - actual) <= _ROUND * actual


def numbers(text: str) -> list[Number]:
    """The numbers of a text, in figures or words, in their order. A lone "one" is mostly a pronoun, and left out."""
    found = list(_composed(text))
    taken = [range(number.start, number.end) for number in found]
    for match in _NUMBER.finditer(text):
        if any(match.start() in place or match.end() - 1 in place for place in taken):
            continue
        if number := _read(text, match):
            found.append(number)
    return sorted(found, key=lambda number: number.start)


def _read(text: str, match: re.Match[str]) -> Number | None:
    share = bool(match["share"] or match["share2"])
    end = match.end()
    if match["digits"]:
        value = float(match["digits"].replace(",", "").replace(":", "."))
        value *= _SCALES.get((match["scale"] or match["m"] or "").lower(), 1)
    elif match["words"].lower() in ("one", "m", "k", "mn", "bn", "second", "both"):
        return None
    else:
        value = _spoken(re.findall(r"\w+", match["words"].lower()))
    kind, size = ("", 0.0) if share else measured(text[end : end + 24], value)
    if (match["words"] or "").lower() in TIMES:
        kind, size = TIMES[match["words"].lower()]
    if match["sign"]:
        kind, size = {"$": "dollar", "£": "pound", "€": "euro"}.get(match["sign"].strip(), "yen"), value
    return Number(round(value, 6), share, match.start(), end, _bound(text[: match.start()]), kind, size)


def _composed(text: str) -> Iterator[Number]:
    for match in _OF_AN_HOUR.finditer(text):
        value = _many(match["many"]) / 4
        yield _said(text, match, value, "time", 60 * value)
    for match in _FRACTION.finditer(text):
        if not text[match.end() :].startswith(" of an hour"):
            part = match["part"].lower()
            yield _shared(text, match, _many(match["many"]), 4 if part == "quarter" else _PARTS[part])
    for match in _IN.finditer(text):
        some, whole = _many(match["some"] or match["some2"]), _many(match["all"] or match["all2"])
        if whole > some:
            share = _shared(text, match, some, whole)
            yield replace(share, parts=tuple(part for part in (some, whole) if part != 1))
    for match in _AND_A_HALF.finditer(text):
        value = _many(match["whole"]) + 0.5
        yield _said(text, match, value, *measured(f" {match['unit']}", value))


def _said(text: str, match: re.Match[str], value: float, kind: str, size: float) -> Number:
    bound = _bound(text[: match.start()])
    return Number(value, share=False, start=match.start(), end=match.end(), bound=bound, kind=kind, size=size)


def _shared(text: str, match: re.Match[str], some: float, whole: float) -> Number:
    share, bound = round(100 * some / whole, 6), _bound(text[: match.start()])
    return Number(share, share=True, start=match.start(), end=match.end(), bound=bound)


def _many(word: str) -> float:
    word = word.lower()
    if word in ("a", "an"):
        return 1
    return 100 if word == "a hundred" else float(VALUES.get(word, word))


def _bound(before: str) -> str:
    return next((name for name, words in _BOUND.items() if words.search(before)), "")


def _digits(value: float) -> int:
    """How many of its digits say something."""
    return len(f"{value:.6f}".replace(".", "").strip("0"))


def _spoken(words: Sequence[str]) -> float:
    total = part = 0.0
    for word in words:
        if word in VALUES:
            part += VALUES[word]
        elif word in _SCALES:
            part = (part or 1) * _SCALES[word]
            if part >= 1000:
                total, part = total + part, 0.0
        elif word in _PARTS:
            part = part + _PARTS[word] if part >= 20 or not part else part * _PARTS[word]
    return total + part
