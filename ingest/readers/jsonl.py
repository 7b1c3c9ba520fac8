"""JSON lines: one article a line, with the keys of Article's fields; a bad line fails alone."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ingest.article import Article
from ingest.errors import UnreadableError
from ingest.readers.metadata import known, plain
from ingest.readers.text import MAX_BYTES, decode, make
from ingest.readers.unreadable import Unreadable


def read(path: Path) -> Iterator[Article | Unreadable]:
    """Yield each line's article, or why it cannot be read."""
    seen: Counter[str] = Counter()
    with path.open("rb") as lines:
        number = 0
        while line := lines.readline(MAX_BYTES + 1):
            number += 1
            try:
                if len(line) > MAX_BYTES:
                    while line and not line.endswith(b"\n"):
                        line = lines.readline(MAX_BYTES)
                    raise UnreadableError(f"the line is longer than {MAX_BYTES / 1e6:.0f} MB")
                if line.strip():
                    yield _article(decode(line), path, seen)
            except UnreadableError as error:
                yield Unreadable(f"{path}#line {number}", str(error))


def _article(line: str, path: Path, seen: Counter[str]) -> Article:
    try:
        stated = json.loads(line)
    except ValueError as error:
        raise UnreadableError(f"it is not JSON: {error}") from None
    except RecursionError:
        raise UnreadableError("it is not an article: its JSON is nested too deeply") from None
    if not isinstance(stated, dict) or not isinstance(stated.get("text"), str):
        raise UnreadableError('it has no "text": each line is an object with at least "title" and "text"')
    title = plain(stated.get("title"))
    if title is None:
        raise UnreadableError('it has no "title"')
    # A key that survives lines being added or moved: what names the article, not its line number.
    key = plain(stated.get("id")) or plain(stated.get("url")) or title
    seen[key] += 1
    source = f"{path}#{key}" if seen[key] == 1 else f"{path}#{key} ({seen[key]})"
    return make(title, stated["text"], source, **known(stated))
