"""Search: passages by words and by meaning, fused, with one article of each story."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ingest.article import Article
from ingest.catalog import Catalog
from ingest.encoder import Vectors
from ingest.mirror import Mirror
from ingest.passage import Passage
from ingest.ranking import VECTORS_WEIGHT, WORDS_WEIGHT, reciprocal_rank_fusion
from ingest.within import EVERYTHING, Within

_DEPTHS = (50, 200, 800)  # places of each ranking that are fused; the deeper ones where copies crowd the first
_SAME = 0.9  # share of a passage's words that another copy's must have to be the same one


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, and how.

    Attributes:
        score: of the fused ranking; comparable within one search only.
        word_rank, vector_rank: place in each ranking from 1, copies left out; None when it is not among the first.
        similarity: cosine of the question's and the passage's vectors, -1 to 1.
    """

    passage: Passage
    article: Article
    score: float
    word_rank: int | None
    vector_rank: int | None
    similarity: float


def search(  # noqa: PLR0913, PLR0917 - the library's own parts are handed in
    question: str, vector: Vectors, limit: int, catalog: Catalog, mirror: Mirror, within: Within = EVERYTHING
) -> list[Hit]:
    """The best passages for a question, best first; of articles that tell one story, those of one.

    Args:
        vector: the question, encoded.
        limit: how many at the most.
        within: the part of the library that is searched.
    """
    fused: list[tuple[int, float]] = []
    by_words: list[int] = []
    by_vectors: list[int] = []
    for depth in _DEPTHS:
        by_words = [row for row, _ in catalog.search_words(question, depth, within)]
        by_vectors = [row for row, _ in mirror.nearest(vector, depth, within)]
        ends = max(len(by_words), len(by_vectors)) < depth
        if spare := _spare(catalog, question, [row for row, _ in _fuse(by_words, by_vectors)]):
            by_words = [row for row in by_words if row not in spare]
            by_vectors = [row for row in by_vectors if row not in spare]
        fused = _fuse(by_words, by_vectors)[:limit]
        if ends or not spare or len(fused) == limit:
            break
    return _hits(catalog, vector, fused, by_words, by_vectors)


def _fuse(by_words: Sequence[int], by_vectors: Sequence[int]) -> list[tuple[int, float]]:
    return reciprocal_rank_fusion([(by_words, WORDS_WEIGHT), (by_vectors, VECTORS_WEIGHT)])


def _hits(
    catalog: Catalog,
    vector: Vectors,
    fused: Sequence[tuple[int, float]],
    by_words: Sequence[int],
    by_vectors: Sequence[int],
) -> list[Hit]:
    found = catalog.passages([row for row, _ in fused])
    similarity = {row: float(vector @ stored) for row, stored in catalog.vectors(list(found))}
    articles = _articles(catalog, (passage.article_id for passage in found.values()))
    word_rank = {row: rank for rank, row in enumerate(by_words, start=1)}
    vector_rank = {row: rank for rank, row in enumerate(by_vectors, start=1)}
    return [
        Hit(
            found[row],
            articles[found[row].article_id],
            score,
            word_rank.get(row),
            vector_rank.get(row),
            similarity[row],
        )
        for row, score in fused
        if row in found  # Chroma may still hold a row whose removal is pending
    ]


def _articles(catalog: Catalog, article_ids: Iterable[str]) -> dict[str, Article]:
    return {name: article for name in dict.fromkeys(article_ids) if (article := catalog.article(name))}


# One article of each story


def _spare(catalog: Catalog, question: str, ranked: Sequence[int]) -> set[int]:
    """The rows, of those ranked best first, that would say again what another copy of the same story says."""
    owners = catalog.owners(ranked)
    stories = catalog.copies.stories(list(dict.fromkeys(owners.values())))
    told: dict[str, list[int]] = {}
    for row in ranked:
        if row in owners:
            told.setdefault(stories.get(owners[row], owners[row]), []).append(row)
    crowded = [rows for rows in told.values() if len({owners[row] for row in rows}) > 1]
    found = catalog.passages([row for rows in crowded for row in rows])
    articles = _articles(catalog, (passage.article_id for passage in found.values()))
    return {row for rows in crowded for row in _repeated(question, {row: found[row] for row in rows}, articles)}


def _repeated(question: str, passages: Mapping[int, Passage], articles: Mapping[str, Article]) -> set[int]:
    """Of one story's passages by row, best first, the rows of those that are not the spokesman's.

    Spokesman is the earliest article in which the best passage stands. A copy that gives another number where the
    spokesman gives one is no mere copy: it is heard too, so that they are seen to disagree.
    """
    best = _words(next(iter(passages.values())).text)
    asked = best & _words(question)
    able = [
        passage.article_id
        for passage in passages.values()
        if asked <= (held := _words(passage.text)) and len(best & held) >= _SAME * len(best)
    ]
    heard = [min(able, key=lambda name: (articles[name].published or "~", name))]
    spare = set()
    for row, passage in passages.items():
        if passage.article_id in heard:
            continue
        if all(_disagrees(passage, articles[passage.article_id], articles[other]) for other in heard):
            heard.append(passage.article_id)
        else:
            spare.add(row)
    return spare


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _disagrees(passage: Passage, of: Article, spokesman: Article) -> bool:
    """Whether a passage has a number in place of one of the spokesman's, not only besides."""
    return bool(_numbers(passage.text) - _numbers(spokesman.text) and _numbers(spokesman.text) - _numbers(of.text))


def _numbers(text: str) -> set[str]:
    return {number.replace(",", "") for number in re.findall(r"\d(?:[\d.,]*\d)?", text)}
