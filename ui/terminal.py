"""What is printed in a terminal. Words of articles are printed as they are, never as markup or control codes."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from ingest import Entry, Hidden, Problem, SyncProgress, SyncReport
from ingest.article import clean, is_address

if TYPE_CHECKING:
    from ui.forgetting import Forgotten

_NAMED = 5  # articles named in one line


def plain(text: str) -> str:
    """Text that a terminal prints as it stands: no control codes, no markup."""
    return escape(clean(text))


class _Rate(ProgressColumn):
    """Articles a second since the start, and the passages that were written."""

    def render(self, task: Task) -> Text:
        rate = task.fields["articles"] / task.elapsed if task.elapsed else 0.0
        return Text(f"{task.fields['articles']:,} articles, {task.fields['passages']:,} passages, {rate:,.0f}/s")


@contextmanager
def sync_progress(err: Console) -> Iterator[Callable[[SyncProgress], None]]:
    """A bar with the rate and the time left, gone when the work is done."""
    columns = (TextColumn("Reading"), BarColumn(), _Rate(), TextColumn("left"), TimeRemainingColumn(compact=True))
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("sync", total=None, articles=0, passages=0)

        def show(state: SyncProgress) -> None:
            bar.update(task, completed=state.done, total=state.total, articles=state.articles, passages=state.passages)

        yield show


def print_report(out: Console, err: Console, report: SyncReport) -> None:
    """The five counts on standard output; which failed, and why, on standard error."""
    for failure in report.failed:
        err.print(f"[red]Not read:[/] {plain(failure.source)}: {plain(failure.reason)}")
    if report.hidden:
        err.print(f"[yellow]Left out:[/] {plain(_hidden(report.hidden))}")
    counts = (("added", report.added), ("changed", report.changed), ("removed", report.removed),
              ("unchanged", report.unchanged), ("failed", report.failed))  # fmt: skip
    out.print(", ".join(f"{len(ids):,} {what}" for what, ids in counts))


def _hidden(found: Sequence[Hidden]) -> str:
    count = sum(of.count for of in found)
    what = "1 hidden character" if count == 1 else f"{count:,} hidden characters"
    shown = ", ".join(of.source for of in found[:_NAMED]) + (", …" if len(found) > _NAMED else "")
    articles = "1 article" if len(found) == 1 else f"{len(found):,} articles"
    return f"{what} (zero-width, bidirectional or control), from {articles}: {shown}"


def print_plan(err: Console, report: SyncReport) -> None:
    """What a dry run found to do, an article a line."""
    for what, ids in (("added", report.added), ("changed", report.changed), ("removed", report.removed)):
        for article_id in ids:
            err.print(f"would be {what}: {plain(article_id)}")
    err.print("A dry run: nothing was changed.", style="dim")


def print_entries(out: Console, err: Console, entries: Sequence[Entry]) -> None:
    """A line an article: date, publisher, title, id; between tabs when another program reads it."""
    if not out.is_terminal:
        for entry in entries:
            cells = ((entry.published or "")[:10], entry.publisher or "", entry.title, entry.id)
            out.file.write("\t".join(" ".join(clean(cell).split()) for cell in cells) + "\n")
        return
    table = Table(box=None, pad_edge=False, show_header=bool(entries))
    for column in ("Date", "Publisher", "Title"):
        table.add_column(column, overflow="fold", no_wrap=column == "Date")
    table.add_column("Id", overflow="fold", style="dim")
    for entry in entries:
        cells = ((entry.published or "")[:10], entry.publisher or "", entry.title, entry.id)
        table.add_row(*(Text(clean(cell)) for cell in cells))
    out.print(table)
    err.print(f"{len(entries):,} articles, {sum(entry.passages for entry in entries):,} passages", style="dim")


def print_receipt(out: Console, err: Console, forgotten: "Forgotten") -> None:
    """What was removed, and how that was checked."""
    receipt = forgotten.receipt
    article = receipt.article
    out.print(Text(f"Forgotten: {clean(article.title)}  ({article.id}, from {clean(article.source)})"))
    earlier = (
        f", and {receipt.versions} earlier version{'' if receipt.versions == 1 else 's'}" if receipt.versions else ""
    )
    what = f"{receipt.passages} passages, their full text and vectors{earlier}"
    out.print(f"{what} were removed, and the files were rewritten.")
    if forgotten.opinions:
        out.print(f"Feedback of readers that quotes it was removed too: {forgotten.opinions}.")
    if forgotten.uploaded:
        out.print("The file that it was uploaded in was removed.")
    out.print(f"Checked: none of its {receipt.searched} sentences leads to it any more.")
    if others := dict.fromkeys((*(copy.article_id for copy in receipt.copies), *receipt.elsewhere)):
        left = f"Its words stand in {len(others)} other article{'' if len(others) == 1 else 's'} too, which were kept:"
        err.print(Text(f"{left} {', '.join(others)}", style="yellow"))
    for place in receipt.again:
        why = f"{clean(place)} leads to it" if is_address(place) else f"{clean(place)} still exists"
        err.print(Text(f"{why}: the next sync of it will bring it back, unless it is taken out there.", style="yellow"))


def print_problems(out: Console, library: Path, problems: Sequence[Problem]) -> None:
    """What is wrong and the command that mends it."""
    for problem in problems:
        out.print(f"{plain(problem.what)}\n  mend it: [bold]{plain(problem.mend)}[/]")
    if not problems:
        out.print(f"{plain(str(library))} is whole.")


def print_settings(out: Console, found: Mapping[str, Any], *, as_json: bool) -> None:
    """Each setting, its value and where it came from; a secret is not shown."""
    from qa.settings import SECRETS  # there already, where settings are shown

    found = {name: o._replace(value="***") if name in SECRETS and o.value else o for name, o in found.items()}
    if as_json:
        shown = {name: {"value": origin.value, "source": origin.source} for name, origin in found.items()}
        out.file.write(json.dumps(shown, default=str) + "\n")
        return
    table = Table(box=None, pad_edge=False)
    for column in ("Setting", "Value", "From"):
        table.add_column(column, overflow="fold")
    for name, origin in found.items():
        value = "-" if origin.value in (None, (), {}) else str(origin.value)
        table.add_row(name, Text(clean(value)), Text(origin.source, style="dim"))
    out.print(table)
