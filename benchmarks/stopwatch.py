"""Where the time goes: a watch put around functions, without a change to what they do."""

import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any


class Stopwatch:
    """Adds up the time spent in functions that it stands around, by step."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def wrap(self, owner: Any, name: str, step: str) -> None:
        """Put this watch around a function of a module, class or object."""
        function = getattr(owner, name)

        def timed(*given: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*given, **named)
            finally:
                self.seconds[step] += time.perf_counter() - began

        setattr(owner, name, timed)

    def wrap_iterator(self, owner: Any, name: str, step: str) -> None:
        """The same for a function that yields."""
        function = getattr(owner, name)

        def timed(*given: Any) -> Iterator[Any]:
            items, end = iter(function(*given)), object()
            while True:
                began = time.perf_counter()
                item = next(items, end)
                self.seconds[step] += time.perf_counter() - began
                if item is end:
                    return
                yield item

        setattr(owner, name, timed)
