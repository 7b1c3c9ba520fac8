"""A source: where articles come from, and what is known of all that come from there."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Self, get_args

from ingest.article import Article, is_address
from ingest.errors import SourceError
from ingest.readers.metadata import plain

Kind = Literal["folder", "file", "page", "feed", "sitemap"]
_KEYS = ("location", "kind", "publisher", "tags", "schedule")
_SCHEDULE = re.compile(r"(\d+)\s*(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Source:
    """Where articles come from.

    Attributes:
        location: a path or a web address.
        kind: None to tell by what is there.
        publisher: of its articles that state none themselves.
        tags: given to each of its articles.
        schedule: seconds between two looks at it when it is watched; None for the default.
    """

    location: str
    kind: Kind | None = None
    publisher: str | None = None
    tags: tuple[str, ...] = ()
    schedule: int | None = None

    @classmethod
    def of(cls, named: "str | Path | Source") -> "Source":
        """A source as it is, or the one at a path or address."""
        return named if isinstance(named, Source) else cls(str(named))

    @classmethod
    def from_table(cls, table: Mapping[str, Any] | str, folder: Path) -> Self:
        """What a `[[sources]]` table of citewire.toml says.

        Args:
            folder: from which relative paths start.

        Raises:
            SourceError: a key is unknown or its value cannot be used.
        """
        table = {"location": table} if isinstance(table, str) else table
        if unknown := set(table) - set(_KEYS):
            raise SourceError(f"{min(unknown)} is not known of a source. There are: {', '.join(_KEYS)}.")
        location, kind = table.get("location"), table.get("kind")
        if not isinstance(location, str) or not location:
            raise SourceError("A source needs a location: a path or a web address.")
        if kind not in (None, *get_args(Kind)):
            raise SourceError(f"kind = {kind!r} is not a kind of source. There are: {', '.join(get_args(Kind))}.")
        if not is_address(location):
            location = str(folder / Path(location).expanduser())
        elif kind in ("folder", "file"):
            raise SourceError(f"{location} is a web address, and its kind is {kind}: leave the kind out.")
        tags = table.get("tags", ())
        if not isinstance(tags, list | tuple) or not all(isinstance(tag, str) for tag in tags):
            raise SourceError('tags are a list of words: tags = ["harbour", "budget"].')
        return cls(location, kind, plain(table.get("publisher")), tuple(tags), _seconds(table.get("schedule")))

    @property
    def path(self) -> Path | None:
        """The absolute path of a folder or file; None for a web address."""
        return None if is_address(self.location) else Path(os.path.abspath(Path(self.location).expanduser()))

    @property
    def told(self) -> str:
        """What it adds to its articles; when that changes, they change."""
        return "\x1f".join((self.publisher or "", *self.tags))

    def describe(self, article: Article) -> Article:
        """An article with what is known of all that come from here."""
        if not self.told:
            return article
        tags = ", ".join(self.tags) or None
        return replace(article, publisher=article.publisher or self.publisher, tags=tags)


def _seconds(schedule: Any) -> int | None:
    if schedule is None:
        return None
    match = _SCHEDULE.fullmatch(str(schedule).strip())
    if not match or not int(match[1]):
        raise SourceError(f'schedule = {schedule!r} is not a time: write "30m", "6h" or "1d".')
    return int(match[1]) * _SECONDS[match[2]]
