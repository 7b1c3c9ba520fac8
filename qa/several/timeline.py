"""What happened in order of date, one quote for each event; and what is newest."""

import datetime as dt

from ingest import Article, ArticleNotFoundError
from qa.days import written
from qa.several import times
from qa.several.desk import Desk, Line, Piece, Told
from qa.several.request import Request

_EVENTS = 10
_NEWEST = 3
_WEIGHED = 60  # articles of a period that are weighed against each other
_DATED = 0.2  # added to a sentence that names a day
_ABOUT = 0.5  # share of the best article's nearness to a topic that another one needs
_NEAR = 0.55  # share of the best score that an article needs
_BEFORE, _AFTER = dt.timedelta(days=120), dt.timedelta(days=1)  # how far from its article an event may lie
_DATELINE = 200  # characters


def timeline(asked: Request, desk: Desk) -> Told:
    """One quote for each article that is about a topic, or that a period has, in order of date."""
    pieces = _of_topic(asked.topic, desk) if asked.topic else _of_period(desk)
    chosen = pieces[:_EVENTS]
    dated = sorted(((_happened(piece), piece) for piece in chosen), key=lambda pair: pair[0] or dt.date.max)
    notes = (f"{_EVENTS} of {len(pieces)} articles are quoted",) if len(pieces) > _EVENTS else ()
    return Told([Line(written(day) if day else piece.article.title, piece) for day, piece in dated], notes=notes)


def latest(asked: Request, desk: Desk) -> Told:
    """What the newest articles about a topic say of it, the newest first."""
    if not asked.topic:
        return timeline(asked, desk)
    near = _best_of_each(desk.events(asked.topic, desk.hits(asked.topic)), desk)
    near.sort(key=lambda piece: _stands_since(piece.article, desk), reverse=True)
    days = [(piece, piece.day) for piece in near[:_NEWEST]]
    return Told([Line(written(day) if day else piece.article.title, piece) for piece, day in days])


def _of_topic(topic: str, desk: Desk) -> list[Piece]:
    """The telling sentence of each article about a topic, the nearest article first."""
    hits = desk.hits(topic)
    nearness: dict[str, float] = {}
    for hit in hits:
        nearness[hit.article.id] = max(hit.similarity, nearness.get(hit.article.id, -1.0))
    floor = _ABOUT * max(nearness.values(), default=0.0)
    hits = [hit for hit in hits if nearness[hit.article.id] >= floor]
    best: dict[str, Piece] = {}
    for piece in sorted(desk.events(topic, hits), key=lambda piece: -piece.score - _DATED * _names_a_day(piece)):
        best.setdefault(piece.article.id, piece)
    return desk.stories(sorted(best.values(), key=lambda piece: -nearness[piece.article.id]))


def _best_of_each(pieces: list[Piece], desk: Desk) -> list[Piece]:
    """Of each story its best piece, best first, as long as they are near enough."""
    best: dict[str, Piece] = {}
    for piece in desk.stories(sorted(pieces, key=lambda piece: -piece.score)):
        best.setdefault(piece.article.id, piece)
    ranked = list(best.values())
    return [piece for piece in ranked if piece.score >= _NEAR * ranked[0].score]


def _of_period(desk: Desk) -> list[Piece]:
    """The openings of a period's articles, those that most others are like first: what the period was about."""
    openings = desk.stories_of(desk.library.entries(desk.within), _WEIGHED)
    if len(openings) <= _EVENTS:
        return openings
    vectors = desk.vectors(openings)
    central = (vectors @ vectors.T).sum(axis=1)
    return [piece for _, piece in sorted(zip(-central, openings, strict=True), key=lambda pair: float(pair[0]))]


def _happened(piece: Piece) -> dt.date | None:
    """The day that a sentence names, where that is one and not far from its article; else the article's."""
    article = piece.article
    published = piece.day or next(iter(times.dates(article.text[:_DATELINE], near=None)), None)
    if published is None:
        return None
    named = {day for day in times.dates(piece.quote, published) if published - _BEFORE <= day <= published + _AFTER}
    return named.pop() if len(named) == 1 else published


def _names_a_day(piece: Piece) -> bool:
    return bool(times.dates(piece.quote, dt.date(2000, 1, 1)))


def _stands_since(article: Article, desk: Desk) -> str:
    try:
        edition = desk.library.edition(article.id)
    except ArticleNotFoundError:  # removed since it was found: it will not be cited either
        return ""
    return edition.since or article.published or ""
