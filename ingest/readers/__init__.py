"""From files to articles: one module per format, one function, `read`."""

from collections.abc import Callable, Iterator
from pathlib import Path

from ingest.article import Article, left_out
from ingest.errors import UnreadableError
from ingest.readers import csv, docx, epub, html, jsonl, mail, markdown, pdf, text
from ingest.readers.content import Format, told
from ingest.readers.hidden import Hidden
from ingest.readers.unreadable import Unreadable

__all__ = ["FORMATS", "Hidden", "Unreadable", "read"]

_READERS: dict[Format, Callable[[Path], Iterator[Article | Unreadable]]] = {
    "csv": csv.read,
    "docx": docx.read,
    "epub": epub.read,
    "html": html.read,
    "jsonl": jsonl.read,
    "mail": mail.read,
    "markdown": markdown.read,
    "mbox": mail.read_box,
    "pdf": pdf.read,
    "text": text.read,
}
# What files in a folder are called to be read
FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".docx": "docx",
    ".eml": "mail",
    ".epub": "epub",
    ".htm": "html",
    ".html": "html",
    ".jsonl": "jsonl",
    ".markdown": "markdown",
    ".mbox": "mbox",
    ".md": "markdown",
    ".pdf": "pdf",
    ".txt": "text",
    ".xhtml": "html",
}


def read(path: Path) -> Iterator[Article | Hidden | Unreadable]:
    """Yield the articles of a file. What cannot be read is yielded as `Unreadable`, and the rest goes on.

    An article that had hidden characters is followed by `Hidden`.

    Args:
        path: a file. Its name says its format, unless its content tells another.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError:
        yield Unreadable(ascii(str(path)), "its name is not UTF-8: rename it")
        return
    try:
        yield from _counted(_READERS[told(path, FORMATS.get(path.suffix.lower()))](path))
    except UnreadableError as error:
        yield Unreadable(str(path), str(error))
    except OSError as error:
        yield Unreadable(str(path), f"it cannot be opened: {error.strerror}")
    except Exception as error:  # noqa: BLE001 - whatever a parser raises at a hostile file is the file's failure
        yield Unreadable(str(path), f"it is damaged ({error!r:.200}): save it anew")


def _counted(items: Iterator[Article | Unreadable]) -> Iterator[Article | Hidden | Unreadable]:
    before = left_out()
    for item in items:
        count = left_out() - before
        yield item
        if count and isinstance(item, Article):
            yield Hidden(item.source, count)
        before = left_out()
