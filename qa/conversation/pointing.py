"""The words that point back: pronouns, "that decision", "there"; and whether to within the question itself."""

import re

from qa.conversation import mentions
from qa.conversation.mentions import PREPOSITION

_CLAUSE = re.compile(
    r"\b(?:as|when|while|before|after|because|if|that|who|which|and|so|until|since|instead|\w+ing)\b", re.IGNORECASE
)
_PERSON = re.compile(r"\b(?:who|one|someone|anyone)\b|\b(?:the|a|an|one)(?: \w+){1,2}(?:er|or|ian|ist|ant|ent|man)\b")
_PLURAL = re.compile(
    r"\b(?!this\b|is\b|was\b|does\b|has\b)\w{2,}[^s\W]s\b|\b(?:people|who|women|men|families|children)\b"
)
_WHICH = re.compile(r"(?:which|what) (?!did|does|do|is|was)[\w ]+ ", re.IGNORECASE)
_PERSONAL = re.compile(r"\b(?:he|she|him|his|her|hers)\b", re.IGNORECASE)
_THING = re.compile(r"\b(?:it|its|they|them|their|theirs)\b", re.IGNORECASE)
_OWN = re.compile(r"(?:his|her|their|its) own\b", re.IGNORECASE)  # its owner stands in the same question
_POINTING = re.compile(
    r"\b(?:this|that|these|those)(?=\s*(?:$|,|happen|mean|come about|work\b|true\b|possible\b|enough\b|"
    r"cost\b|affect))",
    re.IGNORECASE,
)
POINTED = re.compile(
    r"(?:^|\b(?:about|of|for|with|in|at|by|from|to|on|after|before|did|was|is|were|are|does|do|has|had|will) )"
    r"(?P<which>(?:this|that|these|those) (?!year|week|month|day|time|morning|is|was|the|a|an|it|he|she|they)\w+)",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(
    r"\b(?:is|was|does|did|will|would)? ?it (?:take|cost|make|rain|snow|mean)?s? ?\w* ?(?:to|that|"
    r"so \w+ to)\b|how \w+ is it (?:at|in|on)\b"
    r"|\bit \w+ .*\bthat the\b",
    re.IGNORECASE,
)
THERE = re.compile(
    r"(?<!is )(?<!are )(?<!was )(?<!were )(?<!been )(?<!be )\bthere\b(?! (?:is|are|was|were|be|"
    r"been)\b)",
    re.IGNORECASE,
)


def points_back(question: str) -> bool:
    """Whether a question points to something that it does not name itself."""
    text = question.rstrip(" ?.!")
    if _POINTING.search(text) or POINTED.search(text):
        return True
    if (there := THERE.search(text)) and not re.search(rf"\b{PREPOSITION} [A-ZÀ-Þ]", text[: there.start()]):
        return True
    return any(not is_bound(text, found) for found in pronouns(text))


def pronouns(text: str) -> list[re.Match[str]]:
    """The personal pronouns and possessives of a question, but for "it" that stands for nothing."""
    held = [
        found for found in (*_PERSONAL.finditer(text), *_THING.finditer(text)) if not _OWN.match(text[found.start() :])
    ]
    dummy = [found.span() for found in _EXPLETIVE.finditer(text)]
    return sorted((f for f in held if not any(a <= f.start() < b for a, b in dummy)), key=lambda found: found.start())


def is_bound(text: str, pronoun: re.Match[str]) -> bool:
    """Whether what a pronoun stands for is named before it in the same question."""
    before = mentions.uncapital(text[: pronoun.start()])
    word = pronoun[0].lower()
    # "the warning about it": what a pronoun hangs on is not what it stands for
    before = re.sub(rf"\b(?:the|a|an) [\w’'-]+ {PREPOSITION} $", "", before)
    asked = mentions.taken_apart(before)
    if asked.subject and word in ("it", "them", "him") and not _CLAUSE.search(asked.rest):
        before = asked.rest.removeprefix(asked.subject)  # a plain object is never its own clause's subject
    held = mentions.names(before)
    if word in ("he", "him", "his", "she", "her", "hers"):
        return bool(held) or bool(_PERSON.search(before)) or bool(set(before.lower().split()) & mentions.PERSONS)
    if word == "its" and (asked.subject or _followed_by_name(text, pronoun) or _WHICH.match(before)):
        return True
    if word in ("it", "its"):
        return any(not mentions.is_person(one) for one in mentions.things(before))
    return bool(held) or bool(_PLURAL.search(before))


def _followed_by_name(text: str, pronoun: re.Match[str]) -> bool:
    """Whether what a pronoun stands for comes after it: "from its place was the Maren"."""
    return bool(re.search(rf"\b{mentions.AUX} (?:the [a-z]|(?:the )?[A-ZÀ-Þ])", text[pronoun.end() :]))
