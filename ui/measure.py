"""`citewire eval` and `citewire calibrate`: how good the answers are on questions of one's own."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from ui.options import JsonOption, LibraryOption

if TYPE_CHECKING:
    from qa.evaluate import Outcome, Report
    from qa.reader import SpanReader

out = Console(highlight=False, emoji=False)
err = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)

QuestionsArgument = Annotated[
    Path, typer.Argument(help="One JSON object a line: question, answers, articles.", show_default=False)
]

_ROWS = (
    ("Retrieval", "right article first", "hit_at_1"),
    ("", "among the first five", "hit_at_5"),
    ("", "among the first ten", "hit_at_10"),
    ("", "mean reciprocal rank", "mrr"),
    ("Answers", "an accepted answer in a quote", "right"),
    ("", "in the first quote", "first_right"),
    ("", "short answer exactly right", "exact_match"),
    ("", "short answer, F1", "f1"),
    ("Citations", "word for word in the article", "quotes_exact"),
    ("", "quotes that hold the answer", "quotes_right"),
    ("Refusals", "of answerable questions", "answerable_refused"),
    ("", "of unanswerable questions", "unanswerable_refused"),
    ("", "AUROC of the confidence", "auroc"),
    ("", "calibration error", "calibration_error"),
)


def evaluate(
    questions: QuestionsArgument,
    library: LibraryOption = None,
    as_json: JsonOption = False,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the risk-coverage curve as a picture.", show_default=False, metavar="FILE")
    ] = None,
) -> None:
    """Measure the answers to questions of your own: retrieval, answers, citations, refusals, time."""
    from qa.evaluate import report

    with _asked(questions, library) as (opened, reader, outcomes):
        del reader
        found = report(outcomes, opened)
    if plot:
        _draw(found, plot)
    if as_json:
        sys.stdout.write(json.dumps(found.to_dict()) + "\n")
    else:
        _print(found)


def calibrate(
    questions: QuestionsArgument,
    library: LibraryOption = None,
    precision: Annotated[
        float, typer.Option(help="The share of the answers given that are to be right.", min=0.01, max=1.0)
    ] = 0.8,
    as_json: JsonOption = False,
) -> None:
    """Choose the threshold for refusing on questions of your own, and keep it with the library."""
    from dataclasses import asdict

    from qa import calibration

    with _asked(questions, library) as (opened, reader, outcomes):
        chosen = calibration.calibrate(outcomes, precision, calibration.models(opened, reader))
        calibration.save(opened.folder, chosen)
    if as_json:
        sys.stdout.write(json.dumps(asdict(chosen)) + "\n")
        return
    out.print(f"Threshold {chosen.threshold:.3f}, kept with the library. On these {chosen.questions} questions it")
    out.print(f"  gives answers of which {chosen.precision:.0%} are right,")
    out.print(f"  refuses {chosen.answerable_refused:.0%} of the answerable questions,")
    out.print(f"  refuses {chosen.unanswerable_refused:.0%} of the unanswerable ones.")


@contextmanager
def _asked(questions: Path, library: Path | None) -> Iterator[tuple[Any, "SpanReader", "list[Outcome]"]]:
    """The open library, the reader, and what came of each question, with the threshold that is in force."""
    from ingest import Library, load_encoder
    from qa.calibration import threshold_in_force
    from qa.evaluate import load_questions, run
    from qa.reader import load_reader
    from qa.settings import Settings

    settings = Settings.load(library=library)
    asked = load_questions(questions)
    reader = load_reader(settings.reader)
    with Library.open(settings.library, load_encoder(settings.encoder), purpose="being measured") as opened:
        threshold = threshold_in_force(settings.threshold, opened, reader)
        with _progress(len(asked)) as advance:
            outcomes = run(opened, reader, asked, threshold, advance)
        yield opened, reader, outcomes


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    with Progress(console=err, transient=True) as bar:
        task = bar.add_task("Asking", total=total)
        yield lambda done: bar.update(task, completed=done)


def _print(found: "Report") -> None:
    out.print(f"{found.questions:,} questions, of which {found.answerable:,} have an answer")
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold")
    table.add_column()
    table.add_column(justify="right")
    for group, what, name in _ROWS:
        value = getattr(found, name)
        table.add_row(group, what, f"{value:.3f}" if value == value else "-")  # noqa: PLR0124 - NaN is not itself
    table.add_row("Time", "to find passages, median", f"{found.search_ms:.0f} ms")
    table.add_row("", "for the whole answer, median", f"{found.answer_ms:.0f} ms")
    out.print(table)


def _draw(found: "Report", file: Path) -> None:
    """The share of wrong answers against the share of questions answered."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        from qa import EvaluationError

        raise EvaluationError("Drawing needs matplotlib: pip install 'citewire[plot]'.") from None
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(*zip(*found.risk, strict=True))
    axes.set(
        xlabel="share of questions answered", ylabel="share of answers that are wrong", xlim=(0, 1), ylim=(0, None)
    )
    axes.grid(alpha=0.3)
    try:
        figure.savefig(file)
    except (OSError, ValueError) as error:
        from qa import EvaluationError

        raise EvaluationError(f"{file} cannot be written: {error}.") from None
