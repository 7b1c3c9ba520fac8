"""The catalog's tables, what must hold of every row, and the rows that leave it."""

from dataclasses import fields
from typing import NamedTuple

from ingest.article import Article

VERSION = 3
TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE article (
    id TEXT PRIMARY KEY, source TEXT NOT NULL UNIQUE, title TEXT NOT NULL, publisher TEXT, author TEXT, published TEXT,
    url TEXT, language TEXT, pages TEXT, tags TEXT, text TEXT NOT NULL, text_hash TEXT NOT NULL,
    fingerprint TEXT NOT NULL, version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX article_text_hash ON article (text_hash);
CREATE TABLE passage (
    row INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: a vector that lingers in Chroma can match nothing else
    article_id TEXT NOT NULL REFERENCES article (id), position INTEGER NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, vector BLOB NOT NULL, -- float16
    UNIQUE (article_id, position)
);
CREATE VIRTUAL TABLE words USING fts5 (header, text, tokenize = "porter unicode61 remove_diacritics 2");
CREATE TABLE outbox (row INTEGER PRIMARY KEY, wanted INTEGER NOT NULL); -- 1: to be added to Chroma, 0: to be removed
"""
UPGRADES = {
    1: "ALTER TABLE article ADD COLUMN pages TEXT",
    2: "ALTER TABLE article ADD COLUMN tags TEXT",
}  # from each older version to the next
FIELDS = tuple(field.name for field in fields(Article))
ARTICLE_COLUMNS = ", ".join(f"article.{name}" for name in FIELDS)
COLUMNS = (*FIELDS, "text_hash", "fingerprint", "version")
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
    "passages outside their article": f"SELECT count(*) {FROM_PASSAGE}"
    f' WHERE start < 0 OR start >= "end" OR length({SLICE}) <> "end" - start',
}
# bm25() weights of the columns header and text; benchmarks/retrieval.py measures them
BM25 = "bm25(words, 1.0, 1.0)"


def steps(version: int) -> list[str]:
    """The statements that make a catalog of an older version, 0 for an empty file, one of today."""
    made = TABLES.split(";\n") if version == 0 else [UPGRADES[step] for step in range(version, VERSION)]
    return [*(statement for statement in made if statement.strip()), f"PRAGMA user_version = {VERSION}"]


class Entry(NamedTuple):
    """An article as `articles` lists it, without its text."""

    id: str
    title: str
    source: str
    publisher: str | None
    published: str | None
    language: str | None
    version: int
    passages: int
    characters: int


class Known(NamedTuple):
    """What sync needs of an article that is in the catalog."""

    id: str
    source: str
    fingerprint: str
