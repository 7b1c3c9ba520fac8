"""What of a sentence can be held against another word for word: numbers, dates, names and denials. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.words import STOP_WORDS

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES = {word: n for n, word in enumerate(_UNITS)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
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
_WORDS = "|".join([*_VALUES, *_SCALES, *_PARTS])
_NUMBER = re.compile(
    rf"(?<![\w.])(?:[$£€¥]\s?)?(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:[.:]\d+)?)(?:st|nd|rd|th)?"
    rf"(?:[- ]?(?P<scale>hundred|thousand|million|billion|trillion|dozen|bn|mn|m|k)\b)?(?P<share>\s?%|\sper\s?cent\b)?"
    rf"|\b(?P<words>(?:{_WORDS})(?:[- ](?:and )?(?:{_WORDS}))*)\b(?P<share2>\s?%|\sper\s?cent\b)?",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:about|around|roughly|approximately|some|nearly|almost|over|under|more than|less than|fewer than|at least|"
    r"up to|close to|just)\s(?:[$£€]\s?)?$",
    re.IGNORECASE,
)
_ROUND = 0.06  # share that a number said to be rough may be off

MONTHS = "january february march april may june july august september october november december".split()
DAYS = {f"{day}day" for day in "mon tues wednes thurs fri satur sun".split()}
_WORD = re.compile(r"[^\W\d_](?:[^\W_]|[’'.-](?=[^\W_]))*")
_ABBREVIATED = re.compile(r"\b(?:[A-Z]\.){2,}")
_HONORIFICS = frozenset("mr mrs ms miss dr sir dame lord lady prof professor".split())
_NATIONS = {
    "french": "france", "spanish": "spain", "dutch": "netherlands", "danish": "denmark", "welsh": "wales",
    "swiss": "switzerland", "greek": "greece", "turkish": "turkey", "polish": "poland", "british": "britain",
    "chinese": "china", "irish": "ireland", "scottish": "scotland", "english": "england", "finnish": "finland",
    "swedish": "sweden", "american": "america", "german": "germany", "norwegian": "norway",
}  # fmt: skip
# Words that a sentence may begin with, and no names for all their capital.
_OPENERS = frozenset(
    "according despite following since instead meanwhile however although though unlike beyond near across around "
    "fewer less nearly almost neither many several yet still even only earlier later today yesterday overall "
    "together thanks because due whether both every another no none nobody people part work talk mr mrs ms dr "
    "within without among amid besides given once asked one anyone everyone someone nothing something everything "
    "half ahead apart behind water news money staff time rain snow heavy new old last next early late local".split()
)
NEGATORS = frozenset(
    "not no never none nobody nothing neither nor without cannot hardly n't fail fails failed refuse refuses refused "
    "deny denies denied decline declines declined unable rather lack lacks lacked rule rules ruled".split()
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a sentence.

    Attributes:
        value: what it comes to; a share of a hundred is told apart by `share`.
        start, end: where it stands.
        rough: it is said to be about that.
    """

    value: float
    share: bool
    start: int
    end: int
    rough: bool

    def stands_in(self, others: Iterable["Number"]) -> bool:
        """Whether one of the others is this number, or what it rounds."""
        return any(
            self.share == other.share
            and (self.value == other.value or (self.rough and abs(self.value - other.value) <= _ROUND * other.value))
            for other in others
        )


def numbers(text: str) -> list[Number]:
    """The numbers of a text, in figures or words. A lone "one" is mostly a pronoun, and left out."""
    found = []
    for match in _NUMBER.finditer(text):
        if match["digits"]:
            value = float(match["digits"].replace(",", "").replace(":", "."))
            value *= _SCALES.get((match["scale"] or "").lower(), 1)
        else:
            if match["words"].lower() in ("one", "m", "k", "mn", "bn", "second", "both"):
                continue
            value = _spoken(re.findall(r"\w+", match["words"].lower()))
        rough = bool(_ABOUT.search(text[: match.start()]))
        found.append(
            Number(round(value, 6), bool(match["share"] or match["share2"]), match.start(), match.end(), rough)
        )
    return found


def _spoken(words: Sequence[str]) -> float:
    total = part = 0.0
    for word in words:
        if word in _VALUES:
            part += _VALUES[word]
        elif word in _SCALES:
            part = (part or 1) * _SCALES[word]
            if part >= 1000:
                total, part = total + part, 0.0
        elif word in _PARTS:
            part = part + _PARTS[word] if part >= 20 or not part else part * _PARTS[word]
    return total + part


@dataclass(frozen=True, slots=True)
class Name:
    """A word of a name, a month or a day of the week, as it is compared, and where it stands."""

    key: str
    start: int
    first: bool  # of its sentence: its capital says little


def names(text: str) -> list[Name]:
    """The words of names in a sentence, in their order."""
    text = _ABBREVIATED.sub(lambda found: found[0].replace(".", "").ljust(len(found[0])), text)
    found = []
    begins = True
    for match in _WORD.finditer(text):
        word = match[0]
        if word[0].isupper() and (key := name_key(word)) not in _HONORIFICS and len(key) > 1:
            lower = word.lower()
            if not (begins and (lower in STOP_WORDS or lower in _OPENERS or lower in _VALUES or _common(lower))):
                found.append(Name(key, match.start(), begins))
        begins = bool(re.match(r"[”’\"']*[.!?:;]?\s*[“‘\"']", text[match.end() : match.end() + 4]))
    return found


def name_key(word: str) -> str:
    """A name's word as it is compared: without case and possessive, a nation for its people."""
    key = re.sub(r"[’'](?:s)?$", "", word.lower()).replace(".", "")
    if key[:3] in {month[:3] for month in MONTHS} and (key in MONTHS or key in ("sept", key[:3])):
        return f"month {key[:3]}"
    return _NATIONS.get(key, key)


def _common(word: str) -> bool:
    """The form of a word that begins a sentence without being a name, most likely."""
    return word.endswith(("ly", "ing", "ed")) or (word.endswith("s") and word not in DAYS and not word.endswith("ss"))


def known_names(text: str) -> set[str]:
    """All that a name may be found as in a text: every word, whatever its case, and the initials of longer names."""
    keys = {name_key(word) for word in _WORD.findall(_ABBREVIATED.sub(lambda m: m[0].replace(".", ""), text))}
    keys |= {part for key in keys for part in re.split(r"[-’']", key) if len(part) > 2}
    for run in re.findall(r"(?:[A-ZÀ-Þ][\w’'-]+(?: (?:of|for|the|and|on|de) | )?){2,}", text):
        capitals = re.findall(r"\b[A-ZÀ-Þ]", run)
        keys |= {"".join(capitals[a:b]).lower() for a in range(len(capitals)) for b in range(a + 2, len(capitals) + 1)}
    return keys


def is_known(name: str, known: set[str]) -> bool:
    """Whether a name's word stands in a text: as it is, as a people's adjective, or as a part with a hyphen."""
    if name in known or all(part in known for part in name.split("-")):
        return True
    return len(name) >= 5 and any(
        len(other) >= 5
        and (name.startswith(other) or other.startswith(name))
        and abs(len(name) - len(other)) <= 3
        and (name + "x")[len(other) :][:1] in "nesix"
        for other in known
    )


def denials(words: Sequence[str]) -> list[int]:
    """Where a sentence denies something, as places in its words (lower case)."""
    found = []
    for n, word in enumerate(words):
        after = words[n + 1] if n + 1 < len(words) else ""
        if word in ("rule", "rules", "ruled") and after != "out":
            continue
        if (word == "rather" and after != "than") or (word == "not" and after in ("only", "just")):
            continue
        if word in NEGATORS or word.endswith(("n't", "n’t")):
            found.append(n)
    return found
