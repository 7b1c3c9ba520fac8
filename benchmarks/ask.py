"""The time of a question, step by step, on a library of 1,000 articles and the corpus; and of a cold start.

    python benchmarks/ask.py
    python benchmarks/ask.py --library FOLDER --json ask.json

Asks each question of tests/data/questions.jsonl in process, after twenty to warm up, and prints the median and the 95th
percentile of each step in milliseconds; then the median of five runs of `citewire ask` in a process of its own, from
start to exit, with the files in the system's cache. With --library the library is kept, and used again where it is.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # before this folder, which has an `ingest` of its own

from benchmarks.articles import CORPUS, make, write
from benchmarks.stopwatch import Stopwatch
from benchmarks.tables import console, save, show
from ingest import CitewireError, Library, sync
from ingest.catalog import Catalog
from ingest.vectors import VectorIndex
from qa import Assistant

QUESTIONS = Path(__file__).parents[1] / "tests" / "data" / "questions.jsonl"
WARM_UP, COLD_STARTS = 20, 5
GOAL_MS, GOAL_COLD = 100, 3.0
EXITS = (0, 3)  # answered; the articles do not say


def build(folder: Path, articles: int) -> None:
    """A library of made articles and the corpus; what is there already is not made again."""
    with tempfile.TemporaryDirectory() as scratch, Library.open(folder, create=True) as library:
        if not len(library):
            write(Path(scratch), list(make(articles)))
            sync([scratch, CORPUS], library)
        console.print(f"{library.count_articles():,} articles, {len(library):,} passages")


def in_process(folder: Path, questions: Sequence[str]) -> dict[str, list[float]]:
    """Milliseconds of each step for each question, in the order in which the steps are taken."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    with Assistant.open(library=folder) as assistant:
        watch = watched(assistant)
        for number, question in enumerate([*questions[:WARM_UP], *questions]):
            watch.seconds.clear()
            began = time.perf_counter()
            assistant.ask(question)
            total = time.perf_counter() - began
            if number >= min(WARM_UP, len(questions)):
                for step, seconds in steps(watch.seconds, total).items():
                    found[step].append(1000 * seconds)
    return found


def watched(assistant: Assistant) -> Stopwatch:
    """A watch around the parts of an assistant."""
    library, watch = assistant.library, Stopwatch()
    watch.wrap(library.encoder, "encode_query", "encode the question")
    watch.wrap(Catalog, "search_words", "search by words")
    watch.wrap(VectorIndex, "nearest", "search by vectors")
    watch.wrap(library, "search", "search")
    watch.wrap(assistant.as_runnable().reader, "read", "read")
    return watch


def steps(seconds: dict[str, float], total: float) -> dict[str, float]:
    """What each step took by itself; together they are the whole."""
    legs = {name: seconds.get(name, 0.0) for name in ("encode the question", "search by words", "search by vectors")}
    search, read = seconds.get("search", 0.0), seconds.get("read", 0.0)
    return {
        **legs,
        "fuse and load": search - sum(legs.values()),
        "read": read,
        "compose and verify": total - search - read,
        "ask, all of it": total,
    }


def cold(folder: Path, question: str) -> float:
    """Seconds from the start of `citewire ask` to its end."""
    command = [sys.executable, "-m", "ui.cli", "ask", question, "--library", str(folder)]
    began = time.perf_counter()
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if child.returncode not in EXITS:
        raise SystemExit(f"citewire ask exited with {child.returncode}: {child.stderr.strip()}")
    return seconds


def report(found: dict[str, list[float]], starts: Sequence[float]) -> dict[str, Any]:
    """Print the tables; what they show, as plain values."""
    figures = {step: (statistics.median(taken), percentile(taken, 95)) for step, taken in found.items()}
    count = len(next(iter(found.values())))
    show(
        f"A question in process, ms, over {count} questions",
        ("step", "median", "p95"),
        ((step, f"{median:.1f}", f"{high:.1f}") for step, (median, high) in figures.items()),
    )
    median = figures["ask, all of it"][0]
    console.print(f"Median {median:.0f} ms (goal: at most {GOAL_MS})")
    start = statistics.median(starts)
    each = ", ".join(f"{seconds:.2f}" for seconds in starts)
    console.print(f"`citewire ask` from a cold start: median {start:.2f} s of {each} (goal: at most {GOAL_COLD:g})")
    return {
        "questions": count,
        "ms": {step: {"median": middle, "p95": high} for step, (middle, high) in figures.items()},
        "cold_seconds": list(starts),
        "met": median <= GOAL_MS and start <= GOAL_COLD,
    }


def percentile(values: Sequence[float], share: int) -> float:
    """The value that so many of a hundred do not pass."""
    return sorted(values)[min(len(values) - 1, len(values) * share // 100)]


def main() -> None:
    """Parse the command line, ask, print; exits with 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1000, metavar="N", help="beside the corpus (1000)")
    parser.add_argument("--library", type=Path, metavar="FOLDER", help="keep the library here, and use it again")
    parser.add_argument("--questions", type=int, metavar="N", help="ask the first N only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    options = parser.parse_args()
    lines = QUESTIONS.read_text("utf-8").splitlines()[: options.questions]
    questions = [json.loads(line)["question"] for line in lines]
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.library or Path(scratch)
        try:
            build(folder, options.articles)
            found = in_process(folder, questions)
        except CitewireError as error:
            sys.exit(str(error))
        starts = [cold(folder, question) for question in questions[:COLD_STARTS]]
    figures = report(found, starts)
    save(options.json, figures)
    sys.exit(not figures["met"])


if __name__ == "__main__":
    main()
