"""PDF files, by pypdf in a child process. Where each page begins is kept, so that a citation can name it."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ingest.article import Article, clean
from ingest.errors import UnreadableError
from ingest.readers import confined
from ingest.readers.metadata import plain
from ingest.readers.text import check_length, make, title_from_name

MAX_FILE, MAX_PAGES = 100_000_000, 5_000
_ENDS = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
_NUMBER = re.compile(r"(?:page|seite|p\.)?\s*[-–—]?\s*\d{1,4}\s*[-–—]?(?:\s*(?:of|/|von|de)\s*\d{1,4})?", re.IGNORECASE)
# Titles that the program which wrote the file made up
_MADE_UP = re.compile(r"untitled|microsoft (?:word|powerpoint)\b.*|.*\.(?:docx?|indd|tex|pdf|qxd|pptx?)", re.IGNORECASE)


def read(path: Path) -> Iterator[Article]:
    """Yield the one article of a PDF file.

    Raises:
        UnreadableError: it is damaged, encrypted, too large, holds no text, or pypdf is not installed.
    """
    if path.stat().st_size > MAX_FILE:
        raise UnreadableError(f"it has more than {MAX_FILE / 1e6:.0f} MB: split it")
    found = confined.extract("pdf", path)
    text, starts = join_pages([clean(page) for page in found["pages"]])
    if not text:
        raise UnreadableError("it holds no text: its pages may be pictures, which need text recognition (OCR) first")
    stated = plain(found["title"])
    title = stated if stated and not _MADE_UP.fullmatch(stated) else title_from_name(path)
    pages = " ".join(map(str, starts))
    yield make(title, text, str(path), author=plain(found["author"]), language=plain(found["language"]), pages=pages)


def extract(path: Path) -> dict[str, Any]:
    """In the child: each page's text, and what the file states about itself."""
    try:
        import pypdf
    except ImportError:
        raise UnreadableError("PDF files need an extra: pip install 'citewire[pdf]'") from None
    reader = pypdf.PdfReader(path)
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableError("it is encrypted: save it without its password first")
    pages: list[str] = []
    size = 0
    for number, page in enumerate(reader.pages):
        if number == MAX_PAGES:
            raise UnreadableError(f"it has more than {MAX_PAGES:,} pages: split it")
        pages.append(page.extract_text())
        size += len(pages[-1])
        check_length(size)
    stated: Any = reader.metadata or {}
    language = str(reader.root_object.get("/Lang", "") or "")[:2].lower()
    return {
        "pages": without_running_lines(pages),
        "title": str(stated.get("/Title") or ""),
        "author": str(stated.get("/Author") or ""),
        "language": language if language.isalpha() else "",
    }


def without_running_lines(pages: Sequence[str]) -> list[str]:
    """The pages without page numbers, and without first and last lines that most pages share."""
    split = [[line.strip() for line in page.splitlines() if line.strip()] for page in pages]
    edges = Counter(_bare(line) for lines in split for line in {_bare(edge): edge for edge in _edges(lines)}.values())
    shared = {line for line, count in edges.items() if len(pages) >= 3 and count > len(pages) / 2}
    for lines in split:
        for place in (0, -1):
            while lines and (_bare(lines[place]) in shared or _NUMBER.fullmatch(lines[place])):
                del lines[place]
    return ["\n".join(lines) for lines in split]


def _edges(lines: Sequence[str]) -> list[str]:
    return [*lines[:2], *lines[-2:]]


def _bare(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def join_pages(pages: Sequence[str]) -> tuple[str, list[int]]:
    """One text of all pages, its lines made into paragraphs, and the offset at which each page begins."""
    parts: list[str] = []  # joined at the end: a book is long
    starts: list[int] = []
    length = 0
    for paragraphs in map(unwrap, pages):
        if parts and paragraphs:
            goes_on = paragraphs[:1].islower() and not _ENDS.search(parts[-1])
            if goes_on and parts[-1].endswith("-"):
                parts[-1] = parts[-1][:-1]
                length -= 1
            else:
                parts.append(" " if goes_on else "\n\n")
                length += len(parts[-1])
        starts.append(length)
        if paragraphs:
            parts.append(paragraphs)
            length += len(paragraphs)
    return "".join(parts), starts


def unwrap(page: str) -> str:
    """Lines that were broken for the page's width put together again; short lines and those that end stay."""
    lines = [line.strip() for line in page.split("\n") if line.strip()]
    if not lines:
        return ""
    width = sorted(map(len, lines))[len(lines) * 3 // 4]
    parts = lines[:1]
    for before, line in itertools.pairwise(lines):
        if line[:1].islower() and re.search(r"\w-$", before):
            parts[-1:] = before[:-1], line
        elif line[:1].islower() or (len(before) > 0.8 * width and not _ENDS.search(before)):
            parts += " ", line
        else:
            parts += "\n" if len(before) > 0.8 * width else "\n\n", line
    return "".join(parts)
