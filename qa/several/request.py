"""What kind of answer a question wants, of what, and from when: found by rules. English; in doubt, an ordinary one.

Most questions ask for something that a sentence says. The others ask about the articles together: how many there are,
what they say in order, how two of them differ.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from ingest import Within
from qa.several import forms, times
from qa.several.forms import COMPARISON, LIST, QUOTES, SUMMARY, TIMELINE
from qa.several.times import Period

_OLD = 31  # days without a new article after which a library is an archive, and "last week" its last one
_TOLD_WITHIN = dt.timedelta(days=2)
_CLEANED = re.compile(
    r"^(?:(?:on|about|of|for|in|at|with|to|the|a|an|that|all)\b *)+|[\s,;:.?!]+\Z",
    re.IGNORECASE,
)


class Facts(Protocol):
    """What must be known of the library to read a question."""

    def publishers(self) -> list[str]:
        """Those of the articles that the one who asks may see."""

    def newest(self) -> dt.date | None:
        """The day of the newest article."""

    def dated(self, event: str) -> tuple[dt.date, str] | None:
        """The day of the best article about an event, and its title."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    Attributes:
        kind: QUOTES for an ordinary question, or COMPARISON and so on.
        topic: what it is about, without the words for kind and time; "" for everything.
        sides: what is compared, as it was called; none where every publisher or every speaker is a side.
        by: "publisher" or "speaker" where each of these is a side.
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
    asked = forms.POLITE.sub("", question.strip()).rstrip(" ?.!")
    found = next(((kind, m) for kind, form in forms.FORMS if (m := form.fullmatch(asked))), None)
    happened = forms.HAPPENED.fullmatch(asked)
    limiting = bool(found or happened or _asks_the_papers(asked, facts))
    now, archived = _now(today, facts) if _may_name_a_time(asked) else (today, False)
    named = [p for p in times.periods(asked, now) if _limits(asked, p, limiting=limiting)]
    if limiting and not named:
        named = list(times.events(asked, facts.dated))
    if happened and not named:
        happened = None  # "What happened to the café?" asks for what a sentence says
    if happened and (day := named[0].until) and day == named[0].since:  # what took place on a day is told later
        named[0] = replace(named[0], until=max(day, min(day + _TOLD_WITHIN, now)))
    within, notes = _narrowed(within, named[:1], now if archived else None)
    plain = Request(QUOTES, asked, within, notes=notes)
    if found:
        return _taken(found[0], found[1], named[:1], plain, facts) or plain
    if happened:
        return replace(plain, kind=TIMELINE, topic=_topic(happened["topic"], named))
    return plain


def _may_name_a_time(question: str) -> bool:
    return next(times.periods(question, dt.date(2000, 1, 1)), None) is not None


def _now(today: dt.date, facts: Facts) -> tuple[dt.date, bool]:
    """What "last week" is counted from, and whether that is the end of an archive."""
    newest = facts.newest()
    if newest and (today - newest).days > _OLD:
        return newest, True
    return today, False


def _asks_the_papers(question: str, facts: Facts) -> bool:
    """Whether it asks what was reported: "What did the Courier write about the flood?"."""
    found = forms.ASKS_THE_PAPERS.fullmatch(question)
    return bool(
        found and (not found["who"] or re.fullmatch(forms.PAPERS, found["who"]) or _publisher(found["who"], facts))
    )


def _limits(question: str, period: Period, *, limiting: bool) -> bool:
    """Whether a period says which articles, and not when something took place.

    Args:
        limiting: whether the whole question is about what was reported.
    """
    before, after = question[: period.start], question[period.end :]
    return bool(
        (limiting and not forms.BELONGS.search(before))
        or forms.LIMITED.search(before.rstrip())
        or forms.OWNED.match(after)
    )


def _narrowed(within: Within, named: list[Period], archive: dt.date | None) -> tuple[Within, tuple[str, ...]]:
    notes = []
    for period in named:
        since, until = (day.isoformat() if day else None for day in (period.since, period.until))
        within = replace(
            within,
            since=max(filter(None, (since, within.since)), default=None),
            until=min(filter(None, (until, within.until)), default=None),
        )
        counted = f"counted from {archive.day} {archive:%B %Y}, the date of the newest article" if archive else ""
        relative = not re.search(r"\d{4}", period.words)
        told = "; ".join(filter(None, (period.why, counted if relative and not period.why else "")))
        taken = {True: "of ", False: "from "}[period.since == period.until] if period.since and period.until else ""
        notes.append(f"“{period.words}”: articles {taken}{period.days}{', ' if told else ''}{told}")
    return within, tuple(notes)


def _taken(kind: str, found: re.Match[str], named: list[Period], plain: Request, facts: Facts) -> Request | None:
    """The request that a form says; None where it only looks like one."""
    groups = found.groupdict()
    request = replace(plain, kind=kind, topic=_topic(groups.get("topic") or groups.get("mentioned") or "", named))
    if groups.get("counted") is not None:
        return _counted(request, groups["counted"], named, facts)
    if kind == LIST and groups.get("mentioned"):
        return replace(request, by="article")
    if kind == LIST and groups.get("topic") == "":
        return replace(request, by="article") if named else None
    if kind == COMPARISON:
        return _compared(request, groups, named, facts)
    if kind == SUMMARY and named and not request.topic:
        return request
    return request if request.topic or named else None


def _counted(request: Request, counted: str, named: list[Period], facts: Facts) -> Request | None:
    """How many articles "mention the Maren", or "did the Courier publish in May"."""
    rest = _topic(counted, named, keep=True)
    published = forms.PUBLISHED.fullmatch(rest)
    if published:
        publisher = _publisher(published["publisher"], facts)
        within = replace(request.within, publishers=frozenset({publisher})) if publisher else request.within
        return replace(request, topic=_topic(published["topic"], []), within=within) if publisher else None
    for found in filter(None, (form.fullmatch(rest) for form in forms.COUNTED)):
        return replace(request, topic=_topic(found["topic"] or "", []))
    return None


def _compared(request: Request, groups: dict[str, str | None], named: list[Period], facts: Facts) -> Request | None:
    if groups.get("papers"):
        return replace(request, by="publisher") if request.topic else None
    if groups.get("voices"):
        topic = " ".join(filter(None, (request.topic, _topic(groups.get("where") or "", named))))
        return replace(request, by="speaker", topic=topic) if topic else None
    left, right = (_topic(groups[side] or "", named, keep=True) for side in ("left", "right"))
    left, right, shared = _completed(left, right)
    papers = [_publisher(side, facts) for side in (left, right)]
    topic = request.topic or shared
    by = "publisher" if all(papers) else ""
    sides = tuple(name or side for name, side in zip(papers, (left, right), strict=True)) if by else (left, right)
    return replace(request, sides=sides, by=by, topic=topic) if all(sides) else None


def _completed(left: str, right: str) -> tuple[str, str, str]:
    """Two sides, each made to stand alone, and what both are about: "the landings of cod" and "herring"."""
    shared = re.fullmatch(r"((?:the )?[\w ]+?) (?:of|for) ((?:the )?[\w-]+)", left)
    if shared and len(right.split()) <= 2 and " of " not in right:
        return shared[2], right, _CLEANED.sub("", shared[1])
    if re.fullmatch(r"(?:the )?(?:first|second|third|last|old|new|earlier|later|original|previous|final|latest)", left):
        head = re.sub(r"^(?:the )?\w+ ", "", right)
        return f"{left} {head}", right, ""
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
    for words in _words(named):
        text = text.replace(words, " ")
    text = " ".join(text.split())
    return re.sub(r"[\s,;:.?!]+\Z", "", text) if keep else _CLEANED.sub("", _CLEANED.sub("", text)).strip()


def _words(named: list[Period]) -> Iterator[str]:
    """As they stand in the question, and without their preposition where a form has taken that."""
    for period in named:
        yield period.words
        yield re.sub(r"^(?:of|from|for|in|on) ", "", period.words)
