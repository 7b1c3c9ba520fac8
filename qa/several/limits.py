"""Which articles a question is limited to by the times that it names, and what the reader is told of that."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest import Within
from qa.several import times
from qa.several.facts import Facts
from qa.several.times import Period
from qa.several.vocabulary import ARTICLES, PAPERS

_OLD = 31  # days without a new article after which a library is an archive, and "last week" its last one
_TOLD_WITHIN = dt.timedelta(days=2)

# Words around a period that make it one of the articles' dates, or that keep it from being one
_LIMITED = re.compile(
    rf"\b(?:{ARTICLES}|news|coverage|headlines|{PAPERS})\b"
    r"(?: (?:published|that appeared|printed|written|dated|out))? *\Z"
    r"|\b(?:published|appeared|printed|reported|reporting|news)\b[^,;]*\Z",
    re.IGNORECASE,
)
_OWNED = re.compile(rf"['’]s? (?:\w+ )?(?:{ARTICLES}|news|coverage|headlines|{PAPERS})\b", re.IGNORECASE)
_BELONGS = re.compile(
    r"\b(?!publish|report|print|appear|writt|happen)\w+(?:ed|wn|lt|ken|ven) \Z",  # "planned in 2019"
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clock:
    """What words for time are counted from.

    Attributes:
        now: today; in an archive, the day of its newest article.
        archived: whether it is that day.
        oldest: the day of the oldest article; None where none has a date, or where it does not matter.
    """

    now: dt.date
    archived: bool = False
    oldest: dt.date | None = None

    @classmethod
    def of(cls, question: str, today: dt.date, facts: Facts) -> "Clock":
        """The clock of a library; it is looked up only where a question may name a time."""
        if next(times.periods(question, today), None) is None:
            return cls(today)
        oldest, newest = facts.days() or (None, today)
        archived = (today - newest).days > _OLD
        return cls(newest if archived else today, archived, oldest)

    def limiting(self, question: str, facts: Facts, *, wholly: bool) -> list[Period]:
        """The periods that say which articles are meant, and not when something took place.

        Args:
            wholly: whether the whole question is about what was reported.
        """
        found = [p for p in times.periods(question, self.now) if _limits(question, p, wholly=wholly)]
        if wholly:
            return found or list(times.events(question, facts.dated))
        return [period for period in found if not self.precedes(period)]

    def precedes(self, period: Period) -> bool:
        """Whether a period ends before the first article: what is asked about it, later articles may tell."""
        return bool(self.oldest and period.until and period.until < self.oldest)

    def told_by(self, period: Period) -> Period:
        """What took place on a day is told on the next ones."""
        day = period.until
        if not day or day != period.since:
            return period
        return replace(period, until=max(day, min(day + _TOLD_WITHIN, self.now)))

    def narrowed(self, within: Within, named: list[Period]) -> tuple[Within, tuple[str, ...]]:
        """A part of the library narrowed to the first of the periods, and what that was taken for, in words."""
        for period in named[:1]:
            since, until = (day.isoformat() if day else None for day in (period.since, period.until))
            within = replace(
                within,
                since=max(filter(None, (since, within.since)), default=None),
                until=min(filter(None, (until, within.until)), default=None),
            )
        return within, tuple(map(self._told, named[:1]))

    def _told(self, period: Period) -> str:
        counted = f"counted from {self.now.day} {self.now:%B %Y}, the date of the newest article"
        relative = self.archived and not period.why and not re.search(r"\d{4}", period.words)
        told = period.why or (counted if relative else "")
        taken = {True: "of ", False: "from "}[period.since == period.until] if period.since and period.until else ""
        return f"“{period.words}”: articles {taken}{period.days}{', ' if told else ''}{told}"


def without(text: str, named: list[Period]) -> str:
    """A part of a question without its words for time."""
    for words in _words(named):
        text = re.sub(rf"(?<!\w){re.escape(words)}(?!\w)(?:['’]s?(?=\s|\Z))?", " ", text)
    return " ".join(text.split())


def _words(named: list[Period]) -> Iterator[str]:
    """As they stand in the question, and without their preposition where a form has taken that."""
    for period in named:
        yield period.words
        yield re.sub(r"^(?:of|from|for|in|on) ", "", period.words)


def _limits(question: str, period: Period, *, wholly: bool) -> bool:
    before, after = question[: period.start], question[period.end :]
    return bool((wholly and not _BELONGS.search(before)) or _LIMITED.search(before.rstrip()) or _OWNED.match(after))
