"""A few of the articles' own sentences that say most of what they say.

LexRank (Erkan and Radev, 2004) finds the sentences that the others are most like, with its bias towards a question
(Otterbacher, Erkan and Radev, 2005); maximal marginal relevance (Carbonell and Goldstein, 1998) keeps one from
saying again what another says.
"""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingest import Article
from qa.days import written
from qa.several.desk import Desk, Line, Piece, Told, sentences_of
from qa.several.request import Request
from qa.several.vocabulary import ARTICLE

_SENTENCES = 4
_DIGEST = 6  # articles of a period
_EACH = 2  # sentences of one article, where there are several
_LIKE = 0.1  # cosine under which two sentences have nothing to do with each other
_DAMPING = 0.85
_NEW = 0.6  # weight of being central against being new
_OPENING = 1.3  # factor for an article's first sentences, which in news say what it is about
_WEIGHED = 100  # sentences, or articles, that are held against each other
_ONE = re.compile(
    rf"{ARTICLE}(?: (?:titled|called|headed|about|on|with|of))? (?P<called>.+)"
    r"|(?P<about>.+) (?:article|interview|report|piece|account)",
    re.IGNORECASE,
)
_QUOTES = "“”\"'‘’«» "

Values = NDArray[np.float64]


def summarise(asked: Request, desk: Desk) -> Told:
    """The central sentences of one article, of the articles about a topic, or the openings of a period's articles."""
    if asked.this_article:
        if not desk.within.url:
            return Told(notes=("which article is meant cannot be seen from here: give its title, or ask on its page",))
        meant = next(desk.articles(desk.library.entries(desk.within)), None)
        return _of_one(meant, desk) if meant else Told()
    if not asked.topic:
        return _of_period(desk)
    named = _ONE.fullmatch(asked.topic)
    called = (named["called"] or named["about"]) if named else asked.topic
    article = _meant(called, desk, surely=bool(named))
    return _of_one(article, desk) if article else _of_topic(asked.topic, desk)


def _meant(called: str, desk: Desk, *, surely: bool) -> Article | None:
    """The article with this title; the best one about it, where it is one article that is asked for."""
    title = called.strip(_QUOTES).casefold()
    hits = desk.library.search(called, 10, desk.within)
    same = [hit.article for hit in hits if title == hit.article.title.strip(_QUOTES).casefold()]
    return same[0] if same else hits[0].article if surely and hits else None


def _of_one(article: Article, desk: Desk) -> Told:
    pieces = sentences_of(article)[:_WEIGHED]
    chosen = _chosen(pieces, desk, np.ones(len(pieces)), each=_SENTENCES)
    told = sorted(chosen, key=lambda piece: piece.start)
    return Told([Line("", piece) for piece in told], notes=(f"of “{article.title}”",), flowing=True)


def _of_topic(topic: str, desk: Desk) -> Told:
    pieces = desk.stories(desk.near(topic, desk.hits(topic)))[:_WEIGHED]
    bias = np.maximum(np.array([piece.score for piece in pieces]), 0.01)
    chosen = _chosen(pieces, desk, bias**2, each=_EACH)
    told = sorted(chosen, key=lambda piece: (piece.article.published or "~", piece.article.id, piece.start))
    articles = len({piece.article.id for piece in pieces})
    notes = (f"from {articles} articles",) if articles > 1 else ()
    return Told([Line("", piece) for piece in told], notes=notes, flowing=True)


def _of_period(desk: Desk) -> Told:
    entries = desk.library.entries(desk.within)
    openings = desk.stories_of(entries, _WEIGHED)
    chosen = _chosen(openings, desk, np.ones(len(openings)), each=1, limit=_DIGEST)
    told = sorted(chosen, key=lambda piece: (piece.article.published or "~", piece.article.id))
    notes = (f"{len(told)} of {len(entries)} articles are quoted",) if len(entries) > len(told) else ()
    days = [piece.day for piece in told]
    return Told([Line(written(day) if day else "", piece) for day, piece in zip(days, told, strict=True)], notes=notes)


def _chosen(pieces: Sequence[Piece], desk: Desk, bias: Values, *, each: int, limit: int = _SENTENCES) -> list[Piece]:
    """The most central pieces, none that says again what one before says.

    Args:
        bias: (pieces,), what each is worth by itself.
        each: how many of one article at the most.
    """
    if not pieces:
        return []
    vectors = desk.vectors(pieces).astype(np.float64)
    like = np.clip(vectors @ vectors.T, 0.0, 1.0)
    worth = central(like, bias) * np.array([_OPENING if piece.place < 2 else 1.0 for piece in pieces])
    worth /= worth.max()
    chosen: list[int] = []
    taken: Counter[str] = Counter()
    while len(chosen) < limit:
        left = [n for n, p in enumerate(pieces) if n not in chosen and taken[p.article.id] < each]
        if not left:
            break
        said = like[:, chosen].max(axis=1) if chosen else np.zeros(len(pieces))
        best = max(left, key=lambda n: float(_NEW * worth[n] - (1 - _NEW) * said[n]))
        chosen.append(best)
        taken[pieces[best].article.id] += 1
    return [pieces[n] for n in chosen]


def central(like: Values, bias: Values) -> Values:
    """LexRank: how central each sentence is among those that are like it, together 1.

    Args:
        like: (sentences, sentences), their cosines.
        bias: (sentences,), where a walk over them starts anew.
    """
    links = np.where(like >= _LIKE, like, 0.0)
    links /= links.sum(axis=1, keepdims=True)
    start: Values = bias / bias.sum()
    rank = start
    for _ in range(50):
        rank = (1 - _DAMPING) * start + _DAMPING * links.T @ rank
    return rank
