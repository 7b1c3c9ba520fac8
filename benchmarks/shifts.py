"""How good the answers are on questions that nobody wrote for Citewire: SQuADShifts' test part as one library.

    python benchmarks/shifts.py --data DATA
    python benchmarks/shifts.py --data DATA --most 500 --json shifts.json

DATA holds squadshifts/{new_wiki,reddit,amazon_reviews}.json.gz. Each paragraph of the test part is an article; nothing
was trained on it or chosen by it. Prints for each of the three sets, and for all, how often the right paragraph is
among the first five found, and how often an accepted answer stands inside the quotes and inside the first of them,
refusals counted as misses. All of these questions have an answer.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # before this folder, which has an `ingest` of its own

from benchmarks.tables import save, show
from ingest import Library
from qa.evaluate import Question, report, run
from qa.reader import load_reader
from training.reader.data import SETS, TEST, load

FIGURES = ("hit_at_5", "right", "first_right", "answerable_refused")


def main() -> None:
    """Build the library, ask, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--most", type=int, help="ask so many questions, drawn evenly; all without it")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    paragraphs, found = load(options.data, TEST)
    asked = random.Random(0).sample(found, min(options.most or len(found), len(found)))
    questions = [Question(one.text, one.accepted, (f"p-{one.paragraph}",)) for one in asked]
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder), create=True) as library:
        library.replace([paragraph.article(f"p-{n}") for n, paragraph in enumerate(paragraphs)])
        outcomes = run(library, load_reader(), questions)
        figures = {
            name: report([o for o, one in zip(outcomes, asked, strict=True) if name in (one.name, "all")], library)
            for name in (*SETS, "all")
        }
    rows = [(name, one.questions, *(getattr(one, figure) for figure in FIGURES)) for name, one in figures.items()]
    show("SQuADShifts, the test part", ("set", "questions", *(figure.replace("_", " ") for figure in FIGURES)), rows)
    save(options.json, {name: one.to_dict() for name, one in figures.items()})


if __name__ == "__main__":
    main()
