"""A backup: the catalog as it stands at one moment, in a folder that is a library itself."""

import contextlib
import shutil
from pathlib import Path

from ingest.catalog import FILE as CATALOG
from ingest.catalog import Catalog, existing
from ingest.errors import LibraryError


def back_up(folder: str | Path, target: str | Path) -> int:
    """Copy a library to another folder, also while another process owns it and writes.

    The copy is opened like any library; its Chroma index is made from the catalog then.

    Args:
        target: a folder that is not there yet, or is empty.

    Returns:
        How many articles it has.

    Raises:
        LibraryMissingError: there is no library.
        LibraryError: it cannot be read, or the target is not empty or cannot be written.
    """
    source, target = existing(folder) / CATALOG, Path(target).expanduser()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise LibraryError(f"{target} is not an empty folder: name a new one for the backup.")
    made = not target.exists()
    part = target / f"{CATALOG}.part"
    catalog = Catalog(source, readonly=True)
    try:
        target.mkdir(parents=True, exist_ok=True)
        catalog.copy_to(part)
        part.rename(target / CATALOG)
    except BaseException as error:
        with contextlib.suppress(OSError):
            part.unlink()
        if made:
            shutil.rmtree(target, ignore_errors=True)
        if isinstance(error, OSError):
            raise LibraryError(f"{target} cannot be written ({error.strerror}): name another folder.") from None
        raise
    finally:
        catalog.close()
    copy = Catalog(target / CATALOG, readonly=True)
    try:
        return len(copy.names())
    finally:
        copy.close()
