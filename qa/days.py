"""Days: as an article's source states one, and as a reader is told it."""

import datetime as dt

_YEARS = range(1000, 9000)


def day_of(published: str | None) -> dt.date | None:
    """The day of an ISO 8601 date or date and time; None where there is none, or what is stated is no date.

    A year that no article is from is none either: software writes 0001-01-01 for "unknown", and days cannot be
    counted back from there.
    """
    try:
        day = dt.date.fromisoformat((published or "")[:10])
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def written(day: dt.date) -> str:
    """A day in words: "2 April 2024"."""
    return f"{day.day} {day:%B %Y}"
