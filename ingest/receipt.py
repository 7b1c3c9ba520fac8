"""The receipt of a removal: what went, and that nothing which it said leads to it any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.article import Article
from ingest.copies import Copy
from ingest.errors import LibraryDamagedError
from ingest.passage import sentences
from ingest.search import Hit
from ingest.versions import Edition

_SEARCHED = 200  # sentences of each version
_TELLING = 40  # characters; a shorter sentence stands in many an article


class _Searched(Protocol):
    def search(self, question: str) -> list[Hit]: ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """What `forget` removed, and how it was checked.

    Attributes:
        editions: what its versions were, the oldest first.
        passages: how many were removed.
        searched: how many of its different sentences were searched for.
        left: how many of them still led to it; 0, or there is no receipt.
        copies: other articles that tell the same story in nearly the same words; they were not removed.
        elsewhere: ids of other articles in which one of its sentences stands word for word; they were not removed.
        again: what would bring it back if it were synced again: its file, or the address of its page or of what lists
            it.
    """

    editions: tuple[Article, ...]
    passages: int
    searched: int
    left: int
    copies: tuple[Copy, ...]
    elsewhere: tuple[str, ...]
    again: tuple[str, ...] = ()

    @property
    def article(self) -> Article:
        """As it stood in the library."""
        return self.editions[-1]

    @property
    def versions(self) -> int:
        """How many earlier versions were removed."""
        return len(self.editions) - 1


def proof(
    library: _Searched, history: Sequence[Edition], passages: int, traces: int, copies: tuple[Copy, ...]
) -> Receipt:
    """Search for the sentences of every version of an article that was removed.

    Args:
        library: what it was removed from.
        history: its versions, the oldest first.
        passages: how many of its passages were removed.
        traces: how many rows of the catalog still name it.
        copies: the articles that were its copies.

    Raises:
        LibraryDamagedError: it can still be found.
    """
    article = history[-1].article
    told = dict.fromkeys(
        edition.article.text[start:end]
        for edition in history
        for start, end in sentences(edition.article.text, edition.article.language)[:_SEARCHED]
    )
    left = 0
    elsewhere: dict[str, None] = {}
    for sentence in told:
        found = library.search(sentence[:1000])
        left += any(hit.article.id == article.id for hit in found)
        if len(sentence) >= _TELLING:
            elsewhere |= dict.fromkeys(hit.article.id for hit in found if sentence in hit.article.text)
    if traces or left:
        raise LibraryDamagedError(
            f"{article.id} was removed, but {traces} rows and {left} of its sentences still lead to it."
        )
    editions = tuple(edition.article for edition in history)
    return Receipt(editions, passages, len(told), left, copies, tuple(elsewhere))
