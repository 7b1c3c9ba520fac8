"""Follow-ups: is the right article found for one made to stand alone, and is what stands alone left as it is?

    python benchmarks/conversations.py
    python benchmarks/conversations.py --json conversations.json --misses

Holds tests/data/conversations.jsonl on the corpus. Prints how often the right article is among the first five for the
last question as it was typed, as it was rewritten from the turns before it (with the assistant's own answers), and as a
person wrote it to stand alone; for the part on which the rules were tuned and for the part kept aside. And, of the
questions of tests/data/questions.jsonl asked after another of them, drawn at random, how many come back unchanged.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))  # before this folder, which has an `ingest` of its own

from benchmarks.tables import console, save, show
from ingest import Library, sync
from qa import Assistant, Turn
from qa.conversation.follow_up import stand_alone

DATA = Path(__file__).parents[1] / "tests" / "data"
CORPUS = Path(__file__).parents[1] / "corpus"
FIRST = 5


class Held(NamedTuple):
    """One conversation: was the right article found, and what was searched for."""

    part: str
    typed: str
    searched: str
    as_typed: bool
    rewritten: bool
    by_hand: bool


def hold(assistant: Assistant, lines: Sequence[str]) -> list[Held]:
    """Hold the conversations, each to its last question."""
    held = []
    answers: dict[str, str] = {}  # many conversations begin with the same question
    for line in lines:
        talk = json.loads(line)
        history: list[Turn] = []
        for question in talk["turns"][:-1]:
            searched = stand_alone(question, history)
            answered = answers[searched] = answers.get(searched) or assistant.ask(searched).text
            history.append(Turn(question, answered))
        typed = talk["turns"][-1]
        searched = stand_alone(typed, history)
        right = [
            any(hit.article.title in talk["articles"] for hit in assistant.library.search(words, FIRST))
            for words in (typed, searched, talk["alone"])
        ]
        held.append(Held(talk["part"], typed, searched, *right))
    return held


def unchanged(questions: Sequence[str], answers: Sequence[str], seed: int = 0) -> list[bool]:
    """Of each question whether it comes back as it is after another one, and that one's answer, drawn at random."""
    chance = random.Random(seed)
    others = [chance.randrange(len(questions)) for _ in questions]
    return [
        stand_alone(question, [Turn(questions[other], answers[other])]) == question
        for question, other in zip(questions, others, strict=True)
    ]


def share(flags: Sequence[bool]) -> float:
    """How many of them hold, from 0 to 1."""
    return sum(flags) / max(len(flags), 1)


def main() -> None:
    """Parse the command line, hold the conversations, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    parser.add_argument("--misses", action="store_true", help="print the tuned ones whose article is not found")
    options = parser.parse_args()
    lines = (DATA / "conversations.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line) for line in (DATA / "questions.jsonl").read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as scratch, Library.open(Path(scratch) / "library", create=True) as library:
        sync([CORPUS], library)
        assistant = Assistant(library)
        held = hold(assistant, lines)
    kept = share(unchanged([str(q["question"]) for q in questions], [" ".join(q["answers"]) for q in questions]))
    figures = {}
    for part in ("tuned", "unseen", ""):
        some = [one for one in held if part in ("", one.part)]
        ways = [share([getattr(one, way) for one in some]) for way in ("as_typed", "rewritten", "by_hand")]
        figures[part or "all"] = [len(some), *ways]
    columns = ("conversations", "how many", "as typed", "rewritten", "by hand")
    show(f"Right article among the first {FIRST}", columns, ((name, *row) for name, row in figures.items()))
    console.print(f"{kept:.1%} of {len(questions)} questions that stand alone come back unchanged.")
    for one in held:
        if options.misses and one.part == "tuned" and one.by_hand and not one.rewritten:
            console.print(f"  {one.typed}  ->  {one.searched}")
    save(options.json, {"first_five": figures, "unchanged": kept})


if __name__ == "__main__":
    main()
