"""Small talk and questions about the assistant itself: known by whole sentences, answered from the library."""

import re
from collections.abc import Sequence

from ingest import Entry, Library, Within
from qa.answer import Answer
from qa.days import day_of, written

_ME = (
    r"(?:your (?:articles|information|archive|data|library|collection|knowledge|sources|news)|"
    r"the (?:archive|library|collection|index))"
)
_LEAD = r"(?:(?:and|so|ok|okay|hi|hello|hey|well|please|sorry)[ ,!.]+)*"
# Each is matched against the whole message, in lower case and without its last marks
_PATTERNS = {
    "hello": r"(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|greetings)(?:[ ,]+(?:there|"
    r"citewire|all|again|everyone))?"
    r"(?:[ ,!.]+how are you(?: today| doing)?)?|how are you(?: today| doing)?",
    "thanks": r"(?:many |ok |okay |great |good |perfect |no )*[ ,]*(?:thanks|thank you|thx|"
    r"cheers)(?:[ ,]+(?:a lot|so much|very much|again|"
    r"citewire|for (?:the|your|this|that) (?:help|answer|information)|that (?:helps|helped)|"
    r"that was (?:helpful|great)))*",
    "bye": r"(?:good)?bye(?: bye| for now)?|see you(?: later| soon)?|good night",
    "nod": r"(?:ok|okay|great|perfect|very good|good|nice|i see|got it|understood|cool|alright|all right)",
    "who": r"who(?:[’']s| are| r) (?:you|this)|what(?:[’']s| is) your name|what are you(?: exactly)?|"
    r"are you (?:a |an )?(?:human|bot|robot|"
    r"chatbot|machine|person|real|ai|a\.i|chatgpt|language model|real person)|(?:tell me|"
    r"say something) about yourself|what is citewire|"
    r"who (?:made|built|created) you|introduce yourself",
    "can": r"(?:what|which things) (?:can|could|do) (?:you|i) (?:do|ask|answer|help(?: me)? with)(?: you|"
    r" for me| here)?|"
    r"how (?:can|could|do) (?:you|i) (?:help(?: me)?|use (?:you|this|citewire)|ask(?: you)?(?: a question)?|"
    r"work)|how does (?:this|citewire) work|"
    r"what are you (?:for|able to do|good at)|(?:can|could) you help(?: me)?|help(?: me)?|what (?:kind|"
    r"sort) of questions can (?:i ask|you answer)(?: you)?|"
    r"what should i ask(?: you)?|how do you (?:work|know(?: things)?|answer(?: questions)?)",
    "know": r"what (?:do|can) you know(?: about)?|what (?:topics|subjects|things) (?:do|"
    r"can) you (?:know(?: about)?|cover)|"
    rf"what(?:[’']s| is| are) (?:in )?(?:here|{_ME})(?: about)?|what (?:do you have|"
    rf"have you got)(?: in here)?|what (?:have you read|are you based on)|"
    rf"where (?:do|does) (?:you|{_ME}) (?:get|come)(?: your (?:answers|information|knowledge|articles))? from",
    "count": rf"how many (?:articles|documents|texts|stories)(?: (?:do you (?:have|know|hold)|"
    rf"have you (?:got|read)|are (?:there )?in (?:here|{_ME})|"
    rf"are there(?: in (?:here|total|all|{_ME}))?|does (?:it|{_ME}) (?:have|hold|contain)|can you (?:search|"
    rf"read)))?(?: in (?:total|all|here))?|"
    rf"how (?:big|large) is {_ME}",
    "publishers": r"(?:which|what|whose) (?:newspapers?|papers?|publishers?|publications?|"
    r"sources)(?: (?:are (?:there|in here|included|covered|"
    rf"in {_ME})|do you (?:have|know|use|cover|read)|have you (?:got|read)|can you (?:search|read)))?(?: in here)?|"
    rf"(?:what|which) are your sources|who (?:are|is|publishes|published) (?:your (?:sources|publishers|"
    rf"articles))|list (?:the|your) (?:newspapers|publishers|sources)",
    "recent": rf"how (?:recent|new|old|current|up to date|up-to-date|fresh) (?:is|are) (?:{_ME}|you|"
    rf"your (?:latest|newest) article)|"
    r"(?:what|which|when) (?:is|was) (?:your|the) (?:newest|latest|oldest|most recent|first|"
    r"last) (?:article|document)(?: you have| in here)?|"
    rf"(?:what|which) (?:period|time|years|dates|time span) (?:do you|does {_ME}|do your articles) cover|"
    rf"when (?:were you|was {_ME}) (?:last )?updated|"
    r"until when do you know(?: things)?|how far back do you (?:go|know)|how far back (?:do your articles|"
    r"does the archive) go",
}
_KINDS = {name: re.compile(rf"{_LEAD}(?:{pattern})", re.IGNORECASE) for name, pattern in _PATTERNS.items()}
_NAMED = 8  # publishers that are listed


def recognised(question: str) -> str:
    """What a message says to or asks of the assistant itself: "hello", "count", ...; empty for every other question."""
    text = re.sub(r"[\s!?.…,:;)(]+$", "", question.strip())
    return next((name for name, pattern in _KINDS.items() if pattern.fullmatch(text)), "")


def answer(kind: str, asked: str, library: Library, within: Within) -> Answer:
    """A true, short answer to what `recognised` found: no quotes, and so nothing to cite.

    Args:
        kind: what `recognised` returned for `asked`.
        library: an open library.
        within: the part of it that the caller may see; nothing else is counted or named.
    """
    text = _SAID.get(kind) or _of(kind, library.entries(within))
    return Answer(asked, asked, found=True, text=text, short="", confidence=1.0, citations=(), kind="about")


def _of(kind: str, seen: Sequence[Entry]) -> str:
    if kind == "who":
        return f"I am Citewire. I answer questions from {_many(seen)} with exact quotes; I have no knowledge of my own."
    if kind == "can":
        return (
            f"Ask about what stands in the articles, in a whole question or a follow-up. I look it up in "
            f"{_many(seen)}, answer with exact quotes and show where each stands. Where the articles do "
            f"not say, I say so."
        )
    if kind == "know":
        return f"Only what stands in {_many(seen)}{_span(seen)}. {_publishers(seen)}".strip()
    if kind == "count":
        return f"I can search {_many(seen)}{_span(seen)}."
    return _recent(seen) if kind == "recent" else _publishers(seen) or f"None of {_many(seen)} names its publisher."


_SAID = {
    "hello": "Hello. Ask me about the articles: I answer with exact quotes from them.",
    "thanks": "You are welcome.",
    "bye": "Goodbye.",
    "nod": "Ask on whenever you like.",
}


def _many(entries: Sequence[Entry]) -> str:
    return f"{len(entries):,} article{'' if len(entries) == 1 else 's'}"


def _days(entries: Sequence[Entry]) -> list[str]:
    return sorted(entry.published[:10] for entry in entries if entry.published)


def _span(entries: Sequence[Entry]) -> str:
    days = _days(entries)
    if not days:
        return ""
    return (
        f", published from {_day(days[0])} to {_day(days[-1])}"
        if days[0] != days[-1]
        else f", published on {_day(days[0])}"
    )


def _recent(entries: Sequence[Entry]) -> str:
    days = _days(entries)
    if not days:
        return f"None of {_many(entries)} says when it was published."
    undated = len(entries) - len(days)
    more = f" {undated:,} say no date." if undated else ""
    return f"The newest article is of {_day(days[-1])}, the oldest of {_day(days[0])}.{more}"


def _publishers(entries: Sequence[Entry]) -> str:
    counts: dict[str, int] = {}
    for entry in entries:
        if entry.publisher:
            counts[entry.publisher] = counts.get(entry.publisher, 0) + 1
    if not counts:
        return ""
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    shown = [f"{name} ({counts[name]:,})" for name in ordered[:_NAMED]]
    rest = len(ordered) - len(shown)
    return f"They are from {', '.join(shown)}{f' and {rest:,} others' if rest else ''}."


def _day(published: str) -> str:
    day = day_of(published)
    return written(day) if day else published
