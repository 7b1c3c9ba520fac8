"""What a reader gives in place of an article that it cannot read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What could not be read, and why.

    Attributes:
        source: the path or address, with `#line N` for one line of a .jsonl file.
        reason: a clause that says what is wrong and, where it helps, what to do.
    """

    source: str
    reason: str
