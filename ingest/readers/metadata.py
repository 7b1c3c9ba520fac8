"""Title, publisher, dates and the like, as front matter and JSON lines state them."""

import contextlib
import datetime as dt
import re
from collections.abc import Mapping

import dateutil.parser

from ingest.article import clean
from ingest.errors import UnreadableError

_TEXT_KEYS = ("publisher", "author", "url", "language")


def known(stated: Mapping[str, object]) -> dict[str, str | None]:
    """The fields of Article that a source states, cleaned; None where it states nothing.

    Raises:
        UnreadableError: `published` or `updated` is not a date.
    """
    fields: dict[str, str | None] = {key: plain(stated.get(key)) for key in _TEXT_KEYS}
    return fields | {key: iso_date(stated.get(key), key) for key in ("published", "updated")}


def plain(value: object) -> str | None:
    """A stated value as one clean line, None when there is nothing in it; a list becomes `a, b`."""
    values = value if isinstance(value, list) else [value]
    stated = ", ".join(str(item) for item in values if isinstance(item, (str, int, float)))
    return " ".join(clean(stated).split()) or None


def iso_date(value: object, key: str = "published") -> str | None:
    """A stated date in ISO 8601; a date without a time stays one. A missing date stays missing.

    Args:
        key: what it is stated as, for the error's sentence.

    Raises:
        UnreadableError: it is not a whole date (a year and a month alone are not).
    """
    if value is None or value == "":
        return None
    if isinstance(value, dt.date):
        return value.isoformat()
    with contextlib.suppress(ValueError, ArithmeticError):  # no date, or a number or a zone out of all bounds
        # Parsed against two different defaults: a part that the text leaves out would differ.
        first, second = (dateutil.parser.parse(str(value), default=default, tzinfos=_offset) for default in _DEFAULTS)
        if first == second:
            has_time = first.time() != dt.time() or re.search(r"\dT\d", str(value))
            return first.isoformat() if has_time else first.date().isoformat()
    raise UnreadableError(f"{key}: {str(value)[:60]!r} is not a date: write it as 2019-03-13")


def _offset(_: str | None, seconds: int | None) -> int | None:
    """A zone by its offset alone: which of the world's ESTs is meant, nobody knows."""
    return seconds


_DEFAULTS = (dt.datetime(2000, 1, 1), dt.datetime(2001, 2, 2))
