"""Correction notices: where an article says that it, or an earlier version of it, was wrong."""

import re
from functools import lru_cache

from ingest.article import Article
from ingest.passage import Span, sentences

_WORK = r"(?:article|reporting|story|report|post|page|item|piece|column|headline|dispatch|obituary|interview)"
_NOTICE = re.compile(
    r"^\W{0,3}(?:corrections?|clarifications?|corrections? and clarifications?|editor[’']?s[’']? notes?|erratum|errata)"
    r"(?: (?:on|of)?[^:\n]{0,40}|[ ,(][^:\n]{0,40})?[:—–]"
    rf"|\b(?:an?|the|some) (?:earlier|previous|prior|original|first) versions? of (?:this|our) {_WORK}\b"
    rf"|\b(?:earlier|previous) versions of (?:this|our) {_WORK}\b"
    rf"|\bthis {_WORK} (?:was|has been|is) (?:\w+ ){{0,2}}(?:amended|corrected|updated|revised|clarified)\b"
    rf"|\bthis {_WORK} (?:originally|previously|initially|incorrectly|wrongly|mistakenly|misstated|misidentified)\b",
    re.IGNORECASE,
)
# What a notice may go on with: how it was, or how it came about, and not the article itself
_GOES_ON = re.compile(
    r"\b(?:earlier|previous|original) version|\bout of date\b"
    r"|\b(?:correct(?:ed|ion)?|in fact|error|mistaken?ly|mistake|regrets?"
    r"|apologi[sz]\w*|amended|originally|previously|wrongly|incorrectly|misstated|should have)\b",
    re.IGNORECASE,
)
_LONGEST = 3  # sentences


@lru_cache(maxsize=500)  # an article has several passages read, and its quotes are looked at again
def notices(text: str, language: str | None = None) -> tuple[Span, ...]:
    """The (start, end) of each correction notice in an article's text: whole sentences, within one paragraph each."""
    return tuple(
        (paragraph.start() + start, paragraph.start() + end)
        for paragraph in re.finditer(r"[^\n]+", text)
        if _NOTICE.search(paragraph[0])
        for start, end in _within(paragraph[0], language)
    )


def is_noted(article: Article, start: int, end: int) -> bool:
    """Whether a part of an article's text, in characters, is of a correction notice, or has some of one in it."""
    return any(first < end and start < last for first, last in notices(article.text, article.language))


def correction(article: Article) -> str | None:
    """An article's correction notices, one a line, None where it has none."""
    return "\n".join(article.text[start:end] for start, end in notices(article.text, article.language)) or None


def _within(paragraph: str, language: str | None) -> list[Span]:
    found: list[Span] = []
    length = 0  # of the last notice, in sentences, as long as it goes on
    for start, end in sentences(paragraph, language):
        sentence = paragraph[start:end]
        if 0 < length < _LONGEST and _GOES_ON.search(sentence):
            found[-1], length = (found[-1][0], end), length + 1
        elif _NOTICE.search(sentence):
            found.append((start, end))
            length = 1
        else:
            length = 0
    return found
