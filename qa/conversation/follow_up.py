"""A follow-up made to stand alone, by rules: what it leaves out is taken from the turns before it. English only.

A question that already stands alone comes back as it is: where the rules see nothing that points back, they do nothing.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from qa.answer import Turn
from qa.conversation import about, ellipsis, mentions, pointing
from qa.conversation.mentions import PREPOSITION, WH

_KEPT = 6  # turns that a follow-up may reach back over: the latest
_LONGEST = 300  # characters of a question that may be a follow-up or be followed up
_READ = 2_000  # characters of an answer that are looked through
_LEAD = re.compile(r"^(?:(?:and|but|so|ok|okay|also|then|well|oh)\b[ ,]*)+", re.IGNORECASE)
_MARK = re.compile(r" ?\[\d{1,3}\]")
_ENGLISH = re.compile(
    r"\b(?:the|is|are|was|were|do|does|did|has|have|had|can|will|would|who|what|which|when|where|why|how|"
    r"and|of|for|about"
    r"|it|they|he|she|since|until|many|much|on|after|before|from|by|with|to)\b",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"\b(?:der|die|das|und|ist|wie|wer|wann|warum|wo|wurde|nicht|le|la|les|est|qui|que|quand|où|pourquoi|"
    r"combien|quel|"
    r"quelle|el|los|las|cuándo|quién|por qué|cuántos|dónde|och|het|een|wat)\b|[^\x00-\u024f\u2010-\u203a]",
    re.IGNORECASE,
)
_WHAT = re.compile(r"(?:which|what) (?!(?:is|was|did|does|do|happened)\b)(\w+)", re.IGNORECASE)
_GENERIC = re.compile(
    r"\b(?:any|anyone|anybody|anything|someone|everyone|everybody|people|each|else|instead|others?)\b", re.IGNORECASE
)
_EMPTY_WORDS = frozenset(
    "any anyone anybody anything someone something everyone everybody people each else instead other others so only "
    "now still again really exactly first new old last next whole same happen happened happens get gets "
    "got many much long "
    "high far often few little have has had had not there here more most s t".split()
)


class Rewritten(NamedTuple):
    """A question that stands alone, and whether the rules are sure of it."""

    question: str
    sure: bool = True


def stand_alone(
    question: str,
    history: Sequence[Turn],
    unsure: Callable[[str, Sequence[Turn], str], str] | None = None,
) -> str:
    """The question with what it leaves out, taken from the turns before it; as it is, where it leaves nothing out.

    Args:
        question: as it was asked, on one line.
        history: earlier turns, the oldest first; the latest count.
        unsure: asked where the rules find that the question points back but not to what, with the question, the turns
            and what the rules would search for; what it returns is taken.
    """
    recent = [turn for turn in history if turn.question.strip() and not about.recognised(turn.question)][-_KEPT:]
    turns = [turn for turn in recent if len(turn.question) <= _LONGEST]
    if not turns or len(question) > _LONGEST or not _is_english(question):
        return question
    before = stand_alone(turns[-1].question, turns[:-1])
    found = _rewritten(question, " ".join(before.split()), _MARK.sub("", turns[-1].answer[:_READ]))
    if found is None:
        return question
    return found.question if found.sure or unsure is None else unsure(question, turns, found.question)


def _is_english(question: str) -> bool:
    return bool(_ENGLISH.search(question)) and not _FOREIGN.search(question)


def _rewritten(question: str, before: str, answer: str) -> Rewritten | None:
    bare = _LEAD.sub("", question).strip()
    led = bare != question.strip()
    if whole := ellipsis.completed(bare, before, led=led):
        return Rewritten(_capital(whole))
    named = bool(mentions.names(mentions.uncapital(bare)))
    points_back = pointing.points_back(bare)
    if not points_back and (named or not (led or _is_incomplete(bare, before, answer))):
        return None
    whole = _resolved(bare, before, answer)
    sure = whole != bare
    missing = [topic for topic in _topics(before) if not _covers(whole, topic)]
    if missing and (not sure or not mentions.names(mentions.uncapital(whole))):
        whole = f"{whole.rstrip(' ?.!')} ({', '.join(missing[:2])})?"
    return Rewritten(_capital(whole), sure) if whole != bare else None


def _is_incomplete(question: str, before: str, answer: str) -> bool:
    """Whether a question without a name says too little to be asked alone."""
    text = question.rstrip(" ?.!").lower()
    words = [word for word in re.findall(r"[^\W_][\w-]*", text) if not _is_small(word)]
    if (
        re.match(r"(?:what|who) (?:is|are|was|were) [\w-]+$", text)
        or re.search(r"\d", text)
        or re.search(r"\b(?:a|an) \w", text)
    ):
        return False
    bare = re.findall(r"\bthe (?:new |old |first |last |whole |same |other |next |only )?(\w+)(?= |$)", text)
    if bare:
        known = {word.lower() for word in re.findall(r"\w+", f"{before} {answer}")}
        return len(words) <= 2 + any(noun in known for noun in bare)
    happens = re.search(r"\b(?:was|were|will|did|went|had)\b", text)
    return len(words) <= (3 if _GENERIC.search(text) else 2 if happens else 1)


def _is_small(word: str) -> bool:
    return word in _EMPTY_WORDS or bool(
        re.fullmatch(rf"{mentions.AUX}|{WH}|{PREPOSITION}|the|a|an|and|or|not|no|be|been|it|they|that|this|one", word)
    )


def _resolved(question: str, before: str, answer: str) -> str:
    """The question with its pronouns and definite nouns replaced by what they stand for, as far as that is found."""
    result = question
    for found in reversed(pointing.pronouns(question.rstrip(" ?.!"))):
        if pointing.is_bound(question, found):
            continue
        meant = _meant(found[0].lower(), before, answer) or _meant("it", before, answer)
        if meant:
            own = found[0].lower() in ("his", "its", "their") or (found[0].lower() == "her" and _owns(question, found))
            shown = _possessive(meant) if own else meant
            result = result[: found.start()] + shown + result[found.end() :]
            break  # the others stand for the same, or for what is said by then
    if pointed := pointing.POINTED.search(result):
        noun = pointed["which"].split()[1].lower()
        same = [one for one in mentions.phrases(before) if mentions.head(one) == noun]
        if same:
            result = result[: pointed.start("which")] + same[0] + result[pointed.end("which") :]
    if (place := pointing.THERE.search(result)) and (where := _place(before, answer)):
        result = f"{result[: place.start()]}{where}{result[place.end() :]}"
    return _definite(result, before)


def _definite(question: str, before: str) -> str:
    """The question with "the Market Bridge" for "the bridge", where the question before names one."""
    for found in re.finditer(r"\bthe (?P<noun>[a-z]\w+)(?= *(?:$|\?|[a-z]))", question):
        noun = found["noun"]
        whole = [one for one in mentions.phrases(before) if mentions.head(one) == noun and len(one.split()) > 2]
        if whole and not mentions.names(mentions.uncapital(question)):
            return question[: found.start()] + whole[0] + question[found.end() :]
    return question


def _meant(pronoun: str, before: str, answer: str) -> str:
    if pronoun in ("he", "him", "his", "she", "her", "hers"):
        return _person("he" if pronoun in ("he", "him", "his") else "she", before, answer)
    opening = mentions.taken_apart(before).opening or before
    counted = re.match(
        r"(?:which|what|how many) (?!is\b|was\b|did\b|does\b|do\b|happened\b)((?:\w+ ){0,2}\w+s)\b",
        opening,
        re.IGNORECASE,
    )
    plural = pronoun in ("they", "them", "their", "theirs")
    subject = mentions.taken_apart(before).subject
    found = [one for one in mentions.phrases(before) if not mentions.is_person(one)]
    if plural:
        many = [one for one in found if mentions.head(one).endswith("s") and mentions.names(one) != [one]]
        if counted:
            return "the " + counted[1]
        if re.match(r"who\b", before, re.IGNORECASE) and (answered := mentions.people(answer)):
            return " and ".join(answered[:2])
        found = many or [one for one in found if mentions.names(one)] or mentions.people(before)[:1]
    elif counted is None and not found and (one := _WHAT.match(before)) and one[1].lower() not in mentions.PERSONS:
        return f"the {one[1]}"
    acts = bool(subject) and (
        mentions.names(subject) == [subject.removeprefix("the ")] or "’s " in subject or "'s " in subject
    )
    if (
        not plural
        and acts
        and len(found) > 1
        and re.match(
            r"d(?:id|oes|"
            r"o)\b",
            mentions.taken_apart(before).auxiliary,
        )
    ):
        found = found[1:]  # who acts is named again; what was acted on becomes "it"
    return found[0] if found else ""


def _person(pronoun: str, before: str, answer: str) -> str:
    asked, answered = mentions.people(before), mentions.people(answer)
    new = [name for name in answered if name not in before]
    is_who = re.match(r"(?:who\b|which \w+)", before, re.IGNORECASE)
    order = [*new, *asked] if is_who else [*asked, *new]
    text = f"{before} {answer}"
    fitting = [name for name in order if mentions.gender(name, text) in ("", pronoun)]
    described = [one for one in mentions.phrases(before) if mentions.head(one) in mentions.PERSONS]
    return next(iter([*fitting, *described]), "")


def _place(before: str, answer: str) -> str:
    for text in (before, answer):
        if found := re.search(r"\b((?:in|at|on|near) (?:the )?[A-ZÀ-Þ][\w’'-]*(?: [A-ZÀ-Þ][\w’'-]*)*)", text):
            return found[1]
    return ""


def _topics(before: str) -> list[str]:
    """What a question is about, for one that names nothing: the phrases with a name first."""
    found = [one for one in mentions.phrases(before) if len(one) > 3]
    named = [one for one in found if mentions.names(one)]
    return [*named, *(one for one in found if one not in named)]


def _covers(question: str, topic: str) -> bool:
    return topic.lower() in question.lower()


def _owns(question: str, found: re.Match[str]) -> bool:
    after = question[found.end() :].strip()
    return bool(after) and after[0].isalpha() and not re.match(rf"{PREPOSITION}\b|and\b|when\b", after)


def _possessive(name: str) -> str:
    return f"{name}’" if name.endswith("s") and name[0].islower() else f"{name}’s"


def _capital(question: str) -> str:
    return question[:1].upper() + question[1:]
