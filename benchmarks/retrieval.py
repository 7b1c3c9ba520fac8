"""Which weights rank best: words and vectors, alone and fused, on the corpus questions and on SQuADShifts.

    python benchmarks/retrieval.py
    python benchmarks/retrieval.py --squad DATA --json retrieval.json

DATA holds squadshifts/{new_wiki,reddit,amazon_reviews}.json.gz; its validation part alone is used. Prints for each set
how often the right article is the first, among the first five and among the first ten of the passages found, and how
often the passage that holds the answer is; then the grid of weights for reciprocal rank fusion, and the setting that is
best on all sets together once each cell is averaged with its neighbours: a plateau, not a peak. Fusion by scores, which
Citewire does not use, stands beside it.
"""

import argparse
import itertools
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))  # before this folder, which has an `ingest` of its own

from benchmarks.tables import console, save, show
from ingest import Article, Library, ranking, schema, sync
from training.reader.data import VALIDATION, load

ROOT = Path(__file__).parents[1]
HEADERS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0)
DAMPINGS = (2, 3, 5, 10, 20, 60)
VECTORS = tuple(round(0.1 * step, 1) for step in range(16))
COSINES = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0)
DEPTH = 50  # as in ingest.library

Ranks = NDArray[np.int64]
"""Per question: the place, from 1, of the first right article and of the first right passage; 0 where there is none."""


class Asked(NamedTuple):
    """A question, the articles that answer it, and where in them: (article id, start, end)."""

    text: str
    articles: frozenset[str]
    places: tuple[tuple[str, int, int], ...]


class Found(NamedTuple):
    """What one question found.

    Attributes:
        words: rows best first, by header weight.
        vectors: rows best first.
        scores: (row, BM25 as a share of the best one's, cosine) of all of these, with the header weight that is set.
        right_article, right_passage: rows of the articles that answer, and those that hold the answer itself.
    """

    words: dict[float, list[int]]
    vectors: list[int]
    scores: list[tuple[int, float, float]]
    right_article: frozenset[int]
    right_passage: frozenset[int]


@dataclass(frozen=True)
class Setting:
    """One cell of the grid."""

    header: float
    damping: int
    vectors: float


SET_BM25 = schema.BM25
# What is set now, as the reference that the best is compared with
CURRENT = Setting(
    float(schema.BM25.removeprefix("bm25(words, ").split(",")[0]), ranking._DAMPING, ranking.VECTORS_WEIGHT
)


def corpus_questions(library: Library) -> list[Asked]:
    """The answerable questions of tests/data, on the corpus, which is synced here."""
    sync([ROOT / "corpus"], library)
    by_title: dict[str, list[Article]] = {}
    for entry in library.entries():
        by_title.setdefault(entry.title, []).append(library.article(entry.id))
    asked = []
    for line in (ROOT / "tests/data/questions.jsonl").read_text("utf-8").splitlines():
        question = json.loads(line)
        articles = [article for title in question["articles"] for article in by_title.get(title, [])]
        places = tuple(
            (article.id, *match.span())
            for article, answer in itertools.product(articles, question["answers"])
            for match in re.finditer(r"\s+".join(map(re.escape, answer.split())), article.text)
        )
        if places:
            asked.append(Asked(question["question"], frozenset(article.id for article in articles), places))
    return asked


def squad_questions(library: Library, data: Path) -> list[Asked]:
    """Those of SQuADShifts' validation part: Wikipedia as whole articles, each other paragraph as an article."""
    paragraphs, questions = load(data, VALIDATION)
    texts: dict[str, str] = {}
    titles: dict[str, str] = {}
    place: list[tuple[str, int]] = []
    for number, paragraph in enumerate(paragraphs):
        key = paragraph.key if paragraph.title else f"{paragraph.key}/{number}"
        before = f"{texts[key]}\n\n" if key in texts else ""
        place.append((key, len(before)))
        texts[key], titles[key] = before + paragraph.text, paragraph.title or "Untitled"
    articles = [Article(key, titles[key], text, key) for key, text in texts.items()]
    for start in range(0, len(articles), 50):
        library.replace(articles[start : start + 50])
    asked = []
    for question in questions:
        key, shift = place[question.paragraph]
        places = tuple((key, shift + start, shift + end) for start, end in question.answers)
        asked.append(Asked(question.text, frozenset([key]), places))
    return asked


def search(library: Library, questions: Iterable[Asked]) -> list[Found]:
    """Both legs of the search for each question, the words with each header weight."""
    store, index = library._catalog, library._mirror
    passages = store.passages(sorted(store.rows()))
    of_article: dict[str, list[int]] = {}
    for row, passage in passages.items():
        of_article.setdefault(passage.article_id, []).append(row)
    found = []
    for asked in questions:
        words = {}
        for header in HEADERS:
            schema.BM25 = f"bm25(words, {header}, 1.0)"
            words[header] = [row for row, _ in store.search_words(asked.text, DEPTH)]
        vector = library.encoder.encode_query(asked.text)
        vectors = [row for row, _ in index.nearest(vector, DEPTH)]
        schema.BM25 = SET_BM25
        bm25 = dict(store.search_words(asked.text, DEPTH))
        best = max(bm25.values(), default=1.0)
        scores = [
            (row, bm25.get(row, 0.0) / best, float(vector @ stored))
            for row, stored in store.vectors(list(dict.fromkeys([*bm25, *vectors])))
        ]
        holds = {
            row
            for article, start, end in asked.places
            for row in of_article[article]
            if passages[row].start < end and start < passages[row].end
        }
        right = frozenset(row for article in asked.articles for row in of_article[article])
        found.append(Found(words, vectors, scores, right, frozenset(holds)))
    return found


def ranks(found: list[Found], header: float, damping: int, weights: NDArray[np.float64]) -> Ranks:
    """Places of the right article and passage, of shape (questions, len(weights), 2), by the weight of the vectors.

    A weight below 0 stands for the vectors alone.
    """
    places = np.zeros((len(found), len(weights), 2), dtype=np.int64)
    for number, one in enumerate(found):
        words, vectors = one.words[header], one.vectors
        rows = list(dict.fromkeys(words + vectors))
        column = {row: place for place, row in enumerate(rows)}
        votes = np.zeros((2, len(rows)))
        for leg, ranked in enumerate((words, vectors)):
            votes[leg, [column[row] for row in ranked]] = 1 / (damping + 1 + np.arange(len(ranked)))
        alone = (weights < 0)[:, None]
        scores = np.where(alone, votes[1], votes[0] + np.maximum(weights, 0)[:, None] * votes[1])
        order = np.argsort(-scores, axis=1, kind="stable")
        kept = np.take_along_axis(scores, order, axis=1) > 0
        for kind, right in enumerate((one.right_article, one.right_passage)):
            hit = np.array([row in right for row in rows], dtype=bool)[order] & kept
            places[number, :, kind] = np.where(hit.any(axis=1), hit.argmax(axis=1) + 1, 0)
    return places


def ranks_by_score(found: list[Found], weight: float) -> Ranks:
    """Places of the right article and passage, (questions, 2), by BM25's share of the best and `weight` cosines."""
    places = np.zeros((len(found), 2), dtype=np.int64)
    for number, one in enumerate(found):
        rows = [row for row, *_ in sorted(one.scores, key=lambda scored: -(scored[1] + weight * scored[2]))]
        for kind, right in enumerate((one.right_article, one.right_passage)):
            places[number, kind] = next((place for place, row in enumerate(rows, start=1) if row in right), 0)
    return places


def measures(places: Ranks) -> list[float]:
    """Right article: hit@1, hit@5, hit@10, MRR; right passage: the same. From ranks of shape (questions, 2)."""
    result = []
    for kind in (0, 1):
        place = places[:, kind]
        result += [float(np.mean((place > 0) & (place <= depth))) for depth in (1, 5, 10)]
        result.append(float(reciprocal(place).mean()))
    return result


def reciprocal(places: Ranks) -> NDArray[np.float64]:
    """1 / place, 0 beyond the tenth: what the reader never sees is not found."""
    return np.where((places > 0) & (places <= 10), 1 / np.maximum(places, 1), 0.0)


def grid(found: list[Found]) -> dict[Setting, Ranks]:
    """The ranks of each setting, (questions, 2)."""
    result = {}
    for header, damping in itertools.product(HEADERS, DAMPINGS):
        places = ranks(found, header, damping, np.array(VECTORS))
        for column, weight in enumerate(VECTORS):
            result[Setting(header, damping, weight)] = places[:, column]
    return result


def smoothed(values: dict[Setting, float]) -> dict[Setting, float]:
    """Each setting's value averaged with those next to it in the grid, itself counted among them."""
    axes = (HEADERS, DAMPINGS, VECTORS)
    cube = np.array([values[Setting(*cell)] for cell in itertools.product(*axes)]).reshape([len(a) for a in axes])
    result = {}
    for cell in np.ndindex(cube.shape):
        window = cube[tuple(slice(max(i - 1, 0), i + 2) for i in cell)]
        setting = Setting(*(axis[i] for axis, i in zip(axes, cell, strict=True)))
        result[setting] = float(window.mean())
    return result


def difference(one: Ranks, other: Ranks) -> tuple[float, float]:
    """How much larger the mean of the two reciprocal ranks is, and its standard error over the questions."""
    gain = (reciprocal(one) - reciprocal(other)).mean(axis=1)
    return float(gain.mean()), float(gain.std(ddof=1) / np.sqrt(len(gain)))


COLUMNS = ("art@1", "art@5", "art@10", "art MRR", "pas@1", "pas@5", "pas@10", "pas MRR")
SETTING = ("header", "k", "vectors")


def legs(found: list[Found]) -> Iterator[tuple[str, list[float]]]:
    """Words alone, by header weight, and vectors alone."""
    for header in HEADERS:
        yield f"words, header {header}", measures(ranks(found, header, 10, np.array([0.0]))[:, 0])
    yield "vectors", measures(ranks(found, 1.0, 10, np.array([-1.0]))[:, 0])


def report_grid(name: str, places: dict[Setting, Ranks], best: Setting) -> None:
    """The grid of one set, cut along the best setting's three axes, and what changes from the current one."""
    line = [Setting(best.header, best.damping, weight) for weight in VECTORS]
    line += [Setting(best.header, damping, best.vectors) for damping in DAMPINGS]
    line += [Setting(header, best.damping, best.vectors) for header in HEADERS]
    line.append(CURRENT)
    show(
        f"{name}: fused, through the best on all sets; last, the current setting",
        (*SETTING, *COLUMNS),
        ((str(s.header), s.damping, str(s.vectors), *measures(places[s])) for s in line),
    )
    gain, error = difference(places[best], places[CURRENT])
    console.print(f"The best less the current setting: {gain:+.4f} ± {error:.4f} mean MRR\n")


def mean_mrr(places: Ranks) -> float:
    """What settings are compared by: the mean of the article's and the passage's MRR."""
    return float(reciprocal(places).mean())


def main() -> None:
    """Parse the command line, search, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--squad", type=Path, metavar="DATA", help="a folder that holds squadshifts/")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here too")
    options = parser.parse_args()
    sets: dict[str, list[Found]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        with Library.open(Path(scratch, "corpus"), create=True) as library:
            sets["corpus"] = search(library, corpus_questions(library))
        if options.squad:
            with Library.open(Path(scratch, "squad"), create=True) as library:
                sets["SQuADShifts validation"] = search(library, squad_questions(library, options.squad))
    places = {name: grid(found) for name, found in sets.items()}
    scores = {name: {setting: mean_mrr(one) for setting, one in of_set.items()} for name, of_set in places.items()}
    together = {
        setting: float(np.mean([one[setting] for one in scores.values()])) for setting in next(iter(scores.values()))
    }
    plateau = smoothed(together)
    best = max(plateau, key=plateau.__getitem__)
    for name, found in sets.items():
        show(
            f"{name}: {len(found)} questions, one leg",
            ("", *COLUMNS),
            ((leg, *figures) for leg, figures in legs(found)),
        )
        report_grid(name, places[name], best)
        show(
            f"{name}: fused by scores instead, BM25's share of the best and so many cosines",
            ("cosines", *COLUMNS),
            ((str(weight), *measures(ranks_by_score(found, weight))) for weight in COSINES),
        )
    for title, values in [("a single cell", together), ("averaged with neighbours", plateau), *scores.items()]:
        ranked = sorted(values, key=lambda setting: -values[setting])[:8]
        show(
            f"Best by mean MRR: {title}",
            (*SETTING, "mean MRR"),
            ((str(s.header), s.damping, str(s.vectors), values[s]) for s in ranked),
        )
    console.print(f"Best on all sets, as a plateau: header {best.header}, k {best.damping}, vectors {best.vectors}")
    save(options.json, as_json(places, best))


def as_json(places: dict[str, dict[Setting, Ranks]], best: Setting) -> dict[str, object]:
    """Every cell's measures, by set."""
    cells = {
        name: [[s.header, s.damping, s.vectors, *measures(one)] for s, one in of_set.items()]
        for name, of_set in places.items()
    }
    return {"columns": [*SETTING, *COLUMNS], "best": vars(best), "cells": cells}


if __name__ == "__main__":
    main()
