"""The receipt of a removal: what went, and that nothing which it said leads to it any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.article import Article
from ingest.copies import Copy
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
        article: as it stood in the library.
        passages: how many were removed.
        versions: how many earlier versions were removed.
        searched: how many of its different sentences were searched for.
        left: how many of them still led to it; 0, or there is no receipt.
        copies: other articles that tell the same story in nearly the same words; they were not removed.
        elsewhere: ids of other articles in which one of its sentences stands word for word; they were not removed.
    """

    article: Article
    passages: int
    versions: int
    searched: int
    left: int
    copies: tuple[Copy, ...]
    elsewhere: tuple[str, ...]


def proof(library: _Searched, history: Sequence[Edition], passages: int, copies: tuple[Copy, ...]) -> Receipt:
    """Search for the sentences of every version of an article that was removed.

    Args:
        library: what it was removed from.
        history: its versions, the oldest first.
        passages: how many of its passages were removed.
        copies: the articles that were its copies.
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
    return Receipt(article, passages, len(history) - 1, len(told), left, copies, tuple(elsewhere))
