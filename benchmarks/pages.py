"""Real web pages: what of the article is kept and what of the page around it is left out, beside trafilatura's own.

    python benchmarks/pages.py --data FOLDER
    python benchmarks/pages.py --data FOLDER --json pages.json

FOLDER holds manifest.json, a list of {"file", "url", "with", "without"}: a page (gzipped or not), strings that its
article's text must hold, and strings that it must not. Both read the same bytes in one run; any white space is equal.
Also: for how many of the pages that state a title or a date in JSON-LD, OpenGraph or meta elements it was found.
"""

import argparse
import gzip
import json
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))  # before this folder, which has an `ingest` of its own

import trafilatura

from benchmarks.tables import console, save, show
from ingest import Article
from ingest.readers import read

MARGIN = 0.01  # below trafilatura's share that is still as good
_TITLE = re.compile(rb"og:title|\"headline\"", re.IGNORECASE)
_DATE = re.compile(rb"\"datePublished\"\s*:\s*\"\d{4}-\d\d-\d\d|article:published_time", re.IGNORECASE)


class Found(NamedTuple):
    """What was made of a page."""

    text: str
    title: str | None
    date: str | None


def ours(page: bytes) -> Found:
    """As `citewire sync` reads it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "page.html")
        path.write_bytes(page)
        articles = [item for item in read(path) if isinstance(item, Article)]
    return Found(articles[0].text, articles[0].title, articles[0].published) if articles else Found("", None, None)


def theirs(page: bytes) -> Found:
    """As trafilatura's `extract` and `extract_metadata` do by default."""
    stated = trafilatura.extract_metadata(page)
    return Found(trafilatura.extract(page) or "", stated and stated.title, stated and stated.date)


def measure(data: Path, reader: Callable[[bytes], Found]) -> dict[str, float]:
    """The shares over all pages of a manifest."""
    pages = json.loads((data / "manifest.json").read_text("utf-8"))
    kept: list[bool] = []
    left: list[bool] = []
    titles: list[bool] = []
    dates: list[bool] = []
    for entry in pages:
        page = (data / entry["file"]).read_bytes()
        page = gzip.decompress(page) if entry["file"].endswith(".gz") else page
        found = reader(page)
        text = _even(found.text)
        kept += [_even(part) in text for part in entry["with"]]
        left += [_even(part) not in text for part in entry["without"]]
        titles += [bool(found.title and found.title != "page")] if _TITLE.search(page) else []
        dates += [bool(found.date)] if _DATE.search(page) else []
    shares = {"kept": kept, "left out": left, "title found": titles, "date found": dates}
    return {"pages": len(pages)} | {name: sum(hits) / max(1, len(hits)) for name, hits in shares.items()}


def _even(text: str) -> str:
    return " ".join(text.split())


def main() -> None:
    """Parse the command line, measure, print; exits with 1 when ours falls behind by more than a point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="pages and their manifest.json")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    options = parser.parse_args()
    figures: dict[str, dict[str, Any]] = {
        "Citewire": measure(options.data, ours),
        "trafilatura": measure(options.data, theirs),
    }
    show("Pages", ("", *figures["Citewire"]), [(name, *of.values()) for name, of in figures.items()])
    behind = [
        share for share in ("kept", "left out") if figures["Citewire"][share] < figures["trafilatura"][share] - MARGIN
    ]
    console.print(f"Behind by more than a point in: {', '.join(behind)}" if behind else "Nowhere behind by a point.")
    save(options.json, figures)
    sys.exit(bool(behind))


if __name__ == "__main__":
    main()
