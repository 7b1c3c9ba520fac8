"""From files to articles: one module per format, one function, `read`."""

from collections.abc import Callable, Iterator
from pathlib import Path

from ingest.article import Article
from ingest.errors import UnreadableError
from ingest.readers import html, jsonl, markdown, text

__all__ = ["FORMATS", "Unreadable", "read"]

Unreadable = jsonl.Unreadable

FORMATS: dict[str, Callable[[Path], Iterator[Article | Unreadable]]] = {
    ".htm": html.read,
    ".html": html.read,
    ".jsonl": jsonl.read,
    ".markdown": markdown.read,
    ".md": markdown.read,
    ".txt": text.read,
}


def read(path: Path) -> Iterator[Article | Unreadable]:
    """Yield the articles of a file. What cannot be read is yielded as `Unreadable`, and the rest goes on.

    Args:
        path: a file whose name ends in one of FORMATS.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError:
        yield Unreadable(ascii(str(path)), "its name is not UTF-8: rename it")
        return
    try:
        yield from FORMATS[path.suffix.lower()](path)
    except UnreadableError as error:
        yield Unreadable(str(path), str(error))
    except OSError as error:
        yield Unreadable(str(path), f"it cannot be opened: {error.strerror}")
