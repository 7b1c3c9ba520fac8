"""How often a caller may ask."""

import time
from collections.abc import Callable

_REMEMBERED = 10_000  # callers; those who have been quiet longest are forgotten first


class RateLimit:
    """So many requests a minute for each name, and not more than that at once.

    Args:
        per_minute: 0 for no limit.
        clock: seconds that only grow.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = per_minute
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, name: str) -> float:
        """Take one request. Seconds until it would be allowed; 0 when it is."""
        if not self._most:
            return 0.0
        now = self._clock()
        left, since = self._left.pop(name, (float(self._most), now))
        left = min(float(self._most), left + (now - since) * self._most / 60)
        allowed = left >= 1
        self._left[name] = (left - 1 if allowed else left, now)
        if len(self._left) > _REMEMBERED:
            del self._left[next(iter(self._left))]
        return 0.0 if allowed else (1 - left) * 60 / self._most
