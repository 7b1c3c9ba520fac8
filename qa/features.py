"""What a sentence is judged by: what the span model says of it, how it was found, and whether its form fits.

PASSAGE tells which of the passages that were found are worth reading; FEATURES tell the sentences of one question
apart; VERDICT tells whether the best of them answer it at all. Their order is that of the weights in a reader's
fusion.json.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest import Article, Hit
from ingest.words import STOP_WORDS, is_english, search_form
from qa.question import fits, kind

PASSAGE = (
    "similarity, behind the best",
    "inverse rank by words",
    "inverse rank by meaning",
    "score of the article's best",
    "question's words in the passage",  # shares, 0 to 1
    "question's words in the passage, behind the best",
    "question's words in the header",
    "question's names missing in the passage",
    "question's names missing in the article",
    "length",  # in characters
)

FEATURES = (
    "span margin",  # the best span's score less that of no answer, read in its passage
    "probability mass",  # log probability that the answer starts in this sentence, and that it ends there
    "behind the best",  # span margin less the best one of all that was read
    "narrow margin",  # span margin when the sentence is read without the passage around it
    "not read narrowly",
    "narrow, behind the best",
    "read alike",  # in both readings the same words
    "inverse rank",
    "inverse rank by words",
    "inverse rank by meaning",
    "found by words and by meaning",
    "similarity",
    "question's words in the sentence",  # shares, 0 to 1
    "question's words in the passage",
    "question's names missing in the sentence",
    "question's names missing in the passage",
    "question has names",
    "the span is of the kind asked for",
    "the span is not",
    "the span is long",
    "asked why, the sentence gives a reason",
    "asked why, it gives none",
    "asked when, it has no time",
    "asked how many, it has no number",
    "asked who, it has no name",
    "asked yes or no",
    "asked yes or no, question's words in the sentence",
    "a list",
    "a list, several asked for",
    "length",  # of the sentence, in characters
    "begins the passage",
    "question's words in the sentence before",  # what "she" and "the bridge" stand for is often there
    "question's words in the sentence after",
    "question's words in the header",
    "question's words in the article",
    "question's names missing in the article",
    "inverse rank of the article",  # of its best passage
    "share of the article",  # in the passages that were read
    "not in English",  # which the span model knows best
    "not in English, span margin",
    "not in English, question's words in the sentence",
)

VERDICT = (
    *FEATURES,  # of the best sentence
    "score",  # of it, by the weights of FEATURES
    "lead",  # over the next one
    "highest margin",  # of all sentences
    "highest narrow margin",
    "highest mass",
    "best by margin too",
)

_MOST_SHARE = 0.6  # beyond it there was little else to find
_ONLY_SHARE = 0.3  # as usual: where one article is all that was searched, its share says nothing
_UNREAD = -20.0
_ALONE = 10.0  # lead of a sentence beside which there is none
_LONG = 8  # words
_NAME = re.compile(r"(?<=\s)(?:[A-ZÀ-Þ][\w’'-]+|\d[\d,.]*\d|\d)")
_SEVERAL = re.compile(
    r"\b(?:what|which|name|list)\b[^?]*\b\w+s\b|\binto (?:what|which)\b|\bin (?:what|which) order\b|"
    r"\b(?:two|three|four|five)\b",
    re.IGNORECASE,
)
_ENDINGS = ("edly", "ing", "ers", "ed", "es", "ly", "er", "s")  # longest first


@dataclass(frozen=True, slots=True)
class Seen:
    """A sentence as the span model sees it, before it is judged.

    Attributes:
        start, end: offsets into the passage's text.
        span: the words that most likely answer.
        margin, mass: see FEATURES.
        narrow: (margin, span) of the sentence read by itself, where it was.
    """

    hit: Hit
    rank: int
    start: int
    end: int
    span: str
    margin: float
    mass: float
    narrow: tuple[float, str] | None

    @property
    def text(self) -> str:
        """The sentence."""
        return self.hit.passage.text[self.start : self.end]


class Asked:
    """A question taken apart once, for all the sentences that are held against it."""

    def __init__(self, question: str) -> None:
        self.question = question
        self.kind = kind(question)
        self.words = content_words(question)
        self.names = [name.lower() for name in _NAME.findall(question)]
        self.several = bool(_SEVERAL.search(question))
        self._passages: dict[str, tuple[float, float, bool]] = {}  # by id: every sentence asks for its passage's
        self._articles: dict[str, tuple[float, float, float]] = {}
        self._unnamed: dict[str, float] = {}
        self._only = False  # whether all that was found is of one article

    def passages(self, hits: Sequence[Hit]) -> list[list[float]]:
        """PASSAGE of each passage that was found for the question."""
        similarity = max((hit.similarity for hit in hits), default=0.0)
        share = max((self._of_passage(hit)[0] for hit in hits), default=0.0)
        score: dict[str, float] = {}
        for hit in hits:
            score[hit.article.id] = max(hit.score, score.get(hit.article.id, 0.0))
        self._only = len(score) == 1
        return [
            [
                hit.similarity - similarity,
                *_inverse_ranks(hit),
                score[hit.article.id],
                (held := self._of_passage(hit))[0],
                held[0] - share,
                self._share(hit.article.header),
                held[1],
                self._missing_in_article(hit.article),
                min(len(hit.passage.text), 1200) / 500,
            ]
            for hit in hits
        ]

    def features(self, read: Sequence[Seen]) -> list[list[float]]:
        """The FEATURES of each sentence that was read for the question; in the passages' order, and in theirs."""
        best = max((seen.margin for seen in read), default=0.0)
        narrow = max((seen.narrow[0] for seen in read if seen.narrow), default=0.0)
        ranks: dict[str, set[int]] = defaultdict(set)
        for seen in read:
            ranks[seen.hit.article.id].add(seen.rank)
        passages = len({seen.rank for seen in read})
        shares = [self._share(seen.text) for seen in read]
        rows = []
        for place, seen in enumerate(read):
            found = ranks[seen.hit.article.id]
            beside = [
                shares[other] if 0 <= other < len(read) and read[other].rank == seen.rank else 0.0
                for other in (place - 1, place + 1)
            ]
            rows.append([
                *self._by_model(seen, best, narrow),
                *self._by_finding(seen),
                *self._by_form(seen, shares[place]),
                float(seen.start == 0),
                *beside,
                *self._of_article(seen.hit.article),
                1 / min(found),
                _ONLY_SHARE if self._only else min(len(found) / passages, _MOST_SHARE),
                (foreign := float(self._of_passage(seen.hit)[2])),
                foreign * seen.margin,
                foreign * shares[place],
            ])  # fmt: skip
        return rows

    def _by_model(self, seen: Seen, best: float, best_narrow: float) -> list[float]:
        narrow, span = seen.narrow or (_UNREAD, "")
        return [
            seen.margin,
            seen.mass,
            seen.margin - best,
            narrow,
            float(seen.narrow is None),
            narrow - best_narrow,
            float(span.lower() == seen.span.lower()),
        ]

    def _by_finding(self, seen: Seen) -> list[float]:
        hit = seen.hit
        return [
            1 / seen.rank,
            *_inverse_ranks(hit),
            float(hit.word_rank is not None and hit.vector_rank is not None),
            hit.similarity,
        ]

    def _by_form(self, seen: Seen, in_sentence: float) -> list[float]:
        text = seen.text
        in_passage, missing_in_passage, _ = self._of_passage(seen.hit)
        a_list, yes_no = "\n- " in text, self.kind == "yes/no"
        return [
            in_sentence,
            in_passage,
            self._missing(text),
            missing_in_passage,
            float(bool(self.names)),
            *map(float, self._form(seen.span, text)),
            float(yes_no),
            in_sentence if yes_no else 0.0,
            float(a_list),
            float(a_list and self.several),
            min(len(text), 600) / 200,
        ]

    def _of_passage(self, hit: Hit) -> tuple[float, float, bool]:
        """Of the passage with its header: the question's words in it, its names not in it; whether it isn't English."""
        if hit.passage.id not in self._passages:
            text = f"{hit.article.header} {hit.passage.text}"
            self._passages[hit.passage.id] = self._share(text), self._missing(text), not is_english(hit.passage.text)
        return self._passages[hit.passage.id]

    def _of_article(self, article: Article) -> tuple[float, float, float]:
        """The shares of the question's words in the header and in all, and of its names that are nowhere in it."""
        if article.id not in self._articles:
            whole = self._share(f"{article.header} {article.text}")
            self._articles[article.id] = self._share(article.header), whole, self._missing_in_article(article)
        return self._articles[article.id]

    def _share(self, text: str) -> float:
        return len(self.words & content_words(text)) / max(len(self.words), 1)

    def _missing_in_article(self, article: Article) -> float:
        if article.id not in self._unnamed:
            self._unnamed[article.id] = self._missing(f"{article.header} {article.text}") if self.names else 0.0
        return self._unnamed[article.id]

    def _missing(self, text: str) -> float:
        lowered = text.lower()
        return sum(name not in lowered for name in self.names) / max(len(self.names), 1)

    def _form(self, span: str, sentence: str) -> list[bool]:
        fitting = None if self.kind == "why" else fits(self.kind, self.question, span)
        inside = fits(self.kind, self.question, sentence)
        return [
            fitting is True,
            fitting is False,
            len(span.split()) > _LONG,
            self.kind == "why" and inside is True,
            *(self.kind == asked and inside is False for asked in ("why", "when", "number", "who")),
        ]


def verdict(features: NDArray[np.float64], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """What VERDICT names.

    Args:
        features: (sentences, FEATURES), at least one sentence.
        scores: (sentences,), by the weights of FEATURES.
    """
    best, *others = np.argsort(-scores, kind="stable")
    lead = scores[best] - scores[others[0]] if others else _ALONE
    highest = [features[:, FEATURES.index(name)].max() for name in ("span margin", "narrow margin", "probability mass")]
    agree = float(features[best, 0] == highest[0])
    return np.array([*features[best], scores[best], lead, *highest, agree])


def _inverse_ranks(hit: Hit) -> tuple[float, float]:
    """By words and by meaning; 0 where it is not found by them."""
    return 1 / hit.word_rank if hit.word_rank else 0.0, 1 / hit.vector_rank if hit.vector_rank else 0.0


def content_words(text: str) -> set[str]:
    """The words that carry meaning, without their commonest endings; pairs of characters where no spaces part words."""
    return {_stem(word) for word in re.findall(r"[^\W_]+", search_form(text.lower())) if word not in STOP_WORDS}


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
