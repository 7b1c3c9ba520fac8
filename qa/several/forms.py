"""How people put questions over several articles, as patterns over the whole question. English.

The groups of a pattern say what is meant: `topic`, `left` and `right` for two sides, `papers` or `voices` where each of
these is a side, `counted` and `mentioned` for what articles are looked up by.
"""

import re

QUOTES, COMPARISON, TIMELINE, COUNT, LIST, LATEST, SUMMARY = (
    "quotes", "comparison", "timeline", "count", "list", "latest", "summary",
)  # fmt: skip

ARTICLES = r"(?:news(?:paper)? )?(?:articles?|reports|stories|news items?|pieces|texts)"
PAPERS = r"(?:(?:news)?papers?|publishers?|sources?|publications?|outlets?|articles?|reports?|media|titles?)"
_VOICES = r"(?:speakers?|sides?|part(?:y|ies)|person|people|politicians?|experts?|witness(?:es)?|members?|of them|one)"
_SAY = r"(?:say|said|write|wrote|report|reported|tell|told|think|thought|claim|claimed|argue|argued)"
_ON = r"(?: (?:on|about|over|of|in|regarding|concerning|as to|to|for|with)\b)?"
_ABOUT = rf"{_ON}(?: (?P<topic>.+))?"
_NAME = r"(?-i:[A-Z])[\w.’'-]+(?: (?-i:[A-Z])[\w.’'-]+)*"
_IN_ORDER = (
    r"(?:in (?:order of (?:date|time)|chronological order|date order)|step by step|chronologically|as a time ?line)"
)
_NEWS = r"(?: (?:news|developments?|reports?|articles?|updates?|information|state|status|word))?"
MENTIONING = (
    r"(?:that |which |who )?(?:are |is |were |have been |has been |do you have |there )*(?:there |written |published )*"
    r"(?:mention(?:s|ed|ing)?|nam(?:e|es|ed|ing)|about|on|discuss(?:es|ing)?|cover(?:s|ing)?|refer(?:s|ring)? to"
    r"|talk(?:s|ing)? (?:about|of)|deal(?:s|ing)? with|speak(?:s|ing)? of|contain(?:s|ing)?|quot(?:e|es|ing))"
)
_FORMS = (
    (COUNT, rf"(?:in )?how many (?:of )?(?:the |these |your )?{ARTICLES} (?P<counted>.+)"),
    (COUNT, rf"(?:what is |what's )?the number of {ARTICLES} (?P<counted>.+)"),
    (COUNT, rf"count (?:all )?(?:the )?{ARTICLES} (?P<counted>.+)"),
    (COUNT, r"how (?:often|many times) (?:is|are|was|were|has|have) (?P<topic>.+?) "
            r"(?:been )?(?:mentioned|named|reported on|written about|quoted)"),
    (COUNT, r"how (?:often|many times) do (?:the )?(?:articles|papers|reports) (?:mention|name) (?P<topic>.+)"),
    (LIST, rf"(?:list|show(?: me)?|give me|find|name) (?:all |every |each )?(?:of )?(?:the )?{ARTICLES} "
           rf"{MENTIONING} (?P<mentioned>.+)"),
    (LIST, rf"(?:which|what) {ARTICLES} {MENTIONING} (?P<mentioned>.+)"),
    (LIST, rf"(?:which|what|list(?: all)?(?: the)?) {ARTICLES} (?:appeared|came out|were published|are there|from|of)"
           r"(?P<topic>)\b.*"),
    (LIST, r"(?:list|name|enumerate|show(?: me)?|give me) "
           rf"(?:all(?: of)?|every(?:thing)?|each(?: of)?|a list of)(?: the)?{_ON} (?P<topic>.+)"),
    (LIST, r"list (?:the )?(?P<topic>.+)"),
    (TIMELINE, r"(?:a |an |the )?(?:short |brief )?(?:time ?line|chronology|chronological (?:list|overview|order)"
               rf"|sequence of events|course of events){_ON} (?P<topic>.+)"),
    (TIMELINE, r"(?:what (?:has )?happened(?: with| to| in| at)? |how did )?"
               rf"(?P<topic>.+?)(?: unfold| develop| go)?,? {_IN_ORDER}"),
    (TIMELINE, r"how (?:did|has) (?P<topic>.+?) (?:unfold(?:ed)?|develop(?:ed)? over time|evolved?)"),
    (COMPARISON, r"compare (?P<left>.+?) (?:and|with|to|against) (?P<right>.+?)(?: on (?P<topic>.+))?"),
    (COMPARISON, r"(?:in what way|how|where) (?:do|does|did) (?P<left>.+?) and (?P<right>.+?) "
                 rf"(?:differ|compare|disagree){_ABOUT}"),
    (COMPARISON, r"what (?:is|are|was|were)(?: the)? differences? between (?P<left>.+?) and (?P<right>.+)"),
    (COMPARISON, r"(?P<left>.+?),? (?:versus|vs\.?|compared (?:with|to)) (?P<right>.+?)"
                 r"(?: (?:on|over|about) (?P<topic>.+))?"),
    (COMPARISON, rf"what (?:do|does|did|has|have) (?:each|every)(?: of)?(?: the)? (?P<papers>{PAPERS}) {_SAY}{_ABOUT}"),
    (COMPARISON, rf"what (?:do|did|have) the (?:different|various|other) (?P<papers>{PAPERS}) {_SAY}{_ABOUT}"),
    (COMPARISON, rf"(?:where|how|on what)? ?(?:do|did) the (?:different )?(?P<papers>{PAPERS}) "
                 rf"(?:agree|disagree|differ){_ABOUT}"),
    (COMPARISON, rf"what (?:do|does|did) (?:each|every) (?P<voices>{_VOICES})(?P<where>(?: (?:at|in|of) .+?)?) "
                 rf"{_SAY}{_ABOUT}"),
    (COMPARISON, rf"what (?:do|did) (?P<left>{_NAME}) and (?P<right>{_NAME}) {_SAY}{_ABOUT}"),
    (SUMMARY, r"(?:summari[sz]e|sum up|recap)(?: (?:for|to) me)?"
              rf"(?: what (?:has been|is|was) (?:written|reported|said))?{_ON} (?P<topic>.+)"),
    (SUMMARY, r"(?:a |an |the )?(?:short |brief |quick )?(?:summary|overview|recap|digest|gist|round-?up)"
              r"(?: (?:of|on|about))? (?P<topic>.+)"),
    (SUMMARY, r"tl;? ?dr[:,]?(?: of| on| about)? (?P<topic>.+)"),
    (SUMMARY, r"what is (?P<topic>this (?:article|page|story|text)) about"),
    (LATEST, r"(?:what(?:'s|’s| is| are| was) |is there |are there )?(?:the |any |all the )?(?:very )?"
             rf"(?:latest|most recent|newest){_NEWS}{_ON} (?P<topic>.+)"),
    (LATEST, r"(?:what(?:'s|’s| is) (?:new|the news)|(?:(?:is|are) there )?any (?:news|updates?)|news|updates?)"
             r" (?:on|about|from|with|at|in|of|regarding) (?P<topic>.+)"),
)  # fmt: skip
FORMS = [(kind, re.compile(form, re.IGNORECASE)) for kind, form in _FORMS]
HAPPENED = re.compile(
    r"what(?:'s|’s| is| has| have| was| were)?(?: been)? "
    r"(?:happened|happening|going on|the news|reported|in the news)\b(?P<topic>.*)",
    re.IGNORECASE,
)
POLITE = re.compile(
    r"^(?:(?:please|hi|hello|so|and|now|ok(?:ay)?)[,!]? +|(?:can|could|would|will) you (?:please )?"
    r"|(?:i(?:'d| would) like (?:to (?:see|know|have) )?|i want (?:to (?:see|know) )?)"
    r"|(?:tell|show|give) (?:me|us) (?=a\b|an\b|the (?:time|latest|summ|gist|overview)|how |what |which |any))+",
    re.IGNORECASE,
)
THIS = re.compile(r"(?:this|the(?: current| present)?) (?:article|page|story|text|piece|report)", re.IGNORECASE)

# What is counted
PUBLISHED = re.compile(
    r"(?:did|does|has|have) (?:the )?(?P<publisher>.+?) (?:publish|print|run|write|carry)(?:ed)?"
    r"(?: (?:on|about))?(?P<topic>.*)",
    re.IGNORECASE,
)
COUNTED = [
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?:(?:about|on|mentioning) (?P<topic>.+) )?(?:are|were|is) there(?: in (?:all|total|the library))?",
        r"(?:is|are|was|were) (?P<topic>.+?) (?:mentioned|named|quoted)",
        rf"{MENTIONING} (?P<topic>.+)",
    )
]

# Words around a period that make it one of the articles' dates, or that keep it from being one
LIMITED = re.compile(
    rf"\b(?:{ARTICLES}|news|coverage|headlines|{PAPERS})\b"
    r"(?: (?:published|that appeared|printed|written|dated|out))? *\Z"
    r"|\b(?:published|appeared|printed|reported|reporting|news)\b[^,;]*\Z",
    re.IGNORECASE,
)
OWNED = re.compile(rf"['’]s? (?:\w+ )?(?:{ARTICLES}|news|coverage|headlines|{PAPERS})\b", re.IGNORECASE)
BELONGS = re.compile(
    r"\b(?!publish|report|print|appear|writt|happen)\w+(?:ed|wn|lt|ken|ven) \Z",  # "planned in 2019"
    re.IGNORECASE,
)
_REPORT = r"(?:report|say|said|write|wrote|publish|print)(?:s|ed|ing)?\b"
ASKS_THE_PAPERS = re.compile(
    rf"what (?:do|did|have|has) (?:the )?(?P<who>[\w ]+?) {_REPORT}.*"
    r"|what (?:was|were|has been|have been) (?:reported|written|published|printed|said)\b.*",
    re.IGNORECASE,
)
