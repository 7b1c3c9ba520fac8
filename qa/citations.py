"""Citations: quotes resolved to their place and verified, word for word, against the stored text."""

from dataclasses import replace
from typing import NamedTuple

from ingest import ArticleNotFoundError, Edition, Library, Within, correction
from qa.answer import Citation


class Place(NamedTuple):
    """Words and where they stand in an article's text."""

    article_id: str
    start: int
    end: int
    quote: str


def verified(number: int, place: Place, library: Library, within: Within) -> Citation | None:
    """A citation that was checked against the article as it is stored now, with the copies that may be shown.

    None where the article has been removed, or changed so that the words do not stand there any more.
    """
    try:
        edition = library.edition(place.article_id)
    except ArticleNotFoundError:  # removed since it was found
        return None
    citation = cite(number, edition, place.start, place.end, place.quote)
    if not citation.verified:
        return None
    return replace(citation, also=library.copies(place.article_id, within))


def cite(number: int, edition: Edition, start: int, end: int, quote: str) -> Citation:
    """A citation of an article's text from `start` to `end`.

    Args:
        number: from 1.
        edition: the article as it is stored now.
        quote: the words that are to be shown; the citation is verified only if they stand exactly there.
    """
    article = edition.article
    return Citation(
        number,
        article.id,
        article.title,
        article.publisher,
        article.published,
        article.url,
        quote,
        start,
        end,
        verified=0 <= start < end <= len(article.text) and article.text[start:end] == quote,
        version=edition.version,
        updated=edition.since,
        correction=correction(article),
        page=article.page(start),
    )


def marked(citation: Citation) -> str:
    """The quote on one line, with its mark: "They return in May. [1]"."""
    return f"{' '.join(citation.quote.split())} [{citation.number}]"
