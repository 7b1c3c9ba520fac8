"""A library as one portable file: gzipped lines of JSON, a header and then an article each, with all its versions.

Vectors are not in it: they are made anew where it is imported, so that it does not depend on the encoder.
"""

import contextlib
import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any, BinaryIO

from ingest.article import Article
from ingest.catalog import FILE as CATALOG
from ingest.catalog import Catalog, existing
from ingest.errors import LibraryError, PortableFileError
from ingest.library import Library
from ingest.sync import SyncProgress
from ingest.versions import Edition

_FORMAT = "citewire library"
_VERSION = 1
_LONGEST = 200_000_000  # bytes of one article's line, all its versions together
_BATCH = 60_000  # characters written in one transaction
_TEXTS = tuple(field.name for field in fields(Article))
_NEEDED = {field.name for field in fields(Article) if field.default is MISSING}
_KEYS = {*_TEXTS, "version", "since", "until"}

History = list[Edition]  # the versions of one article, the oldest first


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, in articles; `unchanged` were in the library already, just as in the file."""

    added: int
    unchanged: int


def export_library(folder: str | Path, file: str | Path) -> int:
    """Write a library, as it stands at one moment, to a file; also while another process owns it.

    Args:
        file: must not be there yet.

    Returns:
        How many articles it has.

    Raises:
        LibraryMissingError: there is no library.
        LibraryError: it cannot be read.
        PortableFileError: the file is there already, or cannot be written.
    """
    file = Path(file).expanduser()
    if file.exists():
        raise PortableFileError(f"{file} is there already: name a new file, or remove it first.")
    catalog = Catalog(existing(folder) / CATALOG, readonly=True)
    part = file.with_name(f"{file.name}.part")
    try:
        catalog.be_current()
        with part.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed, catalog.snapshot():
            names = catalog.names()
            packed.write(_line({"format": _FORMAT, "version": _VERSION, "articles": len(names)}))
            for name in names:
                packed.write(_line([_flat(edition) for edition in catalog.history(name)]))
        part.rename(file)
    except OSError as error:
        raise PortableFileError(f"{file} cannot be written ({error.strerror}): name another place.") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
        catalog.close()
    return len(names)


def import_library(
    file: str | Path, library: Library, progress: Callable[[SyncProgress], None] = lambda _: None
) -> Imported:
    """Put the articles of an exported file into a library, with their ids and versions.

    Nothing is written before the whole file was found good. Where it was interrupted, importing again goes on.

    Args:
        progress: called after each batch, in articles.

    Raises:
        PortableFileError: it is not there, damaged, or of a later format.
        LibraryError: the library has another article under an id or a source of the file.
    """
    file = Path(file).expanduser()
    have = {known.id: known for known in library.known().values()}
    sources = {known.source: known.id for known in have.values()}
    total = added = 0
    for history in _read(file):
        article, total = history[-1].article, total + 1
        known = have.get(article.id)
        if sources.get(article.source, article.id) != article.id or (
            known and (known.source, known.fingerprint) != (article.source, article.fingerprint)
        ):
            raise LibraryError(
                f"{library.folder} has another article {article.id!r}, or another one from {article.source}: "
                "import into a new library."
            )
        added += not known
    batch: list[History] = []
    for done, history in enumerate(_read(file), start=1):
        if history[-1].article.id not in have:
            batch.append(history)
        if sum(len(waiting[-1].article.text) for waiting in batch) > _BATCH:
            library.restore(batch)
            batch.clear()
            progress(SyncProgress(done, total, done))
    if batch:
        library.restore(batch)
    return Imported(added, total - added)


def check_portable(file: str | Path) -> int:
    """How many articles an exported file has; each of them is looked at.

    Raises:
        PortableFileError: it is not there, damaged, or of a later format.
    """
    return sum(1 for _ in _read(Path(file).expanduser()))


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _flat(edition: Edition) -> dict[str, Any]:
    stated = {name: value for name, value in asdict(edition.article).items() if value is not None}
    return stated | {"version": edition.version, "since": edition.since, "until": edition.until}


def _read(file: Path) -> Iterator[History]:
    """Each article of a file.

    Raises:
        PortableFileError: it is not there, damaged, or of a later format.
    """
    try:
        with gzip.open(file) as lines:
            expected = _header(file, lines)
            ids: set[str] = set()
            sources: set[str] = set()
            while line := lines.readline(_LONGEST + 1):
                history = _history(line)
                article = history[-1].article
                if article.id in ids or article.source in sources:
                    raise ValueError(f"it has the article {article.id!r} twice")
                ids.add(article.id)
                sources.add(article.source)
                yield history
        if len(ids) != expected:
            raise ValueError(f"it has {len(ids)} articles in place of {expected}")
    except FileNotFoundError:
        raise PortableFileError(f"There is no {file}: check the path.") from None
    except (OSError, EOFError, zlib.error, ValueError, LookupError, TypeError, RecursionError) as error:
        raise PortableFileError(
            f"{file} is damaged, or was not written by `citewire export` ({error}): nothing can be imported from it."
        ) from None


def _header(file: Path, lines: BinaryIO | gzip.GzipFile) -> int:
    header = json.loads(lines.readline(1000))
    if header["format"] != _FORMAT:
        raise ValueError("it is of another format")
    if header["version"] > _VERSION:
        raise PortableFileError(f"{file} was written by a later version of Citewire: import it with that one.")
    return int(header["articles"])


def _history(line: bytes) -> History:
    """One article's versions, checked: what is not as `export` writes it is a ValueError, LookupError or TypeError."""
    if len(line) > _LONGEST:
        raise ValueError(f"an article has more than {_LONGEST / 1e6:.0f} MB")
    stored = json.loads(line)
    latest = stored[-1]["version"]
    history = [_edition(stated, latest) for stated in stored]
    numbers = [edition.version for edition in history]
    if numbers != sorted(set(numbers)) or numbers[0] < 1 or len({edition.article.id for edition in history}) > 1:
        raise ValueError("the versions of an article are not in order")
    if any((edition.until is None) != (edition is history[-1]) for edition in history):
        raise ValueError("the versions of an article do not follow each other")
    return history


def _edition(stated: dict[str, Any], latest: int) -> Edition:
    if unknown := stated.keys() - _KEYS:
        raise ValueError(f"{sorted(unknown)[0]!r} of an article is not known")
    if not isinstance(stated["version"], int):
        raise TypeError("a version is not a number")
    texts = {name: stated.get(name) for name in (*_TEXTS, "since", "until")}
    for name, value in texts.items():
        if value is None and name not in _NEEDED:
            continue
        if not isinstance(value, str) or not value.strip():
            raise TypeError(f"{name!r} of an article is not text")
        value.encode()  # half a surrogate pair cannot be stored
    since, until = texts.pop("since"), texts.pop("until")
    return Edition(Article(**texts), stated["version"], latest, since, until)  # type: ignore[arg-type]
