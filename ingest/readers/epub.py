"""EPUB books: their chapters in reading order, in a child process."""

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ingest.article import Article
from ingest.errors import UnreadableError
from ingest.readers import archive, blocks, confined
from ingest.readers.metadata import known, plain
from ingest.readers.text import check_length, decode, make, title_from_name

_CONTAINER = "META-INF/container.xml"
_NAMES = {
    "c": "urn:oasis:names:tc:opendocument:xmlns:container",
    "o": "http://www.idpf.org/2007/opf",
    "d": "http://purl.org/dc/elements/1.1/",
}


def read(path: Path) -> Iterator[Article]:
    """Yield the one article of an EPUB file.

    Raises:
        UnreadableError: it is damaged, too large, or made to do harm.
    """
    found = confined.extract("epub", path)
    try:
        stated = known(found)
    except UnreadableError:  # a date that is none, such as a year alone, is no date
        stated = known({**found, "published": None})
    yield make(plain(found["title"]) or title_from_name(path), found["text"], str(path), **stated)


def extract(path: Path) -> dict[str, Any]:
    """In the child: the text of all chapters, and what the book states about itself."""
    with archive.open_checked(path) as opened:
        container = _xml(archive.load(opened, _CONTAINER))
        root_file = container.find(".//c:rootfile", _NAMES)
        if root_file is None:
            raise UnreadableError("it is damaged: it names no contents")
        name = root_file.get("full-path", "")
        package = _xml(archive.load(opened, name))
        items = {item.get("id"): item.get("href", "") for item in package.findall("o:manifest/o:item", _NAMES)}
        chapters = [items.get(ref.get("idref"), "") for ref in package.findall("o:spine/o:itemref", _NAMES)]
        texts: list[str] = []
        for chapter in chapters:
            member = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(chapter)))
            texts.append(blocks.to_text(decode(archive.load(opened, member))))
            check_length(sum(map(len, texts)))
    stated = {key: [found.text or "" for found in package.findall(f"o:metadata/d:{key}", _NAMES)] for key in _STATED}
    return {
        "text": "\n\n".join(text for text in texts if text),
        "title": (stated["title"] or [""])[0],
        "author": ", ".join(stated["creator"]),
        "publisher": (stated["publisher"] or [""])[0],
        "published": (stated["date"] or [""])[0],
        "language": (stated["language"] or [""])[0][:2].lower(),
    }


_STATED = ("title", "creator", "publisher", "date", "language")


def _xml(data: bytes) -> Any:
    from defusedxml import ElementTree

    return ElementTree.fromstring(data, forbid_dtd=True)
