"""Fit the reader's fusion: from a sentence's features to the probability that it answers. Then package the reader.

    python -m training.fusion --data DATA --export WORK/export

In: the exported model; the validation part of DATA and those of training/news/ that the model was not trained on; and
the questions on corpus/. The last two choose the threshold. Out: qa/weights/reader/, with model.onnx, tokenizer.json,
fusion.json and manifest.json.

Questions of DATA are asked of a library of all paragraphs but those of the test part. For two of five the passages that
hold an answer are taken away from what the retriever finds. The news and the corpus have near misses of their own.
"""

import argparse
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.linear_model import LogisticRegression

from ingest import Article, Hit, Library, sync
from qa.features import FEATURES
from qa.reader import BUILT_IN, SpanReader
from qa.scores import auroc, holds
from training.reader.data import TEST, TRAIN, VALIDATION, Paragraph, load, load_news
from training.reader.train import NEWS

ROOT = Path(__file__).parents[1]
WITHOUT = 0.4  # share of the questions whose answer is taken away
REFUSED = 0.12  # share of the answerable questions that the threshold may refuse


@dataclass(frozen=True, slots=True)
class Asked:
    """A question after reading: its sentences' features (sentences, FEATURES), and which of them answer it."""

    answerable: bool
    features: NDArray[np.float64]
    right: NDArray[np.bool_]


def main() -> None:
    """Package the exported model, fit its fusion, and print what it gives."""
    parser = argparse.ArgumentParser(prog="training.fusion", description="Fit the reader's fusion and package it.")
    parser.add_argument("--data", type=Path, required=True, help="holds squadshifts/")
    parser.add_argument("--export", type=Path, required=True, help="model.onnx and tokenizer.json")
    parser.add_argument("--limit", type=int, default=1000, help="validation questions")
    options = parser.parse_args()
    _package(options.export, {"weights": [0.0] * len(FEATURES), "bias": 0.0, "threshold": 0.5})
    reader = SpanReader()
    sets = {
        "SQuADShifts": _validation(reader, options.data, options.limit),
        "news": _news(reader),
        "corpus": _corpus(reader),
    }
    weights, bias = _fit([asked for found in sets.values() for asked in found])
    threshold = _threshold([*sets["news"], *sets["corpus"]], weights, bias)
    _package(options.export, {"features": FEATURES, "weights": weights.tolist(), "bias": bias, "threshold": threshold})
    _report(sets, weights, bias, threshold)


def _library(folder: str, parts: Sequence[tuple[str, Sequence[Paragraph]]]) -> Library:
    """A library of one article a paragraph; "part-number" is its id."""
    library = Library.open(folder, create=True)
    for part, paragraphs in parts:
        articles = [
            Article(f"{part}-{n}", p.title or "Untitled", p.text.strip(), f"{part}/{n}")
            for n, p in enumerate(paragraphs)
        ]
        for start in range(0, len(articles), 200):
            library.replace(articles[start : start + 200])
    return library


def _validation(reader: SpanReader, data: Path, limit: int) -> list[Asked]:
    """Questions whose answer is in the library; for two of five it is taken away."""
    random = Random(0)
    found = []
    (train, _), (paragraphs, questions) = load(data, TRAIN), load(data, VALIDATION)
    with (
        tempfile.TemporaryDirectory() as folder,
        _library(folder, [(TRAIN, train), (VALIDATION, paragraphs)]) as library,
    ):
        for question in random.sample(questions, min(limit, len(questions))):
            hits = library.search(question.text, 20)
            right = f"{VALIDATION}-{question.paragraph}"
            answerable = random.random() > WITHOUT
            if not answerable:
                hits = [
                    hit for hit in hits if hit.article.id != right and not holds(hit.passage.text, question.accepted)
                ]
            found.append(_ask(reader, question.text, hits, question.accepted if answerable else (), {right}))
    return found


def _news(reader: SpanReader) -> list[Asked]:
    """The questions on those of our own news that nothing was trained on, in a library of all of them."""
    parts = {part: load_news(NEWS, part) for part in (TRAIN, VALIDATION, TEST)}
    with (
        tempfile.TemporaryDirectory() as folder,
        _library(folder, [(part, paragraphs) for part, (paragraphs, _) in parts.items()]) as library,
    ):
        return [
            _ask(reader, asked.text, library.search(asked.text), asked.accepted, {f"{part}-{asked.paragraph}"})
            for part in (VALIDATION, TEST)
            for asked in parts[part][1]
        ]


def _corpus(reader: SpanReader) -> list[Asked]:
    questions = [json.loads(line) for line in (ROOT / "tests/data/questions.jsonl").read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder, Library.open(folder, create=True) as library:
        sync([ROOT / "corpus"], library)
        ids = {title: {e.id for e in library.entries() if e.title == title} for title in _titles(questions)}
        return [
            _ask(
                reader,
                question["question"],
                library.search(question["question"]),
                question["answers"],
                set().union(*(ids[title] for title in question["articles"])),
            )
            for question in questions
        ]


def _titles(questions: Iterable[dict[str, list[str]]]) -> Iterator[str]:
    return (title for question in questions for title in question["articles"])


def _ask(reader: SpanReader, question: str, hits: Sequence[Hit], answers: Sequence[str], right: set[str]) -> Asked:
    found = reader.examine(question, hits)
    marks = [c.hit.article.id in right and holds(c.hit.article.text[c.start : c.end], answers) for c in found]
    features = np.array([candidate.features for candidate in found]).reshape(len(found), len(FEATURES))
    return Asked(bool(answers), features, np.array(marks, dtype=bool))


def _fit(asked: Sequence[Asked]) -> tuple[NDArray[np.float64], float]:
    """Weights and bias over the features as they are, fitted on standardised ones."""
    features = np.concatenate([item.features for item in asked])
    right = np.concatenate([item.right for item in asked])
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    model = LogisticRegression(max_iter=5000).fit((features - mean) / scale, right)
    weights: NDArray[np.float64] = model.coef_[0] / scale
    return weights, float(model.intercept_[0] - weights @ mean)


def _confidences(item: Asked, weights: NDArray[np.float64], bias: float) -> NDArray[np.float64]:
    scores: NDArray[np.float64] = 1 / (1 + np.exp(-(item.features @ weights + bias)))
    return scores


def _threshold(asked: Sequence[Asked], weights: NDArray[np.float64], bias: float) -> float:
    """The highest confidence that refuses at most REFUSED of the answerable questions."""
    best = [_confidences(item, weights, bias).max(initial=0) for item in asked if item.answerable]
    return round(float(np.quantile(best, REFUSED)), 4)


def _report(sets: dict[str, Sequence[Asked]], weights: NDArray[np.float64], bias: float, threshold: float) -> None:
    table = Table("questions", "answerable", "first right", "in three", "refused", "unanswerable", "refused", "AUROC")
    for name, asked in sets.items():
        scores = [_confidences(item, weights, bias) for item in asked]
        best = np.array([score.max(initial=0) for score in scores])
        answerable = np.array([item.answerable for item in asked])
        order = [np.argsort(-score)[:3] for score in scores]
        first = [item.right[o[:1]].any() for item, o in zip(asked, order, strict=True) if item.answerable]
        three = [item.right[o].any() for item, o in zip(asked, order, strict=True) if item.answerable]
        can, cannot = best[answerable], best[~answerable]
        means = (np.mean(first), np.mean(three), np.mean(can < threshold), np.mean(cannot < threshold))
        shares = [f"{mean:.3f}" for mean in means]
        table.add_row(
            name, str(len(can)), *shares[:3], str(len(cannot)), shares[3], f"{auroc(can.tolist(), cannot.tolist()):.3f}"
        )
    console = Console()
    console.print(table)
    console.print({feature: round(float(w), 3) for feature, w in zip(FEATURES, weights, strict=True)}, threshold)


def _package(exported: Path, fusion: dict[str, object]) -> None:
    BUILT_IN.mkdir(parents=True, exist_ok=True)
    for name in ("model.onnx", "tokenizer.json"):
        shutil.copyfile(exported / name, BUILT_IN / name)
    (BUILT_IN / "fusion.json").write_text(json.dumps(fusion, indent=1) + "\n", "utf-8")
    stated = json.loads((exported / "manifest.json").read_text("utf-8"))
    names = ("model.onnx", "tokenizer.json", "fusion.json")
    stated["files"] = {name: hashlib.sha256((BUILT_IN / name).read_bytes()).hexdigest() for name in names}
    (BUILT_IN / "manifest.json").write_text(json.dumps(stated, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
