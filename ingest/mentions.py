"""Mentions: every article that has certain words, counted exactly. Nothing is ranked and nothing is left out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.article import Article
from ingest.catalog import Catalog
from ingest.within import EVERYTHING, Within
from ingest.words import search_form


@dataclass(frozen=True, slots=True)
class Mention:
    """An article that has the words.

    Attributes:
        start, end: where the first of them stands in the article's text; None where only its title has it.
    """

    article: Article
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Mentions:
    """What was found, and in how much.

    Attributes:
        searched: how many articles were looked at.
        of: how many there are, by the same publishers, of whatever date.
        found: those that have the words, the earliest first, those without a date last.
    """

    searched: int
    of: int
    found: tuple[Mention, ...]


def mentions(phrases: Sequence[str], catalog: Catalog, within: Within = EVERYTHING) -> Mentions:
    """The articles that have all of these phrases in their text or title; every article where there is no phrase.

    A phrase is found as it is spelled, whatever the case, in the singular or the plural.
    """
    ids = {entry.id for entry in catalog.entries(within)}
    searched, patterns = len(ids), [_pattern(phrase) for phrase in phrases]
    for phrase in phrases:
        ids &= catalog.articles_with(_query(phrase))
    found = []
    for article in (catalog.article(name) for name in ids):
        if article and all(pattern.search(f"{article.title}\n{article.text}") for pattern in patterns):
            first = patterns[0].search(article.text) if patterns else None
            found.append(Mention(article, *(first.span() if first else (None, None))))
    found.sort(key=lambda mention: (mention.article.published or "~", mention.article.id))
    anytime = replace(within, since=None, until=None, url=None)
    return Mentions(searched, len(catalog.entries(anytime)), tuple(found))


def _query(phrase: str) -> str:
    """The phrase for FTS5, whose stemming finds at least what the pattern finds."""
    words = " ".join(re.findall(r"[^\W_]+", search_form(phrase).lower()))
    return f'"{words}"'


def _pattern(phrase: str) -> re.Pattern[str]:
    words = re.findall(r"[^\W_]+", phrase)
    if search_form(phrase) != phrase or not words:  # a script without spaces: words have no borders
        return re.compile(re.escape(phrase))
    one = re.sub(r"(?<=[^\W\d_]{2}[^s\W\d_])s$", "", words[-1])
    spelled = r"[\W_]{1,3}".join([*map(re.escape, words[:-1]), re.escape(one) + r"(?:e?s)?"])
    short_capitals = phrase.isupper() and len(phrase) <= 4  # the US is not us
    return re.compile(rf"(?<!\w){spelled}(?!\w)", re.NOFLAG if short_capitals else re.IGNORECASE)
