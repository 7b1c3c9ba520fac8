"""The SQLite file under the catalog: opened, made or brought up to date, and its errors put into words."""

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ingest import schema
from ingest.errors import LibraryDamagedError, LibraryError

_log = logging.getLogger("citewire")

Run = Callable[..., list[Any]]  # a statement and its values -> its rows


class Database:
    """A SQLite file with the catalog's tables. Safe to read from several threads and processes; one process writes.

    Args:
        path: the file; made when it is not there, unless `readonly`.

    Raises:
        LibraryError: the file cannot be opened or written.
        LibraryDamagedError: it is not a catalog.
    """

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.path = path
        mode = "ro" if readonly else "rwc"
        try:
            self._db = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}",
                uri=True,
                check_same_thread=False,
                isolation_level=None,
                timeout=10,
            )
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if not readonly:
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA foreign_keys = ON")
                self._db.execute("PRAGMA secure_delete = ON")  # what is removed is overwritten, not only unlinked
        except sqlite3.DatabaseError as error:
            raise self._translated(error) from error
        if version > schema.VERSION:
            raise LibraryError(f"{path} was made by a later version of Citewire: use that one, or a new library.")
        if not readonly and version < schema.VERSION:
            self._bring_up_to_date(version)
        self.outdated = readonly and version < schema.VERSION
        self.unmade = readonly and not version  # whoever makes it has not come to its tables yet

    def _bring_up_to_date(self, version: int) -> None:
        """Make the tables, or those that the file lacks."""
        if version:
            _log.warning("%s is brought up to date from version %d of its tables.", self.path, version)
        with self.transaction():
            for statement in _statements(schema.UPGRADES[version] if version else schema.TABLES):
                self._db.execute(statement)
            if version:
                self._fill_in()
            self._db.execute(f"PRAGMA user_version = {schema.VERSION}")

    def _fill_in(self) -> None:
        """Compute what an upgrade's new tables hold of rows that were there before; inside its transaction."""

    def _translated(self, error: sqlite3.DatabaseError) -> LibraryError:
        if isinstance(error, sqlite3.OperationalError):
            return LibraryError(
                f"{self.path} cannot be used: {error}. Is the disk full, or the folder not yours to write?"
            )
        return LibraryDamagedError(
            f"{self.path} is damaged ({error}): restore it from a backup, or sync into a new library."
        )

    def close(self) -> None:
        """Close the file. The catalog cannot be used afterwards."""
        self._db.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is kept, or nothing is."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            raise self._translated(error) from error

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is read inside is of one moment, whatever another process writes meanwhile."""
        self._run("BEGIN")
        try:
            yield
        finally:
            self._run("ROLLBACK")

    def empty_log(self) -> None:
        """Move what was written into the file itself, so that its log holds nothing; waits for who reads it.

        Raises:
            LibraryError: somebody reads it for longer.
        """
        [(busy, *_)] = self._run("PRAGMA wal_checkpoint(TRUNCATE)")
        if busy:
            raise LibraryError(
                f"{self.path} is being read by another process, an export or a backup perhaps, so its log still holds "
                "what was removed before. When that is done, run `citewire doctor` and try again."
            )

    def be_current(self) -> None:
        """Refuse a file that was opened for reading and lacks tables of today.

        Raises:
            LibraryError: it lacks some.
        """
        if self.outdated:
            raise LibraryError(f"{self.path} was made by an earlier version of Citewire: run `citewire doctor` first.")

    def _run(self, statement: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[Any]:
        """Execute a statement; its rows."""
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._translated(error) from error

    def copy_to(self, path: Path) -> None:
        """Write the file, as it stands at one moment, to another place, whatever another process writes meanwhile.

        Raises:
            LibraryError: it cannot be written there.
        """
        try:
            target = sqlite3.connect(path)
            try:
                self._db.backup(target)  # in one step: one snapshot, never begun anew
                target.execute("PRAGMA journal_mode = DELETE")  # a file that is whole by itself
            finally:
                target.close()
        except sqlite3.OperationalError as error:
            raise LibraryError(f"{path} cannot be written: {error}. Is the disk full?") from error
        except sqlite3.DatabaseError as error:
            raise self._translated(error) from error

    # Facts about the library

    def meta(self, key: str) -> str | None:
        """A fact stored with set_meta, None where there is none."""
        found = self._run("SELECT value FROM meta WHERE key = ?", (key,))
        return found[0][0] if found else None

    def set_meta(self, key: str, value: str) -> None:
        """Store a fact about the library."""
        self._run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def _statements(script: str) -> list[str]:
    return [statement for statement in script.split(";\n") if statement.strip()]
