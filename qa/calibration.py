"""A threshold of one's own: chosen on one's own questions for a precision, kept beside the library."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ingest import Library
from qa.errors import EvaluationError
from qa.evaluate import Outcome
from qa.reader import Reader

FILE = "calibration.json"
_ROUNDED = 0.00005  # by which an answer's confidence may be more than the reader's, which is held against the threshold


@dataclass(frozen=True, slots=True)
class Calibration:
    """A threshold, what it was chosen for, and what it does on the questions that it was chosen on.

    Attributes:
        threshold: the confidence under which the articles do not say.
        precision: the share of the answers given of which a quote is right.
        answerable_refused, unanswerable_refused: the shares that it refuses.
        questions: how many it was chosen on.
        models: of the encoder and the reader; with others it does not hold.
    """

    threshold: float
    precision: float
    answerable_refused: float
    unanswerable_refused: float
    questions: int
    models: str


def calibrate(outcomes: Sequence[Outcome], precision: float, models: str) -> Calibration:
    """The lowest threshold at which the share of right answers among those given is at least `precision`.

    Raises:
        EvaluationError: there are too few questions, or no threshold gives that precision.
    """
    can = [outcome for outcome in outcomes if outcome.asked.answers]
    cannot = [outcome for outcome in outcomes if not outcome.asked.answers]
    if len(can) < 20 or len(cannot) < 10:
        raise EvaluationError(
            f"Calibration needs 20 questions with answers and 10 without; there are {len(can)} and {len(cannot)}."
        )
    ranked = sorted(outcomes, key=lambda outcome: -outcome.forced.confidence)
    right, given = 0, 0
    for count, (outcome, after) in enumerate(zip(ranked, [*ranked[1:], None], strict=True), start=1):
        right += outcome.right
        if after and after.forced.confidence == outcome.forced.confidence:
            continue  # no threshold lies between the two
        if right / count >= precision:
            given = count
    if not given:
        raise EvaluationError(f"No threshold makes {precision:.0%} of the answers right: ask for a lower --precision.")
    threshold = round(max(ranked[given - 1].forced.confidence - _ROUNDED, 0.0), 5)
    return Calibration(
        threshold,
        round(sum(outcome.right for outcome in ranked[:given]) / given, 4),
        round(sum(outcome.forced.confidence < threshold for outcome in can) / len(can), 4),
        round(sum(outcome.forced.confidence < threshold for outcome in cannot) / len(cannot), 4),
        len(outcomes),
        models,
    )


def models(library: Library, reader: Reader) -> str:
    """What a threshold depends on: the encoder and the reader, by their fingerprints."""
    return f"{library.encoder.fingerprint} {reader.fingerprint}"


def save(folder: Path, calibration: Calibration) -> None:
    """Keep it beside the library in `folder`."""
    (folder / FILE).write_text(json.dumps(asdict(calibration), indent=1) + "\n", "utf-8")


def stored_threshold(folder: Path, models: str) -> float | None:
    """The threshold kept beside the library; None where there is none, or one for other models."""
    try:
        found = Calibration(**json.loads((folder / FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return found.threshold if found.models == models else None


def threshold_in_force(chosen: float | None, library: Library, reader: Reader) -> float:
    """The threshold that the settings choose; else the one kept with the library; else the reader's own."""
    if chosen is not None:
        return chosen
    stored = stored_threshold(library.folder, models(library, reader))
    return reader.threshold if stored is None else stored
