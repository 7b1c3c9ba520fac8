"""One process owns a library at a time: Chroma and a second writer would corrupt or mislead each other."""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import LibraryBusyError

ANSWERING = "answering a question"  # the purpose of owners that are gone in a moment, such as another `citewire ask`
_PATIENCE = 10.0  # seconds to wait for one of those


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
        deadline = time.monotonic() + _PATIENCE
        while not self._acquired():
            owner = self._owner()
            brief = owner.get("purpose", ANSWERING) == ANSWERING and not owner.get("url")
            if not brief or time.monotonic() > deadline:
                raise LibraryBusyError(_in_use(folder, owner), owner.get("url"))
            time.sleep(0.1)
        self.announce(purpose)

    def _acquired(self) -> bool:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        return True

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


def _in_use(folder: Path, owner: Mapping[str, str]) -> str:
    where = f" at {owner['url']}" if owner.get("url") else ""
    who = f"process {owner['pid']} is {owner['purpose']}{where}" if owner else "another process owns it"
    return f"The library {folder} is in use: {who}. Stop it, or wait until it is done, and try again."
