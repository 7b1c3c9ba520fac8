"""What was read when: stamps of files and validators of pages, so that what did not change is not read again.

A file of its own beside the catalog, and never the truth: each row names the articles that came of it with their
fingerprints, and counts for nothing unless the catalog holds all of those. It can be deleted at any time.
"""

import datetime as dt
import json
import sqlite3
import time
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from ingest.article import is_address, source_file
from ingest.errors import LibraryError
from ingest.schema import Known

FILE = "visits.sqlite3"
_NOWHERE = ":memory:"
_BEFORE_COMMIT = 500  # rows
_MAKER = f"2:{version('citewire')}"  # other readers may make other articles of the same bytes
_TABLES = """
CREATE TABLE IF NOT EXISTS maker (name TEXT);
CREATE TABLE IF NOT EXISTS stamp (
    path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, told TEXT, articles TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS visit (
    url TEXT PRIMARY KEY, etag TEXT, last_modified TEXT, digest TEXT, stated TEXT, told TEXT, articles TEXT, links TEXT,
    fetched_at REAL, checked_at REAL) WITHOUT ROWID;
"""


class Link(NamedTuple):
    """A page that a feed or sitemap lists.

    Attributes:
        updated: when it changed, as stated; equal to the last time, it need not be asked for.
        published: as stated.
        listing: it is a sitemap itself.
    """

    url: str
    updated: str | None = None
    published: str | None = None
    listing: bool = False


class Visit(NamedTuple):
    """What an address gave the last time.

    Attributes:
        etag, last_modified: to be sent back.
        digest: sha256 of the body.
        stated: `updated` of the link that led there.
        told: what the source added to its articles.
        articles: the fingerprints of what came of it, by source.
        links: of a feed or sitemap; None for a page.
        fetched_at, checked_at: when the body was last sent, and when it was last asked for; seconds since 1970.
    """

    url: str
    etag: str | None
    last_modified: str | None
    digest: str
    stated: str | None
    told: str
    articles: dict[str, str]
    links: list[Link] | None
    fetched_at: float
    checked_at: float


class Stamp(NamedTuple):
    """How a file stood when it was read."""

    size: int
    mtime_ns: int
    told: str
    articles: dict[str, str]


class Visits:
    """The rows of one library. For one thread at a time.

    Args:
        library: the library's folder.
        readonly: note nothing; what cannot be read is as if it were not there.

    Raises:
        LibraryError: the file cannot be written. One that is damaged is made anew.
    """

    def __init__(self, library: Path, *, readonly: bool = False) -> None:
        self._readonly = readonly
        self._waiting = 0
        path = library / FILE
        try:
            self._db = self._open(path) if path.exists() or not readonly else self._open(_NOWHERE)
        except sqlite3.DatabaseError as error:
            if readonly:
                self._db = self._open(_NOWHERE)
            elif isinstance(error, sqlite3.OperationalError):  # somebody has it, or the disk is full: it is whole
                raise LibraryError(
                    f"{path} cannot be used: {error}. Is the disk full, or the folder not yours to write?"
                ) from error
            else:
                for file in library.glob(f"{FILE}*"):  # its log too; nothing is lost but time
                    file.unlink()
                self._db = self._open(path)

    def _open(self, path: Path | str) -> sqlite3.Connection:
        db = sqlite3.connect(path, check_same_thread=False)
        try:
            if path == _NOWHERE or not self._readonly:
                self._make(db)
            db.execute("SELECT count(*) FROM visit")
        except BaseException:
            db.close()
            raise
        return db

    @staticmethod
    def _make(db: sqlite3.Connection) -> None:
        db.execute("PRAGMA journal_mode = WAL")  # who reads does not wait for who writes
        db.executescript(_TABLES)
        if db.execute("SELECT name FROM maker").fetchone() != (_MAKER,):
            db.executescript("DELETE FROM maker; DELETE FROM stamp; UPDATE visit SET digest = '', etag = NULL,"
                             " last_modified = NULL, stated = NULL")  # fmt: skip
            db.execute("INSERT INTO maker VALUES (?)", (_MAKER,))
        db.commit()

    def stamps(self) -> dict[str, Stamp]:
        """Every file's stamp, by path."""
        rows = self._db.execute("SELECT path, size, mtime_ns, told, articles FROM stamp")
        return {path: Stamp(size, mtime, told, json.loads(made)) for path, size, mtime, told, made in rows}

    def stamp(self, path: str, stamp: Stamp) -> None:
        """Note how a file stood."""
        row = (path, *stamp[:3], json.dumps(stamp.articles))
        self._write("INSERT OR REPLACE INTO stamp VALUES (?, ?, ?, ?, ?)", row)

    def visit(self, url: str) -> Visit | None:
        """What an address gave the last time."""
        row = self._db.execute("SELECT * FROM visit WHERE url = ?", (url,)).fetchone()
        if row is None:
            return None
        *first, articles, links, fetched_at, checked_at = row
        listed = None if links is None else [Link(*link) for link in json.loads(links)]
        return Visit._make((*first, json.loads(articles), listed, fetched_at, checked_at))

    def note(self, visit: Visit) -> None:
        """Note what an address gave."""
        links = None if visit.links is None else json.dumps(visit.links)
        row = (*visit[:6], json.dumps(visit.articles), links, *visit[8:])
        self._write("INSERT OR REPLACE INTO visit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def checked(self, visit: Visit, stated: str | None) -> None:
        """Note that an address gave the same as before."""
        self.note(visit._replace(checked_at=time.time(), stated=stated))

    def drop(self, url: str) -> None:
        """Forget an address."""
        self._write("DELETE FROM visit WHERE url = ?", (url,))

    def forget(self, source: str) -> list[str]:
        """Drop all that names an article's source, and overwrite it.

        Returns:
            The feeds and sitemaps that listed its page when they were last read: they are dropped too.
        """
        self._db.execute("PRAGMA secure_delete = ON")
        made = "EXISTS (SELECT 1 FROM json_each(articles) WHERE key = ?)"
        self._db.execute(f"DELETE FROM stamp WHERE {made}", (source,))
        found = self._db.execute(f"DELETE FROM visit WHERE {made} RETURNING url", (source,)).fetchall()
        pages = json.dumps([url for (url,) in found] or [source.partition("#")[0]])
        lists = self._db.execute(
            "DELETE FROM visit WHERE EXISTS (SELECT 1 FROM json_each(links) AS link"
            " WHERE json_extract(link.value, '$[0]') IN (SELECT value FROM json_each(?))) RETURNING url",
            (pages,),
        ).fetchall()
        self._db.commit()
        return sorted(url for (url,) in lists)

    def fetched(self, source: str) -> str | None:
        """When what an address gave was last sent to us, in ISO 8601; None where it is a file's, or not known."""
        url = (source.partition("#")[0],)
        found = self._db.execute("SELECT fetched_at FROM visit WHERE url = ?", url).fetchone()
        return dt.datetime.fromtimestamp(found[0], dt.UTC).isoformat(timespec="seconds") if found else None

    def _write(self, statement: str, row: tuple[object, ...]) -> None:
        if self._readonly:
            return
        with suppress(sqlite3.DatabaseError):  # a full disk: the next sync reads more than it had to
            self._db.execute(statement, row)
            self._waiting += 1
            if self._waiting >= _BEFORE_COMMIT:
                self._waiting = 0
                self._db.commit()

    def close(self) -> None:
        """Keep what was noted."""
        with suppress(sqlite3.DatabaseError):  # as above
            self._db.commit()
        self._db.close()


def forget_visits(library: Path, source: str) -> tuple[str, ...]:
    """Drop what is noted of an article's source; what would bring it back if it were synced again.

    That is its file, if it is still there; the lists that led to its page, or else that page.
    """
    lists: list[str] = []
    if (library / FILE).exists():
        with closing(Visits(library)) as visits:
            lists = visits.forget(source)
    if is_address(source):
        return tuple(lists) or (source.partition("#")[0],)
    file = source_file(source)
    return (str(file),) if file.exists() else ()


def fetched(library: Path, sources: Iterable[str]) -> list[str | None]:
    """When each of these sources was last fetched, in ISO 8601; None for files, and where it is not known."""
    if not (library / FILE).exists():
        return [None for _ in sources]
    with closing(Visits(library, readonly=True)) as visits:
        return [visits.fetched(source) if is_address(source) else None for source in sources]


def holds(articles: Mapping[str, str], known: Mapping[str, Known]) -> bool:
    """Whether the catalog has all of these articles, by source and fingerprint."""
    return all(source in known and known[source].fingerprint == print_ for source, print_ in articles.items())
