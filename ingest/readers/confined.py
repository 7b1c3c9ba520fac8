"""Parsers of binary formats run in a child process, which a hostile file may exhaust without harm to us."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from ingest.article import count_left_out
from ingest.errors import UnreadableError

SECONDS = 60.0  # of wall time, a little more than child.py allows itself of a processor
_CHILD = Path(__file__).with_name("child.py")


def extract(kind: str, path: Path) -> dict[str, Any]:
    """What the module `ingest.readers.KIND` makes of a file with its `extract`, in a child with limits.

    Raises:
        UnreadableError: it says so, or it died.
    """
    try:
        child = subprocess.run(
            [sys.executable, "-I", "-B", str(_CHILD), kind, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # nobody reads it, and it may be without end
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableError(f"reading it took longer than {SECONDS:.0f} seconds: it may be damaged") from None
    if child.returncode == -getattr(signal, "SIGXCPU", 24):
        raise UnreadableError("reading it took too long: it may be damaged, or made to exhaust its reader")
    try:
        found: dict[str, Any] = json.loads(child.stdout)
    except ValueError:
        raise UnreadableError(f"its reader died of it (exit status {child.returncode}): it may be damaged") from None
    if "error" in found:
        raise UnreadableError(str(found["error"]))
    count_left_out(found.pop("hidden"))
    return found
