"""A long text in parts, for what would not let go of all of it at once: between two, Ctrl-C is heard."""

import re
from collections.abc import Iterator

_LONG = 100_000  # characters, some milliseconds for a tokenizer


def parts(text: str, between: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """The (start, end) of each part, in order, without a gap.

    Args:
        between: where a text may be cut, at the beginning of what matches; where it never matches there is one part.
    """
    start = 0
    while start < len(text):
        found = between.search(text, start + _LONG)
        end = found.start() if found else len(text)
        yield start, end
        start = end
