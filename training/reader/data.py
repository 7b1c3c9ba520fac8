"""The questions to learn and to measure from, and which part each belongs to.

In: a folder with squadshifts/{new_wiki,reddit,amazon_reviews}.json.gz (SQuAD 1.1 JSON) and
squad_sentences/pairs.tsv.gz (question<TAB>sentence). Out: frozen values, in the files' order.
"""

import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

SETS = ("new_wiki", "reddit", "amazon_reviews")
TEST, VALIDATION, TRAIN = "test", "validation", "train"

Span = tuple[int, int]

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9])|\n+")


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and where in its paragraph each person marked the answer.

    Attributes:
        name: which of SETS.
        paragraph: the paragraph's number in the list that came with it.
        answers: (start, end) in the paragraph, in characters, without white space or full stop at the ends.
        accepted: the answers as they were written, for scoring.
    """

    name: str
    text: str
    paragraph: int
    answers: tuple[Span, ...]
    accepted: tuple[str, ...]

    def answer(self, random: Random) -> Span:
        """The answer that most people gave, seven times of ten; else any of them."""
        ranked = Counter(self.answers).most_common()
        return ranked[0][0] if random.random() < 0.7 else random.choice(self.answers)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an article: `key` names the article within the set, `title` is fit to be read, or empty."""

    text: str
    key: str
    title: str


def load(folder: Path, part: str) -> tuple[list[Paragraph], list[Question]]:
    """The paragraphs and questions of one part (TEST, VALIDATION or TRAIN) of the three sets."""
    paragraphs: list[Paragraph] = []
    questions: list[Question] = []
    for name in SETS:
        content = json.loads(gzip.decompress((folder / "squadshifts" / f"{name}.json.gz").read_bytes()))
        for article in content["data"]:
            for entry in article["paragraphs"]:
                title, text = article["title"], entry["context"]
                if _part(title if name == "new_wiki" else title + text) != part:
                    continue
                readable = title.replace("_", " ") if name == "new_wiki" else ""
                paragraphs.append(Paragraph(text, f"{name}/{title}", readable))
                questions.extend(_questions(name, len(paragraphs) - 1, text, entry["qas"]))
    return paragraphs, questions


def load_pairs(folder: Path) -> list[tuple[str, str]]:
    """The (question, sentence that answers it) pairs, in their order: neighbours come from the same article."""
    with gzip.open(folder / "squad_sentences" / "pairs.tsv.gz", "rt", encoding="utf-8") as lines:
        pairs = [line.rstrip("\n").split("\t") for line in lines]
    return [(_untokenised(question), _untokenised(sentence)) for question, sentence in pairs]


def sentences(text: str) -> list[Span]:
    """The (start, end) of each sentence, by punctuation: good enough to cut training windows at."""
    cuts = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    return [(a, b) for a, b in pairwise(cuts) if text[a:b].strip()]


def _part(name: str) -> str:
    """Which part a name belongs to: the split that the data's README prescribes."""
    digit = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[0]
    return {"0": TEST, "1": VALIDATION}.get(digit, TRAIN)


def _questions(name: str, paragraph: int, text: str, entries: Sequence[dict[str, Any]]) -> Iterator[Question]:
    for entry in entries:
        spans = [span for answer in entry["answers"] if (span := _span(text, answer))]
        if spans:
            accepted = tuple(answer["text"] for answer in entry["answers"])
            yield Question(name, entry["question"].strip(), paragraph, tuple(spans), accepted)


def _span(text: str, answer: dict[str, Any]) -> Span | None:
    """Where the answer stands: at the offset given, or at the occurrence nearest to it."""
    wanted = answer["text"].strip().rstrip(".,;: ")
    places = [match.start() for match in re.finditer(re.escape(wanted), text)] if wanted else []
    if not places:
        return None
    start = min(places, key=lambda place: abs(place - answer["answer_start"]))
    return start, start + len(wanted)


def _untokenised(text: str) -> str:
    """Penn Treebank tokens back to running text."""
    text = re.sub(r"-lrb-\s*", "(", re.sub(r"\s*-rrb-", ")", text.strip()))
    text = re.sub(r"`` ?| ?''", '"', text)
    return re.sub(r"\s+(?=[.,;:?!%)]|'s\b|n't\b|'\s)", "", re.sub(r"(?<=[($])\s+", "", text))
