"""Files read in turn. Those that a child process parses are begun early, two at a time, so that neither waits alone."""

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from ingest.ahead import Ahead
from ingest.article import Article
from ingest.readers import FORMATS, Hidden, Unreadable, read

_PARSED = ("docx", "epub", "pdf")
_CHILDREN = 2  # a short document takes its child twice the time that its passages take to be encoded

Items = Iterator[Article | Hidden | Unreadable]


def in_turn(paths: Sequence[Path]) -> Generator[Items]:
    """For each file, in order, what it holds. Close it, if it is left early."""
    waiting = deque(path for path in paths if FORMATS.get(path.suffix.lower()) in _PARSED)
    begun: dict[Path, ExitStack] = {}
    found: dict[Path, Items] = {}
    try:
        for path in paths:
            while waiting and len(begun) < _CHILDREN:
                early = waiting.popleft()
                begun[early] = ExitStack()
                found[early] = iter(begun[early].enter_context(_ahead(early)))
            yield found.pop(path) if path in begun else read(path)
            if path in begun:
                begun.pop(path).close()
    finally:
        for left in begun.values():
            left.close()


def _ahead(path: Path) -> Ahead[Article | Hidden | Unreadable]:
    return Ahead(lambda: read(path), 2)
