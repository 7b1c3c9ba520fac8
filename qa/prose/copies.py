"""What a sentence that nearly copies a quote has put in the place of other words. Pure."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from qa.prose.numbers import numbers
from qa.prose.opposites import stem
from qa.prose.particulars import names
from qa.prose.sources import stands, words_of

_BEFORE_THINGS = frozenset(
    "the a an his her its their of in at on for from with by and too very so more after before because that when while "
    "if than".split()
)
_COPIED = 0.6  # share of a sentence's words that stand in the quote in the same order


class Exchange(NamedTuple):
    """Words of a near copy, and those of the quote in whose place they stand."""

    ours: str
    theirs: str
    kind: str  # "number", "name" or "thing"


def exchanged(text: str, quote: str, wide: str) -> Iterator[Exchange]:
    """What a near copy puts in the place of something else; nothing for a sentence that is no near copy.

    Args:
        text: the sentence.
        quote: a sentence of its quotes.
        wide: all that is known; a word that stands in it elsewhere is no exchange, unless it is a name.
    """
    own, there = _words(text), _words(quote)
    alike = SequenceMatcher(None, [stem(w.lower()) for w in own], [stem(w.lower()) for w in there], autojunk=False)
    if sum(block.size for block in alike.get_matching_blocks()) < _COPIED * len(own):
        return
    for kind, a, b, c, d in alike.get_opcodes():
        if kind != "replace":
            continue
        ours, theirs = " ".join(own[a:b]), " ".join(there[c:d])
        named = bool(a and c and names(f"a {ours}") and names(f"a {theirs}"))
        new, gone = words_of(ours), words_of(theirs)
        if not new and not gone and _other_number(ours, theirs):
            yield Exchange(ours, theirs, "number")
        if not (named or (own[a - 1].lower() in _BEFORE_THINGS and there[c - 1].lower() in _BEFORE_THINGS)):
            continue
        if (
            new
            and gone
            and len(new) <= 2
            and len(gone) <= 2
            and _none(new, quote if named else wide)
            and _none(gone, text)
        ):
            yield Exchange(ours, theirs, "name" if named else "thing")


def _other_number(ours: str, theirs: str) -> bool:
    figures, known = numbers(ours), numbers(theirs)
    return bool(figures and known) and not figures[0].stands_in(known)


def _none(words: dict[str, str], text: str) -> bool:
    held = words_of(text)
    return not any(stands(key, held) for key in words)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:[’'.-][^\W_]+)*", text)
