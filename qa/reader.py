"""The reader: looks at the passages that were found and says which of their sentences answer, and how surely.

This one scores sentences by a few features and a logistic regression whose weights are data, fitted by
training/scorer.py. Its token vectors come from the packaged encoder, in the context of the passage, and are compared
one by one with the question's (late interaction: Khattab and Zaharia, ColBERT, SIGIR 2020).
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest import EncoderError, Hit, OnnxEncoder, sentences
from ingest.encoder import Vectors, built_in, unit, verified_manifest
from qa import question as asked

if TYPE_CHECKING:
    from tokenizers import Encoding

WEIGHTS = Path(__file__).parent / "weights" / "scorer"
PASSAGES = 6  # read per question: the retriever's best
Rarity = Callable[[Iterable[str]], Mapping[str, float]]

FEATURES = (
    "cosine of question and sentence",
    "cosine of question and passage",
    "soft coverage by the sentence",
    "soft coverage by the passage",
    "coverage by the sentence",
    "coverage by the passage",
    "rarest word left uncovered",
    "fits the kind",
    "misses the kind",
    "inverse fused rank",
    "found by both legs",
    "log length",
    "first sentence",
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer.

    Attributes:
        hit: the passage that it stands in.
        start, end: character offsets into the article's text.
        confidence: 0 to 1, the probability that it answers the question.
        vector: its unit vector, to tell what says the same.
    """

    hit: Hit
    start: int
    end: int
    confidence: float
    vector: Vectors
    short: str = ""

    @property
    def quote(self) -> str:
        """The sentence, as it stands in the article."""
        return self.hit.article.text[self.start : self.end]


class Reader(Protocol):
    """What the chain needs of a reader.

    Attributes:
        threshold: the confidence under which the articles do not say.
    """

    threshold: float

    def read(self, question: str, hits: Sequence[Hit], rarity: Rarity) -> list[Evidence]:
        """The sentences of these passages, those that most likely answer first."""


class _Asked(NamedTuple):
    """A question made ready for comparison: its vector, and its content words with vectors and weights."""

    text: str
    kind: str
    vector: Vectors
    stems: list[str]
    words: Vectors  # (words, dimensions)
    weights: NDArray[np.float64]  # (words,), sum 1
    rarity: NDArray[np.float64]  # (words,), 0 to 1


class SentenceReader:
    """Scores each sentence by itself. Quick, and good at telling when nothing answers; it finds sentences, not spans."""

    def __init__(self, encoder: OnnxEncoder | None = None, weights: Path = WEIGHTS) -> None:
        self._encoder = encoder or built_in()
        stored = json.loads((weights / "weights.json").read_text("utf-8"))
        verified_manifest(weights)
        self._mean, self._scale, self._weights = (np.array(stored[key]) for key in ("mean", "scale", "weights"))
        self._bias: float = stored["bias"]
        self.threshold: float = stored["threshold"]

    def read(self, question: str, hits: Sequence[Hit], rarity: Rarity) -> list[Evidence]:
        """The sentences of the best passages, those that most likely answer first."""
        found, features = self.examine(question, hits, rarity)
        if not found:
            return []
        scores = ((features - self._mean) / self._scale) @ self._weights + self._bias
        confidences = 1 / (1 + np.exp(-scores))
        order = np.argsort(-confidences, kind="stable")
        return [
            Evidence(found[i].hit, found[i].start, found[i].end, float(confidences[i]), found[i].vector) for i in order
        ]

    def examine(self, question: str, hits: Sequence[Hit], rarity: Rarity) -> tuple[list[Evidence], NDArray[np.float64]]:
        """The sentences of the best passages in their order, not yet judged, and their features (sentences, FEATURES)."""
        hits = hits[:PASSAGES]
        asking = self._ask(question, rarity)
        texts = [f"{hit.article.header}\n{hit.passage.text}" for hit in hits]
        found: list[Evidence] = []
        rows: list[list[float]] = []
        for rank, (hit, (encoding, vectors)) in enumerate(zip(hits, self._encoder.encode_tokens(texts), strict=True), start=1):
            for evidence, row in _examine_passage(asking, hit, encoding, vectors):
                found.append(evidence)
                rows.append([*row[:9], 1 / rank, float(bool(hit.word_rank and hit.vector_rank)), *row[9:]])
        return found, np.array(rows).reshape(len(rows), len(FEATURES))

    def _ask(self, question: str, rarity: Rarity) -> _Asked:
        [(encoding, vectors)] = self._encoder.encode_tokens([question])
        words = asked.content_words(question)
        spelled = {stem: question[start:end].lower() for stem, start, end in words}
        rare = rarity(spelled.values())
        rows, stems = [], []
        for stem, start, end in words:
            tokens = [i for i, (a, b) in enumerate(encoding.offsets) if start <= a < b <= end]
            if tokens and stem not in stems:
                rows.append(vectors[tokens].mean(axis=0))
                stems.append(stem)
        weights = np.array([rare[spelled[stem]] for stem in stems]) + 0.05
        matrix = unit(np.array(rows, dtype=np.float32).reshape(len(rows), vectors.shape[1]))
        whole = unit(vectors.mean(axis=0))
        return _Asked(question, asked.kind(question), whole, stems, matrix, weights / (weights.sum() or 1), weights)


def _examine_passage(
    asking: _Asked, hit: Hit, encoding: "Encoding", vectors: Vectors
) -> Iterable[tuple[Evidence, list[float]]]:
    shift = len(hit.article.header) + 1  # the header stands in front of the passage's own text
    closeness = asking.words @ unit(vectors).T  # (question words, tokens)
    best = closeness.max(axis=1, initial=0)
    stems = {stem for stem, _, _ in asked.content_words(f"{hit.article.header}\n{hit.passage.text}")}
    exact = np.array([stem in stems for stem in asking.stems], dtype=float)
    soft = np.maximum(exact, best)
    of_passage = [
        float(asking.vector @ unit(vectors.mean(axis=0))),
        float(asking.weights @ soft),
        float(asking.weights @ exact),
        float(((1 - soft) * asking.rarity).max(initial=0)),
    ]
    starts = np.array([a for a, _ in encoding.offsets])
    ends = np.array([b for _, b in encoding.offsets])
    for number, (start, end) in enumerate(sentences(hit.passage.text, hit.article.language)):
        tokens = np.flatnonzero((starts >= start + shift) & (ends <= end + shift) & (ends > starts))
        if not len(tokens):
            continue  # past the encoder's window
        sentence = hit.passage.text[start:end]
        own = {stem for stem, _, _ in asked.content_words(sentence)}
        said = np.array([stem in own for stem in asking.stems], dtype=float)
        vector = unit(vectors[tokens].mean(axis=0))
        fits = asked.fits(asking.kind, asking.text, sentence)
        row = [
            float(asking.vector @ vector),
            of_passage[0],
            float(asking.weights @ np.maximum(said, closeness[:, tokens].max(axis=1, initial=0))),
            of_passage[1],
            float(asking.weights @ said),
            *of_passage[2:],
            float(fits is True),
            float(fits is False),
            float(np.log(len(tokens))),
            float(number == 0),
        ]
        begin = hit.passage.start
        yield Evidence(hit, begin + start, begin + end, 0.0, vector), row


def load_reader() -> Reader:
    """The packaged reader."""
    return SentenceReader()
