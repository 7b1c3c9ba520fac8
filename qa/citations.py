"""Citations: quotes resolved to their place and verified, word for word, against the stored text."""

from ingest import Edition, correction
from qa.answer import Citation


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
