"""The commands that take a library elsewhere: export, import, backup."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ui import terminal
from ui.options import LibraryOption

_err = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)


def export(
    file: Annotated[Path, typer.Argument(help="The file to write, such as library.jsonl.gz.", show_default=False)],
    library: LibraryOption = None,
) -> None:
    """Write the library to one portable file: articles, their versions and what is known of them, but no vectors.

    It may run while another process uses the library.
    """
    from ingest import export_library
    from qa import Settings

    folder = Settings.load(library=library).library
    count = export_library(folder, file)
    _err.print(f"Exported: {count:,} articles to {terminal.plain(str(file))}.")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `citewire export` wrote.", show_default=False)],
    library: LibraryOption = None,
) -> None:
    """Put the articles of an exported file into the library, best into a new one: the answers are the same as there."""
    from ingest import Library, check_portable, import_library, load_encoder
    from qa import Settings

    check_portable(file)  # before a library is made for it
    settings = Settings.load(library=library)
    with (
        Library.open(settings.library, load_encoder(settings.encoder), create=True, purpose="importing") as opened,
        terminal.sync_progress(_err) as progress,
    ):
        done = import_library(file, opened, progress)
    _err.print(f"Imported: {done.added:,} articles, {done.unchanged:,} were there already.")


def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder for the copy.", show_default=False, metavar="FOLDER")],
    library: LibraryOption = None,
) -> None:
    """Copy the library to a new folder, which is a library itself.

    It may run while another process uses the library or writes to it.
    """
    from ingest import back_up
    from qa import Settings

    count = back_up(Settings.load(library=library).library, folder)
    place = terminal.plain(str(folder))
    _err.print(f"Backed up: {count:,} articles. It is a library: citewire serve --library {place}")
