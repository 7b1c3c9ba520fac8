"""API keys: random tokens, of which only the hashes are stored, in a file beside the library."""

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock

from ingest import CitewireError

PREFIX = "cw_"


class KeyFileError(CitewireError):
    """A key cannot be made, found or read; the message says why."""


@dataclass(frozen=True, slots=True)
class Key:
    """What is stored of a key.

    Attributes:
        id: names it, and is no secret.
        name: whose it is.
        digest: sha256 of the whole key.
        scopes: what it is good for.
        made, expires: ISO 8601; a key without the second does not expire.
        revoked: it is good for nothing any more.
    """

    id: str
    name: str
    digest: str
    scopes: tuple[str, ...]
    made: str
    expires: str | None = None
    revoked: bool = False

    @property
    def valid(self) -> bool:
        """Whether it lets anybody in now."""
        return not self.revoked and (self.expires is None or datetime.now(UTC) < datetime.fromisoformat(self.expires))


class KeyFile:
    """The keys of one library, in a file that only its owner can read. A change by another process is noticed at once.

    Args:
        library: the library's folder; the file stands beside it, so that no copy of the library carries it.
    """

    def __init__(self, library: Path) -> None:
        library = library.expanduser().absolute()
        self.path = library.with_name(f"{library.name}.keys.json")
        self._seen: tuple[int, ...] | None = None
        self._keys: dict[str, Key] = {}
        self._tokens: frozenset[str] = frozenset()

    def every(self) -> list[Key]:
        """Every key, the oldest first.

        Raises:
            KeyFileError: the file cannot be read.
        """
        self._read()
        return list(self._keys.values())

    def find(self, secret: str) -> Key | None:
        """The key that this is, if it lets anybody in.

        Raises:
            KeyFileError: the file cannot be read.
        """
        self._read()
        # Looked up by hash: how long that takes says nothing about the key
        found = self._keys.get(_digest(secret))
        return found if found and found.valid else None

    def token_revoked(self, token_id: str) -> bool:
        """Whether the signed token with this id (its `jti`) was revoked."""
        self._read()
        return token_id in self._tokens

    def make(self, name: str, scopes: Iterable[str], days: int | None = None) -> tuple[Key, str]:
        """A new key, and the secret that is shown once and stored nowhere."""
        secret = f"{PREFIX}{secrets.token_urlsafe(32)}"
        now = datetime.now(UTC).replace(microsecond=0)
        expires = (now + timedelta(days=days)).isoformat() if days else None
        key = Key(secrets.token_hex(4), name, _digest(secret), tuple(sorted(set(scopes))), now.isoformat(), expires)
        with self._changing():
            self._write([*self._keys.values(), key], self._tokens)
        return key, secret

    def revoke(self, key_id: str) -> Key:
        """Make a key good for nothing.

        Raises:
            KeyFileError: there is no key with this id.
        """
        with self._changing():
            found = [key for key in self._keys.values() if key.id == key_id]
            if not found:
                raise KeyFileError(f"There is no key {key_id}: `citewire keys list` shows them.")
            revoked = replace(found[0], revoked=True)
            self._write([revoked if key.id == key_id else key for key in self._keys.values()], self._tokens)
        return revoked

    def revoke_token(self, token_id: str) -> None:
        """Refuse the signed token with this id (its `jti`) from now on."""
        with self._changing():
            self._write(self._keys.values(), self._tokens | {token_id})

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self.path}.lock", timeout=10):
            self._read()
            yield

    def _read(self) -> None:
        try:
            state = self.path.stat()
        except FileNotFoundError:
            self._keys, self._tokens, self._seen = {}, frozenset(), None
            return
        seen = (state.st_mtime_ns, state.st_size, state.st_ino)
        if seen == self._seen:
            return
        try:
            stored: dict[str, Any] = json.loads(self.path.read_text("utf-8"))
            keys = [Key(**{**entry, "scopes": tuple(entry["scopes"])}) for entry in stored["keys"]]
            self._tokens = frozenset(stored["revoked_tokens"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise KeyFileError(
                f"{self.path} cannot be read ({error}): restore it, or remove it and make keys."
            ) from None
        self._keys, self._seen = {key.digest: key for key in keys}, seen

    def _write(self, keys: Iterable[Key], tokens: Iterable[str]) -> None:
        stored = {"keys": [asdict(key) for key in keys], "revoked_tokens": sorted(tokens)}
        new = self.path.with_suffix(".new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(stored, file, indent=1)
        new.replace(self.path)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
