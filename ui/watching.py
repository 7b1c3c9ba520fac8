"""Watching sources: folders by what the system tells of them, the web on its schedule."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from watchfiles import watch as watch_files

from ingest import CitewireError, Source

HOUR = 3600
_TICK = 1.0  # seconds between two looks at the clock
_SETTLE = 800  # milliseconds without a change before files are read
_log = logging.getLogger("citewire")


class Stopped(Exception):  # noqa: N818 - not an error: whoever watches was told to stop
    """Raised out of a sync that was told to stop."""


def _log_error(error: CitewireError) -> None:
    _log.warning("A source was not brought up to date: %s", error)


class Watch:
    """Brings sources up to date when they change, or when their schedule says so.

    Args:
        sources: folders, files and web sources.
        sync: called with those that are due; all of them at the start.
        on_error: called with what `sync` raises; the next change is another chance.
        stop: set it to stop.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        sync: Callable[[Sequence[Source]], None],
        *,
        on_error: Callable[[CitewireError], None] = _log_error,
        stop: threading.Event | None = None,
    ) -> None:
        self._local = [source for source in sources if source.path]
        self._due = dict.fromkeys((source for source in sources if not source.path), 0.0)
        self._sync, self._on_error = sync, on_error
        self._stop = stop or threading.Event()

    def run(self) -> None:
        """Watch until it is stopped, or interrupted. The first sync is done when files are watched already."""
        is_first = True  # what changes while it reads is told by the next tick
        for changed in self._ticks():
            self._bring_up_to_date(self._local if changed or is_first else [])
            is_first = False

    def _bring_up_to_date(self, sources: Sequence[Source]) -> None:
        now = time.monotonic()
        on_schedule = [source for source, due in self._due.items() if due <= now]
        self._due |= {source: now + (source.schedule or HOUR) for source in on_schedule}
        if not self._stop.is_set() and (sources or on_schedule):
            try:
                self._sync([*sources, *on_schedule])
            except CitewireError as error:
                self._on_error(error)
            except Stopped:
                return

    def _ticks(self) -> Iterator[bool]:
        """Every second or at a change: whether files changed."""
        paths = [path for source in self._local if (path := source.path)]
        there = {folder for path in paths if (folder := path if path.is_dir() else path.parent).is_dir()}
        if not there:
            while not self._stop.wait(_TICK):
                yield False
            return
        seen = watch_files(
            *there,
            watch_filter=lambda _, changed: any(Path(changed).is_relative_to(path) for path in paths),
            debounce=5 * _SETTLE,
            step=_SETTLE,
            stop_event=self._stop,
            rust_timeout=int(_TICK * 1000),
            yield_on_timeout=True,
            raise_interrupt=True,
        )
        for changes in seen:
            yield bool(changes)
