"""The child process that reads one file of a binary format: `python child.py KIND PATH`. Prints one JSON object.

It limits itself before it looks at the file, and loads nothing of the packages but the reader that is asked for.
"""

import contextlib
import importlib
import json
import sys
import types
from pathlib import Path

MEMORY = 1_000_000_000  # bytes of address space
SECONDS = 40  # of a processor


def limit() -> None:
    """Take only so much of the machine from now on."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent's on wall time holds
        return
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0)):
        with contextlib.suppress(ValueError, OSError):  # macOS does not know the first
            resource.setrlimit(what, (most, most))


def reader(kind: str) -> types.ModuleType:
    """The module `ingest.readers.KIND`, without what the packages' own __init__ would load: models, a database."""
    here = Path(__file__).parent
    sys.path.insert(0, str(here.parents[1]))
    for name, folder in (("ingest", here.parent), ("ingest.readers", here)):
        package = types.ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    return importlib.import_module(f"ingest.readers.{kind}")


def main(kind: str, path: str) -> None:
    """Print what the reader found, or {"error": why not}."""
    limit()
    try:
        found = reader(kind).extract(Path(path))
        found["hidden"] = importlib.import_module("ingest.article").left_out()
    except MemoryError:
        found = {"error": f"reading it needs more than {MEMORY / 1e9:g} GB of memory: split it, or export its text"}
    except RecursionError:
        found = {"error": "it is nested too deeply"}
    except Exception as error:  # noqa: BLE001 - whatever a parser raises at a hostile file is the file's failure
        reason = (
            str(error)
            if type(error).__name__ == "UnreadableError"
            else f"it is damaged ({error!r:.200}): save it anew, or export its text"
        )
        found = {"error": reason}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
