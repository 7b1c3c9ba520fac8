"""How often questions over several articles are answered rightly, for each kind.

    python benchmarks/surveys.py
    python benchmarks/surveys.py --wrong

The questions are those of tests/data/surveys.jsonl, each with what must and must not be quoted or said. They were
written in rounds, each before the rules were changed again, three of them with others that only look like them
("ordinary"). A third of the first round and all of the seventh ("unseen") were not looked at while the rules were made.
"""

import argparse
import datetime as dt
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # before this folder, which has an `ingest` of its own

from benchmarks.tables import console, save, show
from ingest import Encoder, Library, Within, load_encoder, sync
from qa import Answer, AnswerChain
from qa.reader import load_reader

if TYPE_CHECKING:
    from ingest.encoder import Vectors

ROOT = Path(__file__).parents[1]
SURVEYS = ROOT / "tests/data/surveys.jsonl"
TODAY = dt.date(2024, 6, 15)
COLUMNS = ("seen", "unseen", "later")


class Remembering:
    """An encoder that encodes no text twice: many questions weigh the same sentences.

    Args:
        encoder: the one that encodes what is new.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.fingerprint, self.dimensions = encoder.name, encoder.fingerprint, encoder.dimensions
        self.encode_query = encoder.encode_query
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}

    def encode_documents(self, texts: Sequence[str]) -> "Vectors":
        """As the encoder does."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._encoder.encode_documents(new), strict=True))
        return np.array([self._known[text] for text in texts], dtype=np.float32).reshape(-1, self.dimensions)


def wrong(expected: dict[str, Any], answer: Answer) -> list[str]:
    """What is wrong with an answer, in words; nothing where it is right.

    Args:
        expected: a line of surveys.jsonl. `must`: of each list one must be quoted. `not`: quoted nowhere. `first`: one
            of each list stands in the first quote. `order`: the `must` stand in that order. `says`: in the text or a
            note; `nosays`: in no note. `only`: titles that may be quoted. `least`: quotes. `conflict`: there is one.
    """
    quotes = [" ".join(citation.quote.split()).casefold() for citation in answer.citations]
    said = " ".join([answer.text, *answer.notes]).casefold()

    def places(options: list[str]) -> list[int]:
        return [n for n, quote in enumerate(quotes) if any(option.casefold() in quote for option in options)]

    def faults() -> Iterator[str]:
        kinds = expected["kind"] if isinstance(expected["kind"], list) else [expected["kind"]]
        if answer.kind not in kinds:
            yield f"is a {answer.kind}"
        if answer.found != expected.get("found", answer.found):
            yield "found" if answer.found else "not found"
        yield from (f"lacks {options}" for options in expected["must"] if not places(options))
        yield from (f"quotes {text!r}" for text in expected.get("not", []) if places([text]))
        yield from (
            f"does not begin with {options}" for options in expected.get("first", []) if 0 not in places(options)
        )
        yield from (f"does not say {text!r}" for text in expected.get("says", []) if text.casefold() not in said)
        notes = " ".join(answer.notes)
        yield from (f"takes something for {text!r}" for text in expected.get("nosays", []) if text in notes)
        if (
            expected.get("order")
            and all(map(places, expected["must"]))
            and not _in_order(map(places, expected["must"]))
        ):
            yield "is out of order"
        titles = {citation.title for citation in answer.citations}
        if "only" in expected and titles - set(expected["only"]):
            yield f"quotes {titles - set(expected['only'])}"
        if len(quotes) < expected.get("least", 0):
            yield f"has {len(quotes)} quotes"
        if "conflict" in expected and expected["conflict"] != bool(answer.conflicts):
            yield "sees a conflict" if answer.conflicts else "sees no conflict"

    return list(faults())


def column_of(expected: dict[str, Any]) -> str:
    """The column of the table that a question is counted in."""
    return "unseen" if expected.get("unseen") else "later" if "round" in expected else "seen"


def _in_order(places: list[list[int]]) -> bool:
    at = -1
    for found in places:
        at = min((place for place in found if place >= at), default=-1)
        if at < 0:
            return False
    return True


def outcomes(library: Library, surveys: Path = SURVEYS) -> Iterator[tuple[dict[str, Any], Answer, list[str]]]:
    """Each question with its answer and what is wrong with that."""
    reader = load_reader()
    for line in surveys.read_text("utf-8").splitlines():
        expected = json.loads(line)
        today = dt.date.fromisoformat(expected["today"]) if "today" in expected else TODAY
        chain = AnswerChain(library, reader, today=lambda day=today: day)  # type: ignore[misc]
        answer = chain.invoke(expected["question"], within=Within(url=expected.get("url")))
        yield expected, answer, wrong(expected, answer)


def _library(scratch: Path) -> Library:
    return Library.open(scratch / "library", Remembering(load_encoder()), create=True)


def main() -> None:
    """Parse the command line, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wrong", action="store_true", help="print each wrong answer, of the seen ones")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    options = parser.parse_args()
    right: dict[str, dict[str, list[bool]]] = defaultdict(lambda: {column: [] for column in COLUMNS})
    with tempfile.TemporaryDirectory() as scratch, _library(Path(scratch)) as library:
        sync([ROOT / "corpus"], library)
        for expected, answer, faults in outcomes(library):
            column = column_of(expected)
            for name in (expected["about"], "all"):
                right[name][column].append(not faults)
            if faults and options.wrong and column != "unseen":
                console.print(f"[bold]{expected['question']}[/] {'; '.join(faults)}", markup=True)
                console.print(f"{answer.text}\n{answer.notes}\n", markup=False)
    rows = [
        (name, *(f"{sum(found[column])} of {len(found[column])}" for column in COLUMNS))
        for name, found in sorted(right.items(), key=lambda item: (item[0] == "all", item[0]))
    ]
    show("right", ("kind", *COLUMNS), rows)
    save(options.json, {name: dict(zip(COLUMNS, row, strict=True)) for name, *row in rows})


if __name__ == "__main__":
    main()
