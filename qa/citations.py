"""Citations: quotes resolved to their place and verified, word for word, against the stored text."""

from ingest import Article
from qa.answer import Citation


def cite(number: int, article: Article, start: int, end: int, quote: str) -> Citation:
    """A citation of an article's text from `start` to `end`.

    Args:
        number: from 1.
        article: as it is stored now.
        quote: the words that are to be shown; the citation is verified only if they stand exactly there.
    """
    verified = 0 <= start < end and article.text[start:end] == quote
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
        verified,
        article.page(start),
    )
