"""What the library knows that a question is read by: its publishers, its newest day, when something took place."""

import datetime as dt
from dataclasses import replace

from ingest import Library, Within
from qa.days import day_of
from qa.several.request import Request

_BEST = 5
_ABOUT = 0.85  # share of the best passage's nearness that another one about the same event has


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

    def newest(self) -> dt.date | None:
        """The day of the newest article; one that is dated later than today counts too."""
        days = (day_of(entry.published) for entry in self._library.entries(self._within))
        return max(filter(None, days), default=None)

    def dated(self, event: str) -> tuple[dt.date, str] | None:
        """The day of the first of the best articles about an event, and its title."""
        hits = [hit for hit in self._library.search(event, _BEST, self._within) if day_of(hit.article.published)]
        best = max((hit.similarity for hit in hits), default=0.0)
        about = [hit.article for hit in hits if hit.similarity >= _ABOUT * best]
        first = min(about, key=lambda article: article.published or "", default=None)
        day = day_of(first.published) if first else None
        return (day, first.title) if first and day else None


def notes_on(asked: Request, library: Library, within: Within) -> tuple[str, ...]:
    """What a reader must know of how a question was read: its time, and what that leaves out.

    Args:
        within: the part of the library before it was narrowed to a time.
    """
    if (asked.within.since, asked.within.until) == (within.since, within.until):
        return asked.notes
    anytime = replace(asked.within, since=within.since, until=within.until)
    undated = sum(not entry.published for entry in library.entries(anytime))
    left = f"{undated} article{'' if undated == 1 else 's'} without a date {'is' if undated == 1 else 'are'} left out"
    return (*asked.notes, left) if undated else asked.notes
