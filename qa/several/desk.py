"""What every kind of answer over several articles works with: sentences that are near a topic, and their citations."""

import contextlib
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ingest import Article, ArticleNotFoundError, Entry, Hit, Library, Within, is_noted
from qa.answer import Citation
from qa.citations import Place, verified
from qa.days import day_of
from qa.features import content_words
from qa.question import NUMBERS
from qa.reader import FEW, Reader
from qa.several import times
from qa.units import units

_ENDS = re.compile(r"[.!?…。」][\"'”’»)\]]*\s*\Z")
_GOES_ON = re.compile(r"\b\d{1,2}\.\Z")  # in German: "am 15." März
_LEAST = 5  # words of a sentence that says something by itself
_ABOUT = 0.6  # share of a topic's words that an article about it has
_CLOSE = 0.5  # cosine with its best passage from which an article is about a topic, whatever its words
_STEM = 6  # letters by which words are compared there: "demonstration" and "demonstrators" are one
_OPENING = 5  # sentences of an article, one of which tells what its headline says
_QUANTITY = re.compile(
    r"(?:the )?\b(?:numbers?|figures?|estimates?|amounts?|totals?|size|counts?|how many|how much|price|cost)\b"
    r"(?: (?:of|for|on)(?: the)?)?",
    re.IGNORECASE,
)
_NUMBER = 0.3  # added to a sentence with a number, where one is asked for
_FIGURE = re.compile(rf"\b(?:\d[\d.,]*|{'|'.join(NUMBERS[1:31])})\b", re.IGNORECASE)  # from two to a million
_COUNTED = re.compile(r"\b(?:numbers?|counts?|how many|size)\b", re.IGNORECASE)
_SURE = 0.8  # added, at the most, for what the reader takes for the number
_READ = 20  # passages that it reads for that, as many at a time as it is sure to read
_OPENS = 0.25  # added to an article's opening: it tells what happened
_HEADED = 0.35  # added to it too, where the headline is all of the topic
_LATER = 0.12  # taken from each further sentence of an opening
_NAME = re.compile(r"\b[A-ZÀ-Þ](?:(?!['’]s\b)[\w’'-])+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence that can be quoted.

    Attributes:
        start, end: character offsets into the article's text.
        place: which sentence of its article or passage it is, from 0.
        score: how near it is to what is asked; comparable within one search only.
    """

    article: Article
    start: int
    end: int
    place: int = 0
    score: float = 0.0

    @property
    def quote(self) -> str:
        """The sentence, as it stands in the article."""
        return self.article.text[self.start : self.end]

    @property
    def day(self) -> dt.date | None:
        """The day on which the article was published; None where its source does not state it."""
        return day_of(self.article.published)


@dataclass(frozen=True, slots=True)
class Line:
    """A quote with what stands before it: a day, a side, a title; "" for nothing."""

    label: str
    piece: Piece


@dataclass(frozen=True, slots=True)
class Told:
    """What is told.

    Attributes:
        lead: a sentence of our own before the quotes, a count; it is not shown where there is no quote.
        notes: for the reader.
        conflicts: lines that contradict each other, by their numbers from 1.
        flowing: the quotes are read on as one text, not line by line.
    """

    lines: Sequence[Line] = ()
    lead: str = ""
    notes: tuple[str, ...] = ()
    conflicts: tuple[tuple[int, int], ...] = ()
    flowing: bool = False


class Desk:
    """Finds and cites within a part of a library.

    Args:
        reader: finds the sentence that gives a number, where one is asked for.
    """

    def __init__(self, library: Library, reader: Reader, within: Within) -> None:
        self.library = library
        self.reader = reader
        self.within = within

    def hits(self, topic: str, limit: int = 40, within: Within | None = None) -> list[Hit]:
        """The passages of the articles that are about a topic, best first."""
        topic = subject(topic)
        found = self.library.search(topic, limit, self.within if within is None else within)
        close = {hit.article.id for hit in found if hit.similarity >= _CLOSE}
        return [hit for hit in found if is_about(hit.article, topic, close=hit.article.id in close)]

    def near(self, topic: str, hits: Sequence[Hit], *, titled: bool = False) -> list[Piece]:
        """The sentences of these passages, each with its score, the nearest to a topic first.

        Args:
            titled: a sentence has the words of its article's title too, as where one speaks to a topic unnamed.
        """
        pieces = [piece for hit in hits for piece in _of_passage(hit)]
        scores = self.scores(topic, pieces, titled=titled)
        if asks_a_number(topic):
            scores += _SURE * self._read(topic, hits, pieces) * [has_a_figure(piece.quote) for piece in pieces]
        scored = [replace(piece, score=float(score)) for piece, score in zip(pieces, scores, strict=True)]
        return sorted(scored, key=lambda piece: (-piece.score, piece.article.id, piece.start))

    def scores(self, topic: str, pieces: Sequence[Piece], *, titled: bool = False) -> NDArray[np.float64]:
        """Of each piece, cosine with the topic and share of its words, together 0 to 1.5."""
        if not pieces:
            return np.zeros(0)
        about = subject(topic)
        wanted = content_words(about)
        cosine = self.vectors(pieces) @ self.library.encoder.encode_query(about)
        number = asks_a_number(topic)
        titled = titled or number
        said = [f"{piece.article.title} {piece.quote}" if titled else piece.quote for piece in pieces]
        shares = [len(wanted & content_words(text)) / max(len(wanted), 1) for text in said]
        together: NDArray[np.float64] = np.asarray(cosine, dtype=np.float64) + 0.5 * np.array(shares)
        if number:
            together += _NUMBER * np.array([has_a_figure(piece.quote) for piece in pieces])
        return together

    def articles(self, entries: Iterable[Entry]) -> Iterator[Article]:
        """The articles of these entries, but for what was removed since they were listed."""
        for entry in entries:
            with contextlib.suppress(ArticleNotFoundError):
                yield self.library.article(entry.id)

    def stories_of(self, entries: Sequence[Entry], most: int) -> list[Piece]:
        """The opening of each story, the oldest first; of articles evenly chosen where there are more than `most`."""
        step = max(1, -(-len(entries) // most))
        return self.stories(self.openings(self.articles(entries[::-step])))

    def openings(self, articles: Iterable[Article]) -> list[Piece]:
        """Of each article, that of its first sentences which is nearest to its headline: what happened."""
        found = []
        for article in articles:
            first = sentences_of(article)[:_OPENING]
            if first:
                near = self.vectors(first) @ self.library.encoder.encode_query(article.title)
                near = near - _LATER * np.arange(len(first))
                found.append(first[int(near.argmax())])
        return found

    def events(self, topic: str, hits: Sequence[Hit]) -> list[Piece]:
        """As `near`, where an article's opening is worth more: the more so, the more its headline is of the topic."""
        wanted = content_words(subject(topic))
        openings = self.openings({hit.article.id: hit.article for hit in hits}.values())
        headed = [len(wanted & content_words(piece.article.title)) / max(len(wanted), 1) for piece in openings]
        scores = self.scores(topic, openings, titled=True) + _OPENS + _HEADED * np.array(headed)
        told = [replace(piece, score=float(score)) for piece, score in zip(openings, scores, strict=True)]
        return sorted([*self.near(topic, hits), *told], key=lambda p: (-p.score, p.article.id, p.start))

    def _read(self, topic: str, hits: Sequence[Hit], pieces: Sequence[Piece]) -> NDArray[np.float64]:
        """Of each piece, how sure the reader is that it gives the number, 0 to 1: most of all, which of its article."""
        counted = _COUNTED.search(topic)
        question = f"How many {subject(topic)} were there?" if counted else f"What is the {topic}?"
        about = {hit.article.id for hit in hits}
        found = [hit for hit in self.library.search(question, _READ, self.within) if hit.article.id in about]
        sure: dict[tuple[str, int], float] = {}
        best: dict[str, float] = {}
        for start in range(0, len(found), FEW):
            for evidence in self.reader.read(question, found[start : start + FEW]):
                name = evidence.hit.article.id
                sure[name, evidence.end] = evidence.confidence
                best[name] = max(best.get(name, 1e-9), evidence.confidence)
        most = max(best.values(), default=1.0)
        worth = {name: (confidence / most) ** 0.5 / confidence for name, confidence in best.items()}
        return np.array([sure.get((p.article.id, p.end), 0.0) * worth.get(p.article.id, 0.0) for p in pieces])

    def vectors(self, pieces: Sequence[Piece]) -> NDArray[np.float32]:
        """(pieces, dimensions): the meaning of each sentence, of unit length."""
        return self.library.encoder.encode_documents([piece.quote for piece in pieces])

    def stories(self, pieces: Iterable[Piece]) -> list[Piece]:
        """The same, of the copies of one story only the first that comes."""
        told: set[str] = set()
        kept: dict[str, bool] = {}
        found = []
        for piece in pieces:
            name = piece.article.id
            if name not in kept:
                kept[name] = name not in told
                told |= {name, *(copy.article_id for copy in self.library.copies(name))}
            if kept[name]:
                found.append(piece)
        return found

    def cite(self, lines: Iterable[Line]) -> Iterator[tuple[Line, Citation]]:
        """Each line with its citation, checked against the article as it is stored now; what fails is dropped."""
        number = 1
        for line in lines:
            piece = line.piece
            place = Place(piece.article.id, piece.start, piece.end, piece.quote)
            if citation := verified(number, place, self.library, self.within):
                yield line, citation
                number += 1


def subject(topic: str) -> str:
    """What a number is wanted of: "number of marchers" is about marchers."""
    return " ".join(_QUANTITY.sub(" ", topic).split()) or topic


def asks_a_number(topic: str) -> bool:
    """Whether a number is wanted."""
    return bool(_QUANTITY.search(topic))


def has_a_figure(text: str) -> bool:
    """Whether there is a number that is no date and no hour."""
    return bool(_FIGURE.search(times.without_dates(text)))


def sentences_of(article: Article) -> list[Piece]:
    """The sentences of an article that can be quoted, in order: no headings, fragments or correction notices."""
    found = (
        (context, end)
        for context, _, end in units(article.text, article.language)
        if _says_something(article.text[context:end], article.language) and not is_noted(article, context, end)
    )
    return [Piece(article, start, end, place) for place, (start, end) in enumerate(found)]


def sentence_at(article: Article, start: int) -> Piece | None:
    """The sentence that holds a place of an article's text."""
    for context, _, end in units(article.text, article.language):
        if context <= start < end:
            return Piece(article, context, end)
    return None


def _of_passage(hit: Hit) -> list[Piece]:
    start, end = hit.passage.start, hit.passage.end
    return [piece for piece in sentences_of(hit.article) if start <= piece.start and piece.end <= end]


def is_about(article: Article, topic: str, *, close: bool) -> bool:
    """Whether an article is about a topic: it has its names, and most of its words or is close in meaning."""
    text = f"{article.title}\n{article.text}"
    lowered = text.casefold()
    if any(name.casefold() not in lowered for name in _NAME.findall(topic)):
        return False
    wanted, held = ({word[:_STEM] for word in content_words(words)} for words in (topic, text))
    return close or len(wanted & held) >= _ABOUT * len(wanted)


def _says_something(text: str, language: str | None) -> bool:
    unspaced = len(text) > 2 * _LEAST and not text.isascii() and " " not in text.strip()
    cut = language == "de" and _GOES_ON.search(text)
    return bool(_ENDS.search(text)) and not cut and (unspaced or len(times.without_dates(text).split()) >= _LEAST)
