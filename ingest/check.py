"""Is a library whole? The Chroma index is read by a child process, because damaged files can crash who reads them.

`python -m ingest.check FOLDER` is that child: it prints a line for each thing that is wrong.
"""

import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ingest.catalog import FILE as CATALOG
from ingest.catalog import Catalog, existing
from ingest.encoder import Encoder, Vectors
from ingest.errors import LibraryError
from ingest.ownership import Ownership
from ingest.vectors import VectorIndex

INDEX = "chroma"  # the index's folder in the library's
_MISSED = 0.05  # share that a search through a graph may miss by its nature; a lost segment loses nearly all
_PATIENCE = 600.0  # seconds for reading an index
_SAMPLE = 200  # stored vectors that must find themselves: counts alone do not show a lost segment


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it should be.

    Attributes:
        what: a sentence for the person who runs the library.
        mend: the command that mends it.
    """

    what: str
    mend: str


def diagnose(folder: Path, encoder: Encoder) -> list[Problem]:
    """What is wrong with a library and the command that mends it; empty when it is whole.

    Nothing is mended; but tables that a catalog of an earlier version lacks are made, as at any opening.

    Raises:
        LibraryMissingError: there is no library.
        LibraryBusyError: another process is using it.
        LibraryError: its catalog cannot be opened.
    """
    folder = existing(folder)
    ownership = Ownership(folder, "checking it")
    try:
        catalog = Catalog(folder / CATALOG)
        found = [
            Problem(f"The catalog contradicts itself: {problem}.", "restore a backup, or sync into a new library")
            for problem in catalog.problems()
        ]
        if (stored := catalog.meta("encoder")) not in (None, encoder.fingerprint):
            mismatch = f"The vectors were made by the encoder {stored}, and {encoder.fingerprint} is set."
            found.append(Problem(mismatch, "citewire rebuild --encode"))
        catalog.close()
        found += [Problem(f"The Chroma index: {problem}.", "citewire rebuild") for problem in check_index(folder)]
    finally:
        ownership.release()
    return found


def check_index(folder: Path) -> list[str]:
    """What is wrong with a library's Chroma index, in words, found by a child process."""
    command = [sys.executable, "-P", "-m", "ingest.check", str(folder)]
    try:
        child = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return [f"it is not read in {_PATIENCE:g} seconds"]
    if child.returncode == 0:
        return child.stdout.splitlines()
    return [f"it crashes whoever reads it (exit status {child.returncode})"]


def index_problems(folder: Path) -> list[str]:
    """The same, in this process. Rows that wait in the catalog's outbox are as they should be, there or not."""
    catalog = Catalog(folder / CATALOG, readonly=True)
    to_add, to_remove = catalog.pending()
    wanted = catalog.rows()
    try:
        index = VectorIndex(folder / INDEX)
        held = index.rows()
        found = []
        if missing := wanted - held - set(to_add):
            found.append(f"{len(missing)} of {len(wanted)} passages are missing")
        if left := held - wanted - set(to_remove):
            found.append(f"{len(left)} removed passages are still there")
        sample = random.Random(0).sample(sorted(wanted & held), min(_SAMPLE, len(wanted & held)))
        lost = [row for row, vector in catalog.vectors(sample) if not _finds(index, row, vector)]
        if len(lost) > _MISSED * len(sample):
            found.append(f"{len(lost)} of {len(sample)} passages cannot be found by their own vectors")
    except LibraryError as error:
        return [str(error)]
    return found


def _finds(index: VectorIndex, row: int, vector: Vectors) -> bool:
    """Whether a vector leads to its row, or to others that are as near: copies of one passage share their vector."""
    nearest = index.nearest(vector, 10)
    return row in dict(nearest) or bool(nearest and nearest[-1][1] > float(vector @ vector) - 1e-3)


if __name__ == "__main__":
    sys.stdout.writelines(f"{problem}\n" for problem in index_problems(Path(sys.argv[1])))
