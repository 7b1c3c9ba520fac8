"""Mail: one message (.eml) or a box of them (.mbox), by the standard library."""

import email.policy
import email.utils
from collections.abc import Iterator
from email.message import MIMEPart
from email.parser import BytesParser
from pathlib import Path

from ingest.article import Article
from ingest.errors import UnreadableError
from ingest.readers import blocks
from ingest.readers.metadata import plain
from ingest.readers.text import MAX_BYTES, load, make, title_from_name
from ingest.readers.unreadable import Unreadable

_parser = BytesParser(policy=email.policy.default)


def read(path: Path) -> Iterator[Article]:
    """Yield the one article of a message: its subject, sender, date and words, without attachments.

    Raises:
        UnreadableError: it holds no text.
    """
    yield _article(load(path), str(path), title_from_name(path))


def read_box(path: Path) -> Iterator[Article | Unreadable]:
    """Yield each message's article, or why it cannot be read."""
    seen: set[str] = set()
    for number, data in enumerate(_messages(path), start=1):
        try:
            if len(data) > MAX_BYTES:
                raise UnreadableError(f"the message is longer than {MAX_BYTES / 1e6:.0f} MB")
            key = _key(data, number)
            key = key if key not in seen else f"{key} ({number})"
            seen.add(key)
            yield _article(data, f"{path}#{key}", f"Message {number}")
        except UnreadableError as error:
            yield Unreadable(f"{path}#message {number}", str(error))


def _messages(path: Path) -> Iterator[bytes]:
    """The messages of a box: each begins with a line `From ` after an empty line. Past the limit, lines are dropped."""
    with path.open("rb") as lines:
        message, empty, begun = bytearray(), True, False
        while line := lines.readline(MAX_BYTES):
            if empty and line.startswith(b"From "):
                if begun:
                    yield bytes(message)
                message, begun = bytearray(), True
            elif len(message) <= MAX_BYTES:
                message += line[1:] if line.startswith(b">From ") else line
            empty = not line.strip()
        if begun:
            yield bytes(message)


def _key(data: bytes, number: int) -> str:
    """A message's own id, between `<` and `>`: it survives messages being added or moved."""
    headers = _parser.parsebytes(data[:100_000], headersonly=True)
    stated = plain(_header(headers, "Message-ID")) or ""
    return f"<{stated.strip('<>') or number}>"


def _article(data: bytes, source: str, otherwise: str) -> Article:
    try:
        message = _parser.parsebytes(data)
        part = message.get_body(("plain", "html"))
        text = _content(part) if part else ""
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        raise UnreadableError(f"it is no whole message: {error}") from None
    if not text.strip():
        raise UnreadableError("it holds no text")
    stated = {"author": plain(_header(message, "From")), "published": _date(_header(message, "Date"))}
    return make(plain(_header(message, "Subject")) or otherwise, text, source, **stated)


def _content(part: MIMEPart) -> str:
    text = str(part.get_content())
    return blocks.to_text(text) if part.get_content_type() == "text/html" else text


def _header(message: MIMEPart, name: str) -> str:
    """A header's text; empty where it is missing or so broken that the standard library raises."""
    try:
        return str(message.get(name, ""))
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return ""


def _date(header: str) -> str | None:
    try:
        return email.utils.parsedate_to_datetime(header).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
