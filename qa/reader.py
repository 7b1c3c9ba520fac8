"""The reader: looks at the passages that were found and says which of their sentences answer, and how surely.

A span model reads the passages that look most worth it, then the likeliest sentences by themselves. Each becomes a few
features (qa/features.py). Three linear models fitted by training/fusion.py judge them: one which passages to read, one
which sentence is the best, one whether that one or the next two answer.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest import Hit, is_noted
from ingest.encoder import verified_manifest
from qa.features import Asked, Seen, verdict
from qa.question import fits
from qa.spans import OnnxSpanModel, SpanModel, Spans, TransformersSpanModel
from qa.units import units

Array = NDArray[np.float64]

BUILT_IN = Path(__file__).parent / "weights" / "reader"
_LONGEST_ANSWER = 40  # tokens
_NARROW = 4  # sentences that are read by themselves: six tell hardly more
FEW, _AS_LIKELY = 6, 0.05  # passages that are read first: so many, and all that are so likely as a share of the best
_SETTLED = 0.4  # the confidence at which no more are read
_LEAST = -30.0  # probability mass that counts as none


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer.

    Attributes:
        hit: the passage that it stands in.
        start, end: character offsets into the article's text.
        short: the words in it that answer, as the reader sees it; "" where they are not of the kind asked for.
        confidence: 0 to 1; of the best, the probability that it or one of the next two answers the question; of the
            others less, as they are less likely than the best.
    """

    hit: Hit
    start: int
    end: int
    short: str
    confidence: float

    @property
    def quote(self) -> str:
        """The sentence, as it stands in the article."""
        return self.hit.article.text[self.start : self.end]


class Reader(Protocol):
    """What the chain needs of a reader.

    Attributes:
        threshold: the confidence under which the articles do not say.
        fingerprint: equal only for readers that give the same confidences.
    """

    threshold: float
    fingerprint: str

    def read(self, question: str, hits: Sequence[Hit]) -> list[Evidence]:
        """The sentences of these passages, those that most likely answer first."""


class Candidate(NamedTuple):
    """A sentence before it is judged: its place in the article, its best span, and its features."""

    hit: Hit
    start: int
    end: int
    short: str
    features: list[float]


class SpanReader:
    """The packaged reader, or the same around another span model.

    Args:
        model: None for the packaged one.
        folder: holds fusion.json and manifest.json with its sha256; with the packaged model, that too.
        passages: how many passages are read, of those that are given.

    Raises:
        EncoderError: a file is missing or is not the one in the manifest.
    """

    def __init__(self, model: SpanModel | None = None, folder: Path = BUILT_IN, passages: int = 10) -> None:
        manifest = verified_manifest(folder)
        self.passages = passages
        self.model = model or OnnxSpanModel(folder)
        self.fingerprint = f"{self.model.fingerprint} {manifest['files']['fusion.json'][:12]}"
        fusion = json.loads((folder / "fusion.json").read_text("utf-8"))
        self._passage, self._sentence, self._verdict = (
            (np.array(fusion[name]["weights"]), float(fusion[name]["bias"]))
            for name in ("passage", "sentence", "verdict")
        )
        self.threshold = float(fusion["threshold"])

    def read(self, question: str, hits: Sequence[Hit]) -> list[Evidence]:
        """The sentences of the passages most worth reading, those that most likely answer first.

        The best few passages are read first, and the others only when those do not settle it.
        """
        reading = Reading(self.model, question)
        first, others = self._worth_reading(reading.asked, hits)
        evidence = self._judged(reading.more(first))
        if others and not (evidence and evidence[0].confidence >= _SETTLED):
            evidence = self._judged(reading.more(others))
        return evidence

    def examine(self, question: str, hits: Sequence[Hit]) -> list[Candidate]:
        """The sentences of all passages worth reading in their order, with their features, not yet judged."""
        reading = Reading(self.model, question)
        first, others = self._worth_reading(reading.asked, hits)
        return reading.more([*first, *others])

    def _worth_reading(self, asked: Asked, hits: Sequence[Hit]) -> tuple[list[Hit], list[Hit]]:
        """The hits that are read first, and those that may be read then, the likeliest to hold the answer first."""
        if not hits:
            return [], []
        scores = linear(np.array(asked.passages(hits)), self._passage)
        order = np.argsort(-scores, kind="stable")[: self.passages]
        few = max(FEW, int((odds(scores)[order] >= _AS_LIKELY).sum()))
        return [hits[place] for place in order[:few]], [hits[place] for place in order[few:]]

    def _judged(self, found: Sequence[Candidate]) -> list[Evidence]:
        if not found:
            return []
        features = np.array([candidate.features for candidate in found])
        scores = linear(features, self._sentence)
        best = float(probability(linear(verdict(features, scores), self._verdict)))
        return ranked(found, scores, best)


def ranked(found: Sequence[Candidate], scores: Array, best: float) -> list[Evidence]:
    """The sentences by their scores, best first: the verdict `best` is on the first, the others keep their odds."""
    shares, order = best * odds(scores), np.argsort(-scores, kind="stable")
    return [Evidence(found[i].hit, found[i].start, found[i].end, found[i].short, float(shares[i])) for i in order]


class Reading:
    """What a span model sees in the passages found for one question, as they are given to it."""

    def __init__(self, model: SpanModel, question: str) -> None:
        self.asked = Asked(question)
        self._model, self._question = model, question
        self._passages = 0
        self._seen: list[Seen] = []

    def more(self, hits: Sequence[Hit]) -> list[Candidate]:
        """Read these passages too; the sentences of all that were read, in the passages' order."""
        self._seen += self._widely(hits)
        self._narrowly()
        return [
            Candidate(
                seen.hit,
                seen.hit.passage.start + seen.start,
                seen.hit.passage.start + seen.end,
                _short(self.asked, seen.span),
                features,
            )
            for seen, features in zip(self._seen, self.asked.features(self._seen), strict=True)
        ]

    def _widely(self, hits: Sequence[Hit]) -> Iterator[Seen]:
        """Each sentence as it is read in its passage, but for correction notices: they mostly tell what was wrong."""
        texts = [f"{hit.article.header}\n{hit.passage.text}" for hit in hits]
        for hit, spans in zip(hits, self._model.spans(self._question, texts), strict=True):
            self._passages += 1
            shift = len(hit.article.header) + 1  # the header stands in front of the passage's own text
            at = hit.passage.start
            for context, start, end in units(hit.passage.text, hit.article.language):
                if is_noted(hit.article, at + context, at + end):
                    continue
                best = _best(spans, start + shift, end + shift)
                if best:  # else it is past the model's window
                    margin, mass, (first, last) = best
                    span = hit.passage.text[first - shift : last - shift]
                    yield Seen(hit, self._passages, context, end, span, margin, mass, None)

    def _narrowly(self) -> None:
        """Read the likeliest sentences again, each by itself with the header: what its passage suggests falls away."""
        likely = sorted(range(len(self._seen)), key=lambda n: -self._seen[n].mass)[:_NARROW]
        unread = [n for n in likely if self._seen[n].narrow is None]
        texts = [f"{self._seen[n].hit.article.header}\n{self._seen[n].text}" for n in unread]
        for n, text, spans in zip(unread, texts, self._model.spans(self._question, texts), strict=True):
            seen = self._seen[n]
            best = _best(spans, len(seen.hit.article.header) + 1, len(text))
            if best:
                self._seen[n] = replace(seen, narrow=(best[0], text[best[2][0] : best[2][1]]))


def load_reader(name: str | None = None) -> SpanReader:
    """The packaged reader; or one around any extractive question-answering model, by its name or folder.

    Raises:
        ReaderError: there is no such model.
    """
    return SpanReader(TransformersSpanModel(name) if name else None)


def _best(spans: Spans, start: int, end: int) -> tuple[float, float, tuple[int, int]] | None:
    """Of a part of a text: the best span's margin, the mass of the answer in it, and the span's place."""
    inside = np.flatnonzero((spans.offsets[:, 0] >= start) & (spans.offsets[:, 1] <= end))
    if not len(inside):
        return None
    first, last = int(inside[0]), int(inside[-1]) + 1
    starts, ends = spans.starts[first:last], spans.ends[first:last]
    length = np.arange(last - first)[None, :] - np.arange(last - first)[:, None]
    sums = np.where((length >= 0) & (length < _LONGEST_ANSWER), starts[:, None] + ends[None, :], -np.inf)
    a, b = divmod(int(sums.argmax()), last - first)
    mass = float(np.logaddexp.reduce(starts) + np.logaddexp.reduce(ends))
    place = int(spans.offsets[first + a, 0]), int(spans.offsets[first + b, 1])
    return float(sums[a, b]) - spans.none, max(mass, _LEAST), place


def linear(values: Array, model: tuple[Array, float]) -> Array:
    """The scores of rows of features, by weights and a bias."""
    scores: Array = values @ model[0] + model[1]
    return scores


def probability(scores: Array) -> Array:
    """What log odds are as probabilities."""
    found: Array = 1 / (1 + np.exp(-scores))
    return found


def odds(scores: Array) -> Array:
    """How likely each sentence is, as a share of the likeliest; at least one score."""
    found: Array = np.exp(scores - scores.max())
    return found


def _short(asked: Asked, span: str) -> str:
    """The span where it answers by itself: never a bare yes or no, nor a name where a number is asked for."""
    unfit = asked.kind == "yes/no" or (asked.kind != "why" and fits(asked.kind, asked.question, span) is False)
    return "" if unfit else span.strip()
