"""Sync: makes the library equal to its sources. What did not change is neither read nor encoded again."""

import contextlib
import itertools
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.ahead import Ahead
from ingest.article import Article, is_address, source_file
from ingest.errors import SourceError
from ingest.fetch import Fetcher
from ingest.library import Library
from ingest.readers import FORMATS, Hidden, Unreadable
from ingest.reading import AHEAD, Reading
from ingest.source import Source
from ingest.visits import Visits
from ingest.web import Gone, Same

_BATCH = 60_000  # characters written in one transaction: a second's work, of which a crash loses at most all


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, as article ids; `failed` holds what could not be read, and why.

    An article that could not be read but is in the library stays there. `hidden` says of which articles that were read
    characters were left out that nobody sees.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: tuple[Unreadable, ...]
    hidden: tuple[Hidden, ...] = ()


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a sync is.

    Attributes:
        done, total: bytes of the files read so far, and of all that are known of; a page counts as some.
        articles: how many articles that is, those that did not change included.
        passages: how many passages were written.
    """

    done: int
    total: int
    articles: int
    passages: int = 0


def sync(  # noqa: PLR0913 - all but two by name
    sources: Sequence[str | Path | Source],
    library: Library,
    *,
    allow_empty: bool = False,
    dry_run: bool = False,
    fetcher: Fetcher | None = None,
    progress: Callable[[SyncProgress], None] = lambda _: None,
) -> SyncReport:
    """Make the library equal to these sources: add, replace and remove what came from them, and nothing else.

    What a feed or sitemap lists no longer is kept; what its site says is gone is removed.

    Args:
        sources: files, folders that are read with all that is below them, and addresses of pages, feeds and sitemaps.
        allow_empty: let a folder that holds no articles any more remove those that came from it.
        dry_run: change nothing, and report what would be.
        fetcher: for addresses; None for one that fetches from public addresses.
        progress: called as articles are read and written, and twice a second while nothing comes; what it raises stops
            the sync, and what was written stays.

    Raises:
        SourceError: a source is not there, is of no known format, or holds no articles and `allow_empty` is not set.
            Nothing was changed then.
    """
    wanted = [Source.of(source) for source in sources]
    files, closed = find_files([path for source in wanted if (path := source.path)])
    known = library.known()
    seen = [*files, *(Path(folder.source) for folder in closed)]
    for root in [path for source in wanted if (path := source.path) and path.is_dir()]:
        if not allow_empty and not any(path.is_relative_to(root) for path in seen):
            had = sum(source_file(source).is_relative_to(root) for source in known)
            kept = f" The {had} that the library has from it were kept; --allow-empty removes them." if had else ""
            raise SourceError(f"There are no articles in {root}: it has no {_formats()} files.{kept}")
    with contextlib.ExitStack() as stack:
        visits = stack.enter_context(contextlib.closing(Visits(library.folder, readonly=dry_run)))
        fetcher = fetcher or stack.enter_context(Fetcher())
        owned = [(file, _owner(file, wanted)) for file in files]
        reading = Reading(owned, [source for source in wanted if source.path is None], known, visits, fetcher)
        writer: Library | _Untouched = _Untouched(library) if dry_run else library
        return _Sync(writer, wanted, reading, progress, failed=closed).run()


def _owner(file: Path, sources: Sequence[Source]) -> Source:
    """The source that a file belongs to: the nearest above it."""
    owners = [source for source in sources if (path := source.path) and file.is_relative_to(path)]
    return max(owners, key=lambda source: len(str(source.path)))


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
        elif root.suffix and root.suffix.lower() not in FORMATS:  # without one, its content tells
            raise SourceError(f"{root} is not of a format that can be read: {_formats()}.")
        else:
            found.add(root)
    return sorted(found), closed


def _formats() -> str:
    return ", ".join(sorted(FORMATS))


class _Untouched:
    """A library that is asked what it has, and told nothing."""

    def __init__(self, library: Library) -> None:
        self.known, self.with_text = library.known, library.with_text

    def replace(self, _: Sequence[Article]) -> int:
        """Write nothing."""
        return 0

    def rename(self, _: Mapping[str, str]) -> None:
        """Note nothing."""

    def remove(self, _: Iterable[str]) -> None:
        """Remove nothing."""


@dataclass
class _Sync:
    """One run of sync: what was seen so far."""

    library: Library | _Untouched
    sources: list[Source]
    reading: Reading
    progress: Callable[[SyncProgress], None]
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: list[Unreadable] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    moved: list[Article] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    passages: int = 0
    done: int = 0
    total: int = 0

    def run(self) -> SyncReport:
        self.known = self.library.known()
        self.taken = {known.id for known in self.known.values()}
        batch: list[Article] = []
        with Ahead(self.reading.__iter__, AHEAD, self._tell) as found:
            for item, self.done, self.total in found:
                written = self.passages
                match item:
                    case Unreadable():
                        self.failed.append(item)
                    case Hidden():
                        self.hidden.append(item)
                    case Same():
                        self._same(item)
                    case Gone():
                        self.withdrawn.update(item.sources)
                    case Article():
                        self._take(item, batch)
                if item is None or self.passages > written:
                    self._tell()
        self._write(batch)
        gone = self._gone()
        self._settle_moved(gone)
        self.library.remove(gone.values())
        return SyncReport(
            tuple(self.added),
            tuple(self.changed),
            tuple(gone.values()),
            tuple(self.unchanged),
            tuple(self.failed),
            tuple(self.hidden),
        )

    def _tell(self) -> None:
        self.progress(SyncProgress(self.done, self.total, len(self.seen), self.passages))

    def _same(self, same: Same) -> None:
        for source in same.sources:
            if source not in self.seen:
                self.seen.add(source)
                self.unchanged.append(self.known[source].id)

    def _take(self, article: Article, batch: list[Article]) -> None:
        if article.source in self.seen:
            return
        self.seen.add(article.source)
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
            self.passages += self.library.replace(batch)
            batch.clear()

    def _gone(self) -> dict[str, str]:
        """Ids, by source, of articles that are not where they were any more; what failed is not gone."""
        unread = [source_file(failure.source) for failure in self.failed]
        roots = [path for source in self.sources if (path := source.path)]
        return {
            source: known.id
            for source, known in self.known.items()
            if source not in self.seen
            and (
                source in self.withdrawn
                or (
                    not is_address(source)
                    and not any(source_file(source).is_relative_to(path) for path in unread)
                    and any(source_file(source).is_relative_to(root) for root in roots)
                )
            )
        }

    def _settle_moved(self, gone: dict[str, str]) -> None:
        """An article whose text is known from a source that is gone has moved; the others are copies, and new."""
        batch: list[Article] = []
        for article in self.moved:
            twins = [
                k
                for k in self.library.with_text(article.text)
                if k.source in gone or not (is_address(k.source) or source_file(k.source).exists())
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
