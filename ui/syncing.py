"""What `citewire sync` and `citewire watch` do: sources from the command line or the settings, into the library."""

import logging
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from ingest import AddressRules, CitewireError, Fetcher, Library, Source, SyncProgress, SyncReport, load_encoder, sync
from qa import Settings
from ui.watching import Stopped, Watch

_log = logging.getLogger("citewire")


def sources_of(settings: Settings, named: Sequence[str]) -> list[Source]:
    """The sources named, or those of the settings when none is; what the settings say of a named one holds too."""
    written = {source.location: source for source in settings.sources}
    if not named:
        return list(settings.sources)
    found = [Source.of(name) for name in named]
    return [written.get(str(source.path or source.location), source) for source in found]


def make_fetcher(settings: Settings) -> Fetcher:
    """A fetcher that is permitted what the settings say."""
    rules = AddressRules(settings.allow_hosts, loopback=settings.allow_loopback)
    return Fetcher(rules, delay=settings.fetch_delay)


def sync_once(
    settings: Settings,
    sources: Sequence[Source],
    *,
    allow_empty: bool = False,
    dry_run: bool = False,
    progress: Callable[[SyncProgress], None] = lambda _: None,
) -> SyncReport:
    """Open the library, make it equal to these sources, and close it.

    Raises:
        CitewireError: as `sync` and `Library.open` say.
    """
    with ExitStack() as stack:
        folder = settings.library
        if dry_run and not folder.exists():  # what would be made is not made
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="citewire-")))
        encoder = load_encoder(settings.encoder)
        library = stack.enter_context(Library.open(folder, encoder, create=True, purpose="syncing"))
        fetcher = stack.enter_context(make_fetcher(settings))
        return sync(sources, library, allow_empty=allow_empty, dry_run=dry_run, fetcher=fetcher, progress=progress)


def watch_alone(
    settings: Settings,
    sources: Sequence[Source],
    on_report: Callable[[SyncReport], None],
    on_error: Callable[[CitewireError], None],
) -> None:
    """Keep the library up to date until Ctrl-C. It is open only while it is written, so that others can ask it."""

    def once(due: Sequence[Source]) -> None:
        on_report(sync_once(settings, due))

    Watch(sources, once, on_error=on_error).run()


class Upkeep:
    """Keeps a server's library up to date, in a thread of its own.

    Args:
        settings: which sources, and how to fetch; without sources nothing is done.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, library: Library) -> None:
        """Start, with an open library that stays open until `end`."""
        if not self._settings.sources:
            return

        def stopping(_: SyncProgress) -> None:
            if self._stop.is_set():
                raise Stopped

        def once(due: Sequence[Source]) -> None:
            try:
                with make_fetcher(self._settings) as fetcher:
                    sync(due, library, fetcher=fetcher, progress=stopping)
            except (CitewireError, Stopped):
                raise
            except Exception:  # noqa: BLE001 - nobody stands above a thread; the next change is another chance
                _log.exception("The sources were not brought up to date.")

        watch = Watch(self._settings.sources, once, stop=self._stop)
        self._thread = threading.Thread(target=watch.run, name="upkeep")
        self._thread.start()

    def end(self) -> None:
        """Stop, after what is being written is whole."""
        self._stop.set()
        if self._thread:
            self._thread.join()
