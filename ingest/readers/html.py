"""Web pages: the article without the page around it, by trafilatura."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.article import Article, unhide
from ingest.errors import UnreadableError
from ingest.readers.blocks import name_cells
from ingest.readers.metadata import known
from ingest.readers.stated import stated
from ingest.readers.text import decode, load, make, title_from_name

# Dates that the page states as its own, not any that stand somewhere in it.
_DATES = {"extensive_search": False, "original_date": True}
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)


def read(path: Path) -> Iterator[Article]:
    """Yield the one article of a web page.

    Raises:
        UnreadableError: no article text is found in the page.
    """
    import trafilatura  # half a second that only web pages need

    tree = trafilatura.load_html(_decode(load(path)))
    if tree is None:
        raise UnreadableError("no article text is found in the page")
    _unhide(tree)
    known_of = stated(tree)
    found: Any = trafilatura.bare_extraction(
        tree, include_comments=False, with_metadata=True, date_extraction_params=_DATES
    )
    if found is None:
        raise UnreadableError("no article text is found in the page")
    said = {"publisher": found.sitename, "author": found.author, "published": found.date, "url": found.url} | known_of
    title = known_of.get("title") or found.title or title_from_name(path)
    text = _text(found)
    for headline in dict.fromkeys((title, found.title)):  # it is not part of what it stands above
        text = text.removeprefix(f"{headline}\n")
    yield make(title, text.replace("\n", "\n\n"), str(path), **known(said))  # trafilatura: one paragraph a line


def _unhide(tree: Any) -> None:
    """Take hidden characters out of the words of a page: trafilatura would, uncounted."""
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag not in ("script", "style") and element.text:
            element.text = unhide(element.text)
        if element.tail:
            element.tail = unhide(element.tail)


def _text(found: Any) -> str:
    """What trafilatura found, its tables with the columns' names beside each cell."""
    from trafilatura.xml import xmltotxt

    tables = found.body.findall(".//table")
    for table in tables:
        rows = [[" ".join("".join(cell.itertext()).split()) for cell in row.iter("cell")] for row in table.iter("row")]
        rows = [row for row in rows if any(row)]
        tail = table.tail
        head = table.find(".//cell[@role='head']") is not None
        lines = name_cells(rows, stated=head) if rows else []
        table.clear()
        table.tag, table.tail = "p", tail
        table.text = "\n".join(lines)
    return str(xmltotxt(found.body, include_formatting=False) if tables else found.text or "")


def _decode(data: bytes) -> str:
    """Bytes as text: as UTF-8 where they are that, else as the page says."""
    named = _CHARSET.search(data[:5000])
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if named:
            try:
                return data.decode(named[1].decode("ascii"))
            except (LookupError, UnicodeError):
                pass
    return decode(data)
