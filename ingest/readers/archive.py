"""Formats that are zip files inside: what they claim to unpack to is checked before anything is unpacked."""

import stat
import zipfile
from pathlib import Path

from ingest.errors import UnreadableError

MAX_FILE = 100_000_000  # bytes on the disk
MAX_MEMBERS, MAX_UNPACKED, MAX_MEMBER = 10_000, 300_000_000, 60_000_000
_ARCHIVES = (".zip", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".jar")


def open_checked(path: Path) -> zipfile.ZipFile:
    """The open zip file, when what it states of itself can be trusted.

    Raises:
        UnreadableError: it is damaged, too large, or made to do harm.
    """
    if path.stat().st_size > MAX_FILE:
        raise UnreadableError(f"it has more than {MAX_FILE / 1e6:.0f} MB: split it")
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnreadableError(f"it is damaged: {error}") from None
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise UnreadableError(f"it is made of more than {MAX_MEMBERS:,} files")
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise UnreadableError(f"it would unpack to more than {MAX_UNPACKED / 1e6:.0f} MB")
    for member in members:
        _check(member)
    return archive


def _check(member: zipfile.ZipInfo) -> None:
    parts = member.filename.replace("\\", "/").split("/")
    if ".." in parts or not parts[0] or ":" in parts[0]:
        raise UnreadableError(f"it holds a file that points outside: {member.filename!r:.100}")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise UnreadableError(f"it holds a link: {member.filename!r:.100}")
    if member.filename.lower().endswith(_ARCHIVES):
        raise UnreadableError(f"it holds another archive: {member.filename!r:.100}")
    if member.flag_bits & 1:
        raise UnreadableError("it is encrypted: save it without its password first")


def load(archive: zipfile.ZipFile, name: str) -> bytes:
    """One member, unpacked.

    Raises:
        UnreadableError: it is not there, too large, or damaged.
    """
    try:
        if archive.getinfo(name).file_size > MAX_MEMBER:
            raise UnreadableError(f"{name} would unpack to more than {MAX_MEMBER / 1e6:.0f} MB")
        return archive.read(name)
    except KeyError:
        raise UnreadableError(f"it is damaged: {name} is missing") from None
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise UnreadableError(f"it is damaged: {error}") from None
