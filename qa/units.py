"""What of a passage can be quoted and understood by itself."""

import re

from ingest import sentences
from ingest.passage import goes_on_listing

# How a sentence begins that cannot be understood without the one before.
_LEANS = re.compile(
    r"[“\"']?(?:He|She|It|They|This|These|That|Those|His|Her|Its|Their|Both|Neither|Such|Instead|So|But|"
    r"The (?:decision|move|step|change|plan|measure|result|reason|latter|former|same))\b"
)


def units(text: str, language: str | None) -> list[tuple[int, int, int]]:
    """What can be quoted and understood by itself, as (where the quote begins, start, end) of each sentence.

    A line that ends with a colon takes the list below it along; a sentence that begins with a word such as "He" or
    "The decision" is quoted together with the one before.
    """
    found: list[tuple[int, int, int]] = []
    listing = False
    for start, end in sentences(text, language):
        if found:
            context, begin, stop = found[-1]
            listing = goes_on_listing(text, stop, start, listing)
            if listing:
                found[-1] = (context, begin, end)
                continue
            if "\n" not in text[stop:start] and _LEANS.match(text, start):
                found.append((begin, start, end))
                continue
        found.append((start, start, end))
    return found
