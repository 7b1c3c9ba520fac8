"""The command line. Data goes to standard output, everything else to standard error."""

import json
import logging
import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.console import Console

from ui import key_commands, measure, terminal, transfer
from ui.options import JsonOption, LibraryOption, ThresholdOption

app = typer.Typer(
    help="Answers from your articles, each sentence proved by an exact quote. Offline, on a CPU.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(key_commands.app, name="keys")
out = Console(highlight=False, emoji=False)
err = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)

NOT_FOUND, SOME_FAILED, FAILED = 3, 4, 1
_TURNS = 20  # of a chat that are remembered, the latest


def main() -> None:
    """The entry point of the `citewire` command: errors that are written for people become one sentence."""
    from ingest import CitewireError

    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        app()
    except CitewireError as error:
        err.print(f"[bold red]Error:[/] {terminal.plain(str(error))}")
        sys.exit(FAILED)


def _settings(**flags: object) -> Any:
    from qa.settings import Settings

    return Settings.load(**flags)


SourcesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="Folders, files, and addresses of pages, feeds and sitemaps. Without any: the sources of citewire.toml.",
        metavar="[SOURCE]...",
        show_default=False,
    ),
]


@app.command()
def sync(
    sources: SourcesArgument = None,
    library: LibraryOption = None,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Let an emptied folder remove the articles that came from it.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
) -> None:
    """Make the library equal to these sources.

    Exits with 4 when some articles could not be read; the rest is in the library then.
    """
    from ui.syncing import sync_once

    settings = _settings(library=library)
    wanted = _sources(settings, sources)
    with terminal.sync_progress(err) as progress:
        report = sync_once(settings, wanted, allow_empty=allow_empty, dry_run=dry_run, progress=progress)
    if dry_run:
        terminal.print_plan(err, report)
    terminal.print_report(out, err, report)
    if report.failed:
        raise typer.Exit(SOME_FAILED)


@app.command()
def watch(sources: SourcesArgument = None, library: LibraryOption = None) -> None:
    """Keep the library up to date: folders as they change, web sources on their schedule. Ctrl-C ends it."""
    from ui.syncing import watch_alone

    settings = _settings(library=library)
    wanted = _sources(settings, sources)
    err.print(f"Watching {len(wanted)} sources. Ctrl-C ends it.", style="dim")
    watch_alone(
        settings,
        wanted,
        on_report=lambda report: terminal.print_report(out, err, report),
        on_error=lambda error: err.print(f"[bold red]Error:[/] {terminal.plain(str(error))}"),
    )


def _sources(settings: Any, named: list[str] | None) -> Any:
    from ui.syncing import sources_of

    found = sources_of(settings, named or [])
    if not found:
        raise typer.BadParameter("Name a folder, file or address, or write [[sources]] into citewire.toml.")
    return found


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question.", show_default=False)],
    library: LibraryOption = None,
    threshold: ThresholdOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question. Exits with 3 when the articles do not say."""
    from ui.answering import answering
    from ui.printed import print_answer

    with answering(_settings(library=library, threshold=threshold), threshold) as answer:
        found = answer(question, ())
    if as_json:
        sys.stdout.write(json.dumps(found.to_dict(), ensure_ascii=False) + "\n")
    else:
        print_answer(out, found)
    if not found.found:
        raise typer.Exit(NOT_FOUND)


@app.command()
def chat(library: LibraryOption = None, threshold: ThresholdOption = None) -> None:
    """Ask questions one after the other. Ctrl-D ends it."""
    from ingest import CitewireError
    from qa import Turn
    from ui.answering import answering
    from ui.printed import print_answer

    with answering(_settings(library=library, threshold=threshold), threshold) as answer:
        err.print("Ask a question. Ctrl-D ends the chat.", style="dim")
        turns: list[Turn] = []
        for question in _typed():
            try:
                found = answer(question, turns)
                print_answer(out, found)
                turns = [*turns, Turn(question, found.text)][-_TURNS:]
            except CitewireError as error:
                err.print(f"[bold red]Error:[/] {terminal.plain(str(error))}")


def _typed() -> Iterator[str]:
    while True:
        try:
            question = err.input("[bold]> [/]") if sys.stdin.isatty() else input()
        except EOFError:
            return
        if question.strip():
            yield question


@app.command()
def serve(
    library: LibraryOption = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.", show_default="7860")] = None,
    threshold: ThresholdOption = None,
) -> None:
    """Open the chat in the browser, and the HTTP API beside it. Ctrl-C ends it."""
    settings = _settings(library=library, host=host, port=port, threshold=threshold)
    err.print("Starting …", style="dim")
    from ui.server import serve as run

    run(settings, on_ready=lambda url: err.print(f"Citewire answers at [bold]{url}[/]  (Ctrl-C ends it)"))


@app.command()
def mcp(library: LibraryOption = None) -> None:
    """Offer the library as tools to an assistant that starts this command and speaks MCP with it."""
    try:
        from ui.tools import run
    except ModuleNotFoundError:
        from qa.errors import SettingsError

        raise SettingsError("Tools for assistants need the MCP package: pip install 'citewire[mcp]'") from None

    run(_settings(library=library))


@app.command()
def articles(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List what is in the library, newest first."""
    from ingest import list_entries

    entries = list_entries(_settings(library=library).library)
    if as_json:
        sys.stdout.write(json.dumps([entry._asdict() for entry in entries], ensure_ascii=False) + "\n")
    else:
        terminal.print_entries(out, err, entries)


@app.command()
def forget(
    article: Annotated[
        str, typer.Argument(help="The article's id, or the file that it came from.", show_default=False)
    ],
    library: LibraryOption = None,
) -> None:
    """Remove one article everywhere, and prove that it cannot be cited any more."""
    from ui.forgetting import forget_once

    terminal.print_receipt(out, err, forget_once(_settings(library=library), article))


@app.command()
def doctor(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Check that the library is whole. Exits with 1, and names the command that mends it, when it is not."""
    from ingest import Library, diagnose, load_encoder

    settings = _settings(library=library)
    encoder = load_encoder(settings.encoder)
    problems = diagnose(settings.library, encoder)
    if not problems:
        Library.open(settings.library, encoder, purpose="checking it").close()  # finishes what an interruption left
    if as_json:
        found = [{"problem": problem.what, "mend": problem.mend} for problem in problems]
        sys.stdout.write(
            json.dumps({"library": str(settings.library), "whole": not problems, "problems": found}) + "\n"
        )
    else:
        terminal.print_problems(out, settings.library, problems)
    if problems:
        raise typer.Exit(FAILED)


@app.command()
def rebuild(
    library: LibraryOption = None,
    encode: Annotated[
        bool, typer.Option("--encode", help="Encode every passage again, with the encoder that is set now.")
    ] = False,
) -> None:
    """Make the Chroma index anew from the catalog, without encoding again."""
    from ingest import Library, load_encoder

    settings = _settings(library=library)
    encoder = load_encoder(settings.encoder)
    with Library.open(settings.library, encoder, any_encoder=encode, purpose="rebuilding the index") as opened:
        opened.rebuild(encode=encode)
        err.print(f"Rebuilt: {len(opened):,} passages in {settings.library}.")


app.command()(transfer.export)
app.command("import")(transfer.restore)
app.command()(transfer.backup)


@app.command()
def settings(as_json: JsonOption = False) -> None:
    """Show every setting, its value and where it came from."""
    from qa.settings import Settings, origins

    Settings.load()  # a value that cannot be used is said before it is shown
    terminal.print_settings(out, origins(), as_json=as_json)


app.command(name="eval")(measure.evaluate)
app.command()(measure.calibrate)

if __name__ == "__main__":
    main()
