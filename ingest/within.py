"""Which articles a search may look at: applied inside both of its legs, so that nothing else is ever a candidate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.article import Article
from ingest.schema import FROM_PASSAGE


@dataclass(frozen=True, slots=True)
class Within:
    """A part of the library. An article belongs to it when everything that is set here holds for it.

    Attributes:
        publishers: one of these, whatever the case; None for any.
        tags: at least one of these, whatever the case; None for any or none.
        authors: one of these, whatever the case, as the source states them; None for any or none.
        without: none of these publishers, whatever the case.
        without_tags: none of these tags, whatever the case.
        since, until: published on or after, on or before this date (ISO 8601); an article without a date is then out.
        url: the article's own address.
    """

    publishers: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    since: str | None = None
    until: str | None = None
    url: str | None = None
    tags: frozenset[str] | None = None
    without_tags: frozenset[str] = frozenset()
    authors: frozenset[str] | None = None

    def allows(self, article: Article) -> bool:
        """Whether an article belongs to this part."""
        day = (article.published or "")[:10]
        return (
            self.takes(article.publisher, article.tags)
            and self._takes_author(article.author)
            and (not self.since or day >= self.since[:10])
            and (not self.until or (bool(day) and day <= self.until[:10]))
            and (not self.url or article.url == self.url)
        )

    def takes(self, publisher: str | None, tags: str | None) -> bool:
        """Whether articles of a publisher and with these tags, commas between them, can belong to this part."""
        return self.takes_publisher(publisher) and self._takes_tags(tags)

    def takes_publisher(self, publisher: str | None) -> bool:
        """Whether articles of a publisher can belong to this part."""
        name = _folded(publisher or "")
        wanted = self.publishers is None or name in {_folded(only) for only in self.publishers}
        return wanted and name not in {_folded(never) for never in self.without}

    def _takes_author(self, author: str | None) -> bool:
        return self.authors is None or _folded(author or "") in {_folded(only) for only in self.authors}

    def _takes_tags(self, tags: str | None) -> bool:
        given = {_folded(tag) for tag in (tags or "").split(",")}
        wanted = self.tags is None or not given.isdisjoint(_folded(only) for only in self.tags)
        return wanted and given.isdisjoint(_folded(never) for never in self.without_tags)

    def rows(self, run: Callable[[str, Sequence[object]], list[Any]]) -> tuple[str, list[str]]:
        """What a query on passages adds to its WHERE, and the values bound in it; nothing for the whole library.

        Args:
            run: executes a statement on the catalog.
        """
        parts: list[str] = []
        values: list[str] = []
        columns = (
            ("publisher", self.publishers is not None or self.without, self.takes_publisher),
            ("tags", self.tags is not None or self.without_tags, self._takes_tags),
            ("author", self.authors is not None, self._takes_author),
        )
        for column, limited, takes in columns:
            if limited:
                # Compared here: SQLite does not know upper and lower case outside ASCII
                every = run(f"SELECT DISTINCT {column} FROM article", ())
                taken = [value or "" for (value,) in every if takes(value)]
                values += taken
                parts.append(f"ifnull(article.{column}, '') IN ({','.join('?' * len(taken))})")
        for bound, sign in ((self.since, ">="), (self.until, "<=")):
            if bound:
                parts.append(f"substr(article.published, 1, 10) {sign} ?")
                values.append(bound[:10])
        if self.url:
            parts.append("article.url = ?")
            values.append(self.url)
        if not parts:
            return "", []
        return f"AND rowid IN (SELECT row {FROM_PASSAGE} WHERE {' AND '.join(parts)})", values


EVERYTHING = Within()


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
