"""Plain text: the first line is the title when it looks like one, and the next ones may say when it was published.

Also: bytes to text, for every reader.
"""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

import charset_normalizer

from ingest.article import Article, article_id, clean
from ingest.errors import UnreadableError
from ingest.readers import byline

MAX_BYTES = 10_000_000  # an article, not an archive: about two thousand printed pages
_TITLE = re.compile(r"(?P<title>[^\n]{3,160})\n(?P<gap>[ \t]*\n)?(?P<body>.*)", re.DOTALL)
_LIKE_A_SENTENCE = re.compile(r".*[.,;:。、，][\"'”’»」』)]*", re.DOTALL)


def read(path: Path) -> Iterator[Article]:
    """Yield the one article of a plain text file.

    Raises:
        UnreadableError: it is too large, not text, or empty.
    """
    title, body = split_title(decode(load(path)))
    yield make(title or title_from_name(path), body, str(path), **byline.stated(body))


def load(path: Path) -> bytes:
    """The file's bytes, refused with a reason when there are more than MAX_BYTES."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise UnreadableError(
            f"it has {size / 1e6:,.0f} MB and the limit for one article is {MAX_BYTES / 1e6:.0f} MB: split it, "
            "or make it a .jsonl file with one article a line"
        )
    return path.read_bytes()


def decode(data: bytes) -> str:
    """Bytes as text: UTF-8 or UTF-16 by their mark, then UTF-8, then the likeliest older encoding.

    Raises:
        UnreadableError: the bytes are not text.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        raise UnreadableError("it is not text (it holds binary data): export it as plain text first")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        lenient = data.decode("utf-8-sig", "replace")
        broken = lenient.count("\ufffd")
        if sum(character > "\x7f" for character in lenient) > 2 * broken:
            return lenient  # UTF-8 with a few bad bytes, not another encoding
        guess = charset_normalizer.from_bytes(data[:200_000]).best()
        if guess is None:
            raise UnreadableError("its text encoding is not known: save it as UTF-8") from None
        return data.decode(guess.encoding, "replace")


def split_title(text: str) -> tuple[str | None, str]:
    """The first line as the title, and the rest, when that line does not end like a sentence and stands alone.

    It does where an empty line follows, or one that only says who wrote the text, or when. Else None and all of it.
    """
    text = clean(text)
    match = _TITLE.fullmatch(text)
    alone = match and (match["gap"] or byline.split(match["body"])[0])
    if not match or not alone or _LIKE_A_SENTENCE.fullmatch(match["title"].strip()):
        return None, text
    return match["title"].strip(), match["body"].strip()


def title_from_name(path: Path) -> str:
    """`2024-02-18_flood-in-thornby.txt` as `2024 02 18 flood in thornby`."""
    return clean(re.sub(r"[-_\s]+", " ", path.stem)) or path.name


def check_length(characters: int) -> None:
    """Refuse an article's text that is longer than MAX_BYTES characters.

    Raises:
        UnreadableError: it is.
    """
    if characters > MAX_BYTES:
        raise UnreadableError(f"its text is longer than {MAX_BYTES / 1e6:.0f} MB: split it")


def make(title: str, text: str, source: str, **known: str | None) -> Article:
    """An Article with its id, from a title and a text, both cleaned here.

    Raises:
        UnreadableError: there is no title, or no text.
    """
    title, text = " ".join(clean(title).split()), clean(text)
    if not title:
        raise UnreadableError("it has no title: give it one, or rename it")
    if not text:
        raise UnreadableError("it holds no text")
    return Article(article_id(title, source), title, text, source, **known)
