"""What of a sentence can be held against another word for word: names and dates. Pure."""

import re
from dataclasses import dataclass

from ingest.words import STOP_WORDS
from qa.prose.numbers import VALUES

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
    "regardless nevertheless nonetheless moreover furthermore additionally additional extra afterwards subsequently "
    "currently previously plus per via throughout up upon "
    "half ahead apart behind water news money staff time rain snow heavy new old last next early late local".split()
)


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
            if not (begins and (lower in STOP_WORDS or lower in _OPENERS or lower in VALUES or _common(lower))):
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
