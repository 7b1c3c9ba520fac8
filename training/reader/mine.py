"""Hard negatives by the reader itself: sentences that it takes for the answer, and that are not.

Every question on our own news that is learnt from is asked of all of them; a sentence among the reader's first three
counts as wrong where it holds no accepted answer. A question that its article does not answer is asked of that article
alone, as another may answer it. What is found stays in the work folder, a JSON object a line:

    {"question": "...", "story": TITLE, "wrong": [[TITLE, START], ...]}      START: of the sentence, in characters
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from ingest import Library
from qa.chain import RETRIEVED
from qa.compose import MAX_QUOTES
from qa.reader import SpanReader
from qa.scores import holds
from training.reader.data import Paragraph, Question, Span, fill

MINED = "mined.jsonl"


def mine(paragraphs: Sequence[Paragraph], questions: Sequence[Question], work: Path) -> int:
    """Ask the packaged reader and write down its mistakes; how many questions it made any with.

    May be stopped at any time: the questions come in random order, and what was written is used.
    """
    count = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        Library.open(folder, create=True) as library,
        (work / MINED).open("w", encoding="utf-8", buffering=1) as lines,
    ):
        fill(library, paragraphs, [str(number) for number in range(len(paragraphs))])
        reader = SpanReader()
        for question in Random(0).sample(questions, len(questions)):
            wrong = [[paragraphs[n].title, start] for n, start in _mistakes(library, reader, question)]
            if wrong:
                count += 1
                story = paragraphs[question.paragraph].title
                print(json.dumps({"question": question.text, "story": story, "wrong": wrong}), file=lines)
    return count


def _mistakes(library: Library, reader: SpanReader, question: Question) -> Iterator[Span]:
    """(paragraph, start of the sentence) of each."""
    hits, own = library.search(question.text, RETRIEVED), str(question.paragraph)
    if not question.answers:
        hits = [hit for hit in hits if hit.article.id == own]
    for found in reader.read(question.text, hits)[:MAX_QUOTES]:
        if not holds(found.quote, question.accepted):
            yield int(found.hit.article.id), found.start


def mined(paragraphs: Sequence[Paragraph], questions: Sequence[Question], work: Path) -> list[list[Span]]:
    """For each question the (paragraph, start) of its mistakes that `mine` has left in the work folder, if any."""
    if not (work / MINED).exists():
        return [[] for _ in questions]
    numbers = {paragraph.title: number for number, paragraph in enumerate(paragraphs)}
    found: dict[tuple[str, int], list[Span]] = {}
    for line in (work / MINED).read_text("utf-8").splitlines():
        entry = json.loads(line)
        wrong = [(numbers[title], start) for title, start in entry["wrong"] if title in numbers]
        found[entry["question"], numbers.get(entry["story"], -1)] = wrong
    return [found.get((question.text, question.paragraph), []) for question in questions]
