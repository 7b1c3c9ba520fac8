"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

LibraryOption = Annotated[
    Path | None, typer.Option("--library", help="The library's folder.", show_default=False, metavar="DIR")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
ThresholdOption = Annotated[
    float | None,
    typer.Option(
        min=0, max=1, help="Confidence under which the articles don't say.", show_default=False, metavar="NUMBER"
    ),
]
