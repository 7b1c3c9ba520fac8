"""From questions and paragraphs to what is learnt from: windows of text with, or without, the answer.

A question comes with one window that answers it and some that do not, all of like length, as it meets passages, or
single sentences, when it is asked. Each draw gives other windows, passages and headers; the same seed gives the same.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tokenizers import Encoding, Tokenizer

from qa.scores import holds
from training.reader.data import Paragraph, Question, Span, sentences

MAX_TOKENS = 256
CHARACTERS_A_TOKEN = 4.4
ELSEWHERE = 0.25  # share of the questions without an answer that are held against another article than their own
WITH_HEADER = 0.8  # share of the texts that begin with their article's header, as all do that a reader is given
MINED = 0.5  # share of them that is drawn from the reader's own mistakes, where it made any
WITHOUT = 2  # windows without an answer that a question is given
OF_ANOTHER = 0.1  # share of the questions that are asked about another name or number, which its article does not hold
UNANSWERED = 0.5  # share of the questions without an answer that are drawn in an epoch

_MANNER = re.compile(r"how (?!many|much|long|old|often|far|big|large|tall|high|fast|soon|big)\b|.*\breasons?\b", re.I)
_WHY = re.compile(r".*\b(why|what (caused|led|prompted|made))\b", re.I)
_NAMED = re.compile(r"(?<=\s)(?:[A-Z][\w'-]+(?: [A-Z][\w'-]+)*|\d[\d,.]*\d)")  # a name or a number, not the first word
# What may go together with an answer so that the rest of the sentence still stands: " in the " 1905, ", because " ...
_LINK = re.compile(
    r"[ ,(]+(?:in|on|at|since|by|from|for|during|because(?: of)?|due to|with|after|before|until|about|around|near|"
    r"through|over|under|to|as|into|of) (?:the |an? )?$"
)
_CLOSE = re.compile(r"(?=[.,;)])|$| (?:and|but|when|where|while|which|who|in|on|at|by|from|for|during|after|before)\b")
_PUBLISHERS = ("The Courier", "Daily Record", "Evening Post", "City Gazette", "National Wire", "The Observer")


@dataclass(frozen=True, slots=True)
class Example:
    """A question, a text, and where in the text its answer may start and end, in characters.

    With no answer in the text, `answer` is None.
    """

    question: str
    text: str
    answer: Span | None


@dataclass(frozen=True, slots=True)
class Feature:
    """Token ids of "question, text"; `context` is the text's first token; the answer's first and last token.

    Without an answer both are 0: the token at the front stands for "no answer here".
    """

    ids: list[int]
    context: int
    start: int
    end: int


class Source:
    """All there is to draw from.

    Args:
        paragraphs: those with one key are of one article.
        questions: what is asked.
        hard: for each question, the numbers of paragraphs that a search ranks high and that do not answer it.
        mined: for each question, the (paragraph, start) of sentences that a reader wrongly took for its answer.
    """

    def __init__(
        self,
        paragraphs: Sequence[Paragraph],
        questions: Sequence[Question],
        hard: Sequence[Sequence[int]],
        mined: Sequence[Sequence[Span]],
    ) -> None:
        self.paragraphs, self.questions, self.hard, self.mined = paragraphs, questions, hard, mined
        self.cuts = [sentences(paragraph.text) for paragraph in paragraphs]
        self.names = [name for question in questions for name in _NAMED.findall(question.text)]
        self.siblings: dict[str, list[int]] = defaultdict(list)
        for number, paragraph in enumerate(paragraphs):
            self.siblings[paragraph.key].append(number)

    def order(self, random: Random) -> list[int]:
        """The numbers of the questions as one epoch asks them: what is hard, to people or to the reader, more often."""
        drawn = []
        for number, (question, mined) in enumerate(zip(self.questions, self.mined, strict=True)):
            if question.answers:
                drawn += [number] * (weight(question.text) + bool(mined))
            elif random.random() < UNANSWERED:
                drawn.append(number)
        random.shuffle(drawn)
        return drawn

    def group(self, number: int, random: Random) -> list[Example]:
        """A question with windows of like length: the first answers it, if its article does, and no other."""
        question, budget = self.questions[number], _budget(random)
        if question.answers and random.random() < OF_ANOTHER and (other := self._of_another(question, budget, random)):
            return [other]
        without = [self._without(number, budget, random) for _ in range(WITHOUT)]
        answered = [self._with_answer(question, budget, random)] if question.answers else []
        return answered + [example for example in without if example]

    def _without(self, number: int, budget: float, random: Random) -> Example | None:
        """The question with a text that does not answer it."""
        question, mined = self.questions[number], self.mined[number]
        if mined and random.random() < MINED:
            return self._mistaken(question, random.choice(mined), budget, random)
        draw = self._without_answer if question.answers else self._unanswered
        return draw(question, self.hard[number], budget, random)

    def _with_answer(self, question: Question, budget: float, random: Random) -> Example:
        paragraph, cuts = self.paragraphs[question.paragraph], self.cuts[question.paragraph]
        start, end = question.answer(random)
        first = max(n for n, cut in enumerate(cuts) if n == 0 or cut[0] <= start)
        last = min(n for n, cut in enumerate(cuts) if n == len(cuts) - 1 or cut[1] >= end)
        left, right = window(cuts, first, max(first, last), budget, random)
        header = _header(paragraph, random)
        moved = start - left + len(header), end - left + len(header)
        return Example(question.text, header + paragraph.text[left:right], moved)

    def _mistaken(self, question: Question, place: Span, budget: float, random: Random) -> Example | None:
        """A sentence that was wrongly taken for the answer: with what stands around it, or alone if that answers."""
        number, start = place
        cuts, text, header = self.cuts[number], self.paragraphs[number].text, _header(self.paragraphs[number], random)
        centre = max(n for n, cut in enumerate(cuts) if n == 0 or cut[0] <= start)
        for left, right in (window(cuts, centre, centre, budget, random), cuts[centre]):
            if not holds(text[left:right], question.accepted):
                return Example(question.text, header + text[left:right], None)
        return None

    def _unanswered(self, question: Question, hard: Sequence[int], budget: float, random: Random) -> Example:
        """A question that its own article does not answer, with a part of it or of one that the retriever ranks high.

        Mostly the part that talks about what is asked.
        """
        number = random.choice(hard[:5]) if hard and random.random() < ELSEWHERE else question.paragraph
        return Example(question.text, self._near(question, number, budget, random), None)

    def _near(self, question: Question, number: int, budget: float, random: Random) -> str:
        """A part of a paragraph, mostly one that talks about what is asked."""
        paragraph, cuts = self.paragraphs[number], self.cuts[number]
        asked = set(re.findall(r"\w{4,}", question.text.lower()))
        shared = [1 + 4 * len(asked & set(re.findall(r"\w{4,}", paragraph.text[a:b].lower()))) for a, b in cuts]
        centre = random.choices(range(len(cuts)), shared)[0]
        left, right = window(cuts, centre, centre, budget, random)
        return _header(paragraph, random) + paragraph.text[left:right]

    def _without_answer(self, question: Question, hard: Sequence[int], budget: float, random: Random) -> Example | None:
        """From the same article, from what the retriever ranks high, from anywhere, or a near miss."""
        kind = random.random()
        if kind < 0.2:
            cut_out = self._phrase_cut_out(question, budget, random)
            return cut_out or self._answer_cut_out(question, budget, random)
        if kind < 0.55:
            number = random.choice(self.siblings[self.paragraphs[question.paragraph].key])
        elif kind < 0.96 and hard:
            number = hard[min(int(random.expovariate(0.2)), len(hard) - 1)]
        else:
            number = random.randrange(len(self.paragraphs))
        text = self._near(question, number, budget, random)
        if holds(text, question.accepted):
            return None
        return Example(question.text, text, None)

    def _answer_cut_out(self, question: Question, budget: float, random: Random) -> Example | None:
        """The right passage without the sentence that answers: it talks about all that is asked, and does not say."""
        example = self._with_answer(question, budget, random)
        assert example.answer is not None  # what _with_answer is for
        start, end = example.answer
        cuts = sentences(example.text)
        kept = [example.text[a:b] for a, b in cuts if b <= start or a >= end]
        text = "".join(kept).strip()
        if len(text) < 100 or holds(text, question.accepted):
            return None
        return Example(question.text, text, None)

    def _phrase_cut_out(self, question: Question, budget: float, random: Random) -> Example | None:
        """The right sentence without the words that answer ("in 1905"), where it stays a sentence without them."""
        example = self._with_answer(question, budget, random)
        assert example.answer is not None  # what _with_answer is for
        start, end = example.answer
        before = _LINK.search(example.text, 0, start)
        if not before or not _CLOSE.match(example.text, end):
            return None
        text = example.text[: before.start()] + example.text[end:]
        if holds(text, question.accepted):
            return None
        return Example(question.text, text, None)

    def _of_another(self, question: Question, budget: float, random: Random) -> Example | None:
        """The right passage, asked about another name or number, which does not stand in it."""
        example = self._with_answer(question, budget, random)
        named = list(_NAMED.finditer(question.text))
        if not named:
            return None
        place, other = random.choice(named), random.choice(self.names)
        if place[0][0].isdigit() != other[0].isdigit() or other.lower() in example.text.lower():
            return None
        asked = question.text[: place.start()] + other + question.text[place.end() :]
        return Example(asked, example.text, None)


def weight(question: str) -> int:
    """How often a question is shown in one epoch: the reasons and manners that are few, and hard, more often."""
    if _WHY.match(question):
        return 3
    return 2 if _MANNER.match(question) else 1


def _budget(random: Random) -> float:
    """How many characters the windows of a question may have: a passage's or, as both are read, one sentence's."""
    low, high = random.choices([(0, 0), (8, 100), (110, 190), (190, 225)], [0.35, 0.1, 0.4, 0.15])[0]
    return random.uniform(low, high) * CHARACTERS_A_TOKEN


def window(cuts: Sequence[Span], first: int, last: int, budget: float, random: Random) -> Span:
    """A run of whole sentences that holds those from `first` to `last`, and is no longer than `budget` otherwise."""
    while True:
        sides = [n for n in (first - 1, last + 1) if 0 <= n < len(cuts)]
        random.shuffle(sides)
        size = cuts[last][1] - cuts[first][0]
        fitting = [n for n in sides if size + cuts[n][1] - cuts[n][0] <= budget]
        if not fitting:
            return cuts[first][0], cuts[last][1]
        first, last = min(first, fitting[0]), max(last, fitting[0])


def encode(tokenizer: Tokenizer, groups: Sequence[Sequence[Example]]) -> list[list[Feature]]:
    """Examples -> features of at most MAX_TOKENS; one whose answer was cut off is left out, and so is an empty group.

    Args:
        tokenizer: with truncation of the text ("only_second") switched on and no padding.
    """
    examples = [example for group in groups for example in group]
    encodings = iter(tokenizer.encode_batch([(example.question, example.text) for example in examples]))
    encoded = [[_feature(example, next(encodings)) for example in group] for group in groups]
    return [kept for group in encoded if (kept := [feature for feature in group if feature])]


def _feature(example: Example, encoding: Encoding) -> Feature | None:
    context = encoding.type_ids.index(1)
    if example.answer is None:
        return Feature(encoding.ids, context, 0, 0)
    start, end = example.answer
    offsets = encoding.offsets
    inside = [n for n in range(context, len(offsets) - 1) if offsets[n][1] > start and offsets[n][0] < end]
    if not inside or offsets[inside[-1]][1] < end - 1:
        return None
    return Feature(encoding.ids, context, inside[0], inside[-1])


def _header(paragraph: Paragraph, random: Random) -> str:
    """The line that our passages have in front: title, publisher, date; made up where the set does not tell them."""
    if random.random() > WITH_HEADER:
        return ""
    made_up = f"{random.randint(2005, 2025)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
    parts = [paragraph.title, paragraph.publisher or random.choice(_PUBLISHERS), paragraph.published or made_up]
    kept = [part for part in parts[: 3 if paragraph.published else random.randint(1, 3)] if part]
    return " · ".join(kept) + "\n" if kept else ""
