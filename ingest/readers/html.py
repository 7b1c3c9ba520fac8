"""Web pages: the article without the page around it, by trafilatura."""

import re
from collections.abc import Iterator
from pathlib import Path

from ingest.article import Article
from ingest.errors import UnreadableError
from ingest.readers.metadata import known
from ingest.readers.text import decode, load, make, title_from_name

_LANGUAGE = re.compile(r"<html[^>]*\slang=[\"']?([A-Za-z]{2,3})\b", re.IGNORECASE)

# Dates that the page states as its own, not any that stand somewhere in it.
_DATES = {"extensive_search": False, "original_date": True}


def read(path: Path) -> Iterator[Article]:
    """Yield the one article of a web page.

    Raises:
        UnreadableError: no article text is found in the page.
    """
    import trafilatura  # half a second that only web pages need

    page = decode(load(path))
    found = trafilatura.bare_extraction(page, include_comments=False, with_metadata=True, date_extraction_params=_DATES)
    if found is None:
        raise UnreadableError("no article text is found in the page")
    found = found if isinstance(found, dict) else found.as_dict()
    stated = {
        "publisher": found.get("sitename"),
        "author": found.get("author"),
        "published": found.get("date"),
        "url": found.get("url"),
        "language": language[1].lower() if (language := _LANGUAGE.search(page, 0, 5000)) else None,
    }
    title = found.get("title") or title_from_name(path)
    text = (found.get("text") or "").removeprefix(f"{title}\n")  # the headline is not part of what it stands above
    yield make(title, text.replace("\n", "\n\n"), str(path), **known(stated))  # trafilatura: one paragraph a line
