"""The questions to learn and to measure from, and which part each belongs to.

In: a folder with squadshifts/{new_wiki,reddit,amazon_reviews}.json.gz, and the file train-v1.1.json of SQuAD, both in
SQuAD 1.1 JSON; and training/news/, which says in its README how it is written. Out: frozen values, in the files' order.
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

from ingest import Article, Library

SETS = ("new_wiki", "reddit", "amazon_reviews")
TEST, VALIDATION, TRAIN = "test", "validation", "train"

Span = tuple[int, int]

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’“»)\]]*\s+(?=[\"'“‘„«¿¡(\[]*\s?[A-ZÀ-Þ0-9])|(?<=。)(?![」』）])|\n+")


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and where in its paragraph each person marked the answer.

    Attributes:
        name: which of SETS, "squad" or "news".
        paragraph: the paragraph's number in the list that came with it.
        answers: (start, end) in the paragraph, in characters, without white space or full stop at the ends.
        accepted: the answers as they were written, for scoring; none where the text does not say.
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
    """A paragraph of an article.

    Attributes:
        key: names the article within the set.
        title: fit to be read, or empty.
        publisher, published: empty where the set does not tell them; the day in ISO form.
        language: ISO 639-1.
    """

    text: str
    key: str
    title: str
    publisher: str = ""
    published: str = ""
    language: str = "en"

    def article(self, name: str) -> Article:
        """As an article of a library, with this id."""
        title, publisher, published = self.title or "Untitled", self.publisher or None, self.published or None
        about = {"publisher": publisher, "published": published, "language": self.language}
        return Article(name, title, self.text, name, **about)


def load(folder: Path, part: str) -> tuple[list[Paragraph], list[Question]]:
    """The paragraphs and questions of one part (TEST, VALIDATION or TRAIN) of the three sets."""
    paragraphs: list[Paragraph] = []
    questions: list[Question] = []
    for name in SETS:
        content = json.loads(gzip.decompress((folder / "squadshifts" / f"{name}.json.gz").read_bytes()))
        for title, entry in _entries(content):
            if _part(title if name == "new_wiki" else title + entry["context"]) == part:
                _add(paragraphs, questions, name, title, entry)
    return paragraphs, questions


def load_squad(file: Path) -> tuple[list[Paragraph], list[Question]]:
    """The paragraphs and questions of SQuAD's own file; all of it may be trained on."""
    paragraphs: list[Paragraph] = []
    questions: list[Question] = []
    for title, entry in _entries(json.loads(file.read_text("utf-8"))):
        _add(paragraphs, questions, "squad", title, entry)
    return paragraphs, questions


def load_news(folder: Path, part: str) -> tuple[list[Paragraph], list[Question]]:
    """The articles and questions of one part of our own news; the text of a Paragraph is a whole article.

    Raises:
        ValueError: an answer does not stand in its article.
    """
    paragraphs: list[Paragraph] = []
    questions: list[Question] = []
    for file in sorted(folder.glob("*.txt")):
        for entry in re.split(r"^# ", file.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            head, *lines = entry.splitlines()
            title, publisher, published, *language = (part.strip() for part in head.split(" | "))
            if _part(title) != part:
                continue
            text = "\n".join(line for line in lines if line[:2] not in ("? ", "! ")).strip()
            paragraphs.append(Paragraph(text, f"news/{title}", title, publisher, published, *language))
            questions.extend(_asked(line, text, len(paragraphs) - 1) for line in lines if line[:2] in ("? ", "! "))
    return paragraphs, questions


def fill(library: Library, paragraphs: Sequence[Paragraph], ids: Sequence[str]) -> None:
    """Put each paragraph into a library, as the article with its id."""
    articles = [paragraph.article(name) for paragraph, name in zip(paragraphs, ids, strict=True)]
    for start in range(0, len(articles), 200):
        library.replace(articles[start : start + 200])


def sentences(text: str) -> list[Span]:
    """The (start, end) of each sentence, by punctuation: good enough to cut training windows at."""
    cuts = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    return [(a, b) for a, b in pairwise(cuts) if text[a:b].strip()]


def _asked(line: str, text: str, paragraph: int) -> Question:
    """One line of the news: "? question = answer || answer", or "! question" for one that the text does not answer."""
    asked, _, written = line[2:].partition(" = ")
    accepted = tuple(answer.strip() for answer in written.split(" || ") if answer.strip())
    spans = tuple((start := text.index(answer), start + len(answer.rstrip(".,;: "))) for answer in accepted)
    return Question("news", asked.strip(), paragraph, spans, accepted)


def _part(name: str) -> str:
    """Which part a name belongs to: the split that the data's README prescribes."""
    digit = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[0]
    return {"0": TEST, "1": VALIDATION}.get(digit, TRAIN)


def _entries(content: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((article["title"], entry) for article in content["data"] for entry in article["paragraphs"])


def _add(paragraphs: list[Paragraph], questions: list[Question], name: str, title: str, entry: dict[str, Any]) -> None:
    readable = title.replace("_", " ") if name in ("new_wiki", "squad") else ""  # the other sets have ids for titles
    paragraphs.append(Paragraph(entry["context"], f"{name}/{title}", readable))
    questions.extend(_questions(name, len(paragraphs) - 1, entry["context"], entry["qas"]))


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
