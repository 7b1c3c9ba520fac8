"""HTML whose whole body is the article (Word, EPUB, mail) as plain text: a block a paragraph, a table row a line."""

import re
from collections.abc import Sequence
from typing import Any

from lxml import etree, html

from ingest.article import clean
from ingest.errors import UnreadableError

_BLOCKS = frozenset(
    "address article aside blockquote body dd details div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary tr ul".split()
)
_SILENT = frozenset("head iframe noscript object script select style svg template title".split())


def to_text(page: str) -> str:
    """The words of a page, block by block, with an empty line between them; headings are blocks, list items dashes.

    Raises:
        UnreadableError: it is nested too deeply.
    """
    if not page.strip():
        return ""
    whole = html.HTMLParser(encoding="utf-8", huge_tree=True)  # else it drops long paragraphs, and says nothing
    try:
        root = html.fromstring(page.encode("utf-8", "replace"), parser=whole)
    except (etree.LxmlError, ValueError):  # nothing in it but comments
        return ""
    writer = _Writer()
    try:
        writer.walk(root)
    except RecursionError:
        raise UnreadableError("it is nested too deeply") from None
    writer.flush()
    return "\n\n".join(writer.blocks)


class _Writer:
    """Gathers words until a block ends."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self._words: list[str] = []

    def walk(self, element: Any) -> None:
        """An element and all in it."""
        tag = element.tag if isinstance(element.tag, str) else ""  # comments have none
        if tag == "table":
            self.flush()
            self.blocks += _table(element)
        elif tag == "br":
            self._words.append(" ")
        elif tag and tag not in _SILENT:
            if tag in _BLOCKS:
                self.flush()
            if tag == "li":
                self._words.append("- ")
            self._words.append(element.text or "")
            for child in element:
                self.walk(child)
                self._words.append(child.tail or "")
            if tag in _BLOCKS:
                self.flush()

    def flush(self) -> None:
        """End the block."""
        block = " ".join(clean("".join(self._words)).split())
        if block not in ("", "-"):
            self.blocks.append(block)
        self._words = ["- "] if block == "-" else []  # `<li><p>`: the dash waits for the paragraph


def _table(element: Any) -> list[str]:
    rows = [[_cell(cell) for cell in row.xpath("./td|./th")] for row in element.xpath("./tr|./*/tr")]
    rows = [row for row in rows if any(row)]
    if not rows:
        return []
    lines = name_cells(rows, stated=bool(element.xpath("./tr[1]/th|./thead/tr|./*/tr[1]/th")))
    return ["\n".join(lines)]


def _cell(element: Any) -> str:
    writer = _Writer()
    writer.walk(element)
    writer.flush()
    return " ".join(" ".join(writer.blocks).split())


def name_cells(rows: Sequence[Sequence[str]], *, stated: bool) -> list[str]:
    """`Species: herring; Tonnes: 4,120` for each row, so that a row can be read and quoted by itself.

    Args:
        rows: of cells, the columns' names in the first.
        stated: the first row is known to hold names; else it is taken for such when it looks like it.
    """
    first = rows[0]
    named = len(rows) > 1 and (
        stated or (len(first) > 1 and all(cell and not re.search(r"\d", cell) for cell in first))
    )
    if not named:
        return ["; ".join(cell for cell in row if cell) for row in rows]
    return [
        "; ".join(
            f"{first[place]}: {cell}" if place < len(first) and first[place] else cell
            for place, cell in enumerate(row)
            if cell
        )
        for row in rows[1:]
    ]
