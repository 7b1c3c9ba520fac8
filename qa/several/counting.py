"""How many articles, and which: exact, by full text over the whole library. And all that is said about something."""

import re
from collections.abc import Sequence

from ingest import Mention
from ingest.words import STOP_WORDS
from qa.days import written
from qa.several.desk import Desk, Line, Piece, Told, sentence_at
from qa.several.request import Request

_FIRST = 5  # articles quoted below a count
_LISTED = 20
_RELEVANT = 0.6  # share of the best score that an item of a list needs
_QUOTED = re.compile(r"(?<!\w)[“\"‘']([^”\"]{2,}?)[”\"’'](?!\w)")  # not what is between two apostrophes


def count(asked: Request, desk: Desk) -> Told:
    """How many articles have the words of a topic, with a quote from each of the first."""
    stories, notes = _looked_up(asked, desk)
    lines = _lines(stories[:_FIRST], desk, titled=False)
    if len(stories) > _FIRST:
        notes += (f"quoted from the first {_FIRST} of {len(stories)} articles",)
    return Told(lines, f"{_counted(asked, len(stories))}.", notes)


def list_all(asked: Request, desk: Desk) -> Told:
    """Every article that has the words, each with a quote; or every sentence about something."""
    if not asked.by:
        return _items(asked, desk)
    stories, notes = _looked_up(asked, desk)
    if len(stories) > _LISTED:
        notes += (f"the first {_LISTED} of {len(stories)} articles are listed",)
    return Told(_lines(stories[:_LISTED], desk, titled=True), f"{_counted(asked, len(stories))}:", notes)


def _looked_up(asked: Request, desk: Desk) -> tuple[list[Mention], tuple[str, ...]]:
    """What has the words, one article of each story, and what was searched."""
    phrases = _phrases(asked.topic)
    found = desk.library.mentions(phrases, desk.within)
    kept = {piece.article.id for piece in desk.stories(Piece(mention.article, 0, 0) for mention in found.found)}
    stories = [mention for mention in found.found if mention.article.id in kept]
    named = f" for {_named(phrases)}" if phrases else ""
    notes = [f"searched {found.searched:,} of {found.of:,} articles{named}"]
    if copies := len(found.found) - len(stories):
        notes.append(f"{copies} more {'is a copy' if copies == 1 else 'are copies'} of one of these and not counted")
    return stories, tuple(notes)


def _phrases(topic: str) -> list[str]:
    """What an article must have: words in quotation marks, and runs of words between small ones."""
    quoted = _QUOTED.findall(topic)
    if quoted:
        return list(quoted)
    runs = [[]]  # type: list[list[str]]
    for word in topic.split():
        if word.strip(",").lower() in STOP_WORDS:
            runs.append([])
        else:
            runs[-1].append(word.strip(","))
    return [" ".join(run) for run in runs if run] or [topic] * bool(topic)


def _named(phrases: Sequence[str]) -> str:
    return " and ".join(f"“{phrase}”" for phrase in phrases)


def _counted(asked: Request, number: int) -> str:
    articles = "1 article" if number == 1 else f"{number:,} articles"
    if asked.topic:
        return f"{articles} mention{'s' if number == 1 else ''} {_named(_phrases(asked.topic))}"
    by = " and ".join(sorted(asked.within.authors or asked.within.publishers or ()))
    return f"{articles} by {by}" if by else articles


def _lines(mentioning: Sequence[Mention], desk: Desk, *, titled: bool) -> list[Line]:
    """The sentence of each article that has the words, or one of its opening where only its title has them."""
    pieces = [
        piece
        for mention in mentioning
        for piece in (
            [sentence_at(mention.article, mention.start)]
            if mention.start is not None
            else desk.openings([mention.article])
        )
        if piece
    ]
    days = [None if titled else piece.day for piece in pieces]
    return [Line(written(day) if day else piece.article.title, piece) for day, piece in zip(days, pieces, strict=True)]


def _items(asked: Request, desk: Desk) -> Told:
    pieces = desk.stories(desk.near(asked.topic, desk.hits(asked.topic)))
    good = [piece for piece in pieces if piece.score >= _RELEVANT * pieces[0].score][:_LISTED]
    articles = len({piece.article.id for piece in good})
    notes = (f"{len(good)} sentences of {articles} article{'' if articles == 1 else 's'}",) if good else ()
    return Told([Line("", piece) for piece in good], notes=notes)
