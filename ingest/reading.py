"""What sync reads, in order: files whose stamps changed, then the web."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from ingest.article import Article
from ingest.fetch import Fetcher
from ingest.readers import Hidden
from ingest.schema import Known
from ingest.source import Source
from ingest.turns import Items, in_turn
from ingest.visits import Stamp, Visits, holds
from ingest.web import Item, Same, Web

AHEAD = 16  # articles read while others are encoded
PAGE = 50_000  # what a page counts as beside files, in bytes
_RACE = 50_000_000  # nanoseconds within which a file could be written again under the same time


class Read(NamedTuple):
    """What was read, and how far that is.

    Attributes:
        item: None at the end of a file or page.
        done, total: in bytes, a page counting as some.
    """

    item: Item | None
    done: int
    total: int


class Reading:
    """All that these sources hold.

    Args:
        files: with the source that each belongs to.
        web: sources on the web.
        known: what the library has, by source.
        visits: what was read before.
        fetcher: for the web.
    """

    def __init__(
        self,
        files: Sequence[tuple[Path, Source]],
        web: Sequence[Source],
        known: Mapping[str, Known],
        visits: Visits,
        fetcher: Fetcher,
    ) -> None:
        self._files, self._web, self._known, self._visits = files, web, known, visits
        self._fetcher = fetcher
        self._done = self._total = 0

    def __iter__(self) -> Iterator[Read]:
        stamps = self._visits.stamps()
        found = [(path, source, self._stamp(path, source)) for path, source in self._files]
        self._total = sum(stamp.size for _, _, stamp in found) + PAGE * len(self._web)
        same = {path: self._same(stamps.get(str(path)), now) for path, _, now in found}
        with closing(in_turn([path for path, _, _ in found if not same[path]])) as turns:
            for path, source, now in found:
                if unchanged := same[path]:
                    yield self._read(unchanged)
                else:
                    yield from self._file(path, next(turns), source, now)
                self._done += now.size
                yield self._read(None)
        yield from self._pages()

    def _same(self, before: Stamp | None, now: Stamp) -> Same | None:
        """That a file is as it was, where its stamp says so and the library has what came of it."""
        if before and before[:3] == now[:3] and before.articles and holds(before.articles, self._known):
            return Same(tuple(before.articles))
        return None

    def _read(self, item: Item | None) -> Read:
        return Read(item, self._done, self._total)

    @staticmethod
    def _stamp(path: Path, source: Source) -> Stamp:
        try:
            stat = path.stat()
        except OSError:  # gone since it was listed: reading it says so
            return Stamp(0, 0, source.told, {})
        return Stamp(stat.st_size, stat.st_mtime_ns, source.told, {})

    def _file(self, path: Path, items: Items, source: Source, now: Stamp) -> Iterator[Read]:
        whole = now.mtime_ns < time.time_ns() - _RACE
        for item in items:
            if isinstance(item, Article):
                article = source.describe(item)
                now.articles[article.source] = article.fingerprint
                yield self._read(article)
            else:
                whole = whole and isinstance(item, Hidden)
                yield self._read(item)
        if whole:
            self._visits.stamp(str(path), now)

    def _pages(self) -> Iterator[Read]:
        def planned(pages: int) -> None:
            self._total += PAGE * pages

        web = Web(self._fetcher, self._visits, self._known, planned)
        for source in self._web:
            for item in web.read(source):
                yield self._read(item)
                self._done = min(self._done + PAGE, self._total)
                yield self._read(None)
        self._done = self._total
        yield self._read(None)
