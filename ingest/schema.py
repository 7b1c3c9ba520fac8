"""The catalog's tables, what must hold of every row, and the rows that leave it."""

from dataclasses import fields
from typing import NamedTuple

from ingest.article import Article

VERSION = 2
_SINCE_2 = """
CREATE TABLE superseded ( -- versions of articles whose text has changed since; never searched
    id TEXT NOT NULL REFERENCES article (id), source TEXT NOT NULL, title TEXT NOT NULL, publisher TEXT, author TEXT,
    published TEXT, updated TEXT, url TEXT, language TEXT, pages TEXT, tags TEXT, text TEXT NOT NULL,
    version INTEGER NOT NULL, since TEXT, until TEXT NOT NULL, PRIMARY KEY (id, version)
) WITHOUT ROWID;
CREATE TABLE signature (
    row INTEGER PRIMARY KEY, article_id TEXT NOT NULL UNIQUE REFERENCES article (id), story TEXT NOT NULL,
    minhash BLOB NOT NULL
);
CREATE INDEX signature_story ON signature (story);
CREATE TABLE band ( -- of the signature with this row
    key INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (key, row)
) WITHOUT ROWID;
"""
TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE article (
    id TEXT PRIMARY KEY, source TEXT NOT NULL UNIQUE, title TEXT NOT NULL, publisher TEXT, author TEXT, published TEXT,
    updated TEXT, url TEXT, language TEXT, pages TEXT, tags TEXT, text TEXT NOT NULL, text_hash TEXT NOT NULL,
    fingerprint TEXT NOT NULL, version INTEGER NOT NULL, since TEXT -- when this version's text came to be
) WITHOUT ROWID;
CREATE INDEX article_text_hash ON article (text_hash);
CREATE TABLE passage (
    row INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: a vector that lingers in Chroma can match nothing else
    article_id TEXT NOT NULL REFERENCES article (id), position INTEGER NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, vector BLOB NOT NULL, -- float16
    UNIQUE (article_id, position)
);
CREATE VIRTUAL TABLE words USING fts5 (header, text, tokenize = "porter unicode61 remove_diacritics 2");
CREATE TABLE outbox ( -- wanted 1: to be added to Chroma, 0: to be removed
    row INTEGER PRIMARY KEY, wanted INTEGER NOT NULL
);
"""
TABLES += _SINCE_2
# By the version of the tables that a file has: what makes them those of today
UPGRADES = {
    1: ";\n".join(f"ALTER TABLE article ADD COLUMN {name} TEXT" for name in ("updated", "since", "pages", "tags"))
    + ";\n"
    + _SINCE_2,
}
FIELDS = tuple(field.name for field in fields(Article))
FIELD_NAMES = ", ".join(FIELDS)
COLUMNS = (*FIELDS, "text_hash", "fingerprint", "version", "since")
UPSERT = (
    f"INSERT INTO article ({', '.join(COLUMNS)}) VALUES ({', '.join(f':{name}' for name in COLUMNS)})"
    f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = :{name}' for name in COLUMNS[1:])}"
)
# A passage's text, cut from its article's
SLICE = 'substr(article.text, start + 1, "end" - start)'
FROM_PASSAGE = "FROM passage JOIN article ON article.id = article_id"
CHECKS = {
    "passages of no article": "SELECT count(*) FROM passage WHERE article_id NOT IN (SELECT id FROM article)",
    "articles without passages": "SELECT count(*) FROM article WHERE id NOT IN (SELECT article_id FROM passage)",
    "passages without full text": "SELECT count(*) FROM passage WHERE row NOT IN (SELECT rowid FROM words)",
    "full texts of no passage": "SELECT count(*) FROM words WHERE rowid NOT IN (SELECT row FROM passage)",
    "articles without a signature": "SELECT count(*) FROM article WHERE id NOT IN (SELECT article_id FROM signature)",
    "versions that are not older than their article's": "SELECT count(*) FROM superseded JOIN article USING (id)"
    " WHERE superseded.version >= article.version",
    "passages outside their article": f"SELECT count(*) {FROM_PASSAGE}"
    f' WHERE start < 0 OR start >= "end" OR length({SLICE}) <> "end" - start',
}
# The tables that name an article, and the columns in which they do
NAMED_IN = (("article", "id"), ("superseded", "id"), ("passage", "article_id"), ("signature", "article_id"))
# bm25() weights of the columns header and text; benchmarks/retrieval.py measures them
BM25 = "bm25(words, 1.0, 1.0)"


class Entry(NamedTuple):
    """An article as `articles` lists it, without its text.

    Attributes:
        fetched: when its page was last sent to us; None for a file's, and where that was not asked.
    """

    id: str
    title: str
    source: str
    publisher: str | None
    author: str | None
    published: str | None
    language: str | None
    version: int
    passages: int
    characters: int
    tags: str | None
    fetched: str | None = None


class Known(NamedTuple):
    """What sync needs of an article that is in the catalog."""

    id: str
    source: str
    fingerprint: str
