"""The files that articles were uploaded in: written whole or not at all, kept while an article is from them."""

import contextlib
from pathlib import Path

from ingest import Library, source_file
from ui.errors import UploadError


def keep(path: Path, content: bytes) -> None:
    """Write a file; what stood there stays when that fails.

    Raises:
        UploadError: there is no room, or no right to write.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        reason = f"{path.name} cannot be kept on the server ({error.strerror})"
        raise UploadError(f"{reason}: tell whoever runs it.") from None


def discard(source: str, folder: Path, library: Library) -> bool:
    """Remove the file that an article was uploaded in, once the library has nothing from it any more.

    Args:
        source: of an article that has been removed from the library.
        folder: where uploads are kept.

    Returns:
        Whether there was a file to remove.
    """
    file = source_file(source)
    if file.parent != folder or not file.exists() or file in map(source_file, library.known()):
        return False
    file.unlink()
    return True
