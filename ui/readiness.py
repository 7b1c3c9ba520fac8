"""Whether there is something to answer with: the library opens in the background while the port answers already."""

import itertools
import logging
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from ingest import CitewireError
from qa import Assistant
from ui.errors import NotReadyError

_log = logging.getLogger("citewire")
_MOST_STARTERS = 4
_TRIED = 12  # questions made from titles that are tried before giving up
_TITLE = 60  # characters; a longer one makes no button


class Readiness:
    """Holds the assistant from the moment it can answer; a context manager that opens it in a thread and closes it.

    Args:
        opener: opens the assistant, as `Assistant.open` does. What it gives is closed with this.
        assistant: one that is open already, in place of an opener; it stays open.
        on_ready: called once, in the thread that opened it, when the first answer has been given.
        on_failure: called with the error when it cannot be opened.

    Attributes:
        reason: why it is not ready, for people; empty when it is.
        failed: it will not become ready any more.
        starters: questions to begin with that have an answer; None until they have been looked for.
    """

    def __init__(
        self,
        opener: Callable[[], Assistant] | None = None,
        *,
        assistant: Assistant | None = None,
        on_ready: Callable[[Assistant], None] = lambda assistant: None,
        on_failure: Callable[[Exception], None] = lambda error: None,
    ) -> None:
        self._opener, self._on_ready, self._on_failure = opener, on_ready, on_failure
        self._assistant = assistant
        self._opened: Assistant | None = None
        self._thread = threading.Thread(target=self._prepare, name="open-library")
        self._stopping = threading.Event()
        self.reason = "" if assistant else "The library is being opened. Try again in a moment."
        self.failed = False
        self.starters: tuple[str, ...] | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopping.set()
        self.reason = "The server is stopping."
        self._thread.join()
        if self._opened:
            self._opened.__exit__(kind, error, trace)

    @property
    def ready(self) -> bool:
        """True when `assistant()` answers."""
        return not self.reason

    def assistant(self) -> Assistant:
        """The assistant.

        Raises:
            NotReadyError: it is not there yet, or will not be.
        """
        if self.reason or self._assistant is None:
            raise NotReadyError(self.reason)
        return self._assistant

    def _prepare(self) -> None:
        try:
            assistant = self._assistant or self._open()
        except Exception as error:  # nobody stands above a thread to catch it
            if not isinstance(error, CitewireError):
                _log.exception("The library could not be opened.")
            self.reason = str(error) if isinstance(error, CitewireError) else "The library could not be opened; see the log."
            self.failed = True
            self._on_failure(error)
            return
        self.starters = tuple(itertools.islice(self._answered(assistant), _MOST_STARTERS))

    def _open(self) -> Assistant:
        assert self._opener is not None
        self._opened = assistant = self._opener()
        assistant.ask("What is reported?")  # a real search: what is broken shows now, and the next is fast
        self._assistant = assistant
        if not self._stopping.is_set():
            self.reason = ""
            self._on_ready(assistant)
        return assistant

    def _answered(self, assistant: Assistant) -> Iterator[str]:
        """Those questions that are set, or some made from the newest titles, that really have an answer."""
        for question in assistant.settings.starters or _from_titles(assistant):
            if self._stopping.is_set():
                return
            try:
                if assistant.ask(question).found:
                    yield question
            except Exception:  # a page without starters is still a page
                _log.exception("The starter question %r is left out.", question)


def _from_titles(assistant: Assistant) -> list[str]:
    titles = [entry.title for entry in assistant.library.entries() if entry.language in (None, "en")]
    return [f"What is reported about “{title}”?" for title in titles if len(title) <= _TITLE][:_TRIED]
