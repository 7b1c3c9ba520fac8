"""What kind of answer a question wants, of what, and from when: found by rules. English; in doubt, an ordinary one.

Most questions ask for something that a sentence says. The others ask about the articles together: how many there are,
what they say in order, how two of them differ.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ingest import Within
from qa.several import forms, limits, times
from qa.several.facts import Facts
from qa.several.forms import COMPARISON, COUNT, LIST, QUOTES, TIMELINE
from qa.several.times import Period
from qa.several.vocabulary import PAPERS, telling

_CLEANED = re.compile(
    r"^(?:(?:on|about|of|for|in|at|with|to|from|the|a|an|that|all)\b *)+|[\s,;:.?!]+\Z",
    re.IGNORECASE,
)
_OF_A_PAPER = re.compile(  # "the Gazette's report of the march"
    r"(?P<paper>.+?)(?:['’]s?)?(?: (?:report|coverage|account|version|article|story|piece|figures?|numbers?)"
    r"(?: (?:of|on|about) (?P<topic>.+))?)?",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"(?:the )?(?:it|they|them|he|she|this|that|these|those|others?|each other|one another)(?: of .+)?", re.IGNORECASE
)
_REPORT = r"(?:report|say|said|write|wrote|publish|print)(?:s|ed|ing)?\b"
_ASKS_THE_PAPERS = re.compile(
    rf"what (?:do|did|have|has) (?:the )?(?P<who>[\w ]+?) {_REPORT}(?P<rest>.*)"
    r"|what (?:was|were|has been|have been) (?:reported|written|published|printed|said)\b(?P<reported>.*)",
    re.IGNORECASE,
)

Groups = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    Attributes:
        kind: QUOTES for an ordinary question, or COMPARISON and so on.
        topic: what it is about, without the words for kind and time; "" for everything.
        sides: what is compared, as it was called; none where every publisher or every speaker is a side.
        by: "publisher", "article" or "speaker" where each of these is a side; "article" too where articles are listed.
        within: the part of the library that may answer, narrowed to the time asked for.
        notes: what was taken for what, for the reader.
    """

    kind: str
    topic: str
    within: Within
    sides: tuple[str, ...] = ()
    by: str = ""
    notes: tuple[str, ...] = ()

    @property
    def this_article(self) -> bool:
        """Whether it is about the article that the reader has before them."""
        return bool(forms.THIS.fullmatch(self.topic))


def recognise(question: str, today: dt.date, facts: Facts, within: Within) -> Request:
    """What a question asks for.

    Args:
        today: what "yesterday" is counted from.
        within: the part of the library that the one who asks is allowed or wants.
    """
    asked = forms.THANKS.sub("", forms.POLITE.sub("", question.strip()).rstrip(" ?.!"))
    clock = limits.Clock.of(asked, today, facts)
    usual = times.put_last(asked, today)
    matches = [(kind, match.groupdict()) for kind, form in forms.FORMS if (match := form.fullmatch(usual))]
    if matches:
        named = clock.limiting(usual, facts, wholly=True)
        for kind, groups in matches:
            if request := _request(kind, groups, named, clock, facts, within):
                return request
    papers = _ASKS_THE_PAPERS.fullmatch(asked)
    asks_the_papers = bool(papers and (not papers["who"] or _is_paper(papers["who"], facts)))
    named = clock.limiting(asked, facts, wholly=asks_the_papers)
    within, notes = clock.narrowed(within, named)
    if papers and named and asks_the_papers and not _topic(papers["rest"] or papers["reported"] or "", named):
        return Request(TIMELINE, "", within, notes=notes)  # "What did the papers write in May?"
    return Request(QUOTES, asked, within, notes=notes)


def _is_paper(called: str, facts: Facts) -> bool:
    return bool(re.fullmatch(PAPERS, called) or _publisher(called, facts))


def _request(  # noqa: PLR0913, PLR0917 - what a form says, and all that it is read by
    kind: str, groups: Groups, named: list[Period], clock: limits.Clock, facts: Facts, within: Within
) -> Request | None:
    """The request that a form says; None where it only looks like one."""
    if _lacks_its_time(groups, named, clock):
        return None
    if "happened" in groups:
        named = [clock.told_by(named[0])]
    within, notes = clock.narrowed(within, named)
    said = next((groups[name] for name in ("topic", "mentioned", "subject") if groups.get(name)), "")
    topic = _topic(said or "", named)
    if kind not in (COUNT, LIST):
        topic = telling(topic, all_of_a_time=bool(named))
    if topic and groups.get("quantity"):
        topic = f"{groups['quantity']} of {topic}"
    request = Request(kind, topic, within, notes=notes)
    if kind == COMPARISON:
        return _compared(request, groups, named, facts)
    if kind in (COUNT, LIST) and "looked_up" in groups:
        return _looked_up(request, groups["looked_up"] or "", named, facts)
    if kind == LIST and (groups.get("mentioned") or groups.get("publisher")):
        return _by_article(request, groups.get("publisher"), facts)
    return request if request.topic or named else None


def _lacks_its_time(groups: Groups, named: list[Period], clock: limits.Clock) -> bool:
    """Whether a form needs a time that is not there: "What happened to the café?" asks for what a sentence says."""
    if not named and ("happened" in groups or "reported" in groups):
        return True
    return bool(("happened" in groups and clock.precedes(named[0])) or _topic(groups.get("when") or "", named))


def _looked_up(request: Request, rest: str, named: list[Period], facts: Facts) -> Request | None:
    """How many articles, or which, "mention the Maren", or "did the Courier publish in May"."""
    rest = _topic(rest, named, keep=True)
    if not rest:
        return _by_article(request, None, facts)
    for found in filter(None, (form.fullmatch(rest) for form in forms.LOOKED_UP)):
        groups = found.groupdict()
        about = replace(request, topic=_topic(groups.get("topic") or "", []))
        if limited := _by_article(about, groups.get("publisher"), facts):
            return limited
    return None


def _by_article(request: Request, publisher: str | None, facts: Facts) -> Request | None:
    """A count or list of articles, of one publisher or author where one is named; None where that is neither."""
    request = replace(request, by="article" if request.kind == LIST else "")
    if publisher is None:
        return request
    if known := _publisher(publisher, facts):
        return replace(request, within=replace(request.within, publishers=frozenset({known})))
    name = _CLEANED.sub("", publisher).casefold()
    authors = frozenset(author for author in facts.authors() if author.casefold() == name)
    return replace(request, within=replace(request.within, authors=authors)) if authors else None


def _compared(request: Request, groups: Groups, named: list[Period], facts: Facts) -> Request | None:
    for by, name in (("publisher", "papers"), ("article", "sources"), ("speaker", "voices")):
        if groups.get(name):
            topic = " ".join(filter(None, (request.topic, _topic(groups.get("where") or "", named))))
            return replace(request, by=by, topic=topic) if topic else None
    left, right = (_topic(groups[side] or "", named, keep=True) for side in ("left", "right"))
    if by_paper := _of_papers(request, left, right, facts):
        return by_paper
    if groups.get("tell"):
        return None  # "How did the Greeks and the Romans treat them?"
    *before, left = left.split(", ")  # "Lind, Quarrie" and "Ostrey"
    left, right, shared = _completed(left, right)
    sides = (*before, left, right)
    meant = all(side and not _POINTS_BACK.fullmatch(side) for side in sides)
    return replace(request, sides=sides, topic=request.topic or shared) if meant else None


def _of_papers(request: Request, left: str, right: str, facts: Facts) -> Request | None:
    """A comparison of two publishers; None where one of the sides is none."""
    found = [match for side in (left, right) if (match := _OF_A_PAPER.fullmatch(side))]
    papers = [paper for match in found if (paper := _publisher(match["paper"], facts))]
    topic = request.topic or next((_topic(match["topic"], []) for match in found if match["topic"]), "")
    return replace(request, sides=tuple(papers), by="publisher", topic=topic) if len(papers) > 1 else None


def _completed(left: str, right: str) -> tuple[str, str, str]:
    """Two sides, each made to stand alone, and what both are about: "the landings of cod" and "herring"."""
    shared = re.fullmatch(r"((?:the )?[\w ]+?) (?:of|for) ((?:the )?[\w-]+)", left)
    if shared and len(right.split()) <= 2 and " of " not in right:
        return shared[2], right, _CLEANED.sub("", shared[1])
    if re.fullmatch(r"(?:the )?(?:first|second|third|last|old|new|earlier|later|original|previous|final|latest)", left):
        head = re.sub(r"^(?:the )?\w+ ", "", right)
        return f"{left} {head}", right, ""
    if its := re.fullmatch(r"(?:its|her|his|their) (.+)", right):
        return left, f"{left}'s {its[1]}", ""
    if one := re.fullmatch(r"(?:the )?(\w+) ones?", right):
        thing = re.sub(r" (?:\w+ed|from|of|in|that|which)\b.*", "", _CLEANED.sub("", left))
        return left, f"the {one[1]} {thing}", ""
    return left, right, ""


def _publisher(called: str, facts: Facts) -> str | None:
    """The publisher whose name, or the telling part of it, this is."""
    name = _CLEANED.sub("", called).casefold()
    every = facts.publishers()
    same = [publisher for publisher in every if publisher.casefold() == name]
    part = [publisher for publisher in every if name and name in publisher.casefold().split()]
    return same[0] if same else part[0] if len(part) == 1 else None


def _topic(text: str, named: list[Period], *, keep: bool = False) -> str:
    """What is left when words for time, and those before and behind, are taken off."""
    text = limits.without(text, named)
    return re.sub(r"[\s,;:.?!]+\Z", "", text) if keep else _CLEANED.sub("", _CLEANED.sub("", text)).strip()
