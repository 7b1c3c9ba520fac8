"""What each step adds: nearest passages alone, words alone, both fused, and the reader, on the same questions.

    python benchmarks/quality.py
    python benchmarks/quality.py --corpus FOLDER --questions questions.jsonl --json quality.json

Needs langchain-chroma and langchain-text-splitters. The usual LangChain pipeline (RecursiveCharacterTextSplitter
1000/200, all-MiniLM-L6-v2 in PyTorch, Chroma, k=4) gives passages; so do BM25 and both fused. For each: how often an
accepted answer stands in the first thing shown, and in all that is shown, how many words a person reads there, and how
often an unanswerable question is refused. Refused answerable questions count as misses.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # before this folder, which has an `ingest` of its own

from benchmarks.ingest import LangChain
from benchmarks.tables import console, save, show
from ingest import CitewireError, Library, sync
from ingest.catalog import Catalog
from qa import AnswerChain
from qa.evaluate import Question, load_questions
from qa.reader import load_reader
from qa.scores import holds

ROOT = Path(__file__).parents[1]
K = 4  # passages that a usual pipeline hands to its chat model


class Shown(NamedTuple):
    """What one question was given: texts, best first."""

    asked: Question
    texts: Sequence[str]


def usual(corpus: Path, scratch: Path) -> Callable[[str], list[str]]:
    """LangChain's pipeline over the corpus."""
    from langchain_chroma import Chroma

    pipeline = LangChain(scratch)
    pipeline.run(corpus)
    store = Chroma(persist_directory=str(scratch), embedding_function=pipeline.embeddings)
    return lambda question: [document.page_content for document in store.similarity_search(question, k=K)]


def by_words(library: Library) -> Callable[[str], list[str]]:
    """BM25 alone, on our passages."""
    catalog = Catalog(library.folder / "catalog.sqlite3")

    def ask(question: str) -> list[str]:
        rows = [row for row, _ in catalog.search_words(question, K)]
        found = catalog.passages(rows)
        return [found[row].text for row in rows]

    return ask


def figures(shown: Sequence[Shown]) -> tuple[float, float, float, float]:
    """First right, any right, words shown, unanswerable refused."""
    can = [one for one in shown if one.asked.answers]
    cannot = [one for one in shown if not one.asked.answers]
    return (
        float(np.mean([bool(one.texts) and holds(one.texts[0], one.asked.answers) for one in can])),
        float(np.mean([any(holds(text, one.asked.answers) for text in one.texts) for one in can])),
        float(np.mean([sum(len(text.split()) for text in one.texts) for one in can])),
        float(np.mean([not one.texts for one in cannot])) if cannot else float("nan"),
    )


def main() -> None:
    """Parse the command line, ask each way, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus", metavar="FOLDER")
    parser.add_argument("--questions", type=Path, default=ROOT / "tests/data/questions.jsonl", metavar="FILE")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    options = parser.parse_args()
    try:
        questions = load_questions(options.questions)
    except CitewireError as error:
        sys.exit(str(error))
    with tempfile.TemporaryDirectory() as scratch, Library.open(Path(scratch) / "library", create=True) as library:
        sync([options.corpus], library)
        chain = AnswerChain(library, load_reader())
        ways = {
            f"LangChain, MiniLM, k={K}": usual(options.corpus, Path(scratch) / "chroma"),
            f"BM25, {K} passages": by_words(library),
            f"both fused, {K} passages": lambda q: [hit.passage.text for hit in library.search(q, K)],
            "with the reader": lambda q: [citation.quote for citation in chain.invoke(q).citations],
        }
        found = {
            name: figures([Shown(asked, way(asked.question)) for asked in questions]) for name, way in ways.items()
        }
    columns = ("way", "first right", "any right", "words shown", "unanswerable refused")
    show(f"{len(questions)} questions", columns, ((name, *row) for name, row in found.items()))
    console.print("Words shown: what a person, or a chat model, has to read for one question.")
    save(options.json, {name: dict(zip(columns[1:], row, strict=True)) for name, row in found.items()})


if __name__ == "__main__":
    main()
