"""Sync: makes the library equal to its sources. What did not change is not encoded again."""

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.article import Article, source_file
from ingest.errors import SourceError
from ingest.library import Library
from ingest.readers import FORMATS, Unreadable, read

_BATCH = 60_000  # characters written in one transaction: a second's work, of which a crash loses at most all


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, as article ids; `failed` holds what could not be read, and why.

    An article that could not be read but is in the library stays there.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: tuple[Unreadable, ...]


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a sync is.

    Attributes:
        done, total: bytes of the files read and written so far, and of all.
        articles: how many articles that is.
    """

    done: int
    total: int
    articles: int


def sync(
    sources: Sequence[str | Path],
    library: Library,
    *,
    allow_empty: bool = False,
    progress: Callable[[SyncProgress], None] = lambda _: None,
) -> SyncReport:
    """Make the library equal to these folders and files: add, replace and remove what came from them, and nothing else.

    Args:
        sources: files, and folders that are read with all that is below them.
        allow_empty: let a folder that holds no articles any more remove those that came from it.
        progress: called after each batch.

    Raises:
        SourceError: a source is not there, is of no known format, or holds no articles and `allow_empty` is not set.
            Nothing was changed then.
    """
    roots = [Path(os.path.abspath(Path(source).expanduser())) for source in sources]
    files, closed = find_files(roots)
    known = library.known()
    seen = [*files, *(Path(folder.source) for folder in closed)]
    empty = [root for root in roots if root.is_dir() and not any(path.is_relative_to(root) for path in seen)]
    if empty and not allow_empty:
        had = sum(source_file(source).is_relative_to(empty[0]) for source in known)
        kept = f" The {had} that the library has from it were kept; --allow-empty removes them." if had else ""
        raise SourceError(f"There are no articles in {empty[0]}: it has no {_formats()} files.{kept}")
    return _Sync(library, roots, files, progress, failed=closed).run()


def find_files(roots: Sequence[Path]) -> tuple[list[Path], list[Unreadable]]:
    """The files of known formats under these roots, each once, sorted, and the folders that cannot be read.

    Hidden files and folders are passed over.

    Raises:
        SourceError: a root is not there, or is a file of no known format.
    """
    found: set[Path] = set()
    closed: list[Unreadable] = []

    def note(error: OSError) -> None:
        closed.append(Unreadable(str(error.filename), f"the folder cannot be read: {error.strerror}"))

    for root in roots:
        if root.is_dir():
            for folder, below, names in os.walk(root, onerror=note):
                below[:] = [name for name in below if not name.startswith(".")]
                found |= {Path(folder, n) for n in names if Path(n).suffix.lower() in FORMATS and not n.startswith(".")}
        elif not root.exists():
            raise SourceError(f"There is no {root}: check the path.")
        elif root.suffix.lower() not in FORMATS:
            raise SourceError(f"{root} is not of a format that can be read: {_formats()}.")
        else:
            found.add(root)
    return sorted(found), closed


def _formats() -> str:
    return ", ".join(sorted(FORMATS))


@dataclass
class _Sync:
    """One run of sync: what was seen so far."""

    library: Library
    roots: list[Path]
    files: list[Path]
    progress: Callable[[SyncProgress], None]
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: list[Unreadable] = field(default_factory=list)
    moved: list[Article] = field(default_factory=list)

    def run(self) -> SyncReport:
        self.known = self.library.known()
        self.taken = {known.id for known in self.known.values()}
        seen: set[str] = set()
        batch: list[Article] = []
        for article in self._read():
            seen.add(article.source)
            before = self.known.get(article.source)
            if before is None and self.library.with_text(article.text):
                self.moved.append(article)  # perhaps: settled when it is known what is gone
            elif before is None or before.fingerprint != article.fingerprint:
                batch.append(self._named(article) if before is None else replace(article, id=before.id))
                (self.added if before is None else self.changed).append(batch[-1].id)
                if sum(len(waiting.text) for waiting in batch) > _BATCH:
                    self._write(batch)
            else:
                self.unchanged.append(before.id)
        self._write(batch)
        gone = self._gone(seen)
        self._settle_moved(gone)
        self.library.remove(gone.values())
        return SyncReport(
            tuple(self.added), tuple(self.changed), tuple(gone.values()), tuple(self.unchanged), tuple(self.failed)
        )

    def _read(self) -> Iterator[Article]:
        sizes = [file.stat().st_size if file.exists() else 0 for file in self.files]
        done = count = 0
        for file, size in zip(self.files, sizes, strict=True):
            for item in read(file):
                if isinstance(item, Unreadable):
                    self.failed.append(item)
                else:
                    count += 1
                    yield item
            done += size
            self.progress(SyncProgress(done, sum(sizes), count))

    def _named(self, article: Article) -> Article:
        """A new article under an id that is free: one that moved here from elsewhere kept the id of its old place."""
        numbers = itertools.count(2)
        name = article.id
        while name in self.taken:
            name = f"{article.id}-{next(numbers)}"
        self.taken.add(name)
        return replace(article, id=name)

    def _write(self, batch: list[Article]) -> None:
        if batch:
            self.library.replace(batch)
            batch.clear()

    def _gone(self, seen: set[str]) -> dict[str, str]:
        """Ids, by source, of articles from these roots that are not there any more; what failed is not gone."""
        unread = [source_file(failure.source) for failure in self.failed]
        return {
            source: known.id
            for source, known in self.known.items()
            if source not in seen
            and not any(source_file(source).is_relative_to(path) for path in unread)
            and any(source_file(source).is_relative_to(root) for root in self.roots)
        }

    def _settle_moved(self, gone: dict[str, str]) -> None:
        """An article whose text is known from a source that is gone has moved; the others are copies, and new."""
        batch: list[Article] = []
        for article in self.moved:
            twins = [
                k
                for k in self.library.with_text(article.text)
                if k.source in gone or not source_file(k.source).exists()
            ]
            if not twins:
                batch.append(self._named(article))
                self.added.append(batch[-1].id)
                continue
            before = twins[0]
            gone.pop(before.source, None)
            self.library.rename({before.id: article.source})
            if before.fingerprint == article.fingerprint:
                self.unchanged.append(before.id)
            else:
                batch.append(replace(article, id=before.id))
                self.changed.append(before.id)
        self._write(batch)
