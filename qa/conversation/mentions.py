"""What a question in English mentions: names, persons, things; by its spelling and small words alone."""

import re
from typing import NamedTuple

WH = r"(?:who|whom|whose|what|which|when|where|why|how)"
AUX = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must|isn[’']t|aren[’']t|"
    r"wasn[’']t|weren[’']t|doesn[’']t|don[’']t|didn[’']t|hasn[’']t|haven[’']t|hadn[’']t|can[’']t|won[’']t)"
)
PREPOSITION = (
    r"(?:in|on|at|of|for|from|to|by|with|without|about|against|under|over|after|before|during|since|until|near|into|"
    r"off|through|between|along|behind|beside|according to|because of)"
)
PERSONS = frozenset(
    "man woman boy girl child mayor minister president premier chief captain coach nurse doctor teacher professor "
    "judge councillor member leader head director owner chair chairman chairwoman spokesman spokeswoman "
    "spokesperson officer "
    "thief burglar suspect victim witness farmer fisherman skipper pilot writer author painter artist singer player "
    "scientist researcher expert engineer baker grocer trader treasurer librarian candidate driver manager founder "
    "person mother father brother sister son daughter wife husband king queen pope bishop senator governor ambassador "
    "chancellor secretary editor reporter journalist lawyer prosecutor defendant coxswain hydrologist nobody".split()
)
# Nouns that stand for a relation to something else: "the reason for it" is not about a reason
VACUOUS = frozenset(
    "name reason point cost price result date number year month week day time purpose size cause outcome aim rest end "
    "amount age share part most first last moment night morning evening afternoon case way place result most".split()
)
_STOP = (
    rf"(?:{AUX}|{WH}|and|or|but|that|than|as|if|when|while|rather|instead|according|because|not|no|it|its|he|she|they|him|her|"
    r"them|his|their|this|these|those|there|get|got|go|went|come|came|made|found|built|caught|held|taken|given|lost|"
    r"left|kept|put|sold|bought|paid|now|today|again|ever|already|still|just|only|also|yet|later|up|out|down|last|"
    r"be|been|being|see|say|said|born|cost|long|high|worth)"
)
_WORD = r"[^\W_][\w’'.-]*"
_NAME = (
    r"(?:No\. )?[A-ZÀ-Þ][\w’'-]*(?:\.(?=\w)\w)*(?: (?:(?:of|de|van|von) (?=[A-ZÀ-Þ]))?(?:No\. \d+|[A-ZÀ-Þ][\w’'-]*))*"
)
_NOT_NAMES = frozenset(
    "the a an in on at of for from to by with what who whom whose which when where why how is are was were do does did "
    "has have had can could will would should may might must and but so it he she they we you i this that these those "
    "there if as after before during since until no not yes ok okay or under his her their its our my your some all "
    "then also monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
    "september october november december jan feb mar apr jun jul aug sept sep oct nov dec mr mrs ms dr "
    "mondays tuesdays wednesdays thursdays fridays saturdays sundays tell please thanks about".split()
)
_PLACES = re.compile(
    r"\b(?:Port|Low|Old|New|North|South|East|West|Saint|St|Upper|Lower|Great|Little|Mount|Lake|City|Museum|Council|Board|"
    r"Bank|Bay|Moor|Fund|University|Hospital|School|Party|Association|Assembly|Division|Street|Road|Row|Bridge|Hall|"
    r"Exchange|Café|United|Rovers|Courier|Gazette|Ledger|Ferries|Savings|Cooperative|Union|Ministry|Nations|Committee|"
    r"Commission|Company|Institute|Agency|Court|Church|Islands?|Valley|River|Sea|Club|Team|States?|Republic|Kingdom)\b"
)
_DETERMINER = r"(?:the|a|an|(?:[A-ZÀ-Þ][\w-]* )*[A-ZÀ-Þ][\w-]*[’']s)"
_OPENING = re.compile(rf"^(?:(?:{PREPOSITION}) )?{WH}\b", re.IGNORECASE)
_PARTICIPLE = re.compile(r"(?:ed|ing|stolen|broken|written|drawn|grown|known|shown|thrown|driven|chosen|due)$")
_TITLE = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Sir|Lady)\.? )$")
_SHE = re.compile(r"\b(?:she|her|hers|herself|Mrs|Ms|woman|mother|sister|wife|daughter|queen)\b", re.IGNORECASE)
_HE = re.compile(r"\b(?:he|him|his|himself|Mr|man|father|brother|husband|son|king)\b", re.IGNORECASE)


class Asked(NamedTuple):
    """A question taken apart: "How many tonnes" "were" "landed in Aldmark"; parts that it lacks are empty."""

    opening: str
    auxiliary: str
    rest: str

    @property
    def subject(self) -> str:
        """The thing or person that the auxiliary is followed by: "Japan" of "did Japan drop co-sponsorship"."""
        return subject_of(self.rest, self.auxiliary) if self.auxiliary else ""


def taken_apart(question: str) -> Asked:
    """A question's opening, auxiliary and the rest, without the question mark."""
    text = question.rstrip(" ?.!")
    found = re.match(rf"(?:(?P<opening>.*?) )??(?P<aux>{AUX})\b(?: (?P<rest>.*))?$", text, re.IGNORECASE)
    opening = (found["opening"] or "") if found else ""
    if found and (not opening or _OPENING.match(opening)) and len(opening.split()) <= 8:
        return Asked(opening, found["aux"], found["rest"] or "")
    return Asked("", "", text)


def names(text: str) -> list[str]:
    """The names in a text, in its order, each once."""
    found: dict[str, None] = {}
    for match in re.finditer(rf"[“\"](?P<quoted>[A-ZÀ-Þ][^”\"]{{2,40}})[”\"]|{_NAME}", text):
        name = f"“{match['quoted']}”" if match["quoted"] else _trimmed(match[0])
        if name:
            found[name] = None
    return list(found)


def _trimmed(name: str) -> str:
    words = re.sub(r"[’']s$|[’'.-]+$", "", name).split()
    while words and words[0].lower().rstrip(".") in _NOT_NAMES:
        words.pop(0)
    while words and words[-1].lower().rstrip(".") in _NOT_NAMES:
        words.pop()
    return " ".join(words)


def people(text: str) -> list[str]:
    """Those of the names that a person bears, as far as the text shows it."""
    found = []
    for name in names(text):
        if name.startswith("“") or _PLACES.search(name) or re.search(r"[’']s ", name):
            continue
        at = text.find(name)
        before = text[:at].rstrip()
        role = (before.split() or [""])[-1].lower() in PERSONS
        placed = re.search(r"\b(?:in|at|near|to|the)$", before) is not None
        if _TITLE.search(text[:at]) or role or (len(name.split()) in (2, 3) and not placed):
            found.append(name)
    return found


def gender(name: str, text: str) -> str:
    """He or she, where the sentence that names a person, or the next one, shows it; else empty."""
    at = text.find(name)
    around = text[max(0, at - 12) : at] + re.split(r"(?<=[.!?])\s", text[at + len(name) :] + " ")[0]
    she, he = _SHE.search(around), _HE.search(around)
    return "she" if she and not he else "he" if he and not she else ""


def phrases(question: str) -> list[str]:
    """What a question is about, its subject first."""
    asked = taken_apart(question)
    subject = asked.subject
    rest = asked.rest.removeprefix(subject)
    opening = asked.opening[:1].lower() + asked.opening[1:]
    found = [subject, *things(rest), *things(opening)] if asked.auxiliary else things(rest[:1].lower() + rest[1:])
    return [one for one in dict.fromkeys(found) if one and head(one) not in VACUOUS]


def things(text: str) -> list[str]:
    """Noun phrases with a determiner or a name, each with what hangs on it by one preposition, in the text's order."""
    part = rf"(?!{_STOP}\b|{PREPOSITION}\b|{_DETERMINER} )\w[\w’'-]*"
    phrase = rf"{_DETERMINER} (?:{part})(?: {part}){{0,4}}|{_NAME}"
    whole = rf"(?:{phrase})(?: (?:of|for|on|in|at|from|to|with|over) (?:{phrase}))?"
    found: dict[str, None] = {}
    for match in re.finditer(whole, text):
        words = match[0].split()
        if len(words) == 1 and words[0].lower() in _NOT_NAMES:
            continue
        phrase_found = _shorn(words)
        if phrase_found and head(phrase_found) not in VACUOUS:
            found[phrase_found] = None
    return list(found)


def subject_of(rest: str, auxiliary: str) -> str:
    """The noun phrase that a clause begins with, without the verb that follows it; empty where there is none."""
    part = rf"(?!{_STOP}\b|{PREPOSITION}\b|(?:the|a|an) )\w[\w’'.-]*"
    found = re.match(rf"(?P<determiner>(?:the|a|an|each|every|any) )?(?P<words>{part}(?: {part})*)", rest)
    if not found:
        return ""
    determiner, words = found["determiner"] or "", found["words"].split()
    first = names(found["words"])[:1]
    if first and re.match(rf"{re.escape(first[0])}(?![’'\w])", found["words"]):
        return determiner + first[0]
    is_verb_last = re.search(rf" {PREPOSITION} (?:the )?(?:{_NAME}) [a-z]+$| be$", rest)
    if auxiliary.lower() in ("is", "are", "was", "were") or (is_verb_last and len(found[0]) < len(rest)):
        words = _shorn(words).split()
    elif len(words) > 1 and words[-1].islower():
        words = words[:-1]
    subject = determiner + " ".join(words)
    linked = re.match(rf"{re.escape(subject)} (?:of|for|on|in|at) (?:the )?(?:{_NAME}|{part})", rest)
    return linked[0] if linked else subject


def is_person(thing: str) -> bool:
    """Whether a noun phrase stands for a person."""
    return head(thing) in PERSONS or bool(people(thing) and names(thing) == [thing])


def head(thing: str) -> str:
    """The word that a noun phrase is about: "bridge" of "the old bridge in Low Garth"."""
    return re.split(rf" (?:{PREPOSITION}) ", thing)[0].split()[-1].lower()


def _shorn(words: list[str]) -> str:
    """Without participles at the end, which belong to the sentence: "the ward postponed"."""
    while len(words) > 2 and _PARTICIPLE.search(words[-1]) and words[-1].islower() and len(words[-1]) > 2:
        words = words[:-1]
    return re.sub(r"[’']s$", "", " ".join(words))


def uncapital(question: str) -> str:
    """A question whose first word is no name for being the first."""
    return (
        question[:1].lower() + question[1:]
        if re.match(rf"(?:{WH}|{AUX}|{PREPOSITION})\b", question, re.I)
        else question
    )
