"""Near-identical articles: one story that several publishers print. MinHash signatures, found by their bands.

The share of equal places of two signatures estimates the share of word shingles that two texts have in common (Broder,
1997). Signatures are cut into bands; texts that are alike share a band with near certainty, so that a new article is
compared with a few others and not with all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import mmh3
import numpy as np
from numpy.typing import NDArray

from ingest.database import Run
from ingest.within import EVERYTHING, Within
from ingest.words import search_form

SHINGLE = 3  # words
ALIKE = 0.5  # share of common shingles from which two texts are one story; different stories of one event have a tenth
_PLACES, _BAND = 120, 3  # 40 bands of 3: at a share of 0.5, 995 in 1,000 pairs meet in a band; at 0.1, 4 in 100
_SHORT = 30  # words; a shorter text is a copy only where the words are the same
_BLOCK = 2_000  # shingles hashed at a time
_COMPARED = 500  # articles that a new one is compared with at the most
_ROWS = 500  # bound in one statement; SQLite may allow no more than 999

_PRIME = np.uint64(4_294_967_311)  # the first above 2**32
# Not from numpy's generator, whose numbers may change with its version: signatures are stored
_FACTORS, _SHIFTS = (
    np.array([mmh3.hash(f"{name}{place}", signed=False) >> 1 | 1 for place in range(_PLACES)], dtype=np.uint64)
    for name in ("factor", "shift")
)

Signature = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article that prints the same story.

    Attributes:
        publisher, published, url: None where its source does not state it.
    """

    article_id: str
    title: str
    publisher: str | None
    published: str | None
    url: str | None


def signature(text: str) -> Signature:
    """The MinHash signature of a text's word shingles, 120 places; the same on every machine."""
    words = re.findall(r"\w+", search_form(text).casefold())
    length = SHINGLE if len(words) >= _SHORT else max(len(words), 1)
    shingles = {" ".join(words[start : start + length]) for start in range(len(words) - length + 1)} or {text}
    hashes = np.array([mmh3.hash(shingle.encode(), signed=False) for shingle in shingles], dtype=np.uint64)
    lowest = np.full(_PLACES, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, len(hashes), _BLOCK):
        permuted = (hashes[start : start + _BLOCK, None] * _FACTORS + _SHIFTS) % _PRIME
        lowest = np.minimum(lowest, permuted.min(axis=0))
    return lowest.astype(np.uint32)


def alike(one: Signature, others: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which of these signatures, one a row, are of the same story."""
    same: NDArray[np.bool_] = (others == one).mean(axis=1) >= ALIKE
    return same


class Copies:
    """The catalog's tables of signatures.

    A story is named after the first, by id, of the articles that are chained by likeness: in whatever order they came.

    Args:
        run: executes a statement of the catalog; what writes is called inside a transaction.
    """

    def __init__(self, run: Run) -> None:
        self._run = run

    def put(self, article_id: str, minhash: Signature) -> None:
        """Note an article's signature, and which story it tells."""
        stored = self._run("SELECT minhash FROM signature WHERE article_id = ?", (article_id,))
        if stored and stored[0][0] == minhash.tobytes():
            return
        self.drop(article_id)
        near = self._near(minhash)
        [(row,)] = self._run(
            "INSERT INTO signature (article_id, story, minhash) VALUES (?, ?, ?) RETURNING row",
            (article_id, article_id, minhash.tobytes()),
        )
        for key in _bands(minhash):
            self._run("INSERT OR IGNORE INTO band VALUES (?, ?)", (key, row))
        story = min([article_id, *near])
        for other in {article_id, *near} - {story}:
            self._run("UPDATE signature SET story = ? WHERE story = ?", (story, other))

    def _near(self, minhash: Signature) -> set[str]:
        """The stories of the articles that are like this one."""
        keys = _bands(minhash)
        found = self._run(
            "SELECT story, minhash FROM signature WHERE row IN"
            f" (SELECT DISTINCT row FROM band WHERE key IN ({','.join('?' * len(keys))}) LIMIT {_COMPARED})",
            keys,
        )
        if not found:
            return set()
        same = alike(minhash, _stack([blob for _, blob in found]))
        return {story for (story, _), is_same in zip(found, same, strict=True) if is_same}

    def drop(self, article_id: str) -> None:
        """Forget an article's signature; the story that it told may fall apart into several."""
        found = self._run("SELECT row, story, minhash FROM signature WHERE article_id = ?", (article_id,))
        if not found:
            return
        row, story, blob = found[0]
        for key in _bands(np.frombuffer(blob, dtype=np.uint32)):
            self._run("DELETE FROM band WHERE key = ? AND row = ?", (key, row))
        self._run("DELETE FROM signature WHERE row = ?", (row,))
        left = self._run("SELECT article_id, minhash FROM signature WHERE story = ? ORDER BY article_id", (story,))
        if any(other == blob for _, other in left):  # its twin holds together whatever it held together
            self._run("UPDATE signature SET story = ? WHERE story = ?", (left[0][0], story))
        elif left:
            for member, name in _chained([member for member, _ in left], _stack([other for _, other in left])).items():
                self._run("UPDATE signature SET story = ? WHERE article_id = ?", (name, member))

    def stories(self, article_ids: Sequence[str]) -> dict[str, str]:
        """The story that each of these articles tells; equal for copies."""
        found: dict[str, str] = {}
        for start in range(0, len(article_ids), _ROWS):
            some = tuple(article_ids[start : start + _ROWS])
            marks = ",".join("?" * len(some))
            found.update(self._run(f"SELECT article_id, story FROM signature WHERE article_id IN ({marks})", some))
        return found

    def of(self, article_id: str, within: Within = EVERYTHING) -> tuple[Copy, ...]:
        """The other articles that tell the same story, the earliest first; only those whose publisher and tags fit."""
        rows = self._run(
            "SELECT tags, id, title, publisher, published, url FROM signature JOIN article ON id = article_id"
            " WHERE story = (SELECT story FROM signature WHERE article_id = :id) AND article_id <> :id"
            " ORDER BY published IS NULL, published, id",
            {"id": article_id},
        )
        copies = ((Copy(*row), tags) for tags, *row in rows)
        return tuple(copy for copy, tags in copies if within.takes(copy.publisher, tags))


def _bands(minhash: Signature) -> list[int]:
    """A key of 64 bits for each band."""
    return [mmh3.hash64(minhash[start : start + _BAND].tobytes(), seed=start)[0] for start in range(0, _PLACES, _BAND)]


def _stack(blobs: Sequence[bytes]) -> NDArray[np.uint32]:
    return np.frombuffer(b"".join(blobs), dtype=np.uint32).reshape(len(blobs), _PLACES)


def _chained(names: Sequence[str], signatures: NDArray[np.uint32]) -> dict[str, str]:
    """Each name, in ascending order, with the first of those that it is chained to by likeness."""
    found: dict[str, str] = {}
    for first in range(len(names)):
        waiting = [] if names[first] in found else [first]
        while waiting:
            at = waiting.pop()
            if names[at] not in found:
                found[names[at]] = names[first]
                waiting += [int(other) for other in np.flatnonzero(alike(signatures[at], signatures))]
    return found
