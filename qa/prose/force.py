"""How strongly a sentence says what it says: of how many, how surely, and when. Pure.

A chat model that changes "some" to "all", "may" to "will" or "will close" to "closed" keeps nearly every word. These
are small closed classes of words, so that they can be held against the sentence of the quote that is nearest.
"""

import re
from collections.abc import Iterable, Sequence

from ingest.words import STOP_WORDS
from qa.prose.opposites import is_past, stem
from qa.prose.sources import FRAME

_ALL = re.compile(
    r"(?<!not )(?<!nearly )(?<!almost )(?<!after )(?<!in )(?<!at )(?<!of )"
    r"\b(?:all(?! the same| over| told| the more| but)"
    r"|every(?! (?:minute|hour|day|night|morning|evening|week|month|year|time)\b)"
    r"|everyone|everybody|everything|always|entirely|completely|each(?! other))\b",
    re.IGNORECASE,
)
_ANY = re.compile(
    r"\b(?:whole|entire|none|nobody|never|both|no one|without exception|whoever|whatever)\b", re.IGNORECASE
)
_MOST = re.compile(r"\b(?:most(?= (?:of|[a-z]+s\b))|majority|the bulk|mostly|mainly)\b", re.IGNORECASE)
_PART = re.compile(
    r"\b(?:some(?= of| [a-z]+s\b)|several|a few|few|many|part|partly|half|a third|a quarter|one in|not all|"
    r"not every\w*|nearly all|almost all|(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+) (?:of|in) "
    r"(?:the|them|every|ten|its|their|his|her|\d+)|sometimes|often|occasionally|at least one)\b",
    re.IGNORECASE,
)
_SURE = re.compile(
    r"\b(?:certain(?:ly|ty)?|definite(?:ly)?|undoubtedly|surely|inevitabl[ey]|guarantee[sd]?|"
    r"without (?:a )?doubt|no doubt|bound to|proved?|proven|beyond question|for sure|established)\b",
    re.IGNORECASE,
)
_WILL = frozenset("will shall 'll".split())
_MAY = frozenset("may might could perhaps possibly maybe likely probably".split())
_EXPECTS = frozenset(
    "expects expect expected hopes hope hoped thinks think thought believes believe believed fears fear feared reckons "
    "reckon assumes assume estimates suspects wants want wanted considers consider suggests proposes intends".split()
)
_PLANS = frozenset(
    "plan plans planned intend intended aim aims aimed means meant promise promises promised "
    "pledge pledged vowed offered agreed".split()
)
_DOUBTS = (
    _MAY
    | _EXPECTS
    | frozenset(
        "would should if unless according possible possibly seems appears apparently "
        "predicts forecast forecasts planned plans due".split()
    )
)
_AHEAD = _WILL | frozenset("to would should may might could can must".split())
_UNDONE = frozenset("be is are being instead without not never".split())
_CAUSES = re.compile(r"\b(?:because|due to|owing to|as a result of|on account of|caused by|led to)\b", re.IGNORECASE)
_CAUSED = re.compile(
    r"\b(?:because|since|due|owing|thanks|account|reasons?|grounds?|why|therefore|thus|hence|lest|so|so that|in order"
    r"|result\w*|caus\w+|led to|mak(?:es|ing)|made|means|meant|prevent\w*|by|under|after|following|depends?)\b"
    r"|, (?:as|for)\b|[:;—–]",
    re.IGNORECASE,
)
# What is asked for, and what is settled.
_ASKED = (
    "ask apply propose request demand seek offer bid consider plan suggest invite nominate urge "
    "call recommend want wait await trial accuse charge suspect"
)
_SETTLED = (
    "choose approve agree grant accept award pick select win receive appoint confirm pass adopt "
    "decide promise get convict sentence acquit"
)
_OPEN, _DONE = ({stem(word) for word in words.split()} for words in (_ASKED, _SETTLED))
_BEFORE = re.compile(r"\b(?:before|prior to|ahead of|until|till)\s((?:[\w’'.-]+\s?){1,6})", re.IGNORECASE)
_AFTER = re.compile(r"\b(?:after|once|following|since|afterwards?)\s((?:[\w’'.-]+\s?){1,6})", re.IGNORECASE)


def overstated(text: str, best: str, quoted: str, wide: str) -> str:
    """What of a sentence goes beyond the quotes in number, certainty or time, in words; "" where nothing does.

    Args:
        text: the sentence.
        best: the sentence of the quotes that is nearest.
        quoted: all the quotes.
        wide: all that the quotes and what stands beside them say.
    """
    if _more(text, best, quoted):
        return "The quote does not say this of so many."
    if _surer(text, best, wide):
        return "The quote is less certain."
    if _CAUSES.search(text) and not _CAUSED.search(quoted):
        return "The quote gives no such cause."
    return "The quote tells it of another time." if _other_time(text, best, wide) else ""


def _more(text: str, best: str, quoted: str) -> bool:
    every = _ALL.search(quoted) or _ANY.search(quoted)
    if _ALL.search(text) and not every and (_PART.search(best) or _MOST.search(best)):
        return True
    if _ALL.search(text) and re.search(r"\bnot (?:all|every)", best, re.IGNORECASE):
        return not re.search(r"\bnot (?:all|every)", text, re.IGNORECASE)
    most = _MOST.search(text) and not (_PART.search(text) or _MOST.search(best) or every)
    return bool(most and _PART.search(best))


def _surer(text: str, best: str, wide: str) -> bool:
    own, there = _words(text), _words(best)
    if _SURE.search(text) and not _SURE.search(wide):
        return True
    doubting = _DOUBTS & set(own)
    if not doubting:
        told = _following(own, _WILL)
        if told & (_following(there, _MAY) | _following(there, _EXPECTS, 7)) - _following(there, _WILL):
            return True
        if _pasts(own) & _following(there, _MAY - {"could"}) - _pasts(there):
            return True
        hoped, mine = _following(there, _EXPECTS, 4), _telling(own)
        if (
            hoped
            and hoped <= mine
            and not set(own) & (_AHEAD | _PLANS)
            and len(mine & _telling(there)) >= 0.8 * len(mine)
        ):
            return True
    settled = {stem(word) for word in own} & _DONE - {stem(word) for word in _words(wide)}
    open_now = {stem(word) for word in there} & _OPEN
    return bool(settled and open_now and not {stem(word) for word in own} & _OPEN)


def _other_time(text: str, best: str, wide: str) -> bool:
    own, there = _words(text), _words(best)
    ahead = _following(there, _WILL | {"would"}) | _to_be(best) | _following(there, _EXPECTS | _PLANS, 6)
    if ahead & _pasts(own) - _pasts(_words(wide)):
        return True
    if _following(own, _WILL) & _pasts(there) - _following(_words(wide), _AHEAD):
        return True
    before, after = _related(text, _BEFORE), _related(text, _AFTER)
    return bool(before & _related(best, _AFTER) - _related(best, _BEFORE) - after) or bool(
        after & _related(best, _BEFORE) - _related(best, _AFTER) - before
    )


def _words(text: str) -> list[str]:
    text = re.sub(r"(?<=\w )May\b", "", text)  # the month, which is no "may"
    return re.findall(r"’ll|'ll|[^\W_]+(?=’ll|'ll)|[^\W_]+(?:[’'][^\W_]+)?", text.lower().replace("’ll", "'ll"))


def _telling(words: Iterable[str]) -> set[str]:
    return {key for word in words if word not in STOP_WORDS and (key := stem(word)) not in FRAME}


def _following(words: Sequence[str], modals: frozenset[str], reach: int = 3) -> set[str]:
    """Stems of the words that tell something, close behind any of some words."""
    return set().union(*(_telling(words[n + 1 : n + 1 + reach]) for n, word in enumerate(words) if word in modals))


def _to_be(text: str) -> set[str]:
    """What is to be done: the verb behind "is to"."""
    return {stem(found) for found in re.findall(r"\b(?:is|are) to (?:be )?([a-z]+)", text.lower())} - FRAME


def _pasts(words: Sequence[str]) -> set[str]:
    """Stems of what was done: verbs in the past without a word before them that puts it off."""
    return {
        stem(word)
        for n, word in enumerate(words)
        if is_past(word) and not _AHEAD & set(words[max(n - 4, 0) : n]) and not _UNDONE & set(words[max(n - 2, 0) : n])
    } - FRAME


def _related(text: str, relation: re.Pattern[str]) -> set[str]:
    """Stems of what something was before, or after."""
    return {key for found in relation.findall(text) for key in list(_telling(_words(found)))}
