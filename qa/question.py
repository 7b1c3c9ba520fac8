"""What is asked: is it a question, and what kind of thing would answer it?"""

import re

from ingest.article import clean
from qa.errors import QuestionError

MAX_CHARACTERS = 2_000

NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen "
    "half third quarter twice once double no none nobody all"
).split()
VALUES = {word: n for n, word in enumerate(NUMBERS[:19], start=1)} | {
    word: 10 * n for n, word in enumerate(NUMBERS[19:27], start=2)
}
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_TIMES = (
    rf"\b(?:{_MONTHS}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"|\d{1,2}(?::\d\d)? ?[ap]\.?m|\d{1,2}:\d\d|1\d{3}|20\d\d|noon|midnight|morning|evening|night|yesterday|today"
    r"|tomorrow|(?:last|next|this) (?:week|month|year)|spring|summer|autumn|winter|ago|decade|century)"
)
# What a sentence must hold to fit a kind of question, as patterns over the sentence's own spelling.
_ANSWERS = {
    "when": re.compile(_TIMES),
    "number": re.compile(rf"\d+(?:[.,:]\d+)*|\b(?:{'|'.join(NUMBERS)})\b", re.IGNORECASE),
    "who": re.compile(r"[A-ZÀ-Þ][\w'’-]+"),
    "why": re.compile(
        r"\b(?:because|since|due to|owing to|so that|so as to|in order|thanks to|reasons?|caus(?:e|es|ed)|therefore|"
        r"hence|follow(?:s|ing) from|intended|aim(?:s|ed|ing)? (?:at|to)|meant to|hop(?:es|ed|ing) to|as a result|"
        r"results? (?:of|from)|blam\w+|argu\w+|motive|purpose|why|explain\w*|gesture|fear\w*|out of|in response|"
        r"in protest|led to|to (?:avoid|prevent|protect|save|get|make|keep|help|allow|ease|reduce|win|give|stop|show)|"
        r"too \w+|no longer|not enough|lack of|shortage|cannot|could not|as (?:the|it|they|most|many|there))\b",
        re.IGNORECASE,
    ),
}
_KINDS = [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in (
    ("when", r"\b(?:when|what (?:time|date|day|year|month)|which (?:day|year|month))\b"),
    ("number", r"\b(?:how (?:many|much|old|long|far|high|tall|large|big|often|late|wide|deep|heavy|fast)|what (?:share|"
               r"percentage|number|amount|price|age|distance|proportion)|at what (?:price|age|speed))\b"),
    ("who", r"\b(?:who|whose|whom|which (?:man|woman|person|politician|minister)|name of the (?:man|woman|person))\b"),
    ("where", r"\b(?:where|which (?:town|city|country|place|village|island)|in what (?:town|city|country|place))\b"),
    ("why", r"\b(?:why|what (?:caused|made|led|prompted|reasons?)|for what reason|how come|what is the reason)\b"),
    ("how", r"\bhow\b"),
)]  # fmt: skip
_YES_NO = re.compile(
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must)\b", re.IGNORECASE
)


def checked(question: str) -> str:
    """The question on one line.

    Raises:
        QuestionError: it is empty, or longer than 2,000 characters.
    """
    question = " ".join(clean(question).split())
    if not question:
        raise QuestionError("There is no question: write one, such as “Why did Japan drop co-sponsorship?”")
    if len(question) > MAX_CHARACTERS:
        raise QuestionError(
            f"The question has {len(question):,} characters, of {MAX_CHARACTERS:,} allowed: ask in a sentence or two."
        )
    return question


def kind(question: str) -> str:
    """The kind of answer that is asked for: when, number, who, where, why, how, yes/no, or what for all else."""
    found = [(match.start(), name) for name, pattern in _KINDS if (match := pattern.search(question))]
    if found:
        return min(found, key=lambda one: one[0])[1]  # the first word that asks; the first of _KINDS, of two there
    return "yes/no" if _YES_NO.match(question) else "what"


def fits(kind: str, question: str, text: str) -> bool | None:
    """Whether a text holds something new of the kind asked for; None where the kind says nothing about form."""
    pattern = _ANSWERS.get(kind)
    if pattern is None:
        return None
    asked = question.lower()
    return any(not re.search(rf"(?<!\w){re.escape(found[0].lower())}(?!\w)", asked) for found in pattern.finditer(text))
