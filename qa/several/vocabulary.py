"""The words by which people speak of articles, of what stands in them, and of telling it. English, as patterns."""

import re

ARTICLES = (
    r"(?:(?:(?:news(?:paper)?|press) )?(?:articles?|reports|stories|pieces|texts|posts|write-?ups|coverage)"
    r"|news items?)"
)
ARTICLE = r"(?:article|story|report|piece|text|page|interview|review|editorial|column|feature)"
PAPERS = r"(?:(?:news)?papers?|publishers?|sources?|publications?|outlets?|articles?|reports?|media|press)"
NEWS = r"(?:news|developments?|reports?|articles?|updates?|information|state|status|word)"
EVENTS = r"(?:(?:top |main |big )?(?:news|events|headlines|developments|happenings|stories))"
FIGURES = r"(?:figures?|numbers?|estimates?|counts?|totals?)"
ACCOUNTS = (
    r"(?:figures|numbers|estimates|counts|totals|versions|accounts|reports|claims|statements|answers|information)"
)
VIEWS = r"(?:views|positions|opinions|stances|attitudes|arguments|reactions|responses|statements|comments|criticisms?)"
MENTION = (
    r"(?:(?:mention|discuss|cover|feature)(?:s|ed|d|ing)?\b|contain(?:s|ing)?\b|nam(?:e|es|ed|ing)\b|quot(?:e|es|ing)\b"
    r"|cit(?:e|es|ing)\b|refer(?:s|red|ring)? to\b|referenc(?:e|es|ing)\b|talk(?:s|ing)? (?:about|of)\b"
    r"|(?:deal(?:s|t|ing)? )?with\b|speak(?:s|ing)? of\b|about\b|on\b|regarding\b|concerning\b)"
)
MENTIONED = r"(?:(?:get |gets |been )?(?:mentioned|named|quoted|cited|reported on|written about)|comes? up|crops? up)"
COME_UP = rf"(?:{MENTIONED}|appears?|features?|figures?|occurs?|featured|covered|discussed)"
SAY = (
    r"(?:say|said|write|wrote|written|report|reported|tell|told|think|thought|claim|claimed|argue|argued|believe|believed"
    r"|want|wanted|demand|demanded|propose|proposed|respond|responded|react|reacted)"
)
DIFFER = r"(?:differ|disagree|compare|contrast|diverge|clash|conflict|contradict(?: (?:each other|one another))?)"
IN_ORDER = (
    r"(?:in (?:order(?: of (?:date|time))?|(?:chronological|date|time) order|sequence)|step by step|day by day"
    r"|chronologically|as a time ?line|(?:with the )?(?:oldest|earliest) first"
    r"|from (?:the )?(?:start|beginning)(?: (?:on|to (?:the )?(?:end|finish|now|today)))?)"
)
SUMMARIES = (
    r"(?:summar(?:y|ies)|overview|recap|digest|gist|round-?up|synopsis|briefing|run-?down|wrap-?up|takeaways|highlights"
    r"|essentials|(?:key|main|most important) (?:points|facts|takeaways|messages))"
)
UPDATES = (
    r"(?:latest|news|updates?|(?:new |recent |latest )?developments|state of (?:play|affairs)|current (?:state|status))"
)
TIMELINES = (
    r"(?:time ?line|chronology|chronological (?:list|overview|order|account)|(?:sequence|course|chain) of events"
    r"|(?:key|main|important) (?:dates|events|moments|steps)|milestones)"
)
IN_SHORT = r"(?:in (?:brief|short|a nutshell|(?:a|one|two|three|a few|a couple of) (?:words?|sentences?|lines?)))"

VERBS = (
    "who|whom|whose|what|which|when|where|why|how|is|are|was|were|be|been|being|do|does|did|has|have|had|can|could"
    "|will|would|should|must|say|says|said"
)
SHOW = (
    r"(?:list|show(?: me| us)?|give me|get(?: me)?|find(?: me)?|pull(?: up)?|name|enumerate|display|i need|i want"
    r"|(?:i(?:['’]m| am) )?looking for)"
)
ON = r"(?: (?:on|about|over|of|in|regarding|concerning|as to|to|for|with|around|towards?)\b)"
NOW = r"(?: (?:now|at the moment|currently|these days))"
ON_OR_AT = rf"(?:{ON}| at)"
WHAT_IS = r"(?:what(?:['’]s|['’]re| is| are| was| were) )"


def phrase(group: str) -> str:
    """A group that no verb and no question word stands in, nor a colon: what can be a topic or a side by itself."""
    return rf"(?P<{group}>(?:(?!\b(?:{VERBS})\b)[^:])+?)"


# What a topic is as good as without: "the story of the ward" is about the ward
_VACUOUS = re.compile(
    r"^(?:(?:the |main |key )*(?:events?|developments?|things|story|stories|news|facts?|dispute|debate|row|discussion)"
    rf"{ON} (?:the )?)|[ ,]+(?:story|stories|affair|saga|issue|matter|situation|debate)\Z",
    re.IGNORECASE,
)


def telling(topic: str) -> str:
    """A topic without words that say only that it is one; as it is where nothing else would be left."""
    return _VACUOUS.sub("", topic).strip() or topic
