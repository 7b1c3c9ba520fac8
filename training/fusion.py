"""Fit the reader's fusion: which passages to read, which sentence is the best, and whether the best answer at all.

Then package the reader.

    python -m training.fusion --export WORK/export

In: the exported model; the questions on those articles of training/news/ that the model was not trained on, asked of
all of them, and those in other languages by themselves; and those on corpus/. All have near misses. Which passages to
read is learnt from the questions that the model was trained on, as it takes no part in that. Out: qa/weights/reader/,
with model.onnx, tokenizer.json, fusion.json and manifest.json.

SQuADShifts is not fitted on: with its validation part beside them, news were told from near misses less well (AUROC
.779 against .798), as its passages stand alone.
"""

import argparse
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.linear_model import LogisticRegression
from torch.nn.utils.rnn import pad_sequence

from ingest import Hit, Library, sync
from qa import compose
from qa.chain import RETRIEVED
from qa.features import FEATURES, PASSAGE, VERDICT, verdict
from qa.features import Asked as Words
from qa.reader import BUILT_IN, Candidate, SpanReader, linear, probability, ranked
from qa.scores import auroc, holds
from training.reader.data import TEST, TRAIN, VALIDATION, Paragraph, Question, fill, load_news
from training.reader.train import NEWS

Array = NDArray[np.float64]
Linear = tuple[Array, float]

ROOT = Path(__file__).parents[1]
ENGLISH, ABROAD = "news", "news in other languages"
_NAMED = 10  # places in a search among which the article of a question that names it is
RANKED = 4  # of every so many questions one is learnt from which passages to read
ASKED = 3  # and one of every so many on the English news that nothing was trained on is asked, all on the others
REFUSED = 0.085  # share of the answerable questions that the threshold may refuse


@dataclass(frozen=True, slots=True)
class Asked:
    """A question after reading.

    Attributes:
        answers: those that are accepted; none where the articles do not say.
        articles: the ids of those that answer.
        found: the sentences that were read.
        features: of each, (sentences, FEATURES).
        right: whether it answers, (sentences,).
    """

    answers: Sequence[str]
    articles: Set[str]
    found: Sequence[Candidate]
    features: NDArray[np.float64]
    right: NDArray[np.bool_]

    def quoted(self, scores: Array) -> list[bool]:
        """Whether each quote of the answer holds an accepted one."""
        quotes = compose.choose(ranked(self.found, scores, 1.0), threshold=0.0)
        return [quote.hit.article.id in self.articles and holds(quote.quote, self.answers) for quote in quotes]


class Fusion(NamedTuple):
    """Which sentence is the best, by FEATURES; whether the best few answer, by VERDICT."""

    sentence: Linear
    verdict: Linear


class Judged(NamedTuple):
    """What a fusion makes of a question: if the first quote is right, or any that is shown, and how sure it is."""

    answerable: bool
    first: bool
    shown: bool
    confidence: float


def main() -> None:
    """Package the exported model, fit its fusion, and print what it gives."""
    parser = argparse.ArgumentParser(prog="training.fusion", description="Fit the reader's fusion and package it.")
    parser.add_argument("--export", type=Path, required=True, help="model.onnx and tokenizer.json")
    options = parser.parse_args()
    parts = {part: load_news(NEWS, part) for part in (TRAIN, VALIDATION, TEST)}
    with (
        tempfile.TemporaryDirectory() as folder,
        _library(folder, [(part, paragraphs) for part, (paragraphs, _) in parts.items()]) as library,
    ):
        passage = _stated(PASSAGE, _worth_reading(library, parts[TRAIN][1]))
        nothing = {"weights": [0.0], "bias": 0.0}
        _package(options.export, {"passage": passage, "sentence": nothing, "verdict": nothing, "threshold": 0.5})
        reader = SpanReader()
        sets = {
            name: [asked for part in (VALIDATION, TEST) for asked in _news(reader, library, part, parts[part], name)]
            for name in (ENGLISH, ABROAD)
        }
    sets["corpus"] = _corpus(reader)
    fusion = _fit([asked for found in sets.values() for asked in found])
    judged = {name: [_judge(item, fusion) for item in found] for name, found in sets.items()}
    threshold = _threshold([*judged[ENGLISH], *judged["corpus"]])  # the packaged reader is hardly sure of the others
    judges = {"sentence": _stated(FEATURES, fusion.sentence), "verdict": _stated(VERDICT, fusion.verdict)}
    _package(options.export, {"passage": passage, **judges, "threshold": threshold})
    unseen = {name: _unseen(sets, name) for name in sets}
    _report(judged | {f"{name}, unseen": found for name, found in unseen.items()}, threshold)
    _reliability([item for found in unseen.values() for item in found])


def _library(folder: str, parts: Sequence[tuple[str, Sequence[Paragraph]]]) -> Library:
    """A library of one article a paragraph; "part-number" is its id."""
    library = Library.open(folder, create=True)
    for part, paragraphs in parts:
        fill(library, paragraphs, [f"{part}-{n}" for n in range(len(paragraphs))])
    return library


def _worth_reading(library: Library, questions: Sequence[Question]) -> Linear:
    """How likely a passage holds the answer, by PASSAGE, to order those that a search gives."""
    features, right = [], []
    for asked in [question for question in questions if question.accepted][::RANKED]:
        hits = library.search(asked.text, RETRIEVED)
        features += Words(asked.text).passages(hits)
        article = f"{TRAIN}-{asked.paragraph}"
        right += [hit.article.id == article and holds(hit.passage.text, asked.accepted) for hit in hits]
    return _regression(np.array(features), np.array(right), 1.0)


def _news(
    reader: SpanReader, library: Library, part: str, news: tuple[Sequence[Paragraph], Sequence[Question]], name: str
) -> Iterator[Asked]:
    """The questions on one part of our own news, in English or all others, asked of all of them.

    Many were written with the article in sight and do not name what they are about: those that do not find it are
    passed over.
    """
    paragraphs, questions = news
    kept = [asked for asked in questions if (paragraphs[asked.paragraph].language == "en") is (name == ENGLISH)]
    for asked in kept[:: ASKED if name == ENGLISH else 1]:
        hits, right = library.search(asked.text, RETRIEVED), f"{part}-{asked.paragraph}"
        if right in {hit.article.id for hit in hits[:_NAMED]}:
            yield _ask(reader, asked.text, hits, asked.accepted, {right})


def _corpus(reader: SpanReader) -> list[Asked]:
    questions = [json.loads(line) for line in (ROOT / "tests/data/questions.jsonl").read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder, Library.open(folder, create=True) as library:
        sync([ROOT / "corpus"], library)
        ids = {title: {e.id for e in library.entries() if e.title == title} for title in _titles(questions)}
        return [
            _ask(
                reader,
                question["question"],
                library.search(question["question"], RETRIEVED),
                question["answers"],
                set().union(*(ids[title] for title in question["articles"])),
            )
            for question in questions
        ]


def _titles(questions: Iterable[dict[str, list[str]]]) -> Iterator[str]:
    return (title for question in questions for title in question["articles"])


def _ask(reader: SpanReader, question: str, hits: Sequence[Hit], answers: Sequence[str], right: Set[str]) -> Asked:
    found = reader.examine(question, hits)
    marks = [c.hit.article.id in right and holds(c.hit.article.text[c.start : c.end], answers) for c in found]
    features = np.array([candidate.features for candidate in found]).reshape(len(found), len(FEATURES))
    return Asked(answers, right, found, features, np.array(marks, dtype=bool))


def _fit(asked: Sequence[Asked]) -> Fusion:
    """First which sentence is the best, over all of them; then whether any that is shown answers, over questions."""
    read = [item for item in asked if len(item.features)]
    sentence = _ranking([item for item in read if item.right.any()]), 0.0
    scores = [linear(item.features, sentence) for item in read]
    verdicts = np.array([verdict(item.features, score) for item, score in zip(read, scores, strict=True)])
    right = np.array([any(item.quoted(score)) for item, score in zip(read, scores, strict=True)])
    return Fusion(sentence, _regression(verdicts, right, 0.03))


def _ranking(asked: Sequence[Asked], penalty: float = 1e-3) -> Array:
    """Weights by which a right sentence stands above the others of its question: conditional logit (McFadden, 1974)."""
    every = np.concatenate([item.features for item in asked])
    mean, scale = every.mean(axis=0), every.std(axis=0) + 1e-9
    features = pad_sequence([torch.tensor((item.features - mean) / scale) for item in asked], batch_first=True)
    there = pad_sequence([torch.ones(len(item.right), dtype=torch.bool) for item in asked], batch_first=True)
    right = pad_sequence([torch.tensor(item.right) for item in asked], batch_first=True)
    weights = torch.zeros(every.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        scores = features @ weights
        all_of_it, right_of_it = (scores.masked_fill(~kept, -torch.inf).logsumexp(1) for kept in (there, right))
        value = (all_of_it - right_of_it).mean() + penalty * weights.square().sum()
        torch.autograd.backward([value])
        return value

    optimizer.step(loss)
    found: Array = weights.detach().numpy() / scale
    return found


def _regression(features: Array, right: NDArray[np.bool_], strength: float) -> Linear:
    """Weights and bias over the features as they are, fitted on standardised ones."""
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    model = LogisticRegression(max_iter=5000, C=strength).fit((features - mean) / scale, right)
    weights: Array = model.coef_[0] / scale
    return weights, float(model.intercept_[0] - weights @ mean)


def _stated(features: Sequence[str], model: Linear) -> dict[str, object]:
    """As fusion.json has it."""
    weights, bias = model
    return {"features": features, "weights": weights.tolist(), "bias": bias}


def _judge(item: Asked, fusion: Fusion) -> Judged:
    if not len(item.features):
        return Judged(bool(item.answers), first=False, shown=False, confidence=0.0)
    scores = linear(item.features, fusion.sentence)
    quoted = item.quoted(scores)
    confidence = float(probability(linear(verdict(item.features, scores), fusion.verdict)))
    return Judged(bool(item.answers), quoted[0], any(quoted), confidence)


def _unseen(sets: dict[str, list[Asked]], name: str) -> list[Judged]:
    """The questions of one set, each judged by a fusion that was fitted without it: five-fold cross-validation."""
    others = [item for other, asked in sets.items() if other != name for item in asked]
    folds = np.random.default_rng(0).integers(0, 5, len(sets[name]))
    judged = []
    for fold in range(5):
        fusion = _fit([*others, *(item for item, place in zip(sets[name], folds, strict=True) if place != fold)])
        judged += [_judge(item, fusion) for item, place in zip(sets[name], folds, strict=True) if place == fold]
    return judged


def _threshold(judged: Sequence[Judged]) -> float:
    """The highest confidence that refuses at most REFUSED of the answerable questions."""
    return round(float(np.quantile([item.confidence for item in judged if item.answerable], REFUSED)), 4)


def _report(sets: dict[str, list[Judged]], threshold: float) -> None:
    table = Table("questions", "answerable", "first right", "in quotes", "refused", "unanswerable", "refused", "AUROC")
    for name, judged in sets.items():
        can = [item for item in judged if item.answerable]
        cannot = [item for item in judged if not item.answerable]
        refused = [np.mean([item.confidence < threshold for item in side]) for side in (can, cannot)]
        means = (np.mean([item.first for item in can]), np.mean([item.shown for item in can]), refused[0])
        area = auroc([item.confidence for item in can], [item.confidence for item in cannot])
        shares = [f"{mean:.3f}" for mean in means]
        table.add_row(name, str(len(can)), *shares, str(len(cannot)), f"{refused[1]:.3f}", f"{area:.3f}")
    console = Console(width=120)
    console.print(table, f"threshold {threshold}")


def _reliability(judged: Sequence[Judged]) -> None:
    """How often a sentence shown is right where the confidence says so, and the expected calibration error."""
    table = Table("confidence", "questions", "mean confidence", "right")
    error = 0.0
    for low in np.arange(0, 1, 0.2):
        inside = [item for item in judged if low <= item.confidence < low + 0.2 + 1e-9]
        if inside:
            stated, true = np.mean([i.confidence for i in inside]), np.mean([i.shown for i in inside])
            error += abs(stated - true) * len(inside) / len(judged)
            table.add_row(f"{low:.1f} to {low + 0.2:.1f}", str(len(inside)), f"{stated:.3f}", f"{true:.3f}")
    Console(width=120).print(table, f"expected calibration error {error:.3f}")


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
