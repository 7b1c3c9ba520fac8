"""What of a sentence contradicts the quotes that it cites, or is not in them: numbers, dates, names, denials. Pure."""

import re
from collections.abc import Sequence

from ingest import sentences
from ingest.words import STOP_WORDS
from qa.prose.opposites import opposites, stem
from qa.prose.particulars import DAYS, MONTHS, Number, denials, is_known, known_names, name_key, names, numbers
from qa.prose.sources import FRAME, Source, stands, words_of

_SAME = 0.8  # share of words past which a sentence tells what a quote tells
_PRONOUN = re.compile(r"\b(?:he|she|it|they|his|her|its|their|him|them|we|i|our|my)\b", re.IGNORECASE)
_PLACED = re.compile(r"\b(?:in|at|on|of|near|during|since|until|for|into|across|around)\s(?:the\s)?$")


def fault(text: str, given: Sequence[Source]) -> str:
    """What of a sentence contradicts its quotes or is not in them, in words for the reader; "" where nothing is."""
    return _numbers(text, given) or _names(text, given) or _denied(text, given) or _turned(text, given)


def _numbers(text: str, given: Sequence[Source]) -> str:
    there = [number for source in given for number in numbers(source.wide)]
    dates = [date for source in given if (date := (source.published or "")[:10])]
    has_month = any(name.key.startswith("month ") for name in names(text))
    allowed = {float(part) for date in dates for part in date.split("-")[:: 2 if has_month else 4] if part.isdigit()}
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
        for number, things in _counted(source.quote):
            counted.setdefault(number.value, set()).update(things)
    for number, things in _counted(text):
        own = counted.get(number.value)
        others = set().union(*(kinds for value, kinds in counted.items() if value != number.value))
        if own and things & (others - own) and not things & own:
            return f"“{text[number.start : number.end].strip()}”"
    return ""


def _counted(text: str) -> list[tuple[Number, set[str]]]:
    """Each number with the stems of up to three words behind it, before the next number or stop."""
    found = numbers(text)
    if not found:
        return []
    ends = [number.start for number in found[1:]] + [len(text)]
    return [
        (number, set(list(words_of(re.split(r"[,;.](?!\d)", text[number.end : end])[0]))[:3]))
        for number, end in zip(found, ends, strict=True)
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
    if _PRONOUN.search(quoted) or not _tells_the_same(text, given):
        return ""
    there = known_names(quoted) | {key for source in given for key in known_names(source.about)}
    strangers = [name for name in own if not is_known(name.key, there) and not name.key.startswith("month ")]
    left_out = [name for name in names(quoted) if not is_known(name.key, initials)]
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


def _denied(text: str, given: Sequence[Source]) -> str:
    """Denials on one side only, or words that turn the claim round. Twice turned is not turned."""
    best = _nearest(text, given)
    own, there = _lowered(text), _lowered(best)
    turned = bool(_lonely(own, there)) + bool(_lonely(there, own)) if _same_matter(text, best) else 0
    turned += len(opposites(own, there))
    everywhere = [word for source in given for word in _lowered(source.wide)]
    if denials(own) and not denials(everywhere) and not opposites(own, everywhere):
        return "The quote does not deny this."
    return "The quote says the opposite." if turned % 2 else ""


def _lonely(own: Sequence[str], there: Sequence[str]) -> list[int]:
    """Denials whose next words the other has without a denial near them."""
    others = denials(there)
    found = []
    for n in denials(own):
        about = [stem(word) for word in own[n + 1 : n + 7] if word not in STOP_WORDS and stem(word) not in FRAME][:2]
        places = [place for place, word in enumerate(there) if stem(word) in about]
        if places and not any(-3 <= place - other <= 7 for place in places for other in others):
            found.append(n)
    return found


def _same_matter(text: str, quote: str) -> bool:
    own, there = words_of(text), words_of(quote)
    return sum(stands(key, there) for key in own) >= 0.4 * max(len(own), 1)


def _nearest(text: str, given: Sequence[Source]) -> str:
    """The sentence of the quotes, or beside them, that shares most words."""
    own = words_of(text)
    parts = [
        part[first:last]
        for source in given
        for part in (source.quote, source.before, source.after)
        for first, last in sentences(part, source.language)
    ]
    return max(parts, key=lambda part: sum(stands(key, words_of(part)) for key in own), default="")


def _lowered(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:[’'][^\W_]+)?", text.lower())


def _turned(text: str, given: Sequence[Source]) -> str:
    """Who did it to whom, the other way round: both names are there, in the other order, and the words are the same."""
    best = _nearest(text, given)
    if re.search(r"\b(?:by|from|than)\b", text) or re.search(r"\b(?:by|from|than)\b", best):
        return ""
    own, there = _actors(text), _actors(best)
    shared = [key for key in dict.fromkeys(own) if there.count(key) == 1 and own.count(key) == 1]
    if len(shared) == 2 and _tells_the_same(text, given) and [key for key in there if key in shared] != shared:
        return "In the quote it is the other way round."
    return ""


def _actors(text: str) -> list[str]:
    """The names that no preposition of place or time stands before, a run of several words as its last one."""
    found: list[tuple[int, str]] = []
    for name in names(text):
        if name.key.startswith("month ") or name.key in DAYS or _PLACED.search(text[: name.start]):
            continue
        if found and re.fullmatch(r"[\w’'-]+ ", text[found[-1][0] : name.start]):
            found.pop()
        found.append((name.start, name.key))
    return [key for _, key in found]
