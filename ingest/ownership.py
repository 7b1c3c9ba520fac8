"""One process owns a library at a time: Chroma and a second writer would corrupt or mislead each other."""

import contextlib
import json
import os
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import LibraryBusyError

_PATIENCE = 10.0  # seconds to wait for a short-lived owner, such as another `citewire ask`


class Ownership:
    """The lock on a library, and a note for others about who holds it. The system frees it when the process dies.

    Args:
        folder: the library.
        purpose: what the owner does, as a verb for people: "answering questions", "syncing".

    Raises:
        LibraryBusyError: another process holds it, and is a server or does not end within ten seconds.
    """

    def __init__(self, folder: Path, purpose: str) -> None:
        self._note = folder / "owner.json"
        self._lock = FileLock(folder / "owner.lock", thread_local=False)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            self._wait()
        self.announce(purpose)

    def _wait(self) -> None:
        owner = self._owner()
        if not owner.get("url") and owner.get("purpose") == "answering a question":
            with contextlib.suppress(Timeout):
                self._lock.acquire(timeout=_PATIENCE)
                return
        pid, purpose, url = owner.get("pid", "?"), owner.get("purpose", "using it"), owner.get("url")
        where = f" at {url}" if url else ""
        raise LibraryBusyError(
            f"The library {self._note.parent} is in use: process {pid} is {purpose}{where}. "
            "Stop it, or wait until it is done, and try again.",
            url=url,
        )

    def _owner(self) -> dict[str, str]:
        try:
            owner = json.loads(self._note.read_text("utf-8"))
        except (OSError, ValueError):  # the owner is writing it just now
            return {}
        return owner if isinstance(owner, dict) else {}

    def announce(self, purpose: str, url: str | None = None) -> None:
        """Note who holds the library and, for a server, where it answers."""
        fresh = self._note.with_suffix(".new")
        fresh.write_text(json.dumps({"pid": os.getpid(), "purpose": purpose, "url": url}), "utf-8")
        fresh.replace(self._note)

    def release(self) -> None:
        """Let others have the library."""
        self._note.unlink(missing_ok=True)
        self._lock.release()
