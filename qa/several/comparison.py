"""How two sides differ, and what each publisher or speaker says: a quote for each."""

import calendar
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ingest import Hit, Within
from qa.days import written
from qa.features import content_words
from qa.several.desk import Desk, Line, Piece, Told, asks_a_number, is_about
from qa.several.request import Request

_VOICES = 6
_LOOKED_AT = 30  # passages where no article is surely about a side and the topic
_FEW = 10  # passages of a publisher that are found where none of its articles is surely about the topic
_NEAR = 0.5  # share of the best score that a voice needs
_EARLY = re.compile(r"\b(?:first|old|earlier|original|previous|initial)\b", re.IGNORECASE)
_LATE = re.compile(
    r"\b(?:second|last|new|newer|later|latest|final|corrected|revised|updated|approved|current)\b", re.IGNORECASE
)
_ORDER = 0.4  # added to a piece of the time that a side names
_OWN = 0.3  # added to a side's own words
_NAMED = 0.6  # added to a piece that has all of a side's words, in parts to one that has some
_PERSON = r"((?:Dr\.? |Mr\.? |Ms\.? |Mrs\.? )?[A-ZÀ-Þ][\w’-]+(?: [A-ZÀ-Þ][\w’-]+){0,2})"
_SAID = (
    r"(?:said|says|told|replied|answered|argued|argues|added|asked|explained|explains|called|promised|stated|announced"
    r"|admitted|warned|thinks|believes|considers|insists|insisted|accused|described)"
)
_NAMELESS = re.compile(
    rf"(?:I|He|She|It|We|They|His|Her|Its|Their|Who|That|This|The|One|{'|'.join(calendar.month_name[1:])})\b"
    r"|.*\b(?:Hospital|Board|Council)\Z"
)
_PART_OF_MORE = re.compile(r"\b(?:of|in|on|at|for|by|from|to|the|[A-ZÀ-Þ][\w’'-]*) \Z")  # "in the Assembly, promised"
_SPEAKERS = (  # in the order in which they are tried: what begins a sentence may be no name
    re.compile(
        rf"\bspeakers? (?:was|were|is) {_PERSON}"
        rf"|\b{_SAID} (?:(?:the|its|her|his) (?:[a-z][\w’'-]*,? ){{1,3}})?{_PERSON}"
    ),
    re.compile(rf"{_PERSON}(?: of [^.,“”\"]{{1,50}}?)?,? (?:who \w+ )?{_SAID}\b"),
    re.compile(rf"{_PERSON}, [^.“”\"]{{0,90}}, {_SAID}\b"),
)


def compare(asked: Request, desk: Desk) -> Told:
    """A quote for each side; where there are no sides, for each publisher, article or speaker that says something."""
    if asked.sides:
        return Told(_sides(asked, desk))
    hits = desk.hits(asked.topic)
    if asked.by == "speaker":
        spoken_of = content_words(asked.topic)
        near = desk.near(asked.topic, hits, titled=True)
        return Told(_voices(near, lambda piece: _other_than(spoken_of, speaker_of(piece))))
    told = desk.stories(_told(asked.topic, hits, desk))
    return Told(_voices(told, _article if asked.by == "article" else _publisher))


def _other_than(words: set[str], speaker: str | None) -> str | None:
    """A speaker, unless it is one that is spoken of: Ann's apology calls for the reactions of others."""
    return speaker if speaker and not content_words(speaker) & words else None


def _told(topic: str, hits: Sequence[Hit], desk: Desk) -> list[Piece]:
    """What a paper tells of a topic: its number, where one is asked for, or what happened."""
    return desk.near(topic, hits) if asks_a_number(topic) else desk.events(topic, hits)


def _sides(asked: Request, desk: Desk) -> list[Line]:
    lines: list[Line] = []
    for side in asked.sides:
        pieces = _of_publisher(side, asked, desk) if asked.by == "publisher" else _of_side(side, asked, desk)
        told = {(line.piece.article.id, line.piece.start) for line in lines}
        other = [piece for piece in pieces if (piece.article.id, piece.start) not in told]
        if other or pieces:
            lines.append(Line(side, (other or pieces)[0]))
    return lines if len(lines) > 1 else []


def _of_publisher(side: str, asked: Request, desk: Desk) -> list[Piece]:
    if not desk.within.takes_publisher(side):
        return []
    within = replace(desk.within, publishers=frozenset({side}))
    hits = desk.hits(asked.topic, within=within) or _nearest_article(_otherwise(asked.topic, desk), desk, within)
    return _told(asked.topic, hits, desk)


def _nearest_article(query: str, desk: Desk, within: Within) -> list[Hit]:
    found = desk.library.search(query, _FEW, within)
    return [hit for hit in found if hit.article.id == found[0].article.id]


def _otherwise(topic: str, desk: Desk) -> str:
    """A topic with the headline that another paper gives it: not every paper has the words that one asks in."""
    return " ".join([topic, *(hit.article.title for hit in desk.hits(topic)[:1])])


def _of_side(side: str, asked: Request, desk: Desk) -> list[Piece]:
    """The sentences about a side, those first that name it, are its own words, or of its time."""
    called = " ".join(_LATE.sub(" ", _EARLY.sub(" ", side)).split())
    query = f"{called} {asked.topic}".strip()
    pieces = desk.near(query, _about_both(called, asked.topic, query, desk))
    words = content_words(called)
    days = [day for piece in pieces if piece.score >= _NEAR * pieces[0].score and (day := piece.day)]
    wanted = min(days, default=None) if _EARLY.search(side) else max(days, default=None) if _LATE.search(side) else None

    by_name = _NAMED if wanted is None else _NAMED / 2

    def worth(piece: Piece) -> float:
        named = by_name * len(words & content_words(piece.quote)) / max(len(words), 1)
        own = _OWN if content_words(speaker_of(piece) or "") & words else 0.0
        timely = _ORDER if wanted and piece.day == wanted else 0.0
        return piece.score + named + own + timely

    return sorted(pieces, key=worth, reverse=True)


def _about_both(called: str, topic: str, query: str, desk: Desk) -> list[Hit]:
    """The passages about a side, as far as there are any in the articles that are about the topic."""
    hits = desk.hits(query) or [
        hit for hit in desk.library.search(query, _LOOKED_AT, desk.within) if is_about(hit.article, called, close=False)
    ]
    about = {hit.article.id for hit in desk.hits(topic)} if topic else set()
    return [hit for hit in hits if hit.article.id in about] or hits


def _voices(near: Iterable[Piece], voice: Callable[[Piece], str | None]) -> list[Line]:
    """The nearest piece of each voice, the nearest first."""
    heard: dict[str, Piece] = {}
    for piece in near:
        name = voice(piece)
        if name and len(heard) < _VOICES and not any(name in other or other in name for other in heard):
            heard[name] = piece
    best = max((piece.score for piece in heard.values()), default=0.0)
    return [Line(name, piece) for name, piece in heard.items() if piece.score >= _NEAR * best]


def _publisher(piece: Piece) -> str | None:
    return piece.article.publisher or piece.article.title


def _article(piece: Piece) -> str:
    """An article by its publisher and day, for where one publisher may contradict itself."""
    stated = (piece.article.publisher, written(piece.day) if piece.day else None)
    return ", ".join(filter(None, stated)) or piece.article.title


def speaker_of(piece: Piece) -> str | None:
    """Who speaks in a sentence; None where that is not a name."""
    for found in (match for speaks in _SPEAKERS for match in speaks.finditer(piece.quote)):
        group = found.lastindex or 0
        whole = not _PART_OF_MORE.search(piece.quote[: found.start(group)])
        if whole and not _NAMELESS.match(found[group]):
            return found[group]
    return None
