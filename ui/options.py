"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

LibraryOption = Annotated[
    Path | None, typer.Option("--library", help="The library's folder.", show_default=False, metavar="DIR")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
