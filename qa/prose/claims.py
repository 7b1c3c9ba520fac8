"""Whether a sentence that a model wrote is borne out by the quotes that it cites.

First what can be held against them word for word: numbers and their units, dates, names, denials, opposites, who does
what and who says it, how sure and how much. Then what a near copy puts in the place of something else. Then whether its
claim is in them: how much of each clause their words cover, and how near the encoder finds the two. The bounds were set
by judgement; benchmarks/claims.py measures what they do, and a test holds it.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ingest import Encoder, sentences
from qa.answer import Sentence
from qa.prose.copies import exchanged
from qa.prose.faults import fault
from qa.prose.sources import Source, stands, words_of

_COVERED = 0.5  # share of a sentence's words that the quotes must hold
_COVERED_LESS = 0.3  # the same where both mean almost the same
_ALMOST_THE_SAME = 0.78  # cosine of sentence and quotes
_CLAUSE = 0.34  # the same for each of its clauses
_CLAUSE_NEAR = 0.55  # cosine of a clause and the quotes past which its words may be others
_NEAR = 0.45  # cosine of sentence and quotes
_ALIKE = 0.6  # cosine of two words that mean nearly the same
_DIFFERENT = {  # cosine below which words do not stand for others
    "thing": 0.32,
    "name": 0.5,  # Tokyo may stand for Japan
    "number": 2,  # never
}
_REMEMBERED = 20_000  # words, after which all are forgotten
_CLAUSES = re.compile(
    r"[;:—–]\s|\s-\s|,\s(?:and|but|while|because|which|who|where|after|before|so|as|with|although|though|adding|saying)"
    r"\s|\s(?:and|but|while|because|although|though|whereas|adding that|so that|after|before)\s",
    re.IGNORECASE,
)


class Measured(NamedTuple):
    """How far a claim is found in the quotes, each 0 to 1: by words, by its worst clause's words, by meaning."""

    covered: float
    clause: float
    near: float


class Checker:
    """Checks sentences against quotes.

    Args:
        encoder: tells which words and sentences mean nearly the same.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: dict[str, np.ndarray] = {}

    def check(self, text: str, cited: Sequence[int], sources: Sequence[Source]) -> Sentence:
        """A sentence with its verdict.

        Args:
            text: without marks.
            cited: the numbers that it names; those that were not given count for nothing.
            sources: what was given.
        """
        given = [source for source in sources if source.number in cited]
        numbered = tuple(source.number for source in given)
        if not given:
            why = "It cites nothing that was given." if cited else "It cites no source."
            return Sentence(text, (), "uncited", why)
        why = fault(text, given)
        if not why and (strange := self._exchanged(text, given)):
            why = f"The quote has something else in the place of “{strange}”."
        if not why:
            measured = self.measure(text, given)
            covered = _COVERED if measured.near < _ALMOST_THE_SAME else _COVERED_LESS
            if measured.covered < covered or measured.clause < _CLAUSE or measured.near < _NEAR:
                why = "The quote does not say this."
        return Sentence(text, numbered, "unsupported" if why else "supported", why)

    def _exchanged(self, text: str, given: Sequence[Source]) -> str:
        """What a sentence that copies its quote puts in the place of something quite different; "" for nothing."""
        for source in given:
            for first, last in sentences(source.quote, source.language):
                for one in exchanged(text, source.quote[first:last], source.wide):
                    ours, theirs = self._embedded([one.ours, one.theirs])
                    if float(ours @ theirs) < _DIFFERENT[one.kind]:
                        return one.ours
        return ""

    def measure(self, text: str, given: Sequence[Source]) -> Measured:
        """How far the claim is found in the quotes and in what stands beside them."""
        evidence = " ".join(f"{source.before} {source.quote} {source.after}" for source in given)
        about = " ".join(source.about for source in given)
        held = words_of(f"{evidence} {about}")
        clauses = [clause for clause in _CLAUSES.split(text) if clause.strip()]
        wanted = words_of(text)
        covered = self._share(wanted, held)
        pieces = [part for source in given for part in (source.quote, source.before, source.after) if part] + [evidence]
        vectors = self._encoder.encode_documents([text, *pieces, *clauses])
        there, near = vectors[1 : len(pieces) + 1], vectors[0]
        worst = 1.0
        for clause, vector in zip(clauses, vectors[len(pieces) + 1 :], strict=True):
            words = words_of(clause)
            if len(words) >= 2 and len(clauses) > 1 and float((there @ vector).max()) < _CLAUSE_NEAR:
                worst = min(worst, self._share(words, held))
        return Measured(covered, worst, float((there @ near).max()))

    def _share(self, wanted: dict[str, str], held: dict[str, str]) -> float:
        """The share of words whose stem, or a word that means nearly the same, is there too."""
        missing = [word for key, word in wanted.items() if not stands(key, held)]
        if not missing or not held:
            return 1 - len(missing) / max(len(wanted), 1)
        alike = self._embedded(missing) @ self._embedded(list(held.values())).T
        return 1 - float((alike.max(axis=1) < _ALIKE).sum()) / len(wanted)

    def _embedded(self, words: Sequence[str]) -> np.ndarray:
        # Held here: another thread may clear what is remembered at any moment
        found = {word: vector for word in words if (vector := self._vectors.get(word)) is not None}
        if new := [word for word in dict.fromkeys(words) if word not in found]:
            encoded = dict(zip(new, self._encoder.encode_documents(new), strict=True))
            if len(self._vectors) > _REMEMBERED:
                self._vectors.clear()
            self._vectors |= encoded
            found |= encoded
        return np.stack([found[word] for word in words])
