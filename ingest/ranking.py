"""Two rankings made one: reciprocal rank fusion."""

from collections.abc import Hashable, Sequence
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)

# Measured by benchmarks/retrieval.py: the right article first and among the first five, over a grid of weights.
WORDS_WEIGHT, VECTORS_WEIGHT = 1.0, 0.7
_DAMPING = 5  # the paper has 60, for long rankings of equal worth; here the first few places matter


def reciprocal_rank_fusion(rankings: Sequence[tuple[Sequence[Item], float]]) -> list[tuple[Item, float]]:
    """Fuse rankings into one, best first (Cormack, Clarke and Büttcher, SIGIR 2009).

    Args:
        rankings: each a sequence of items, best first, and the weight of its votes.

    Returns:
        Each item once, with its score: the sum over the rankings of weight / (k + rank).
    """
    scores: dict[Item, float] = {}
    for items, weight in rankings:
        for rank, item in enumerate(items, start=1):
            scores[item] = scores.get(item, 0.0) + weight / (_DAMPING + rank)
    return sorted(scores.items(), key=lambda scored: -scored[1])
