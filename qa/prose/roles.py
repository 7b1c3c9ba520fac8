"""Who does what to whom, and who says it, held against the quotes. Pure, and without a parser.

The one who does it is looked for in the clause before its verb, or behind "by"; what is found by such plain means
counts only where both sentences share the verb and the words have changed sides.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.words import STOP_WORDS
from qa.prose.numbers import VALUES
from qa.prose.opposites import is_past, stem
from qa.prose.particulars import DAYS, MONTHS, known_names, name_key
from qa.prose.sources import FRAME, Source

_TOKEN = re.compile(r"\d[\d,.]*\d|[^\W_]+(?:[.’'-][^\W_]+)*|[,;:—–“”\"]|[.!?](?=\s|$)")
_STOPS = frozenset(
    ', ; : — – “ ” " . ! ? and but or because since although though while when where which who that whether if as '
    "after before until so than".split()
)
_AUXILIARIES = frozenset(
    "is are was were be been being has have had will would shall should may might can could must do does did to not "
    "never also already".split()
)
_BE = frozenset("is are was were be been being".split())
_CASES = {"him": "he", "her": "she", "them": "they", "his": "he", "their": "they", "me": "i", "us": "we"}
_SPEECH = (
    r"(?:said|says|say|told|tells|replied|replies|argued|argues|thinks|thought|believes|believed|explained|explains|"
    r"added|adds|announced|answered|answers|warned|warns|claimed|claims|stated|states|insisted|insists|admitted|"
    r"promised|reckons|reckoned|wrote|asked|noted|remarked|complained|recalled|predicted|considers)"
)
_NAME = r"(?:(?:Mr|Mrs|Ms|Dr|Prof)\.? )?[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+)*"
_WHO = rf"(?:{_NAME}|(?:[Tt]he|[Aa]n?) [a-z]+(?: [a-z]+)?)"
_SPEAKERS = (
    re.compile(rf"(?P<who>{_WHO})(?:, [^,“”\"]{{1,60}},)? (?:also |later |once )?{_SPEECH}\b"),
    re.compile(rf"[”\"’,] ?{_SPEECH} (?P<who>{_WHO})"),
    re.compile(rf"[Aa]ccording to (?P<who>{_WHO})|[Ii]n the (?:view|opinion|words) of (?P<whose>{_WHO})"),
)
_NOBODY = frozenset(
    "it he she they we i you this that one there who what some many others the article articles".split()
)
_SUBJECTS = frozenset("he she they i we it".split())
_ARTICLES = frozenset("the a an his her their its some many most".split())
_LINKS = frozenset(", of in at on for with by from to near between under over behind through during and or".split())
_SIDES = frozenset("for against".split())
_PLACES = frozenset("from to in of than".split())
_TITLES = frozenset("mr mrs ms dr prof".split())


def other_roles(text: str, best: str) -> bool:
    """Whether a sentence changes sides of what the nearest sentence of its quotes tells: doer and done to."""
    return _sides_changed(text, best) or _neighbours_changed(text, best)


def other_speaker(text: str, given: Sequence[Source]) -> str:
    """Who is said to say it, where the quotes let somebody else say it, or know no such person; "" where they agree."""
    wide = " ".join(source.wide for source in given)
    quoted = " ".join(source.quote for source in given)
    there = {key for who in speakers(quoted) for key in _keys(who)}
    named = {key for who in speakers(quoted) if who[0].isupper() and not who.startswith("The ") for key in _keys(who)}
    known = {stem(word) for word in known_names(wide)} | known_names(wide)
    for who in speakers(text):
        keys = _keys(who)
        if not keys or keys & there:
            continue
        if not keys & known or (named and who[0].isupper() and not who.startswith(("The ", "A ", "An "))):
            return who
    return ""


def speakers(text: str) -> list[str]:
    """Whom a text lets say something, as it names them."""
    found = [match["who"] or match.groupdict().get("whose") for words in _SPEAKERS for match in words.finditer(text)]
    return [who for who in found if who]


def _keys(who: str) -> set[str]:
    words = [name_key(word) for word in re.findall(r"[\w’'-]+", who)]
    telling = [word for word in words if word not in STOP_WORDS | _NOBODY | _TITLES and word not in DAYS]
    return {telling[-1], stem(telling[-1])} if telling else set()


@dataclass(frozen=True, slots=True)
class _Deed:
    verb: str
    doers: frozenset[str]
    others: frozenset[str]


def _sides_changed(text: str, best: str) -> bool:
    there = list(_deeds(best))
    for deed in _deeds(text):
        same = [other for other in there if other.verb == deed.verb]
        if len(same) != 1:
            continue
        quoted = same[0]
        if not deed.doers or not quoted.doers or deed.doers & quoted.doers:
            continue
        known = quoted.doers | quoted.others
        if quoted.doers & deed.others and (deed.doers & quoted.others or not deed.doers & known):
            return True
    return False


def _deeds(text: str) -> Iterator[_Deed]:
    """Each verb in the past or behind an auxiliary, with who does it and what else its sentence names."""
    tokens = _TOKEN.findall(text)
    for n, token in enumerate(tokens):
        word = token.lower()
        before = tokens[n - 1].lower() if n else ""
        if word in _AUXILIARIES | STOP_WORDS or before in _ARTICLES or (n and token[0].isupper()):
            continue
        if not (is_past(word) or before in _AUXILIARIES - _BE):
            continue
        passive = is_past(word) and any(token.lower() in _BE for token in tokens[max(n - 3, 0) : n])
        by = next(
            (m for m in range(n + 1, min(n + 4, len(tokens))) if is_past(word) and tokens[m].lower() == "by"), None
        )
        if passive and by is None:
            continue
        place = _clause_before(tokens, n) if by is None else range(by + 1, _clause_end(tokens, by + 1))
        doers = _head(tokens[m] for m in place) if by is None else _things(tokens[m] for m in place)
        others = _things(token for m, token in enumerate(tokens) if m not in place and m != n)
        yield _Deed(stem(word), frozenset(doers), frozenset(others - doers))


def _clause_before(tokens: Sequence[str], verb: int) -> range:
    """Where the words stand that come before a verb in its clause; with what commas put in between."""
    end = verb
    while end and tokens[end - 1].lower() in _AUXILIARIES:
        end -= 1
    start, commas = end, 2 if end and tokens[end - 1] == "," else 0
    while start and (tokens[start - 1].lower() not in _STOPS or (tokens[start - 1] == "," and commas)):
        commas -= tokens[start - 1] == ","
        start -= 1
    return range(start, end)


def _clause_end(tokens: Sequence[str], start: int) -> int:
    return next((n for n in range(start, len(tokens)) if tokens[n].lower() in _STOPS), len(tokens))


def _head(tokens: Iterator[str]) -> set[str]:
    """The things of the last phrase: what an article, or a pronoun, begins anew with no preposition before it."""
    words = list(tokens)
    for n in range(len(words) - 1, -1, -1):
        word, before = words[n].lower(), words[n - 1].lower() if n else ""
        if word in _SUBJECTS or (word in _ARTICLES and before not in _LINKS):
            return _things(iter(words[n:]))
    return _things(iter(words))


def _things(tokens: Iterator[str]) -> set[str]:
    found = set()
    for token in tokens:
        word = _CASES.get(token.lower(), token.lower())
        key = name_key(word)
        if word in ("he", "she", "they", "i", "we"):
            found.add(word)
        elif (
            word[0].isalpha()
            and word not in STOP_WORDS
            and word not in VALUES
            and key not in (*MONTHS, *DAYS)
            and stem(word) not in FRAME
        ):
            found.add(stem(key))
    return found


def _neighbours_changed(text: str, best: str) -> bool:
    """Two words that stand beside two others, and have changed places: Japanese nationals by Korean agents."""
    return any(_crossed(pairs(text), pairs(best)) for pairs in (_pairs, _loose_pairs))


def _crossed(own: set[tuple[str, str]], there: set[tuple[str, str]]) -> bool:
    for first, one in own:
        for second, other in own:
            if first == second or one == other or (first in _PLACES) != (second in _PLACES):
                continue
            if {(first, other), (second, one)} <= there and not {(first, one), (second, other)} & there:
                return True
    return False


def _pairs(text: str) -> set[tuple[str, str]]:
    """Words with the next one, articles left out; the first may be a preposition of place, the second a side taken."""
    tokens = [token.lower() for token in _TOKEN.findall(text) if token.lower() not in _ARTICLES | {"that", "this"}]
    return {
        (stem(name_key(one)), stem(name_key(other)))
        for one, other in itertools.pairwise(tokens)
        if one[0].isalnum() and other[0].isalnum()
        if (other not in STOP_WORDS or other in _SIDES) and (one not in STOP_WORDS or one in _PLACES)
    }


def _loose_pairs(text: str) -> set[tuple[str, str]]:
    """Numbers and names with the next word that says something, either way round."""
    telling = [token for token in _TOKEN.findall(text) if token.lower() not in STOP_WORDS]
    pairs = [
        (stem(name_key(one)), stem(name_key(other)))
        for one, other in itertools.pairwise(telling)
        if one[0].isalnum() and other[0].isalnum() and _points(one) and _points(other)
    ]
    return {*pairs, *((other, one) for one, other in pairs)}


def _points(token: str) -> bool:
    """Whether a word points at something by its name or number."""
    return token[0].isupper() or token[0].isdigit() or token.lower() in VALUES
