"""The reader: looks at the passages that were found and says which of their sentences answer, and how surely.

A small extractive model (training/reader) gives each token of a passage a score for being where an answer starts, and
one for where it ends, and scores for "no answer here". Each sentence becomes a few features, and a logistic regression
fitted by training/fusion.py makes a probability of them.
"""

import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest import Hit, sentences
from ingest.encoder import cores, inference_session, verified_manifest
from qa.question import fits, kind

if TYPE_CHECKING:
    from tokenizers import Encoding

BUILT_IN = Path(__file__).parent / "weights" / "reader"
_LONGEST_ANSWER = 40  # tokens
_LONG = 8  # words
# How a sentence begins that cannot be understood without the one before.
_LEANS = re.compile(
    r"[“\"']?(?:He|She|It|They|This|These|That|Those|His|Her|Its|Their|Both|Neither|Such|Instead|So|But|"
    r"The (?:decision|move|step|change|plan|measure|result|reason|latter|former|same))\b"
)

Scores = NDArray[np.float64]

FEATURES = (
    "span margin",  # the best span's score less that of no answer
    "probability mass",  # log odds that the answer starts and ends in this sentence
    "behind the best",  # span margin less the best one of all that was read
    "inverse rank",
    "found by words and by meaning",
    "similarity",
    "the span is of the kind asked for",
    "the span is not",
    "the span is long",
    "asked why, the sentence gives a reason",
    "asked why, it gives none",
    "asked when, it has no time",
    "asked how many, it has no number",
    "asked who, it has no name",
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer.

    Attributes:
        hit: the passage that it stands in.
        start, end: character offsets into the article's text.
        short: the words in it that answer, as the reader sees it.
        confidence: 0 to 1, the probability that it answers the question.
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
    """

    threshold: float

    def read(self, question: str, hits: Sequence[Hit]) -> list[Evidence]:
        """The sentences of these passages, those that most likely answer first."""


class Candidate(NamedTuple):
    """A sentence as the model sees it, before it is judged: its place, its best span, and its features."""

    hit: Hit
    start: int
    end: int
    short: str
    features: list[float]


class SpanReader:
    """The packaged reader.

    Args:
        folder: model.onnx, tokenizer.json, fusion.json and manifest.json with the sha256 of each.
        passages: how many of the best passages are read.

    Raises:
        EncoderError: a file is missing or is not the one in the manifest.
    """

    def __init__(self, folder: Path = BUILT_IN, passages: int = 10) -> None:
        from tokenizers import Tokenizer

        self.passages = passages
        verified_manifest(folder)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(256, strategy="only_second")
        self._session = inference_session(folder / "model.onnx")
        self._threads = ThreadPoolExecutor(cores(), "reader")
        fusion = json.loads((folder / "fusion.json").read_text("utf-8"))
        self._weights, self._bias = np.array(fusion["weights"]), float(fusion["bias"])
        self.threshold = float(fusion["threshold"])

    def read(self, question: str, hits: Sequence[Hit]) -> list[Evidence]:
        """The sentences of the best passages, those that most likely answer first."""
        found = self.examine(question, hits)
        if not found:
            return []
        scores = np.array([candidate.features for candidate in found]) @ self._weights + self._bias
        confidences = 1 / (1 + np.exp(-scores))
        order = np.argsort(-confidences, kind="stable")
        return [
            Evidence(found[i].hit, found[i].start, found[i].end, found[i].short, float(confidences[i])) for i in order
        ]

    def examine(self, question: str, hits: Sequence[Hit]) -> list[Candidate]:
        """The sentences of the best passages in their order, with their features, not yet judged."""
        hits = hits[: self.passages]
        pairs = [(question, f"{hit.article.header}\n{hit.passage.text}") for hit in hits]
        encodings = self._tokenizer.encode_batch(pairs)
        asked_for = kind(question)
        found: list[Candidate] = []
        for rank, (hit, encoding, scores) in enumerate(
            zip(hits, encodings, self._threads.map(self._score, encodings), strict=True), start=1
        ):
            of_hit = [1 / rank, float(hit.word_rank is not None and hit.vector_rank is not None), hit.similarity]
            for start, end, short, margin, mass in _sentences(hit, encoding, *scores):
                form = _form(asked_for, question, short, hit.passage.text[start:end])
                features = [margin, mass, margin, *of_hit, *map(float, form)]
                begin = hit.passage.start
                found.append(Candidate(hit, begin + start, begin + end, short, features))
        best = max((candidate.features[0] for candidate in found), default=0.0)
        for candidate in found:
            candidate.features[2] -= best
        return found

    def _score(self, encoding: "Encoding") -> tuple[Scores, Scores]:
        """Each token's log probability of being where the answer starts, and where it ends; the first means none."""
        feed = {
            "input_ids": np.array([encoding.ids], dtype=np.int64),
            "attention_mask": np.array([encoding.attention_mask], dtype=np.int64),
            "token_type_ids": np.array([encoding.type_ids], dtype=np.int64),
        }
        allowed = np.array(encoding.type_ids) == 1
        allowed[-1] = False  # the closing mark
        allowed[0] = True
        start, end = self._session.run(["start_logits", "end_logits"], feed)
        return _log_softmax(start[0], allowed), _log_softmax(end[0], allowed)


def load_reader() -> Reader:
    """The packaged reader."""
    return SpanReader()


def _form(asked_for: str, question: str, span: str, sentence: str) -> list[bool]:
    """The features that compare the form of a span and its sentence with the kind of the question."""
    fitting = None if asked_for == "why" else fits(asked_for, question, span)
    holds = fits(asked_for, question, sentence)
    return [
        fitting is True,
        fitting is False,
        len(span.split()) > _LONG,
        asked_for == "why" and holds is True,
        *(asked_for == kind and holds is False for kind in ("why", "when", "number", "who")),
    ]


def _log_softmax(logits: NDArray[np.float32], allowed: NDArray[np.bool_]) -> Scores:
    scores = np.where(allowed, logits.astype(np.float64), -1e4)
    top = scores.max()
    result: Scores = scores - top - np.log(np.exp(scores - top).sum())
    return result


def _sentences(
    hit: Hit, encoding: "Encoding", starts: Scores, ends: Scores
) -> list[tuple[int, int, str, float, float]]:
    """(start, end, best span, span margin, mass) of each quotable unit of a passage, offsets within the passage."""
    shift = len(hit.article.header) + 1  # the header stands in front of the passage's own text
    offsets = np.array(encoding.offsets)
    in_text = np.array(encoding.type_ids) == 1
    null = starts[0] + ends[0]
    found = []
    for context, start, end in units(hit.passage.text, hit.article.language):
        whole = in_text & (offsets[:, 0] >= start + shift) & (offsets[:, 1] <= end + shift) & (offsets[:, 1] > 0)
        inside = np.flatnonzero(whole)
        if not len(inside):
            continue  # past the reader's window
        first, last = int(inside[0]), int(inside[-1]) + 1
        spans = starts[first:last, None] + ends[None, first:last]
        length = np.arange(last - first)[None, :] - np.arange(last - first)[:, None]
        spans = np.where((length >= 0) & (length < _LONGEST_ANSWER), spans, -np.inf)
        a, b = divmod(int(spans.argmax()), last - first)
        short = hit.passage.text[offsets[first + a, 0] - shift : offsets[first + b, 1] - shift]
        mass = np.logaddexp.reduce(starts[first:last]) + np.logaddexp.reduce(ends[first:last])
        found.append((context, end, short, float(spans[a, b] - null), float(max(mass, -30.0))))
    return found


def units(text: str, language: str | None) -> list[tuple[int, int, int]]:
    """What can be quoted and understood by itself, as (where the quote begins, start, end) of each sentence.

    A line that ends with a colon takes the list below it along; a sentence that begins with a word such as "He" or
    "The decision" is quoted together with the one before.
    """
    found: list[tuple[int, int, int]] = []
    listing = False
    for start, end in sentences(text, language):
        if found:
            context, begin, stop = found[-1]
            item, same_line = text.startswith("- ", start), "\n" not in text[stop:start]
            listing = (item and text[stop - 1] == ":") or (listing and (item or same_line))
            if listing:
                found[-1] = (context, begin, end)
                continue
            if same_line and _LEANS.match(text, start):
                found.append((begin, start, end))
                continue
        found.append((start, start, end))
    return found
