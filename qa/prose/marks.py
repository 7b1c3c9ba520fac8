"""A model's words as plain sentences with the numbers that they cite, whichever way it writes its marks."""

import re
from dataclasses import dataclass

from ingest import sentences
from ingest.article import clean

_ITEM = r"\^?(?:(?:source|quelle|ref)\.? ?)?\d{1,3}(?:†[^\]】]{0,40})?"
_MARK = re.compile(rf"[ \t\u00a0]*[\[【][ ]*({_ITEM}(?:[ ]*(?:[,;–—-]|and|&)[ ]*{_ITEM})*)[ ]*[\]】]", re.IGNORECASE)
_OPEN = re.compile(r"[ \t\u00a0]*[\[【][^\]】\n]{0,60}$")  # a mark that is still being written
_RANGE = re.compile(r"(\d{1,3})(?:†[^\]】,;]*)?(?:\s*[–—-]\s*\^?(\d{1,3}))?")
_LONGEST_RANGE = 20

_MARKUP = (
    (re.compile(r"```\w*"), ""),
    (re.compile(r"!\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)"), r"\1"),
    (re.compile(r"\[([^\]\d][^\]]*)\]\((?:[^()]|\([^()]*\))*\)"), r"\1"),
    (re.compile(r"(?<=[\]】])\([^)\s]*\)"), ""),  # a mark that was made a link
    (re.compile(r"<(?:script|style)\b.*?(?:</(?:script|style)>|$)", re.IGNORECASE | re.DOTALL), ""),
    (re.compile(r"</?[a-zA-Z][^<>]*>?|<!--.*?(?:-->|$)", re.DOTALL), ""),
    (re.compile(r"^[ \t]*#{1,6}[ \t].*$", re.MULTILINE), ""),  # a heading claims nothing
    (re.compile(r"^[ \t]*(?:>|[-*•]|\d{1,2}[.)])[ \t]+", re.MULTILINE), ""),
    (re.compile(r"(\*\*|__|`)"), ""),
    (re.compile(r"(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)"), ""),
)
_ENDED = re.compile(r"[.!?…。！？][\"'”’»)]*$")


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as a model wrote it.

    Attributes:
        text: without marks and markup.
        numbers: that it cites, in order, each once; they need not exist.
        ended: it has a full stop or its like.
    """

    text: str
    numbers: tuple[int, ...]
    ended: bool


def drafts(written: str, language: str | None = None, *, whole: bool) -> list[Draft]:
    """The sentences of what a model has written so far.

    Args:
        written: all of it, from its beginning.
        language: of the articles, as a guess at its own.
        whole: nothing more is to come. Else the last sentence counts only once a mark has closed behind its end.
    """
    written = clean(written)
    for pattern, instead in _MARKUP:
        written = pattern.sub(instead, written)
    plain, marks = _apart(written if whole else _OPEN.sub("", written))
    found: list[Draft] = []
    reach = -1
    spans = sentences(plain, language)
    for n, (start, end) in enumerate(spans):
        last = n == len(spans) - 1
        here = [(place, numbers) for place, numbers in marks if reach < place and (place <= end or last)]
        reach = end
        text = " ".join(plain[start:end].split())
        ended = bool(_ENDED.search(text))
        closed = ended and any(place >= end for place, _ in here)
        if text and any(map(str.isalnum, text)) and (whole or not last or closed):
            numbers = dict.fromkeys(number for _, several in here for number in several)
            found.append(Draft(text, tuple(numbers), ended))
    return found


def _apart(written: str) -> tuple[str, list[tuple[int, list[int]]]]:
    """The text without its marks, and where each mark stood in it."""
    plain: list[str] = []
    marks = []
    length = end = 0
    for mark in _MARK.finditer(written):
        between = written[end : mark.start()]
        plain.append(between)
        length += len(between)
        end = mark.end()
        marks.append((length, _numbers(mark[1])))
    return "".join([*plain, written[end:]]), marks


def _numbers(inside: str) -> list[int]:
    found: list[int] = []
    for first, last in _RANGE.findall(inside):
        low, high = int(first), int(last or first)
        found.extend(range(low, high + 1) if low <= high < low + _LONGEST_RANGE else (low, high))
    return found
