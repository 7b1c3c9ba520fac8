"""Chroma kept in step with the catalog: what the outbox names is done at once, or at the next open."""

import json
import logging
from pathlib import Path

from ingest.catalog import Catalog
from ingest.check import INDEX, check_index
from ingest.encoder import Vectors
from ingest.errors import LibraryDamagedError
from ingest.vectors import VectorIndex, discard
from ingest.within import EVERYTHING, Within

_log = logging.getLogger("citewire")
_STALE = 0.2  # share of removed vectors past which Chroma's graph is made anew


class Mirror:
    """The Chroma copy of a catalog's vectors. Opening it finishes what was interrupted and mends what is damaged.

    Args:
        library: the library's folder.
        catalog: its open catalog.

    Raises:
        LibraryDamagedError: Chroma's files cannot be used, nor made anew.
    """

    def __init__(self, library: Path, catalog: Catalog) -> None:
        self._catalog = catalog
        self._folder = library / INDEX
        problems = self._problems(library)
        catalog.set_meta("index", "open")
        problems = problems or self._open()
        if problems:
            _log.warning("The Chroma index is made anew from the catalog: %s.", "; ".join(problems))
            self._make_anew()

    def _open(self) -> list[str]:
        """Open Chroma's files and do what waits; what is wrong with them, in words, empty when nothing is."""
        try:
            self._index = VectorIndex(self._folder)
        except LibraryDamagedError as error:
            return [str(error)]
        try:
            self.settle()
        except LibraryDamagedError as error:
            self._index.close()  # while it is open, Chroma would give it for the files that are made anew, too
            return [str(error)]
        return []

    def _problems(self, library: Path) -> list[str]:
        """Files that are not as the last owner left them are read by a child process first: they could crash us."""
        if self._catalog.empty():
            if self._catalog.meta("index") is None:
                discard(self._folder)  # of a catalog that is no more
            return []
        if not self._folder.exists():
            return ["it is gone"]
        return check_index(library) if self._catalog.meta("index") != _stamp(self._folder) else []

    def nearest(self, vector: Vectors, limit: int, within: Within = EVERYTHING) -> list[tuple[int, float]]:
        """The rows of the nearest vectors, best first, with their cosine similarity."""
        return self._index.nearest(vector, limit, None if within == EVERYTHING else self._catalog.rows(within))

    def settle(self) -> None:
        """Do what the outbox names, then strike it off: done twice, it is harmless."""
        to_add, to_remove = self._catalog.pending()
        self._index.remove(to_remove)
        self._index.add(self._catalog.vectors(to_add))
        with self._catalog.transaction():
            self._catalog.settle(to_remove + to_add)
        if to_remove:
            self._note_removed(len(to_remove))

    def _note_removed(self, count: int) -> None:
        """Removed vectors stay in Chroma's graph and crowd it: past a fifth, it is made anew."""
        removed = int(self._catalog.meta("removed") or 0) + count
        self._catalog.set_meta("removed", str(removed))
        if removed > max(_STALE * self._catalog.count(), 1000):
            self.rebuild()

    def rebuild(self) -> None:
        """Make Chroma's files anew, without a trace of what was removed."""
        self._index.close()
        self._make_anew()

    def _make_anew(self) -> None:
        with self._catalog.transaction():
            self._catalog.await_index()
        self._catalog.set_meta("removed", "0")
        discard(self._folder)
        self._index = VectorIndex(self._folder)
        self.settle()

    def close(self) -> None:
        """Close Chroma, and note how its files were left."""
        self._index.close()
        self._catalog.set_meta("index", _stamp(self._folder))


def _stamp(folder: Path) -> str:
    """Name, size and time of each of Chroma's files: unlike the stored stamp, somebody else touched them."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return json.dumps([[str(p.relative_to(folder)), (s := p.stat()).st_size, s.st_mtime_ns] for p in files])
