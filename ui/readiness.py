"""Whether there is something to answer with: the library opens in the background while the port answers already."""

import contextlib
import itertools
import logging
import threading
from collections.abc import Callable, Iterator

from ingest import CitewireError, Within
from ingest.within import EVERYTHING
from qa import Assistant
from ui.errors import NotReadyError

_log = logging.getLogger("citewire")
_MOST_STARTERS = 4
_TRIED = 12  # questions made from titles that are tried before giving up
_TITLE = 60  # characters; a longer one makes no button


class Readiness:
    """Holds the assistant from the moment it can answer. `begin` opens it in a thread, `end` closes it.

    Args:
        source: what opens the assistant, as `Assistant.open` does; or one that is open already, and stays open.
        on_ready: called once, in the thread that opened it, when the first answer has been given.
        on_failure: called with the error when it cannot be opened.
        on_end: called before the assistant is closed.

    Attributes:
        reason: why it is not ready, for people; empty when it is.
        failed: it will not become ready any more.
        starters: questions to begin with that have an answer; None until they have been looked for.
    """

    def __init__(
        self,
        source: Callable[[], Assistant] | Assistant,
        *,
        on_ready: Callable[[Assistant], None] | None = None,
        on_failure: Callable[[Exception], None] | None = None,
        on_end: Callable[[], None] | None = None,
    ) -> None:
        self._source, self._on_ready, self._on_failure = source, on_ready, on_failure
        self._on_end = on_end
        self._assistant = source if isinstance(source, Assistant) else None
        self._thread = threading.Thread(target=self._prepare, name="open-library")
        self._stopping = threading.Event()
        self.reason = "" if self._assistant else "The library is being opened. Try again in a moment."
        self.failed = False
        self.starters: tuple[str, ...] | None = None

    def begin(self) -> None:
        """Open the assistant and look for starter questions, in a thread."""
        self._thread.start()

    def end(self) -> None:
        """Wait for that thread, and close the assistant if it was opened here."""
        self._stopping.set()
        self.reason = "The server is stopping."
        self._thread.join()
        if self._on_end:
            self._on_end()
        if self._assistant and self._assistant is not self._source:
            self._assistant.close()

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
            assistant = self._source if isinstance(self._source, Assistant) else self._open(self._source)
        except Exception as error:  # noqa: BLE001 - nobody stands above a thread to catch it
            self._fail(error)
            return
        self.starters = tuple(itertools.islice(self._answered(assistant), _MOST_STARTERS))

    def _open(self, opener: Callable[[], Assistant]) -> Assistant:
        self._assistant = assistant = opener()
        _is_answered(assistant, "What is reported?")  # a real search: what is broken shows now, and the next is fast
        if not self._stopping.is_set():
            self.reason = ""
            if self._on_ready:
                self._on_ready(assistant)
        return assistant

    def _fail(self, error: Exception) -> None:
        self.reason = str(error)
        if not isinstance(error, CitewireError):
            _log.error("The library could not be opened.", exc_info=error)
            self.reason = "The library could not be opened; the log says why."
        self.failed = True
        if self._on_failure:
            self._on_failure(error)

    def _answered(self, assistant: Assistant) -> Iterator[str]:
        """Those questions that are set, or some made from the newest titles, that really have an answer."""
        within = assistant.settings.visible(())  # everybody is shown them
        for question in assistant.settings.starters or _from_titles(assistant, within):
            if self._stopping.is_set():
                return
            try:
                if _is_answered(assistant, question, within):
                    yield question
            except Exception:  # noqa: BLE001 - a page without starters is still a page
                _log.exception("The starter question %r is left out.", question)


def _is_answered(assistant: Assistant, question: str, within: Within = EVERYTHING) -> bool:
    """Whether the articles answer a question; known before a chat model is asked, and none is."""
    with contextlib.closing(assistant.stream(question, within)) as answers:
        return next(answers).found


def _from_titles(assistant: Assistant, within: Within) -> list[str]:
    titles = [entry.title for entry in assistant.library.entries(within) if entry.language in (None, "en")]
    return [f"What is reported about “{title}”?" for title in titles if len(title) <= _TITLE][:_TRIED]
