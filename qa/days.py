"""Days: as an article's source states one, and as a reader is told it."""

import datetime as dt


def day_of(published: str | None) -> dt.date | None:
    """The day of an ISO 8601 date or date and time; None where there is none, or what is stated is no date."""
    try:
        return dt.date.fromisoformat((published or "")[:10])
    except ValueError:
        return None


def written(day: dt.date) -> str:
    """A day in words: "2 April 2024"."""
    return f"{day.day} {day:%B %Y}"
