"""Word files, by mammoth in a child process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.article import Article
from ingest.errors import UnreadableError
from ingest.readers import archive, blocks, confined
from ingest.readers.metadata import plain
from ingest.readers.text import check_length, make, split_title, title_from_name

_CORE = "docProps/core.xml"
_DC = "{http://purl.org/dc/elements/1.1/}"


def read(path: Path) -> Iterator[Article]:
    """Yield the one article of a Word file.

    Raises:
        UnreadableError: it is damaged, encrypted, too large, made to do harm, or mammoth is not installed.
    """
    found = confined.extract("docx", path)
    title, text = plain(found["title"]), found["text"]
    if title is None:
        title, text = split_title(text)
    text = text.removeprefix(f"{title}\n\n")  # the headline is not part of what it stands above
    yield make(
        title or title_from_name(path), text, str(path),
        author=plain(found["author"]), language=plain(found["language"]),
    )  # fmt: skip


def extract(path: Path) -> dict[str, Any]:
    """In the child: the text, and what the file states about itself."""
    try:
        import mammoth
    except ImportError:
        raise UnreadableError("Word files need an extra: pip install 'citewire[docx]'") from None
    import defusedxml

    defusedxml.defuse_stdlib()  # mammoth reads XML by the standard library
    with archive.open_checked(path) as opened:
        archive.load(opened, "word/document.xml")
        core = archive.load(opened, _CORE) if _CORE in opened.namelist() else b""
    with path.open("rb") as file:
        page = mammoth.convert_to_html(file, convert_image=mammoth.images.img_element(lambda _: {"src": ""})).value
    text = blocks.to_text(page)
    check_length(len(text))
    return {"text": text, **_core(core)}


def _core(data: bytes) -> dict[str, str]:
    from defusedxml import ElementTree

    root = ElementTree.fromstring(data, forbid_dtd=True) if data else None
    stated = {} if root is None else {child.tag: child.text or "" for child in root}
    language = stated.get(f"{_DC}language", "")[:2].lower()
    return {
        "title": stated.get(f"{_DC}title", ""),
        "author": stated.get(f"{_DC}creator", ""),
        "language": language if language.isalpha() else "",
    }
