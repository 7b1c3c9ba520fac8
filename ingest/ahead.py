"""Reading ahead: a thread reads while the rest of sync encodes and writes."""

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Generic, Self, TypeVar

T = TypeVar("T")
_IDLE = 0.5  # seconds


class Ahead(Generic[T]):
    """Iterates over what `make()` iterates over, in a thread that is up to `most` items ahead. A context manager.

    Args:
        make: called in that thread; what it raises is raised here.
        most: items that wait at the most.
        idle: called twice a second while nothing comes; what it raises ends the iteration.
    """

    def __init__(self, make: Callable[[], Iterator[T]], most: int, idle: Callable[[], None] = lambda: None) -> None:
        self._make, self._idle = make, idle
        self._waiting: queue.Queue[T | _End] = queue.Queue(most)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="reading", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(1)  # a page that is being waited for is not waited for: the thread ends with the process

    def __iter__(self) -> Iterator[T]:
        while True:
            try:
                item = self._waiting.get(timeout=_IDLE)
            except queue.Empty:
                self._idle()
                continue
            if not isinstance(item, _End):
                yield item
            elif item.error:
                raise item.error
            else:
                return

    def _work(self) -> None:
        end = _End()
        try:
            for item in self._make():
                self._put(item)
                if self._stop.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            end = _End(error)
        self._put(end)

    def _put(self, item: "T | _End") -> None:
        while not self._stop.is_set():
            try:
                self._waiting.put(item, timeout=0.1)
            except queue.Full:
                continue
            return


class _End:
    """Nothing more comes, perhaps because of an error."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error
