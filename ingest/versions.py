"""Versions: what an article said before its text changed. Kept, shown when asked for, never searched."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import astuple, dataclass

from ingest import schema
from ingest.article import Article
from ingest.database import Run


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of an article.

    Attributes:
        article: as it stood in this version.
        version: from 1; a changed text is the next one.
        latest: the number of the version that stands now.
        since: when this text came to be: as its source states it, or when the change was noticed; None for a first
            version whose source states nothing later than its publication.
        until: when the next version took its place; None for the latest.
    """

    article: Article
    version: int = 1
    latest: int = 1
    since: str | None = None
    until: str | None = None


class Versions:
    """The catalog's table of superseded versions, and the version numbers of its articles.

    Args:
        run: executes a statement of the catalog; what writes is called inside a transaction.
    """

    def __init__(self, run: Run) -> None:
        self._run = run

    def edition(self, article_id: str, version: int | None = None) -> Edition | None:
        """An article in one of its versions, the latest where none is named; None where there is no such."""
        found = self._run(
            f"SELECT {schema.FIELD_NAMES}, version, version, since, NULL FROM article WHERE id = ?", (article_id,)
        )
        if found and version not in (None, found[0][-4]):
            latest = found[0][-4]
            found = self._run(
                f"SELECT {schema.FIELD_NAMES}, version, {latest}, since, until FROM superseded"
                " WHERE id = ? AND version = ?",
                (article_id, version),
            )
        return Edition(Article(*found[0][:-4]), *found[0][-4:]) if found else None

    def superseded(self, article_id: str) -> list[Edition]:
        """An article's earlier versions, the oldest first."""
        rows = self._run("SELECT version FROM superseded WHERE id = ? ORDER BY version", (article_id,))
        return [edition for (version,) in rows if (edition := self.edition(article_id, version))]

    def next(self, article: Article, text_hash: str) -> tuple[int, str | None]:
        """The version number that an article is to be stored with, and since when its text stands.

        Where its text differs from the one that is stored, that one is kept as superseded.
        """
        found = self._run("SELECT text_hash, version, since, updated FROM article WHERE id = ?", (article.id,))
        if not found:
            return 1, _stated(article)
        old_hash, version, since, updated = found[0]
        anew = article.updated if article.updated != updated else None
        if old_hash == text_hash:
            return version, _stated(article) if anew else since
        since = anew or dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        self._run(
            f"INSERT INTO superseded ({schema.FIELD_NAMES}, version, since, until)"
            f" SELECT {schema.FIELD_NAMES}, version, since, ? FROM article WHERE id = ?",
            (since, article.id),
        )
        return version + 1, since

    def restore(self, edition: Edition, superseded: Iterable[Edition]) -> None:
        """Give an article that was just stored the version number and the earlier versions that it had elsewhere."""
        self._run(
            "UPDATE article SET version = ?, since = ? WHERE id = ?",
            (edition.version, edition.since, edition.article.id),
        )
        marks = ", ".join("?" * (len(schema.FIELDS) + 3))
        for old in superseded:
            self._run(
                f"INSERT INTO superseded ({schema.FIELD_NAMES}, version, since, until) VALUES ({marks})",
                (*astuple(old.article), old.version, old.since, old.until),
            )

    def drop(self, article_id: str) -> int:
        """Remove an article's earlier versions; how many there were."""
        return len(self._run("DELETE FROM superseded WHERE id = ? RETURNING version", (article_id,)))


def _stated(article: Article) -> str | None:
    """When its source says that an article was updated, if that is a day after its publication."""
    later = (article.updated or "")[:10] > (article.published or "")[:10]
    return article.updated if later else None
