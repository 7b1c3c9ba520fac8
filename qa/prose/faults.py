"""What of a sentence contradicts the quotes that it cites, or is not in them. Pure."""

import re
from collections.abc import Sequence

from ingest import sentences
from ingest.words import STOP_WORDS
from qa.prose.denials import denied
from qa.prose.force import overstated
from qa.prose.numbers import Number, numbers
from qa.prose.particulars import MONTHS, is_known, known_names, name_key, names
from qa.prose.roles import other_roles, other_speaker
from qa.prose.sources import Source, stands, words_of

_SAME = 0.8  # share of words past which a sentence tells what a quote tells
_PRONOUN = re.compile(r"\b(?:he|she|it|they|his|her|its|their|him|them|we|i|our|my)\b", re.IGNORECASE)
_PREFERRED = 2.5  # so many words more must a sentence beside the quote share to be the one that is meant
_PHRASE_ENDS = re.compile(rf"[,;.:](?!\d)|\b(?:{'|'.join(STOP_WORDS)})\b", re.IGNORECASE)


def fault(text: str, given: Sequence[Source]) -> str:
    """What of a sentence contradicts its quotes or is not in them, in words for the reader; "" where nothing is."""
    return _numbers(text, given) or _names(text, given) or _said_otherwise(text, given)


def _said_otherwise(text: str, given: Sequence[Source]) -> str:
    best = _nearest(text, given)
    if why := denied(text, best, given):
        return why
    if other_roles(text, best):
        return "In the quote it is the other way round."
    if who := other_speaker(text, given):
        return f"In the quote it is not {who} who says this."
    return overstated(text, best, " ".join(source.quote for source in given), " ".join(source.wide for source in given))


def _numbers(text: str, given: Sequence[Source]) -> str:
    there = [number for source in given for number in numbers(source.wide)]
    dates = [date for source in given if (date := (source.published or "")[:10])]
    has_month = any(name.key.startswith("month ") for name in names(text))
    allowed = {float(part) for date in dates for part in date.split("-")[:: 2 if has_month else 4] if part.isdigit()}
    both = any(re.search(r"\bboth\b", source.wide, re.IGNORECASE) for source in given)
    allowed |= {2.0} if both else set()
    for number in numbers(text):
        if not number.stands_in(there) and number.value not in allowed:
            return f"“{text[number.start : number.end].strip()}” is not in the quote."
    if strange := _of_other_things(text, given):
        return f"In the quote, {strange} is said of something else."
    there = [number for source in given for number in numbers(source.quote)]
    own = numbers(text)
    strangers = [n for n in own if not n.stands_in(there) and n.value not in allowed]
    if strangers and _tells_the_same(text, given) and any(not n.stands_in(own) for n in there):
        return f"“{text[strangers[0].start : strangers[0].end].strip()}” stands beside the quote, not in it."
    return ""


def _of_other_things(text: str, given: Sequence[Source]) -> str:
    """A number that counts in the sentence what another number counts in the quotes."""
    counted: dict[float, set[str]] = {}
    for source in given:
        for part in (source.before, source.quote, source.after):
            for number, things in _counted(part):
                counted.setdefault(number.value, set()).update(things)
    for number, things in _counted(text):
        own = counted.get(number.value)
        others = set().union(*(kinds for value, kinds in counted.items() if value != number.value))
        if own and things & (others - own) and not things & own:
            return f"“{text[number.start : number.end].strip()}”"
    return ""


def _counted(text: str) -> list[tuple[Number, set[str]]]:
    """Each number with the stems of up to three words behind it, before what ends its phrase; years left out."""
    found = numbers(text)
    if not found:
        return []
    ends = [number.start for number in found[1:]] + [len(text)]
    return [
        (number, set(list(words_of(_PHRASE_ENDS.split(text[number.end : end])[0]))[:3]))
        for number, end in zip(found, ends, strict=True)
        if not 1900 <= number.value <= 2100
    ]


def _names(text: str, given: Sequence[Source]) -> str:
    known = set().union(*(known_names(source.wide) for source in given))
    for source in given:
        month = (source.published or "")[5:7]
        known |= {f"month {MONTHS[int(month) - 1][:3]}"} if month.isdigit() and 0 < int(month) <= 12 else set()
    own = names(text)
    initials = known_names(text)
    for name in own:
        if not is_known(name.key, known) and not _abbreviated(name.key, text, known):
            return f"“{name.key.removeprefix('month ').title()}” is not in the quote."
    quoted = " ".join(source.quote for source in given)
    months = {name.key for name in names(quoted) if name.key.startswith("month ")}
    for name in own:
        if name.key.startswith("month ") and months and name.key not in months and not months <= {n.key for n in own}:
            return f"“{name.key.removeprefix('month ').title()}” is not in the quote."
    if not _tells_the_same(text, given):
        return ""
    pronoun = bool(_PRONOUN.search(quoted))  # for somebody named before it
    there = known_names(" ".join([quoted, *(f"{source.about} {source.before if pronoun else ''}" for source in given)]))
    strangers = [name for name in own if not is_known(name.key, there) and not name.key.startswith("month ")]
    left_out = pronoun or [name for name in names(quoted) if not is_known(name.key, initials)]
    if strangers and left_out:
        return f"“{strangers[0].key.title()}” stands beside the quote, not in it."
    return ""


def _abbreviated(key: str, text: str, known: set[str]) -> bool:
    """Whether a word belongs to a longer name whose initials stand in the quotes."""
    for run in re.findall(r"(?:[A-ZÀ-Þ][\w’'-]+(?: (?:of|for|the|and) | )?){2,}", text):
        if key in {name_key(word) for word in run.split()} and "".join(re.findall(r"\b[A-ZÀ-Þ]", run)).lower() in known:
            return True
    return False


def _tells_the_same(text: str, given: Sequence[Source]) -> bool:
    own, there = words_of(text), words_of(" ".join(source.quote for source in given))
    own = {key: word for key, word in own.items() if word not in {name.key for name in names(text)}}
    return sum(stands(key, there) for key in own) >= _SAME * max(len(own), 1)


def _nearest(text: str, given: Sequence[Source]) -> str:
    """The sentence of the quotes, or beside them, that shares most words."""
    own = words_of(text)
    parts = [
        (part[first:last], preferred)
        for source in given
        for part, preferred in ((source.quote, _PREFERRED), (source.before, 0), (source.after, 0))
        for first, last in sentences(part, source.language)
    ]
    nearest = max(parts, key=lambda part: part[1] + sum(stands(key, words_of(part[0])) for key in own), default=("", 0))
    return nearest[0]
