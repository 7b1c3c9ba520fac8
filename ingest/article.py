"""The article: what was read, whole, before anything is cut from it."""

import hashlib
import re
import threading
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # line breaks by other names
# A mailbox may have no suffix: then what follows, as mail.py writes it, tells
_FILE_OF_MANY = re.compile(
    r"(?<=\.jsonl)#|(?<=\.csv)#|(?<=\.mbox)#|#(?=(?:<.+>(?: \(\d+\))?|message \d+)$)", re.IGNORECASE
)
_SOFT_HYPHEN = "\u00ad"  # invisible too, but typesetting: it hides nothing
# Control characters and invisible marks (zero-width, bidirectional, tags) that could hide or reorder words, or carry
# some. Tab and newline stay.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e01ef]"
)


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it stands in the library.

    Attributes:
        id: stable for a source; a changed text is a new version of the same article.
        title: never empty.
        text: plain text; passages and quotes are slices of it.
        source: where it was read: a path, an address, or `path#key` for one line of a .jsonl file and the like.
        publisher, author, url, language: as the source states them, None where it does not.
        published, updated: ISO 8601 date or date and time, None where the source states none.
        pages: offsets into the text at which its pages begin, between spaces; None where the source has no pages.
        tags: words that a `[[sources]]` entry gives its articles, between commas.
    """

    id: str
    title: str
    text: str
    source: str
    publisher: str | None = None
    author: str | None = None
    published: str | None = None
    url: str | None = None
    language: str | None = None
    updated: str | None = None
    pages: str | None = None
    tags: str | None = None

    @property
    def fingerprint(self) -> str:
        """sha256 over everything that is indexed or shown; equal fingerprints need no work."""
        parts: tuple[str | None, ...]
        parts = (self.title, self.text, self.publisher, self.author, self.published, self.url, self.language)
        for later in (self.updated, self.tags, self.pages):
            if later:  # only then: what was read before there was this field keeps its fingerprint
                parts = (*parts, later)
        return hashlib.sha256("\x1f".join(part or "" for part in parts).encode()).hexdigest()

    @property
    def header(self) -> str:
        """Title, publisher and date on one line: indexed in front of each passage, never quoted."""
        return " · ".join(part for part in (self.title, self.publisher, (self.published or "")[:10]) if part)

    def page(self, offset: int) -> int | None:
        """The page, from 1, on which a place in the text stands."""
        return bisect_right([int(start) for start in self.pages.split()], offset) or 1 if self.pages else None


def article_id(title: str, source: str) -> str:
    """A readable id: words of the title and eight hex digits of the source's sha256."""
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", ascii_title)[:6]) or "article"
    return f"{slug[:48]}-{hashlib.sha256(source.encode()).hexdigest()[:8]}"


def source_file(source: str) -> Path:
    """The file that an article was read from: its source, or for one of many in a file what stands before its key."""
    return Path(_FILE_OF_MANY.split(source, maxsplit=1)[0])


def is_address(source: str) -> bool:
    """Whether a source is a web address."""
    return source.lower().startswith(("http://", "https://"))


class _Tally(threading.local):
    hidden = 0


_tally = _Tally()


def clean(text: str) -> str:
    """Text with one kind of newline, composed characters, and no control or invisible characters."""
    text = text.encode("utf-8", "replace").decode()  # lone surrogates become question marks
    return unhide(unicodedata.normalize("NFC", text)).strip()


def unhide(text: str) -> str:
    """Text with one kind of newline and no control or invisible characters; `left_out` counts what was left out."""
    shown, count = _INVISIBLE.subn("", _BREAKS.sub("\n", text))
    if count:
        count_left_out(count - text.count(_SOFT_HYPHEN))
    return shown


def left_out() -> int:
    """How many hidden characters this thread has left out so far, soft hyphens aside."""
    return _tally.hidden


def count_left_out(count: int) -> None:
    """Add characters that were left out elsewhere, on behalf of this thread."""
    _tally.hidden += count


def text_hash(text: str) -> str:
    """The sha256 of a text, by which an article that moved is known again."""
    return hashlib.sha256(text.encode()).hexdigest()
