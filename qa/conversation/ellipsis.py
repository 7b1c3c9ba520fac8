"""Follow-ups that are no sentence, "why?", "and in 2018?", "what about Komeito?", put into the last question."""

import re

from qa.conversation import mentions
from qa.conversation.mentions import AUX, PREPOSITION, WH

_BARE = re.compile(
    rf"(?P<wh>(?:(?:since|until|by|for|from|to|with|at|in|on) )?{WH}(?: (?:not|come|so few|so many|so much|"
    rf"so little|so late|many|much|long|often|old|far|else|exactly|time"
    r"|year|day))?)(?: (?:exactly|then|that|so|is that|was that|is this|was this))?"
)
_ABOUT = re.compile(r"(?:what|how) about (?P<what>.+)", re.IGNORECASE)
_TIME = re.compile(
    r"\b(?:(?:in|on|at|by|since|until|before|after|during|from) )?(?:(?:early|late|"
    r"mid) )?(?:(?:\d{1,2} )?(?:January|February|March|"
    r"April|May|June|July|August|September|October|November|December)(?: \d{1,2}\b)?(?: \d{4})?|(?:1\d{3}|20\d\d)\b|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b|(?:last|next|this) (?:year|month|week)|today|yesterday|"
    r"tomorrow)",
)
_MOST = 7  # words of a follow-up that is no sentence


def completed(bare: str, before: str, *, led: bool) -> str:
    """The last question with a fragment in its place; empty where the words are no fragment.

    Args:
        bare: the follow-up without "and" or "but" in front.
        before: the last question, which stands alone.
        led: "and" or "but" stood in front.
    """
    text = bare.rstrip(" ?.!,")
    if found := _BARE.fullmatch(text.lower()):
        return _asked_anew(found["wh"], before)
    counted = re.fullmatch(
        rf"how (?:many|much) (?!{AUX}\b|"
        rf"{PREPOSITION}\b)(?:[\w’'-]+ ?){{1,3}}",
        text,
        re.IGNORECASE,
    )
    if counted and not re.search(r"\b(?:people|ones?)$|\w+ed\b", text):
        return _recounted(counted[0], before)
    about = _ABOUT.fullmatch(text)
    what = about["what"] if about else text
    if about or led or re.match(rf"{PREPOSITION} (?!{WH}\b)", text, re.IGNORECASE):
        words = what.split()
        if (
            words
            and len(words) <= _MOST
            and not re.match(rf"(?:{WH}|{AUX})\b", what, re.IGNORECASE)
            and not _has_verb(what)
        ):
            return _put_in(what, before)
    return ""


def _has_verb(text: str) -> bool:
    return bool(re.search(rf"\b(?:{AUX}|he|she|it|they|you|we|i|me|tell|show)\b", text, re.IGNORECASE))


def _asked_anew(opening: str, before: str) -> str:
    """Another opening before the last question: "since when?" after "Does the bank own it?"."""
    asked = mentions.taken_apart(before)
    keeps_sense = opening.rsplit(maxsplit=1)[-1] in ("why", "when", "where", "how", "come", "exactly", "long", "often")
    if not asked.auxiliary or not asked.rest or not keeps_sense or re.match(r"who\b", asked.opening, re.IGNORECASE):
        return (
            f"{opening}: {before}"
            if opening not in ("why", "how", "when", "where")
            else f"{opening}, {_lowered(before)}"
        )
    opening = opening.removesuffix(" exactly")
    return f"{opening} {asked.auxiliary.lower()} {asked.rest}?"


def _lowered(before: str) -> str:
    return before[:1].lower() + before[1:]


def _recounted(opening: str, before: str) -> str:
    """The last question with another count: "how many crew members" for "How many passengers"."""
    asked = mentions.taken_apart(before)
    if asked.auxiliary and re.match(r"how (?:many|much)|what", asked.opening, re.IGNORECASE):
        return f"{opening} {asked.auxiliary} {asked.rest}?"
    return ""


def _put_in(what: str, before: str) -> str:
    """The last question with a name, thing, time or place in the stead of the one that matches it."""
    body = before.rstrip(" ?.!")
    if _TIME.fullmatch(what) or (re.match(rf"{PREPOSITION}\b", what, re.IGNORECASE) and _TIME.search(what)):
        old = list(_TIME.finditer(body))
        return f"{body[: old[-1].start()]}{what}{body[old[-1].end() :]}?" if old else f"{body} {what}?"
    if re.match(rf"{PREPOSITION}\b", what, re.IGNORECASE):
        return f"{_without(body, what)} {what}?"
    if trailing := re.search(r" ((?:on|in|at|after|before|since) .+)$", what):
        moment = trailing[1]
        if _TIME.search(moment):
            return _put_in(moment, _replaced(what[: trailing.start()], body) + "?")
    return _replaced(what, body) + "?"


def _without(body: str, what: str) -> str:
    """The question without the phrase that has the same preposition, where it ends with one."""
    preposition = re.match(PREPOSITION, what, re.IGNORECASE)
    if preposition is None or preposition[0].lower() in ("after", "before", "according to"):
        return body
    named = rf" {preposition[0].lower()} (?:the )?[A-ZÀ-Þ][\w’'-]*(?: [A-ZÀ-Þ][\w’'-]*)*$"
    return re.sub(named, "", body)


def _replaced(what: str, body: str) -> str:
    asked = mentions.taken_apart(body)
    counted = re.match(r"(?P<how>how (?:many|much)) (?:\w+ of )?(?P<noun>\w+)$", asked.opening, re.IGNORECASE)
    subject = asked.subject
    is_name = bool(mentions.names(what)) and not what.startswith(("the ", "The "))
    acts = mentions.is_person(what) or mentions.head(what) in ("police", "government", "council", "company", "paper")
    if subject and (is_name or acts or mentions.names(subject) == [subject.removeprefix("the ")]):
        same_kind = bool(mentions.names(subject)) or mentions.is_person(subject)
        if same_kind and (is_name or acts or what.rsplit(maxsplit=1)[-1][0].isupper()):
            return body.replace(subject, what, 1)
    if counted and len(what.split()) <= 2:
        noun = what.removeprefix("the ")
        return body.replace(counted["noun"], noun, 1)
    if is_name and (old := mentions.names(asked.rest)):
        return body.replace(old[0], what, 1)
    if (
        subject
        and asked.auxiliary.lower() in ("is", "was", "are", "were")
        and re.match(r"(?:who|what)$", asked.opening, re.I)
    ):
        return body.replace(re.split(rf" (?:{PREPOSITION}) ", subject)[0], what, 1)
    topics = [one for one in mentions.things(asked.rest) if mentions.names(one)] or mentions.things(asked.rest)
    return f"What about {what}" + (f" ({', '.join(topics[:2])})" if topics else f", {_lowered(body)}")
