"""What the library knows that a question is read by: its publishers, its newest day, when something took place."""

import datetime as dt
from dataclasses import replace
from typing import Protocol

from ingest import Library, Within
from qa.days import day_of
from qa.several.desk import is_about

_BEST = 5
_ABOUT = 0.85  # share of the best passage's nearness that another one about the same event has


class Facts(Protocol):
    """What must be known of the library to read a question."""

    def publishers(self) -> list[str]:
        """Those of the articles that the one who asks may see."""

    def authors(self) -> list[str]:
        """Those of the articles that the one who asks may see."""

    def days(self) -> tuple[dt.date, dt.date] | None:
        """The days of the oldest and of the newest article; None where none has a date."""

    def dated(self, event: str) -> tuple[dt.date, str] | None:
        """The day of the best article about an event, and its title."""


class LibraryFacts:
    """The Facts of a library, looked up when they are asked for.

    Args:
        within: the part of it that the one who asks may see; nothing else is ever told, not even a date.
    """

    def __init__(self, library: Library, within: Within) -> None:
        self._library = library
        self._within = replace(within, since=None, until=None, url=None)

    def publishers(self) -> list[str]:
        """Those that articles name."""
        return sorted({entry.publisher for entry in self._library.entries(self._within) if entry.publisher})

    def authors(self) -> list[str]:
        """Those that articles name."""
        return sorted({entry.author for entry in self._library.entries(self._within) if entry.author})

    def days(self) -> tuple[dt.date, dt.date] | None:
        """The days of the oldest and of the newest article; one that is dated later than today counts too."""
        days = [day for entry in self._library.entries(self._within) if (day := day_of(entry.published))]
        return (min(days), max(days)) if days else None

    def dated(self, event: str) -> tuple[dt.date, str] | None:
        """The day of the first of the best articles about an event, and its title."""
        found = self._library.search(event, _BEST, self._within)
        hits = [hit for hit in found if day_of(hit.article.published) and is_about(hit.article, event, close=False)]
        best = max((hit.similarity for hit in hits), default=0.0)
        about = [hit.article for hit in hits if hit.similarity >= _ABOUT * best]
        first = min(about, key=lambda article: article.published or "", default=None)
        day = day_of(first.published) if first else None
        return (day, first.title) if first and day else None


def left_out(narrowed: Within, library: Library, within: Within) -> tuple[str, ...]:
    """What a reader must know where a question's time leaves out articles because they have no date.

    Args:
        narrowed: the part of the library that a question is limited to.
        within: the same before it was narrowed to a time.
    """
    if (narrowed.since, narrowed.until) == (within.since, within.until):
        return ()
    anytime = replace(narrowed, since=within.since, until=within.until)
    undated = sum(not entry.published for entry in library.entries(anytime))
    left = f"{undated} article{'' if undated == 1 else 's'} without a date {'is' if undated == 1 else 'are'} left out"
    return (left,) if undated else ()
