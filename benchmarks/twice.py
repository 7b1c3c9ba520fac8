"""One large folder synced twice: the rate at the start and at the end, memory, and the cost of changing nothing.

Run by `python benchmarks/ingest.py --twice`.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.articles import make, write
from benchmarks.tables import console, show
from ingest import Library, SyncProgress, WordHashEncoder, load_encoder, sync

SECOND_SYNC, MEMORY, STEADY = 5.0, 1500.0, 0.8  # seconds, MB, share of the first rate


class Pace:
    """Notes when how many passages were written.

    Args:
        clock: of the wall, or of the processor, which other programs on the machine hardly change.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.points: list[tuple[float, int]] = [(clock(), 0)]

    def __call__(self, state: SyncProgress) -> None:
        """As sync's progress."""
        if state.passages != self.points[-1][1]:
            self.points.append((self._clock(), state.passages))

    def rate(self, start: float, end: float) -> float:
        """Passages a second between two shares of the whole."""
        total = self.points[-1][1]
        inside = [point for point in self.points if start * total <= point[1] <= end * total]
        (began, first), (ended, last) = inside[0], inside[-1]
        return (last - first) / (ended - began) if ended > began else 0.0


def measure(articles: int, *, word_hash: bool) -> dict[str, Any]:
    """The figures, printed too; "missed" names the goals that were missed."""
    encoder = WordHashEncoder() if word_hash else load_encoder(None)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "articles")
        write(folder, list(make(articles)))
        with Library.open(Path(scratch, "library"), encoder, create=True) as library:
            pace, effort, began = Pace(time.perf_counter), Pace(time.process_time), time.perf_counter()

            def note(state: SyncProgress) -> None:
                pace(state)
                effort(state)

            first = sync([folder], library, progress=note)
            seconds = time.perf_counter() - began
            began = time.perf_counter()
            second = sync([folder], library)
            again = time.perf_counter() - began
            passages = len(library)
    assert len(first.added) == len(second.unchanged) == articles, "everything was read once"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    start, end = pace.rate(0.02, 0.2), pace.rate(0.8, 1.0)
    figures: dict[str, Any] = {
        "articles": articles, "passages": passages, "first sync s": seconds, "second sync s": again,
        "passages/s at the start": start, "at the end": end, "share": end / start if start else 0.0, "peak MB": peak,
        "share by the processor's clock": effort.rate(0.8, 1.0) / max(effort.rate(0.02, 0.2), 1e-9),
    }  # fmt: skip
    show("The same folder twice", ("", "figure"), list(figures.items()))
    goals = {
        "second sync": again <= SECOND_SYNC,
        "memory": peak <= MEMORY,
        "steady rate": end >= STEADY * start,
    }
    figures["missed"] = [name for name, met in goals.items() if not met]
    console.print(f"Missed: {', '.join(figures['missed'])}" if figures["missed"] else "Every goal is met.")
    return figures
