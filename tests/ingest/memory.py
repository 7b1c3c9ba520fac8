"""How much memory something takes at its height."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@contextlib.contextmanager
def bounded(megabytes: int) -> Iterator[None]:
    """Fails when this process's memory rises, inside, by more than so many MB above what it had before.

    What was its height earlier does not hide it: the system's record of that is begun anew.
    """
    if not _RESET.exists():
        pytest.skip("only Linux says how much memory was taken at the height")
    _RESET.write_text("5")
    before = _read("VmRSS")
    yield
    rise = _read("VmHWM") - before
    assert rise < megabytes, f"memory rose by {rise:.0f} MB"


def _read(name: str) -> float:
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024
