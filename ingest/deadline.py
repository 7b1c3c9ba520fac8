"""A deadline for the whole of a fetch, whatever the other side does."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any


class Deadline:
    """Shuts a connection when its time is up, however slowly bytes arrive: no timeout of a single read does that.

    Args:
        seconds: from entering it.
    """

    def __init__(self, seconds: float) -> None:
        self._left = self._seconds = seconds
        self._socket: socket.socket | None = None
        self._over = threading.Event()

    def __enter__(self) -> "Deadline":
        self._begin()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        if self._socket:
            self._socket.close()

    def _begin(self) -> None:
        self._began = time.monotonic()
        self._timer = threading.Timer(max(self._left, 0), self._stop)
        self._timer.daemon = True
        self._timer.start()

    def _end(self) -> None:
        self._timer.cancel()
        self._timer.join()
        self._left -= time.monotonic() - self._began

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Time that does not count."""
        self._end()
        try:
            yield
        finally:
            self._begin()

    def see(self, event: str, info: Mapping[str, Any]) -> None:
        """Told by httpcore of each step: keeps a hold of the connection once there is one."""
        if event == "connection.connect_tcp.complete":
            if self._socket:
                self._socket.close()
            self._socket = info["return_value"].get_extra_info("socket").dup()
            if self._over.is_set():  # while it was being connected
                self._stop()

    def _stop(self) -> None:
        self._over.set()
        if self._socket:
            with suppress(OSError):  # it ended by itself
                self._socket.shutdown(socket.SHUT_RDWR)

    def reason(self) -> str:
        """Why it ended, when it was this."""
        return f"it took longer than {self._seconds:g} seconds" if self._over.is_set() else ""
