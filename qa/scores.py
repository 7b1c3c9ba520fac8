"""How answers are scored against what people accept: exact match and F1 as SQuAD has them, and AUROC."""

import re
import string
from collections import Counter
from collections.abc import Sequence

import numpy as np


def normalised(text: str) -> list[str]:
    """Words in lower case without punctuation and articles, as SQuAD compares them."""
    bare = "".join(character for character in text.lower() if character not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


def exact(given: str, accepted: str) -> bool:
    """Whether two answers are the same words."""
    return normalised(given) == normalised(accepted)


def f1(given: str, accepted: str) -> float:
    """The harmonic mean of precision and recall over words, 0 to 1."""
    left, right = normalised(given), normalised(accepted)
    common = sum((Counter(left) & Counter(right)).values())
    return 2 * common / (len(left) + len(right)) if common else float(left == right)


def holds(text: str, accepted: Sequence[str]) -> bool:
    """Whether a text has one of the accepted answers in it, letter case and white space aside."""
    plain = _plain(text)
    return any(_plain(answer) in plain for answer in accepted)


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """The probability that a positive scores above a negative, 0 to 1; NaN where there are none of either."""
    if not positives or not negatives:
        return float("nan")
    below = np.sort(np.asarray(negatives))
    above = np.asarray(positives)
    wins = np.searchsorted(below, above, "left") + np.searchsorted(below, above, "right")
    return float(wins.mean() / (2 * len(below)))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
