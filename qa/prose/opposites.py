"""Words that turn a claim round when one takes the other's place."""

import itertools
from collections.abc import Sequence

_PAIRS = """
missing back; missing found; negative positive; nobody everybody; none all; never always; treble lower; treble cut;
triple cut; end open; closed staffed; deny admit; accept reject; accept refuse; agree disagree; agree refuse;
allow ban; allow forbid; allow prevent; approve reject; approve oppose; approve block; arrive leave; begin end;
start end; start stop; start finish; better worse; best worst; buy sell; cheap expensive; cheaper dearer; close open;
closure opening; confirm deny; cut raise; cut increase; decrease increase; reduce increase; reduce raise; lower raise;
lower higher; lowest highest; less more; fewer more; least most; dead alive; drop rise; fall rise; fell rose;
fallen risen; fall grow; shrink grow; shrink expand; down up; early late; earlier later; earliest latest; empty full;
enter leave; fail succeed; failure success; first last; gain lose; gain loss; profit loss; win lose; won lost;
winner loser; guilty innocent; hot cold; warm cold; warmer colder; include exclude; join leave; left right;
legal illegal; lift impose; major minor; majority minority; north south; northern southern; east west;
eastern western; old new; older newer; older younger; oldest newest; pass fail; permit forbid; possible impossible;
praise criticise; praise criticize; praise condemn; public private; quick slow; faster slower; safe unsafe;
safe dangerous; shallow deep; short long; shorter longer; shortest longest; small large; smaller larger;
smaller bigger; strong weak; stronger weaker; support oppose; supporter opponent; for against; true false; under over;
below above; wet dry; wide narrow; worsen improve; yes no; likely unlikely; able unable; temporary permanent;
voluntary compulsory; mandatory optional; free paid; clear unclear; known unknown; welcome condemn; backed opposed;
defeat victory; remove add; remove install; delay hasten; postpone advance; borrow lend; import export; hire dismiss;
hire sack; inside outside; morning evening; morning afternoon; day night; summer winter; spring autumn; son daughter;
husband wife; mother father; man woman; men women; boy girl; start complete; begin complete; finish begin;
affected unaffected; win fail; yesterday tomorrow; deny claim; deny say; refuse agree; deny confirm; refuse accept;
decline accept; turned accept; cancel keep; cancel confirm; kept abolished; keep abolish; abolish introduce;
scrap introduce; withdraw submit; destroy save; doubt trust; love hate; forget remember; attack defend; enemy friend;
guest host; buyer seller; top bottom; light dark; heavy light; hard easy; difficult easy; prefer avoid; veto sign;
veto approve; veto pass; harm help; hurt help; damage repair; back reject; support reject; endorse reject; few many;
reopen close; reopened closed; open shut; reopen shut; admit deny; acquit convict; arrive depart; obey defy;
reveal hide; rescue abandon; trust distrust; praise blame; always seldom; often seldom; often rarely;
everywhere nowhere; expand reduce; widen narrow; build demolish; plant fell; loud quiet; noisy quiet; narrower wider;
thin thick; rich poor; healthy sick; front back; import export; entrance exit; victim culprit; optimistic pessimistic;
comfort alarm;
"""
_FAMILIES = [  # whoever is one of them is none of the others
    set(family.split())
    for family in (
        "daughter sister wife mother niece aunt grandmother granddaughter",
        "son brother husband father nephew uncle grandfather grandson",
        "hourly daily nightly weekly fortnightly monthly quarterly yearly",
        "north south east west", "northern southern eastern western", "red yellow green blue black white grey brown",
        "spring summer autumn winter", "breakfast lunch dinner", "teacher pupil", "plaintiff defendant",
        "patient doctor",
    )
]  # fmt: skip
_DIRECTIONS = (  # any word of one against any of the other
    "rise rose risen grow grew climb raise lift increase up gain higher expand double soar jump added",
    "fall fell fallen drop shrink shrank sink decline decrease down lower cut reduce shed halve plunge slump dwindle",
)
_IRREGULAR = {
    "began": "begin", "begun": "begin", "bought": "buy", "sold": "sell", "shrank": "shrink", "shrunk": "shrink",
    "grew": "grow", "grown": "grow", "fell": "fall", "fallen": "fall", "rose": "rise", "risen": "rise", "won": "win",
    "lost": "lose", "left": "leave", "forbade": "forbid", "forbidden": "forbid", "went": "go", "gone": "go",
    "said": "say", "told": "tell", "made": "make", "took": "take", "taken": "take", "came": "come", "gave": "give",
    "given": "give", "paid": "pay", "built": "build", "held": "hold", "found": "find", "kept": "keep", "saw": "see",
    "seen": "see", "ran": "run", "spent": "spend", "sent": "send", "met": "meet", "led": "lead", "broke": "break",
    "broken": "break", "chose": "choose", "chosen": "choose", "wrote": "write", "written": "write", "grown-up": "grow",
    "stood": "stand", "brought": "bring", "thought": "think", "caught": "catch", "drove": "drive", "driven": "drive",
    "stole": "steal", "stolen": "steal", "froze": "freeze", "frozen": "freeze", "sank": "sink", "sunk": "sink",
    "children": "child", "men": "man", "women": "woman", "died": "die", "dead": "die",
    "death": "die", "deaths": "die", "dying": "die", "has": "have", "had": "have", "was": "be", "were": "be",
    "apply": "applied", "reply": "replied", "supply": "supplied", "rely": "relied", "multiply": "multiplied",
    "goes": "go", "does": "do", "drew": "draw", "drawn": "draw", "flew": "fly", "threw": "throw", "thrown": "throw",
}  # fmt: skip
_PAST = frozenset(_IRREGULAR) - frozenset(
    "children men women dead death deaths dying has grown-up apply reply supply rely multiply goes does".split()
) | {
    "cut", "put", "shut", "hit", "let", "set", "cost", "read", "hung", "stuck",
}  # fmt: skip
_ENDINGS = tuple("ations ation ments ment ings ing edly ied ies ed ers er es ly s e y".split())


def stem(word: str) -> str:
    """A word without its ending, for comparing; irregular forms as their root."""
    word = _IRREGULAR.get(word, word)
    return _bare(_bare(word))  # "recovered" and "recover" lose two


def _bare(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            bare = word[: -len(ending)]
            return bare[:-1] if len(bare) > 3 and bare[-1] == bare[-2] and bare[-1] not in "lsz" else bare
    return word


def is_past(word: str) -> bool:
    """Whether a word (lower case) has the form of a verb in the past."""
    return word in _PAST or (word.endswith("ed") and len(word) > 3 and not word.endswith(("eed", "hundred")))


def _table() -> dict[str, set[str]]:
    told = [pair.split() for pair in _PAIRS.replace("\n", " ").split(";") if pair.strip()]
    table: dict[str, set[str]] = {}
    for one, other in [*told, *itertools.product(*map(str.split, _DIRECTIONS))]:
        for left, right in ((one, other), (other, one)):
            table.setdefault(left, set()).add(right)
            table.setdefault(stem(left), set()).add(stem(right))
    return table


_OPPOSITES = _table()


def opposites(own: Sequence[str], there: Sequence[str]) -> set[tuple[str, str]]:
    """Pairs of a word of one sentence and its opposite in another, neither of which stands in both.

    Args:
        own, there: the words of each, in lower case.
    """
    mine, theirs = set(own) | set(map(stem, own)), set(there) | set(map(stem, there))
    found: dict[str, tuple[str, str]] = {}
    for word in own:
        keys = {word, stem(word)}
        against = set().union(*(_OPPOSITES.get(key, set()) for key in keys)) & theirs - mine
        against = {other for other in against if not _alike({other}) & mine - keys}
        if against and not keys & theirs and not _alike(keys) & theirs:
            found.setdefault(word, (word, min(against)))
    for family in _FAMILIES:
        ours, others = family & mine - theirs, family & theirs - mine
        if ours and others:
            found.setdefault(min(ours), (min(ours), min(others)))
    return set(found.values())


def _alike(keys: set[str]) -> set[str]:
    """What has the same opposites: where a sentence has both sides, neither says much."""
    against = set().union(*(_OPPOSITES.get(key, set()) for key in keys))
    return set().union(*(_OPPOSITES.get(key, set()) for key in against))
