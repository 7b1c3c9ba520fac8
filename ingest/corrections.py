"""Correction notices: where an article says that it, or an earlier version of it, was wrong."""

import re

from ingest.passage import Span, sentences

_WORK = r"(?:article|story|report|post|page|item|piece|column|headline|dispatch|obituary|interview)"
_NOTICE = re.compile(
    r"^\W{0,3}(?:corrections?|clarifications?|corrections? and clarifications?|editor[’']?s[’']? notes?|erratum|errata)"
    r"(?: (?:on|of)?[^:\n]{0,40}|[ ,(][^:\n]{0,40})?[:—–]"
    rf"|\b(?:an?|the|some) (?:earlier|previous|prior|original|first) versions? of this {_WORK}\b"
    rf"|\b(?:earlier|previous) versions of this {_WORK}\b"
    rf"|\bthis {_WORK} (?:was|has been|is) (?:\w+ ){{0,2}}(?:amended|corrected|updated|revised|clarified)\b"
    rf"|\bthis {_WORK} (?:originally|previously|initially|incorrectly|wrongly|mistakenly|misstated|misidentified)\b",
    re.IGNORECASE,
)
# What a notice may go on with: how it was, or how it came about, and not the article itself
_GOES_ON = re.compile(
    r"\b(?:earlier|previous|original) version|\b(?:correct(?:ed|ion)?|in fact|error|mistaken?ly|mistake|regrets?"
    r"|apologi[sz]\w*|amended|originally|previously|wrongly|incorrectly|misstated|should have)\b",
    re.IGNORECASE,
)
_LONGEST = 3  # sentences


def notices(text: str, language: str | None = None) -> list[Span]:
    """The (start, end) of each correction notice in an article's text: whole sentences, within one paragraph each."""
    if not any(map(_NOTICE.search, text.splitlines())):
        return []
    found: list[Span] = []
    length = 0
    for start, end in sentences(text, language):
        sentence = text[start:end]
        between = text[found[-1][1] : start] if found else "\n"
        follows = not between.strip() and "\n" not in between and length < _LONGEST
        if follows and _GOES_ON.search(sentence):
            found[-1], length = (found[-1][0], end), length + 1
        elif _NOTICE.search(sentence):
            found.append((start, end))
            length = 1
    return found
