"""The Chroma collection: nearest passages by vector. A copy that can always be made anew from the catalog.

The only file that imports chromadb. Chroma holds row numbers and vectors, nothing else.
"""

import shutil
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from ingest.encoder import Vectors
from ingest.errors import LibraryDamagedError

_WRITE = 250  # records a write: the fastest measured; Chroma refuses more than 5,461
_COLLECTION = "passages"
_SEARCH = 400  # breadth of a search: with Chroma's 100, one neighbour in thirty was missed and a rebuild changed which


class VectorIndex:
    """The nearest-neighbour index of one library, in a folder of its own.

    Args:
        folder: where Chroma keeps its files; made when it is not there.

    Raises:
        LibraryDamagedError: Chroma cannot open its own files.
    """

    def __init__(self, folder: Path) -> None:
        import chromadb  # most of a second; listing articles or printing help does not need it
        from chromadb.config import Settings
        from chromadb.errors import ChromaError, InternalError

        self._errors: tuple[type[Exception], ...] = (ChromaError, InternalError, ValueError, RuntimeError)
        try:
            self._client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
        except self._errors as error:
            raise _damaged(error) from error
        try:
            self._collection = self._client.get_or_create_collection(
                _COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "ip", "ef_search": _SEARCH}}
            )
        except self._errors as error:
            self.close()
            raise _damaged(error) from error

    def add(self, vectors: Iterable[tuple[int, Vectors]]) -> None:
        """Write vectors by row; a row that is there already is replaced.

        Raises:
            LibraryDamagedError: Chroma refuses.
        """
        vectors = iter(vectors)
        try:
            while batch := list(islice(vectors, _WRITE)):
                self._collection.upsert([str(row) for row, _ in batch], np.stack([vector for _, vector in batch]))
        except self._errors as error:
            raise _damaged(error) from error

    def remove(self, rows: Sequence[int]) -> None:
        """Drop rows; one that is not there is passed over.

        Raises:
            LibraryDamagedError: Chroma refuses.
        """
        try:
            for start in range(0, len(rows), _WRITE):
                self._collection.delete([str(row) for row in rows[start : start + _WRITE]])
        except self._errors as error:
            raise _damaged(error) from error

    def nearest(self, vector: Vectors, limit: int, rows: Collection[int] | None = None) -> list[tuple[int, float]]:
        """The rows of the nearest vectors, best first, with their cosine similarity.

        Args:
            rows: the only ones that may be found; None for all.

        Raises:
            LibraryDamagedError: Chroma cannot search.
        """
        if rows is not None and not rows:
            return []
        only = None if rows is None else [str(row) for row in rows]
        try:
            found = self._collection.query(vector[None, :], ids=only, n_results=limit, include=["distances"])
        except self._errors as error:
            raise _damaged(error) from error
        distances = found["distances"] or [[]]
        return [(int(row), 1 - float(d)) for row, d in zip(found["ids"][0], distances[0], strict=True)]

    def rows(self) -> set[int]:
        """Every row that Chroma holds."""
        return {int(row) for row in self._collection.get(include=[])["ids"]}

    def close(self) -> None:
        """Release Chroma's files."""
        self._client.close()  # type: ignore[attr-defined]  # ClientAPI does not declare what every client has


def discard(folder: Path) -> None:
    """Remove the index's files."""
    shutil.rmtree(folder, ignore_errors=True)


def _damaged(error: Exception) -> LibraryDamagedError:
    return LibraryDamagedError(
        f"The Chroma index is damaged ({str(error)[:200]}): make it anew with `citewire rebuild`."
    )
