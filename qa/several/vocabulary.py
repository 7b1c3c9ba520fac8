"""The words by which people speak of articles, of what stands in them, and of telling it. English, as patterns."""

import re

ARTICLES = (
    r"(?:(?:(?:news(?:paper)?|press) )?(?:articles?|reports|stories|pieces|texts|posts|write-?ups|coverage|reporting)"
    r"|news items?)"
)
COVERAGE = r"(?:coverage|reporting|material|clippings|cuttings)"
ARTICLE = r"(?:article|story|report|piece|text|page|interview|account|review|editorial|column|feature)"
PAPERS = r"(?:(?:news)?papers?|publishers?|sources?|publications?|outlets?|articles?|reports?|media|press)"
NEWS = r"(?:news|developments?|reports?|articles?|updates?|information|state|status|word)"
_MAIN = r"(?:(?:top|main|major|key|leading|big(?:gest)?|(?:most )?(?:important|notable)) )"
EVENTS = rf"(?:{_MAIN}?(?:news|events|headlines|developments|happenings|stories))"
FIGURES = r"(?:figures?|numbers?|estimates?|counts?|totals?)"
ACCOUNTS = (
    r"(?:figures|numbers|estimates|counts|totals|versions|accounts|reports|claims|statements|answers|information)"
)
VIEW = (
    r"(?:view|viewpoint|perspective|position|standpoint|opinion|stance|attitude|argument|reaction|response|reply"
    r"|statement"
    r"|comment|criticism|take)"
)
VIEWS = rf"(?:(?:{VIEW}|replie)s|criticism)"
_ROLES = r"(?:critics|opponents|supporters|proponents|advocates|backers|sceptics|skeptics|defenders)"
BOTH_SIDES = (
    r"(?:(?:(?:both|the two|all(?: the)?) )?sides|pros and cons|advantages and (?:disadvantages|drawbacks)"
    rf"|(?:the )?{_ROLES} and (?:the )?{_ROLES}|(?:(?:the )?(?:case|{VIEWS}|voices) )?(?:for|in favou?r(?: of)?"
    r"|pro) and (?:against|contra))"
)
MENTION = (
    r"(?:(?:mention|discuss|cover)(?:s|ed|ing)?\b|featur(?:e|es|ed|ing)\b|contain(?:s|ing)?\b|nam(?:e|es|ed"
    r"|ing)\b|quot(?:e|es|ing)\b"
    r"|cit(?:e|es|ing)\b|refer(?:s|red|ring)? to\b|referenc(?:e|es|ing)\b|talk(?:s|ing)? (?:about|of)\b"
    r"|involv(?:e|es|ing)\b|concern(?:s|ed)?\b|(?:report|touch|focus)(?:es|s|ed|ing)? on\b|address(?:es|ing)?\b"
    r"|(?:deal(?:s|t|ing)? )?with\b|speak(?:s|ing)? of\b|about\b|on\b|regarding\b|concerning\b)"
)
MENTIONED = (
    r"(?:(?:get |gets |been )?(?:mentioned|named|quoted|cited|reported on|written about)"
    r"|(?:come|crop|turn|show|pop)s? up)"
)
COME_UP = rf"(?:{MENTIONED}|appears?|features?|figures?|occurs?|featured|covered|discussed)"
SAY = (
    r"(?:say|says|said|write|wrote|written|report|reported|tell|told|think|thought|claim|claimed|argue|argued|believe"
    r"|believed|want|wanted|demand|demanded|propose|proposed|respond|responded|react|reacted|repl(?:y|ies|ied)"
    r"|answer(?:s|ed)?|counter(?:s|ed)?|ha(?:s|d|ve) to say)"
)
_ONE_ANOTHER = r"(?: (?:with )?(?:each other|one another))"
DIFFER = (
    r"(?:differ|disagree|compare|contrast|diverge|clash|conflict|contradict"
    r"|(?:give|tell|offer) (?:us )?(?:a different|different|another) (?:story|stories|versions?"
    rf"|pictures?)){_ONE_ANOTHER}?"
)
AGREE = (
    r"(?:agree|concur|see eye to eye|(?:say|report|tell|claim|write)(?: us)? the same(?: (?:thing|story))?|tally"
    rf"|match){_ONE_ANOTHER}?"
)
AT_ODDS = (
    r"(?:at odds|in (?:dis)?agreement|agreed|(?:in)?consistent|divided|split|united|of one mind|of the same opinion"
    rf"|on the same (?:page|side)){_ONE_ANOTHER}?"
)
UNFOLD = r"(?:unfold|develop|evolve|progress|proceed|change|move on|play out|come about|take place|go|happen)"
UNFOLDED = (
    r"(?:unfolded|developed|evolved|progressed|proceeded|changed|moved on|played out|came about|took place|went"
    r"|happened)"
)
NARRATE = r"(?:chronicle|narrate|(?:re)?trace|reconstruct|chart|(?:re)?tell the story of)"
IN_ORDER = (
    r"(?:in (?:order(?: of (?:date|time))?|(?:chronological|date|time) order|sequence)|step by step|(?:day by day"
    r"|week by week|month by month)|over time"
    r"|chronologically|as a time ?line|(?:with the )?(?:oldest|earliest) first"
    r"|from (?:the )?(?:start|beginning)(?: (?:on|to (?:the )?(?:end|finish|now|today)))?)"
)
SUMMARIES = (
    r"(?:summar(?:y|ies)|overview|recap|digest|gist|round-?up|synopsis|brief(?:ing)?|primer|run-?down|wrap-?up"
    r"|takeaways|highlights"
    r"|essentials|(?:key|main|most important) (?:points|facts|takeaways|messages|findings|conclusions))"
)
UPDATES = (
    r"(?:latest|news|updates?|(?:new |recent |latest )?developments|state of (?:play|affairs)|current (?:state|status))"
)
TIMELINES = (
    r"(?:time ?line|chronology|(?:chronological|dated) (?:list|overview|order|account|summary)"
    r"|(?:sequence|course|order|chain) of events"
    r"|(?:key|main|important) (?:dates|events|moments|steps)|milestones)"
)
SUMMARISE = (
    r"(?:summari[sz]e|sum up|recap(?:itulate)?|outline|sketch|condense|boil down|round up|wrap up|(?:brief|fill) "
    r"(?:me|us)"
    r"(?: in)?)"
)
BRING_UP_TO_DATE = r"(?:(?:fill|catch|bring|get|keep) (?:me|us) (?:up(?: to (?:date|speed))?|posted))"
IN_SHORT = r"(?:in (?:brief|short|a nutshell|(?:a|one|two|three|a few|a couple of) (?:words?|sentences?|lines?)))"

VERBS = (
    "who|whom|whose|what|which|when|where|why|how|is|are|was|were|be|been|being|do|does|did|has|have|had|can|could"
    "|will|would|should|must|say|says|said"
)
SHOW = (
    r"(?:(?:list|show|give|get|find|fetch|send|bring up|dig(?: out| up)|pull(?: up| out| together)?|put together"
    r"|draw up"
    r"|look (?:up|for)|search for|write|make|prepare|produce|compile|collect|gather|assemble|create|reconstruct"
    r"|name|enumerate|display)(?: me| us)?"
    r"|i need|i want|(?:i(?:['’]m| am) )?looking for)"
)
ON = r"(?: (?:on|about|over|of|in|regarding|concerning|as to|to|for|with|around|towards?)\b)"
NOW = r"(?: (?:now|at the moment|currently|these days|lately|recently|of late))"
ON_OR_AT = rf"(?:{ON}| at)"
WHAT_IS = r"(?:what(?:['’]s|['’]re| is| are| was| were) )"


def phrase(group: str) -> str:
    """A group that no verb and no question word stands in, nor a colon: what can be a topic or a side by itself."""
    return rf"(?P<{group}>(?:(?!\b(?:{VERBS})\b)[^:])+?)"


# What a topic is as good as without: "the story of the ward" is about the ward
_NOTHING = re.compile(
    rf"(?:(?:the|all|our|your|main|top|big|of) )*(?:{ARTICLES}|{NEWS}|{EVENTS}|{COVERAGE}|{PAPERS})", re.IGNORECASE
)
_VACUOUS = re.compile(
    r"^(?:(?:the |main |key )*(?:events?|developments?|things|story|stories|news|facts?|dispute|debate|row|discussion)"
    rf"{ON} (?:the )?)|[ ,]+(?:story|stories|affair|saga|issue|matter|situation|debate)\Z",
    re.IGNORECASE,
)


def telling(topic: str, *, all_of_a_time: bool) -> str:
    """A topic without words that say only that it is one.

    Args:
        all_of_a_time: it may be nothing but such words, as in "last week's coverage"; else it is then left as it is.
    """
    if all_of_a_time and _NOTHING.fullmatch(topic):
        return ""
    return _VACUOUS.sub("", topic).strip() or topic
