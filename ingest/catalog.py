"""The catalog: one SQLite file that holds articles, passages, their full text and their vectors. The truth.

A passage whose vector the Chroma index does not hold yet, or still holds, stands in the `outbox` table, written in the
same transaction as the change itself; `library.py` empties it. So an article is there wholly or not at all, and what a
crash interrupted is known at the next start.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ingest import schema
from ingest.article import Article
from ingest.encoder import Vectors
from ingest.errors import LibraryDamagedError, LibraryError, LibraryMissingError
from ingest.passage import Passage
from ingest.schema import Entry, Known
from ingest.words import match_query, search_form

FILE = "catalog.sqlite3"  # in the library's folder
_ROWS = 500  # bound in one statement; SQLite may allow no more than 999


class Catalog:
    """The SQLite file of a library. Safe to read from several threads and processes; one process writes.

    Args:
        path: the file; made when it is not there, unless `readonly`.

    Raises:
        LibraryError: the file cannot be opened or written.
        LibraryDamagedError: it is not a catalog.
    """

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.path = path
        mode = "ro" if readonly else "rwc"
        try:
            self._db = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}",
                uri=True,
                check_same_thread=False,
                isolation_level=None,
                timeout=10,
            )
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if not readonly:
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA foreign_keys = ON")
                self._db.execute("PRAGMA secure_delete = ON")  # what is removed is overwritten, not only unlinked
                if version < schema.VERSION:
                    with self.transaction():
                        for statement in schema.steps(version):
                            self._db.execute(statement)
                    version = schema.VERSION
        except sqlite3.DatabaseError as error:
            raise self._translated(error) from error
        if version != schema.VERSION and not (readonly and version in schema.UPGRADES):
            raise LibraryError(f"{path} was made by another version of Citewire: sync into a new library.")

    def _translated(self, error: sqlite3.DatabaseError) -> LibraryError:
        if isinstance(error, sqlite3.OperationalError):
            return LibraryError(
                f"{self.path} cannot be used: {error}. Is the disk full, or the folder not yours to write?"
            )
        return LibraryDamagedError(
            f"{self.path} is damaged ({error}): restore it from a backup, or sync into a new library."
        )

    def close(self) -> None:
        """Close the file. The catalog cannot be used afterwards."""
        self._db.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is kept, or nothing is."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            raise self._translated(error) from error

    def _run(self, statement: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[Any]:
        """Execute a statement; its rows."""
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._translated(error) from error

    # Facts about the library

    def meta(self, key: str) -> str | None:
        """A fact stored with set_meta, None where there is none."""
        found = self._run("SELECT value FROM meta WHERE key = ?", (key,))
        return found[0][0] if found else None

    def set_meta(self, key: str, value: str) -> None:
        """Store a fact about the library."""
        self._run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # Articles

    def article(self, article_id: str) -> Article | None:
        """The article with this id."""
        found = self._run(f"SELECT {schema.ARTICLE_COLUMNS} FROM article WHERE id = ?", (article_id,))
        return Article(*found[0]) if found else None

    def articles(self) -> Iterator[Article]:
        """Every article, by id."""
        for (article_id,) in self._run("SELECT id FROM article ORDER BY id"):
            if article := self.article(article_id):
                yield article

    def entries(self) -> list[Entry]:
        """What is in the library, newest first, without the texts."""
        rows = self._run(
            "SELECT id, title, source, publisher, published, language, version,"
            " (SELECT count(*) FROM passage WHERE article_id = article.id), length(text)"
            " FROM article ORDER BY published DESC NULLS LAST, title, id"
        )
        return [Entry(*row) for row in rows]

    def known(self) -> dict[str, Known]:
        """Every article's id and fingerprint, by source."""
        return {row[1]: Known(*row) for row in self._run("SELECT id, source, fingerprint FROM article")}

    def with_text(self, text_hash: str) -> list[Known]:
        """The articles whose text has this hash, by source."""
        rows = self._run(
            "SELECT id, source, fingerprint FROM article WHERE text_hash = ? ORDER BY source", (text_hash,)
        )
        return [Known(*row) for row in rows]

    def put(self, article: Article, text_hash: str, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Write an article and its passages in place of what stood there; inside a transaction."""
        found = self._run("SELECT version FROM article WHERE id = ?", (article.id,))
        self._drop_passages(article.id)
        fields = {name: getattr(article, name) for name in schema.FIELDS}
        fields |= {
            "text_hash": text_hash,
            "fingerprint": article.fingerprint,
            "version": found[0][0] + 1 if found else 1,
        }
        self._run(schema.UPSERT, fields)
        header = search_form(article.header)
        for passage, vector in zip(passages, vectors, strict=True):
            [(row,)] = self._run(
                'INSERT INTO passage (article_id, position, start, "end", vector) VALUES (?, ?, ?, ?, ?) RETURNING row',
                (article.id, passage.position, passage.start, passage.end, vector.astype(np.float16).tobytes()),
            )
            self._run(
                "INSERT INTO words (rowid, header, text) VALUES (?, ?, ?)", (row, header, search_form(passage.text))
            )
            self._run("INSERT INTO outbox VALUES (?, 1)", (row,))

    def drop(self, article_id: str) -> None:
        """Remove an article, its passages and their words; inside a transaction."""
        self._drop_passages(article_id)
        self._run("DELETE FROM article WHERE id = ?", (article_id,))

    def _drop_passages(self, article_id: str) -> None:
        mine = "SELECT row FROM passage WHERE article_id = ?"
        self._run(f"DELETE FROM words WHERE rowid IN ({mine})", (article_id,))
        self._run(f"INSERT OR REPLACE INTO outbox SELECT row, 0 FROM ({mine})", (article_id,))
        self._run("DELETE FROM passage WHERE article_id = ?", (article_id,))

    def rename(self, article_id: str, source: str) -> None:
        """The same article, found at another source; inside a transaction."""
        self._run("UPDATE article SET source = ? WHERE id = ?", (source, article_id))

    def compact(self) -> None:
        """Give the space of removed articles back, so that no trace of their text stays in the file."""
        self._run("INSERT INTO words (words) VALUES ('optimize')")  # full-text rows go for good when merged
        self._run("VACUUM")
        self._run("PRAGMA wal_checkpoint(TRUNCATE)")

    # Passages

    def passages(self, rows: Sequence[int]) -> dict[int, Passage]:
        """Passages by row; a row that is not there is left out."""
        found = self._run(
            f'SELECT row, article_id, start, "end", position, {schema.SLICE} {schema.FROM_PASSAGE}'
            f" WHERE row IN ({_marks(rows)})",
            tuple(rows),
        )
        return {
            row: Passage(f"{article_id}:{position}", article_id, text, start, end, position)
            for row, article_id, start, end, position, text in found
        }

    def search_words(self, question: str, limit: int) -> list[tuple[int, float]]:
        """The rows that match any content word of a question, best first, with BM25 scores (larger is better)."""
        query = match_query(question)
        if not query:
            return []
        ranked = f"SELECT rowid, -{schema.BM25} FROM words WHERE words MATCH ? ORDER BY {schema.BM25}, rowid LIMIT ?"
        return list(self._run(ranked, (query, limit)))

    # The Chroma index's copy

    def pending(self) -> tuple[list[int], list[int]]:
        """Rows that Chroma must still be given, and rows that it must still drop."""
        rows = self._run("SELECT row, wanted FROM outbox ORDER BY row")
        return [row for row, wanted in rows if wanted], [row for row, wanted in rows if not wanted]

    def settle(self, rows: Sequence[int]) -> None:
        """Chroma holds what the catalog says for these rows."""
        for row in rows:
            self._run("DELETE FROM outbox WHERE row = ?", (row,))

    def vectors(self, rows: Sequence[int]) -> Iterator[tuple[int, Vectors]]:
        """(row, vector) of these passages; a row that is not there is left out."""
        for start in range(0, len(rows), _ROWS):
            some = tuple(rows[start : start + _ROWS])
            for row, blob in self._run(f"SELECT row, vector FROM passage WHERE row IN ({_marks(some)})", some):
                yield row, np.frombuffer(blob, dtype=np.float16).astype(np.float32)

    def set_vectors(self, vectors: Iterable[tuple[int, Vectors]]) -> None:
        """Replace vectors by row, and have Chroma given them; inside a transaction."""
        for row, vector in vectors:
            self._run("UPDATE passage SET vector = ? WHERE row = ?", (vector.astype(np.float16).tobytes(), row))
            self._run("INSERT OR REPLACE INTO outbox VALUES (?, 1)", (row,))

    def rows(self) -> set[int]:
        """The row of every passage."""
        return {row for (row,) in self._run("SELECT row FROM passage")}

    def count(self) -> int:
        """How many passages there are."""
        [(total,)] = self._run("SELECT count(*) FROM passage")
        return int(total)

    def empty(self) -> bool:
        """Whether there is no passage at all; quicker than counting them."""
        return not self._run("SELECT 1 FROM passage LIMIT 1")

    def await_index(self) -> None:
        """Note every passage as one that Chroma must be given; inside a transaction."""
        self._run("DELETE FROM outbox")
        self._run("INSERT INTO outbox SELECT row, 1 FROM passage")

    def texts(self) -> Iterator[tuple[int, str, str]]:
        """(row, article_id, text) of every passage."""
        yield from self._run(f"SELECT row, article_id, {schema.SLICE} {schema.FROM_PASSAGE}")

    def problems(self) -> list[str]:
        """What contradicts itself in the file, in words; empty when it is whole."""
        found = [f"SQLite: {row[0]}" for row in self._run("PRAGMA quick_check(5)") if row[0] != "ok"]
        for what, query in schema.CHECKS.items():
            [(count,)] = self._run(query)
            if count:
                found.append(f"{count} {what}")
        return found


def existing(folder: str | Path) -> Path:
    """The folder of a library that is there, with ~ resolved.

    Raises:
        LibraryMissingError: it is not; an empty catalog is none.
    """
    folder = Path(folder).expanduser()
    catalog = folder / FILE
    if folder.is_file():
        raise LibraryError(f"{folder} is a file: a library is a folder. Name another with --library.")
    if not catalog.is_file() or not catalog.stat().st_size:
        raise LibraryMissingError(f"There is no library at {folder} yet. Make one: citewire sync YOUR-ARTICLES")
    return folder


def list_entries(folder: str | Path) -> list[Entry]:
    """What is in a library, newest first, also while another process owns it.

    Raises:
        LibraryMissingError: there is no library.
        LibraryError: its catalog cannot be read.
    """
    catalog = Catalog(existing(folder) / FILE, readonly=True)
    try:
        return catalog.entries()
    finally:
        catalog.close()


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
