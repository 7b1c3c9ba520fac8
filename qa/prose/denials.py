"""Whether a sentence denies what its quotes say, or says what they deny. Pure."""

import itertools
import re
from collections.abc import Sequence

from ingest import sentences
from ingest.words import STOP_WORDS
from qa.prose.opposites import opposites, stem
from qa.prose.sources import FRAME, Source, stands, words_of

_NEGATORS = frozenset(
    "not no never none nobody nothing neither nor without cannot hardly n't fail fails failed refuse refuses refused "
    "deny denies denied decline declines declined unable rather lack lacks lacked rule rules ruled".split()
)
_OF_ALL = frozenset("all every everyone everybody everything always only just necessarily".split())
# Words that deny in their own way: another sentence may say the same with a "not".
_DENYING = re.compile(
    r"(?:un|non)[a-z]{5,}|[a-z]{3,}less|exempt\w*|avoid\w*|prevent\w*|stop\w*|bann?\w*|forb\w+|prohibit\w*|clos\w+|absent|"
    r"absence|vacant|empt\w+|missing|instead|spare[ds]?|unlike|reject\w*|scrap\w*|abolish\w*|abandon\w*|los[te]\w*|"
    r"except\w*|exclud\w*|abstain\w*|halt\w*|withheld|impossible|oppos\w+|object\w*|barely|scarcely|afraid|fear\w*|cancel\w*|only|alone|sole|vanish\w*"
)
_TURN = frozenset("turn turns turned turning stay stays stayed keep keeps kept".split())
_LIMITING = frozenset("until before only sole alone free down off away few fewer less full booked outside".split())
_BREAKS = frozenset(", ; : . ! ? but and because although though while which who".split())


def denied(text: str, best: str, given: Sequence[Source]) -> str:
    """Whether a sentence denies what its quotes say, or the other way round, in words; "" where neither does.

    Denials on one side only count, and words that turn a claim round. Twice turned is not turned.

    Args:
        text: the sentence.
        best: the sentence of the quotes, or beside them, that is nearest.
        given: the quotes.
    """
    own = lowered(text)
    quoted = " ".join(source.quote for source in given)
    pairs = opposites(own, lowered(f"{best} {quoted}"))
    told = {word for pair in pairs for word in pair}
    turned = sum(_denies(own, word) == _denies(lowered(best), other) for word, other in pairs)
    there = lowered(best)
    if _same_matter(text, best):
        turned += bool(_lonely(own, there, told)) + bool(_lonely(there, own, told, about_known=True))
    for first, last in sentences(quoted, given[0].language):
        part = quoted[first:last]
        if part != best and _same_matter(part, text):  # of two quotes the other may deny a part of it
            turned += bool(_lonely(lowered(part), own, told, about_known=True))
    everywhere = [word for source in given for word in lowered(source.wide)]
    otherwise = {own[n] for n in set(denying(own)) - set(denials(own))}
    excused = (limits(everywhere) - set(own)) | (otherwise - set(everywhere))
    if denials(own) and not denials(everywhere) and not excused and not opposites(own, everywhere):
        return "The quote does not deny this."
    return "The quote says the opposite." if turned % 2 else ""


def _denies(words: Sequence[str], word: str) -> bool:
    """Whether a word, or its stem, has a denial close before it."""
    places = [n for n, one in enumerate(words) if word in (one, stem(one))]
    return any(0 < place - n <= 3 for place in places for n in denials(words))


def _lonely(own: Sequence[str], there: Sequence[str], told: set[str], *, about_known: bool = False) -> list[int]:
    """Denials whose clause the other tells without denying anything near it; not those in words told of apart.

    With `about_known`, only those whose subject, where one stands before them, the other names too.
    """
    hard, soft = denials(there), denying(there)
    found = []
    for n in denials(own):
        about, behind = _denied_words(own, n)
        places = [place for place, word in enumerate(there) if stem(word) in about]
        if about_known and not _subject(own, n) <= {stem(word) for word in there}:
            continue
        if not places or {own[n], stem(own[n])} & told:
            continue
        near = [other for other in soft if stem(there[other]) not in about]
        reach = (-10, 10) if behind else (-99, 99)
        answered = any(
            (-5 if other in hard and behind else reach[0]) <= place - other <= reach[1]
            and (other in hard or not (_BREAKS - {"and"}) & set(there[min(place, other) : max(place, other)]))
            for place in places
            for other in near
        )
        if not answered:
            found.append(n)
    return found


def _subject(words: Sequence[str], denial: int) -> set[str]:
    """The stem of the word that tells something next before a denial in its clause; empty where there is none."""
    before = itertools.takewhile(lambda word: word not in _BREAKS, reversed(words[:denial]))
    telling = [stem(word) for word in before if word not in STOP_WORDS and stem(word) not in FRAME]
    return set(telling[:1])


def _denied_words(words: Sequence[str], denial: int) -> tuple[list[str], bool]:
    """Stems of the words that a denial is about, and whether they stand behind it: not so where it ends its clause."""
    behind = list(itertools.takewhile(lambda word: word not in _BREAKS, words[denial + 1 : denial + 7]))
    before = list(itertools.takewhile(lambda word: word not in _BREAKS, reversed(words[max(denial - 4, 0) : denial])))
    for part in (behind, before):
        if about := [stem(word) for word in part if word not in STOP_WORDS and stem(word) not in FRAME]:
            return about[:2], part is behind
    return [], True


def _same_matter(text: str, quote: str) -> bool:
    own, there = words_of(text), words_of(quote)
    return sum(stands(key, there) for key in own) >= 0.4 * max(len(own), 1)


def denials(words: Sequence[str]) -> list[int]:
    """Where a sentence denies something, as places in its words (lower case); "not all" denies little."""
    found = []
    for n, word in enumerate(words):
        after = words[n + 1] if n + 1 < len(words) else ""
        if word in ("rule", "rules", "ruled") and after != "out":
            continue
        if (word == "rather" and after != "than") or (word == "not" and after in _OF_ALL):
            continue
        if word == "not" and n and words[n - 1] == ",":  # in the attic, not in the cellar
            continue
        if word in _NEGATORS or word.endswith(("n't", "n’t")):
            found.append(n)
    return found


def limits(words: Sequence[str]) -> set[str]:
    """Words that another sentence may put as a denial: as `denying`, or like "until" and "only"."""
    return {words[n] for n in denying(words)} | _LIMITING & set(words)


def denying(words: Sequence[str]) -> list[int]:
    """Where a sentence may deny something: as `denials`, or by a word like "exempt" or "avoid"."""
    turned = (n for n, word in enumerate(words) if word in ("down", "away") and _TURN & set(words[max(n - 5, 0) : n]))
    return sorted({*denials(words), *turned, *(n for n, word in enumerate(words) if _DENYING.fullmatch(word))})


def lowered(text: str) -> list[str]:
    """The words of a text in lower case, and each of its commas and stops as one."""
    return re.findall(r"[^\W_]+(?:[’'][^\W_]+)?|[,;:]|[.!?](?=\s|$)", text.lower())
