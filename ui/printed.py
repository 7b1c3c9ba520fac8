"""An answer as a terminal shows it. Words of articles are printed as they are, never as markup or control codes."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ingest.article import clean
from qa import Answer, Citation, Prose
from ui.refusal import NOT_FOUND, nearest_note, searched_instead
from ui.wording import beside, noted, prose_notes, source_line, written_by


def print_answer(out: Console, answer: Answer) -> None:
    """The quotes with their places, below a model's prose if there is any; or that the articles do not say."""
    if searched := searched_instead(answer.question, answer.searched_for):
        _print(out, f"Searched for: {searched}", "dim")
    if answer.prose:
        _print_prose(out, answer.prose)
    if answer.found:
        _print(out, answer.text)
    else:
        _print(out, NOT_FOUND, "bold")
    for note in noted(answer):
        _print(out, note, "dim")
    if answer.citations:
        out.print(_places(answer.citations, quoted=True))
    if answer.nearest:
        _print(out, nearest_note(answer.reason, found=answer.found), "dim")
        out.print(_places(answer.nearest, quoted=False))


def _print(out: Console, words: str, style: str = "") -> None:
    out.print(Text(clean(words), style=style))


def _print_prose(out: Console, prose: Prose) -> None:
    """What the model wrote, what was left out of it, and who it was."""
    struck = prose.strict == "strike"
    shown = [one for one in prose.sentences if struck or one.verdict == "supported"]
    if shown:
        lines = (
            Text(
                clean(" ".join([one.text, *(f"[{number}]" for number in one.citations)])),
                style="" if one.verdict == "supported" else "strike",
            )
            for one in shown
        )
        out.print(Text(" ").join(lines))
    for note in prose_notes(prose):
        _print(out, note, "yellow" if note == prose.problem else "dim")
    if shown:
        _print(out, written_by(prose), "dim")
        out.print("")


def _places(citations: Sequence[Citation], *, quoted: bool) -> Table:
    """Where quotes stand; with their words, unless the answer has quoted them."""
    table = Table.grid(padding=(0, 1))
    for citation in citations:
        quote = "" if quoted else f"“{' '.join(citation.quote.split())}”"
        place = f"{citation.article_id}, characters {citation.start} to {citation.end}"
        table.add_row("", "")
        mark = f"[{citation.number}]" if quoted else "•"
        table.add_row(Text(mark), Text(clean(source_line(citation)), style="bold"))
        if quote:
            table.add_row("", Text(clean(quote)))
        for line in filter(None, (place, citation.url, *beside(citation))):
            table.add_row("", Text(clean(line), style="dim"))
    return table
