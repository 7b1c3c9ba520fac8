"""The catalog: one SQLite file that holds articles, passages, their full text and their vectors. The truth.

A passage whose vector the Chroma index does not hold yet, or still holds, stands in the `outbox` table, written in the
same transaction as the change itself; `library.py` empties it. So an article is there wholly or not at all, and what a
crash interrupted is known at the next start.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ingest import schema
from ingest.article import Article
from ingest.copies import Copies, Signature, signature
from ingest.database import Database
from ingest.encoder import Vectors
from ingest.errors import LibraryError, LibraryMissingError
from ingest.passage import Passage
from ingest.schema import Entry, Known
from ingest.versions import Edition, Versions
from ingest.visits import fetched
from ingest.within import EVERYTHING, Within
from ingest.words import match_query, search_form

FILE = "catalog.sqlite3"  # in the library's folder
_ROWS = 500  # bound in one statement; SQLite may allow no more than 999


class Catalog(Database):
    """The SQLite file of a library: see Database for what opening it may raise.

    Attributes:
        copies: which articles are near-identical.
        versions: what articles said before they changed.
    """

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.copies = Copies(self._run)
        self.versions = Versions(self._run)
        super().__init__(path, readonly=readonly)

    def _fill_in(self) -> None:
        for article in self.articles():
            self.copies.put(article.id, signature(article.text))

    # Articles

    def article(self, article_id: str) -> Article | None:
        """The article with this id."""
        found = self._run(f"SELECT {schema.FIELD_NAMES} FROM article WHERE id = ?", (article_id,))
        return Article(*found[0]) if found else None

    def articles(self) -> Iterator[Article]:
        """Every article, by id."""
        for (article_id,) in self._run("SELECT id FROM article ORDER BY id"):
            if article := self.article(article_id):
                yield article

    def names(self) -> list[str]:
        """The id of every article, in the order in which they were stored."""
        return [name for (name,) in self._run("SELECT article_id FROM passage GROUP BY article_id ORDER BY min(row)")]

    def history(self, article_id: str) -> list[Edition]:
        """Every version of an article, the oldest first; empty where there is no such article."""
        latest = self.versions.edition(article_id)
        return [*self.versions.superseded(article_id), latest] if latest else []

    def entries(self, within: Within = EVERYTHING) -> list[Entry]:
        """What is in the library or in a part of it, newest first, without the texts."""
        only, values = within.rows(self._run)
        part = f"WHERE id IN (SELECT article_id FROM passage WHERE 1 {only})" if only else ""
        # A library of before is listed as it is
        tags = "tags" if self._run("SELECT 1 FROM pragma_table_info('article') WHERE name = 'tags'") else "NULL"
        rows = self._run(
            "SELECT id, title, source, publisher, author, published, language, version,"
            f" (SELECT count(*) FROM passage WHERE article_id = article.id), length(text), {tags}"
            f" FROM article {part} ORDER BY published DESC NULLS LAST, title, id",
            values,
        )
        return [Entry(*row) for row in rows]

    def known(self) -> dict[str, Known]:
        """Every article's id and fingerprint, by source."""
        return {row[1]: Known(*row) for row in self._run("SELECT id, source, fingerprint FROM article")}

    def with_text(self, text_hash: str) -> list[Known]:
        """The articles whose text has this hash, by source."""
        same = "SELECT id, source, fingerprint FROM article WHERE text_hash = ? ORDER BY source"
        return [Known(*row) for row in self._run(same, (text_hash,))]

    def put(
        self, article: Article, text_hash: str, minhash: Signature, passages: Sequence[Passage], vectors: Vectors
    ) -> None:
        """Write an article and its passages in place of what stood there; inside a transaction."""
        version, since = self.versions.next(article, text_hash)
        self._drop_passages(article.id)
        fields = {name: getattr(article, name) for name in schema.FIELDS}
        fields |= {"text_hash": text_hash, "fingerprint": article.fingerprint, "version": version, "since": since}
        self._run(schema.UPSERT, fields)
        self.copies.put(article.id, minhash)
        header = search_form(article.header)
        for passage, vector in zip(passages, vectors, strict=True):
            [(row,)] = self._run(
                'INSERT INTO passage (article_id, position, start, "end", vector) VALUES (?, ?, ?, ?, ?) RETURNING row',
                (article.id, passage.position, passage.start, passage.end, vector.astype(np.float16).tobytes()),
            )
            indexed = (row, header, search_form(passage.text))
            self._run("INSERT INTO words (rowid, header, text) VALUES (?, ?, ?)", indexed)
            self._run("INSERT INTO outbox VALUES (?, 1)", (row,))

    def drop(self, article_id: str) -> None:
        """Remove an article, its versions, its passages and their words; inside a transaction."""
        self._drop_passages(article_id)
        self.copies.drop(article_id)
        self.versions.drop(article_id)
        self._run("DELETE FROM article WHERE id = ?", (article_id,))

    def traces(self, article_id: str) -> int:
        """How many rows of any table name an article."""
        queries = " UNION ALL ".join(
            f"SELECT count(*) AS rows FROM {table} WHERE {column} = :id" for table, column in schema.NAMED_IN
        )
        [(rows,)] = self._run(f"SELECT sum(rows) FROM ({queries})", {"id": article_id})
        return int(rows)

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
        self.empty_log()

    # Passages

    def passages(self, rows: Sequence[int]) -> dict[int, Passage]:
        """Passages by row; a row that is not there is left out."""
        found = []
        for begin in range(0, len(rows), _ROWS):
            some = tuple(rows[begin : begin + _ROWS])
            found += self._run(
                f'SELECT row, article_id, start, "end", position, {schema.SLICE} {schema.FROM_PASSAGE}'
                f" WHERE row IN ({_marks(some)})",
                some,
            )
        return {
            row: Passage(f"{article_id}:{position}", article_id, text, start, end, position)
            for row, article_id, start, end, position, text in found
        }

    def owners(self, rows: Sequence[int]) -> dict[int, str]:
        """The id of the article that each of these passages stands in; a row that is not there is left out."""
        found: dict[int, str] = {}
        for start in range(0, len(rows), _ROWS):
            some = tuple(rows[start : start + _ROWS])
            found.update(self._run(f"SELECT row, article_id FROM passage WHERE row IN ({_marks(some)})", some))
        return found

    def search_words(self, question: str, limit: int, within: Within = EVERYTHING) -> list[tuple[int, float]]:
        """The rows that match any content word of a question, best first, with BM25 scores (larger is better)."""
        query = match_query(question)
        if not query:
            return []
        rows, values = within.rows(self._run)
        ranked = (
            f"SELECT rowid, -{schema.BM25} FROM words WHERE words MATCH ? {rows} ORDER BY {schema.BM25}, rowid LIMIT ?"
        )
        return list(self._run(ranked, (query, *values, limit)))

    def articles_with(self, query: str) -> set[str]:
        """The ids of the articles that have a passage, or a title, which an FTS5 query matches."""
        matching = "SELECT DISTINCT article_id FROM passage WHERE row IN (SELECT rowid FROM words WHERE words MATCH ?)"
        return {name for (name,) in self._run(matching, (query,))}

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

    def rows(self, within: Within = EVERYTHING) -> set[int]:
        """The row of every passage, or of those in a part of the library."""
        only, values = within.rows(self._run)
        return {row for (row,) in self._run(f"SELECT rowid FROM passage WHERE 1 {only}", values)}

    def count(self) -> int:
        """How many passages there are."""
        [(total,)] = self._run("SELECT count(*) FROM passage")
        return int(total)

    def count_articles(self) -> int:
        """How many articles there are."""
        [(total,)] = self._run("SELECT count(*) FROM article")
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
    folder = existing(folder)
    catalog = Catalog(folder / FILE, readonly=True)
    try:
        entries = [] if catalog.unmade else catalog.entries()
        when = fetched(folder, [entry.source for entry in entries])
        return [entry._replace(fetched=one) for entry, one in zip(entries, when, strict=True)]
    finally:
        catalog.close()


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
