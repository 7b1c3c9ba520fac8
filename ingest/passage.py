"""From an article's text to passages: whole sentences, about 120 to 200 tokens, with their offsets."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sentencex import get_sentence_boundaries

from ingest.article import Article
from ingest.parts import parts

TARGET_TOKENS, MAX_TOKENS, MIN_TOKENS = 140, 190, 60
_CHARACTERS = 8  # that count as a token at least: a page of base64 is one unknown word to the tokenizer

# Where a sentence splitter that knows abbreviations still cuts too early: what follows begins in lower case
# ("We had no choice." she said), or is the Japanese quotation particle.
_GOES_ON = re.compile(r"[a-zà-öø-ÿа-яα-ω]|[とっ]")
_ENDS_OPEN = re.compile(r"\b(?:i\.e|e\.g|cf|No|Nos|Fig|Vol|approx|resp|ca)\.\s*$")
_ENDS_OPEN_FRENCH = re.compile(r"\b(?:M|MM|Mme|Mmes|Mlle|Dr|no|env|av|ap)\.\s*$")

_PARAGRAPH = re.compile(r"\n\n")

Span = tuple[int, int]
TokenOffsets = Callable[[str], Sequence[Span]]


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article: `article.text[start:end] == text`, always.

    Attributes:
        id: `article_id:position`.
        start, end: character offsets into the article's text.
        position: 0 for the article's first passage.
    """

    id: str
    article_id: str
    text: str
    start: int
    end: int
    position: int


def split(article: Article, token_offsets: TokenOffsets) -> list[Passage]:
    """Cut an article into passages that cover all of its sentences, in order, without overlap.

    Args:
        token_offsets: text -> the (start, end) of each of its tokens, in characters.
    """
    starts = [start for start, _ in token_offsets(article.text)]

    def tokens(span: Span) -> int:
        counted = bisect_left(starts, span[1]) - bisect_left(starts, span[0])
        return max(counted, (span[1] - span[0]) // _CHARACTERS)

    pieces = [piece for span in sentences(article.text, article.language) for piece in _fit(article.text, span, tokens)]
    return [
        Passage(f"{article.id}:{position}", article.id, article.text[start:end], start, end, position)
        for position, (start, end) in enumerate(_pack(article.text, _with_lists(article.text, pieces, tokens), tokens))
    ]


def sentences(text: str, language: str | None = None) -> list[Span]:
    """The (start, end) of each sentence, without the white space around it.

    Args:
        language: ISO 639-1; English rules where it is None or unknown.
    """
    spans: list[Span] = []
    for first, last in _boundaries(text, (language or "en")[:2].lower()):
        piece = text[first:last]
        start = first + len(piece) - len(piece.lstrip())
        end = last - (len(piece) - len(piece.rstrip()))
        if start >= end:
            continue
        if spans and "\n" not in text[spans[-1][1] : start] and _joins(text, spans[-1], start, language):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def goes_on_listing(text: str, stop: int, start: int, listing: bool) -> bool:  # noqa: FBT001 - what was so before
    """Whether a sentence belongs to a list that the one before announces with a colon, or is part of.

    Args:
        stop, start: where the one before ends, and this one begins.
        listing: whether the one before is in a list.
    """
    item, same_line = text.startswith("- ", start), "\n" not in text[stop:start]
    return (item and text[stop - 1] == ":") or (listing and (item or same_line))


def _boundaries(text: str, language: str) -> Iterator[Span]:
    for begin, end in parts(text, _PARAGRAPH):  # no sentence goes on in the next paragraph
        for found in get_sentence_boundaries(language, text[begin:end]):
            yield begin + found["start_index"], begin + found["end_index"]


def _joins(text: str, before: Span, start: int, language: str | None) -> bool:
    open_end = _ENDS_OPEN_FRENCH if (language or "").startswith("fr") else _ENDS_OPEN
    return bool(_GOES_ON.match(text, start) or open_end.search(text, max(before[0], before[1] - 12), before[1]))


def _fit(text: str, span: Span, tokens: Callable[[Span], int]) -> Iterator[Span]:
    """A sentence as it is, or cut near the middle, best after a comma or semicolon, until each piece fits."""
    start, end = span
    if tokens(span) <= MAX_TOKENS or end - start < 2:
        yield span
        return
    middle = (start + end) // 2
    breaks = [m.end() for m in re.finditer(r"[,;:、，]\s*|\s+", text[start:end]) if m.end() < end - start]
    clauses = [b for b in breaks if text[start + b - 2 : start + b].strip(" ")[-1:] in (",", ";", ":")]
    near = [b for b in clauses if abs(start + b - middle) < (end - start) / 4] or breaks or [middle - start]
    cut = start + min(near, key=lambda b: abs(start + b - middle))
    left_end = start + len(text[start:cut].rstrip())
    yield from _fit(text, (start, max(left_end, start + 1)), tokens)
    yield from _fit(text, (cut, end), tokens)


def _with_lists(text: str, pieces: list[Span], tokens: Callable[[Span], int]) -> list[Span]:
    """A line that ends with a colon and the items below it as one piece, where they fit: neither says much alone."""
    found: list[Span] = []
    listing = False
    for start, end in pieces:
        if found:
            begin, stop = found[-1]
            listing = goes_on_listing(text, stop, start, listing)
            if listing and tokens((begin, end)) <= MAX_TOKENS:
                found[-1] = (begin, end)
                continue
        found.append((start, end))
    return found


def _pack(text: str, pieces: list[Span], tokens: Callable[[Span], int]) -> list[Span]:
    """Sentences gathered into passages: a new one when the next would not fit, or at a paragraph past the target."""
    passages: list[list[Span]] = []
    for piece in pieces:
        if passages:
            start, end = passages[-1][0][0], passages[-1][-1][1]
            full = tokens((start, end)) >= TARGET_TOKENS and "\n" in text[end : piece[0]]
            if not full and tokens((start, piece[1])) <= MAX_TOKENS:
                passages[-1].append(piece)
                continue
        passages.append([piece])
    if len(passages) > 1 and tokens((passages[-1][0][0], passages[-1][-1][1])) < MIN_TOKENS:
        _balance(passages, tokens)
    return [(passage[0][0], passage[-1][1]) for passage in passages]


def _balance(passages: list[list[Span]], tokens: Callable[[Span], int]) -> None:
    """Share the sentences of the last two passages, so that no short remainder stands alone."""
    both = passages[-2] + passages[-1]
    start, end = both[0][0], both[-1][1]
    if tokens((start, end)) <= MAX_TOKENS:
        passages[-2:] = [both]
        return
    half = min(range(1, len(both)), key=lambda i: abs(tokens((start, both[i - 1][1])) - tokens((both[i][0], end))))
    if max(tokens((start, both[half - 1][1])), tokens((both[half][0], end))) <= MAX_TOKENS:
        passages[-2:] = [both[:half], both[half:]]
