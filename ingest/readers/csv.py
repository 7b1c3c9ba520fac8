"""CSV exports: one article a row, the columns named as Article's fields; a bad row fails alone."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import charset_normalizer

from ingest.article import Article
from ingest.errors import UnreadableError
from ingest.readers.metadata import known, plain
from ingest.readers.text import make
from ingest.readers.unreadable import Unreadable

_HEAD = 1_000_000  # bytes by which the encoding is told
_MAX_CELL = 10_000_000  # characters
# What exports call the columns
_NAMES = {"headline": "title", "body": "text", "content": "text", "date": "published", "link": "url"}


def read(path: Path) -> Iterator[Article | Unreadable]:
    """Yield each row's article, or why it cannot be read.

    Raises:
        UnreadableError: it has no columns `title` and `text`.
    """
    csv.field_size_limit(_MAX_CELL)
    with path.open("rb") as raw:
        head = raw.read(_HEAD)
    with path.open(encoding=_encoding(head), errors="replace", newline="") as file:
        yield from _rows(csv.reader(file, _dialect(head)), path)


def _rows(rows: Any, path: Path) -> Iterator[Article | Unreadable]:
    seen: Counter[str] = Counter()
    try:
        columns = _columns(next(rows, []))
        if not {"title", "text"} <= set(columns):
            raise UnreadableError("its first line must name the columns, with at least title and text")
        for row in rows:
            if any(cell.strip() for cell in row):
                try:
                    yield _article(dict(zip(columns, row, strict=False)), path, seen)
                except UnreadableError as error:
                    yield Unreadable(f"{path}#line {rows.line_num}", str(error))
    except csv.Error as error:
        yield Unreadable(f"{path}#line {rows.line_num}", f"it is not CSV from here on: {error}")


def _encoding(head: bytes) -> str:
    """Of the file that begins so."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in head:
        raise UnreadableError("it is not text (it holds binary data): export it as CSV first")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # its last character may be cut in two
    except UnicodeDecodeError:
        guess = charset_normalizer.from_bytes(head[:200_000]).best()
        return guess.encoding if guess else "cp1252"
    return "utf-8-sig"


def _dialect(head: bytes) -> type[csv.Dialect]:
    """Of the first line: what stands between its names."""
    first = head.split(b"\n", 1)[0].decode("latin-1")

    class Found(csv.excel):
        delimiter = max(",;\t|", key=first.count)

    return Found


def _columns(cells: list[str]) -> list[str]:
    """The columns' names, those that exports use translated to ours where we have no such column yet."""
    names = [cell.strip().lower() for cell in cells]
    return [_NAMES[name] if name in _NAMES and _NAMES[name] not in names else name for name in names]


def _article(stated: dict[str, str], path: Path, seen: Counter[str]) -> Article:
    title = plain(stated.get("title"))
    if title is None:
        raise UnreadableError("it has no title")
    key = plain(stated.get("id")) or plain(stated.get("url")) or title
    seen[key] += 1
    source = f"{path}#{key}" if seen[key] == 1 else f"{path}#{key} ({seen[key]})"
    return make(title, stated.get("text") or "", source, **known(stated))
