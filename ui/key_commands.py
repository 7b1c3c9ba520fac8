"""`citewire keys`: make, list and revoke API keys."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ui.options import LibraryOption
from ui.terminal import plain

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke the keys that let people and programs ask.")


@app.command()
def make(
    name: Annotated[str, typer.Argument(help="Whose key it is.", show_default=False)],
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What it is good for: ask, ingest, admin, or the scope of restricted articles. Repeat it."),
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Days until it expires.", show_default="never")] = None,
    library: LibraryOption = None,
) -> None:
    """Make a key. It is printed once, and stored nowhere: only its hash is kept, beside the library."""
    key, secret = _file(library).make(name, scope or ["ask"], days)
    sys.stdout.write(secret + "\n")
    Console(stderr=True, highlight=False).print(
        f"Key {key.id} for {plain(name)}: {', '.join(map(plain, key.scopes))}. It is not shown again.", style="dim"
    )


@app.command("list")
def show(library: LibraryOption = None) -> None:
    """List the keys: id, name, scopes, since when, until when."""
    table = Table(box=None, pad_edge=False)
    for column in ("Id", "Name", "Scopes", "Made", "State"):
        table.add_column(column, overflow="fold")
    for key in _file(library).every():
        until = f"until {key.expires[:10]}" if key.expires else "valid"
        state = "revoked" if key.revoked else until if key.valid else "expired"
        table.add_row(key.id, plain(key.name), plain(", ".join(key.scopes)), key.made[:10], state)
    Console(highlight=False).print(table)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, as the list shows it.", show_default=False)],
    token: Annotated[
        bool, typer.Option("--token", help="It is the jti of a signed token, not the id of a key.")
    ] = False,
    library: LibraryOption = None,
) -> None:
    """Make a key, or a signed token, good for nothing from now on."""
    if token:
        _file(library).revoke_token(key_id)
        name = key_id
    else:
        name = _file(library).revoke(key_id).name
    Console(stderr=True, highlight=False).print(f"Revoked: {plain(name)}", style="dim")


def _file(library: Path | None) -> Any:
    from qa.settings import Settings  # only now: printing help needs none of it
    from ui.keys import KeyFile

    return KeyFile(Settings.load(library=library).library)
