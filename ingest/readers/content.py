"""Which format a file has, by what it holds: a name is a claim."""

import re
from pathlib import Path
from typing import Literal

from ingest.errors import UnreadableError

Format = Literal["csv", "docx", "epub", "html", "jsonl", "mail", "markdown", "mbox", "pdf", "text"]

_HEAD, _TAIL = 4096, 65536
_BINARY = {"docx": "Word", "epub": "EPUB", "pdf": "PDF"}
_PAGE = re.compile(  # possessive: a head of many comments is read once, not in every way it could be divided
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*>\s*+)?(?:(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html[\s>])",
    re.I | re.S,
)
_MAIL = re.compile(
    rb"(?:(?:Received|Return-Path|Delivered-To|From|To|Subject|Date|Message-ID|MIME-Version):[^\n]*\n){2}", re.I
)


def told(path: Path, claimed: Format | None) -> Format:
    """The format of a file.

    Args:
        claimed: what its name says, None when that says nothing.

    Raises:
        UnreadableError: it claims a binary format and is none.
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        binary = _binary(head) if head.startswith((b"%PDF-", b"PK\x03\x04")) or b"%PDF-" in head[:1024] else None
        if binary is None and head.startswith(b"PK\x03\x04"):
            file.seek(max(0, path.stat().st_size - _TAIL))
            binary = _binary(head + file.read())
    if binary:
        return binary
    if claimed in _BINARY and not head.startswith(b"PK\x03\x04"):
        raise UnreadableError(
            f"it is not a {_BINARY[claimed]} file, although its name ends in {path.suffix}: rename it"
        )
    if claimed not in (None, "text"):
        return claimed
    if _PAGE.match(head):
        return "html"
    if claimed is None and head.startswith(b"From "):
        return "mbox"
    return "mail" if claimed is None and _MAIL.match(head) else "text"


def _binary(data: bytes) -> Format | None:
    if b"%PDF-" in data[:1024] and not data.startswith(b"PK"):
        return "pdf"
    if b"word/document.xml" in data:
        return "docx"
    return "epub" if b"application/epub+zip" in data[:200] or b"META-INF/container.xml" in data else None
