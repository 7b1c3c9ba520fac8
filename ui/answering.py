"""Who answers a command: this process, or the server that owns the library."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from ingest import LibraryBusyError
from qa import Answer, Assistant, Settings, SettingsError, Turn


@contextmanager
def answering(settings: Settings, threshold: float | None) -> Iterator[Callable[[str, Sequence[Turn]], Answer]]:
    """A function from a question and the turns before it to its answer.

    Args:
        settings: of the library, with the key for its server.
        threshold: what the command line asks for; a server has its own.

    Raises:
        SettingsError: a threshold is asked for, and a server owns the library.
        CitewireError: the library cannot be opened.
    """
    try:
        with Assistant.open(settings) as assistant:
            yield lambda question, turns: assistant.ask(question, history=turns)
    except LibraryBusyError as busy:
        if busy.url is None:
            raise
        if threshold is not None:
            reason = f"The server at {busy.url} answers from this library, by its own threshold."
            raise SettingsError(f"{reason} Leave --threshold out, or start the server with it.") from None
        from ui.client import Client  # seldom needed, and it imports an HTTP client

        with Client(busy.url, settings.key) as client:
            yield lambda question, turns: client.ask(question, history=turns)
