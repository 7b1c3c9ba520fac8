"""How people put questions over several articles, as patterns over the whole question. English.

The groups of a pattern say what is meant: `topic`, or `subject` before a colon; `left` and `right` for two sides;
`papers`, `sources` or `voices` where each of these is a side, `quantity` for what their figures are; `looked_up` and
`mentioned` for what articles are looked up by; `happened` and `reported` where a time must be named; `when` for what
may be nothing but a time.

A question that is a sentence needs the words of its form from the first one on. One that is none, "Maren coverage since
May", may begin with its topic, which has no verb then and no question word: or any sentence would fit.
"""

import re

from qa.several.vocabulary import (
    ACCOUNTS,
    AGREE,
    ARTICLE,
    ARTICLES,
    AT_ODDS,
    BOTH_SIDES,
    BRING_UP_TO_DATE,
    COME_UP,
    COVERAGE,
    DIFFER,
    EVENTS,
    FIGURES,
    IN_ORDER,
    IN_SHORT,
    MENTION,
    MENTIONED,
    NARRATE,
    NEWS,
    NOW,
    ON,
    ON_OR_AT,
    PAPERS,
    SAY,
    SHOW,
    SUMMARIES,
    SUMMARISE,
    TIMELINES,
    UNFOLD,
    UNFOLDED,
    UPDATES,
    VIEW,
    VIEWS,
    WHAT_IS,
    phrase,
)

QUOTES, COMPARISON, TIMELINE, COUNT, LIST, LATEST, SUMMARY = (
    "quotes", "comparison", "timeline", "count", "list", "latest", "summary",
)  # fmt: skip

_ABOUT = rf"(?:{ON}? (?P<topic>.+))?"
_REGARDING = r"(?: (?:on|over|about|regarding|as to) (?P<topic>.+))?"
_ALL = r"(?:(?:all|every|each|any|the|of|your|our|different) )"
_NAME = r"(?-i:[A-Z])[\w.’'-]+(?: (?-i:[A-Z])[\w.’'-]+)*"
_WHOM = rf"(?:(?:the )?{_NAME}|the [\w’'-]+(?: [\w’'-]+)?)"
_EACH = r"(?:each|every|both|(?:all )?the (?:two|different|various|other))(?: of)?(?: the)?"
_WHEN = r"(?:,? (?P<when>.+))?"
_DO = r"(?:do|does|did|has|have)"
_BE = r"(?:is|are|was|were)"
_CONFLICTING = r"(?:different|conflicting|contradictory|contradicting|differing|diverging)"
_ACCOUNTS = rf"(?:(?P<quantity>{FIGURES})|{ACCOUNTS})"
_GIVE = r"(?:give|report|name|cite|quote)"
_THERE = rf"(?:(?:{_BE} there|ha(?:s|ve) there been) )?(?:any |a |some )?"
_WHAT_HAPPENED = r"(?:what (?:has |had )?happened(?: with| to| in| at| during)? |how |when )"
_IN_ALL = rf"(?: (?:in|by|across) {_ALL}*(?:{PAPERS}|{COVERAGE}|library|archives?|collection))"
_FROM_TO = r"(?:,? from [^,:]+ (?:to|until|through) [^,:]+)"
_REPORTED = rf"what(?:['’]s| {_BE}| ha(?:s|ve))(?: been)? (?:reported|said|written|published)"
_TELL = r"(?:report|cover|describe|present|treat|frame|portray|handle)(?:ed)?(?: on)?"
_CONTRADICTION = r"(?:(?:disagreement|contradiction)s?|(?:discrepanc|inconsistenc)(?:y|ies))"
_PEOPLE = r"(?:people|everyone|everybody|others|residents|locals|experts|politicians|both sides|the public)"
_ASKING = (
    rf"(?:(?:{WHAT_IS}|{_BE} there |(?:do|have) (?:we|you) (?:have |got )?|{SHOW} )?(?:(?:a|an|the|any|some|all) )*"
    r"(?:[\w-]+ )??)"
)
_THROUGH = r"(?:(?:walk|take|talk|run|lead|guide) (?:me|us) through )"
_NEWEST = r"(?:the |any |all the )?(?:very )?(?:latest|most recent|newest)"
_HAVE = r"(?:(?: that)? (?:we|you|there)(?:['’]ve)? (?:have|hold|got|know|is|are)(?: got)?)"
_ASKED_WHERE = r"(?:(?:where|how|why|on what|in what|which|what) )?(?:(?:do|does|did) )?"

_COUNTS = (
    rf"(?:in )?how (?:many|much) {_ALL}*{ARTICLES} (?P<looked_up>.+)",
    rf"(?:(?:{WHAT_IS}|{SHOW} )?(?:the |a )?(?:total )?(?:number|count|tally) of|count) {_ALL}*{ARTICLES} "
    r"(?P<looked_up>.+)",
    rf"how (?:often|frequently|many times) (?:{_BE}|{_DO}) (?P<topic>.+?) {MENTIONED}{_IN_ALL}?",
    rf"how (?:often|frequently|many times) {_DO} (?P<topic>.+?) {COME_UP}{_IN_ALL}",
    rf"{WHAT_IS}?(?:the )?(?:total )?(?:number of times|how many times)(?: that)? (?P<topic>.+?) "
    rf"(?:(?:{_BE}|has been) )?{COME_UP}{_IN_ALL}?",
    rf"(?:{_BE}|{_DO} {_ALL}*{PAPERS} {SAY}(?: about| on)?) (?P<topic>.+?)(?: {MENTIONED})?(?: anywhere)?,? "
    rf"and (?:how (?:often|frequently|many times)|(?:in )?how many {ARTICLES})",
    rf"how (?:often|frequently|many times) {_DO} (?:(?:the |our )?{PAPERS}|we|you) (?:mention|name|cite"
    r"|quote)(?:ed|d)? (?P<topic>.+)",
)
_LISTS_OF_ARTICLES = (
    rf"(?:{SHOW} (?:a list of )?|(?=all|every|any)|(?:in )?(?:which|what) |{_BE} there ){_ALL}*{ARTICLES}"
    r"(?: (?P<looked_up>.+))?",
)
_LISTS = (
    rf"{ARTICLES} {phrase('looked_up')}",
    rf"what (?:{_DO} )?(?P<publisher>{_NAME}) (?:write|written|wrote|publish|published)(?: (?:on|about) "
    rf"(?P<topic>.+)|{_WHEN})",
    rf"{ARTICLES} {MENTION} {phrase('mentioned')}",
    rf"(?:{SHOW} )?{_ALL}*(?P<publisher>[\w ]+)['’]s? {ARTICLES}(?: (?:on|about) (?P<topic>.+)|{_WHEN})",
    rf"(?:{SHOW} )?{_ALL}*{phrase('mentioned')} {ARTICLES}{_WHEN}",
    rf"(?:{SHOW} )?{_ALL}*{COVERAGE} of {phrase('mentioned')}",
    rf"(?:{SHOW} )?(?:all(?: of)? the|everything|a list of){ON}? {phrase('topic')}",
    rf"{SHOW} (?:all|every|each|a list of)(?: of)?(?: the)?{ON}? (?P<topic>.+)",
    r"list (?:the )?(?P<topic>.+)",
    rf"(?:{SHOW} )?(?:everything|all|anything)(?: that)? (?P<looked_up>.+)",
    r"what (?:else )?(?:have (?:we|you) got|do (?:we|you) have)(?: so far)? (?:on|about|regarding) (?P<mentioned>.+)",
)
_TIMELINES = (
    rf"{_ASKING}{TIMELINES}{ON}? {_WHAT_HAPPENED}?{phrase('topic')}(?: {UNFOLDED})?",
    rf"{NARRATE} (?:how |what happened (?:to|with|in|at) )?{phrase('topic')}(?: {UNFOLDED})?{_FROM_TO}?",
    rf"(?:in (?:what|which) order|when) did {phrase('topic')} {UNFOLD},? {IN_ORDER}",
    rf"in (?:what|which) order did {phrase('topic')} {UNFOLD}",
    rf"from .+ (?:to|until) .+[,:] how (?:did|has|have) {phrase('topic')} (?:{UNFOLD}|{UNFOLDED})",
    rf"how (?:did|has|have) {phrase('topic')} (?:{UNFOLD}|{UNFOLDED}){_FROM_TO}",
    r"when did (?:each|every|all)(?: of)?(?: the)? (?:step|stage|phase|part|event|thing)s?(?: (?:of|in) "
    r"(?P<topic>.+?))? "
    r"(?:happen|occur|take place)",
    rf"{phrase('topic')}:? (?:time ?line|chronology)",
    rf"(?:{_THROUGH}|{SHOW} )?(?:{_WHAT_HAPPENED}|how did )?{phrase('topic')}(?: unfold(?:ed)?| develop(?:ed)?| "
    rf"go)?,? {IN_ORDER}",
    rf"{_THROUGH}{_WHAT_HAPPENED}?(?P<topic>.+)",
    r"how (?:has|have) (?P<topic>.+?) (?:unfolded|developed|evolved|progressed|moved on|played out)"
    r"(?: so far| over time| until now)?",
    r"how did (?P<topic>.+?) (?:unfold|play out|(?:develop|evolve) over time)",
    rf"what(?:['’]s| has) been (?:happening|going on){ON_OR_AT} (?P<topic>.+)",
    rf"(?:{SHOW} )?(?:the )?(?:dates|stages|phases|steps) (?:of|for|in) {phrase('topic')}",
    rf"(?:{SHOW} )?(?:(?:a|an|the) )?(?:[\w-]+ )??(?:history|course|story|progression|evolution|development) of "
    rf"{phrase('topic')}",
    rf"{TIMELINES}: (?P<topic>.+)",
    rf"{phrase('topic')} so far",
    rf"(?:when did what|in (?:what|which) order did (?:things|it|events)) ?(?:happen)?{ON_OR_AT}? "
    r"(?P<topic>.+)",
)
_OF_A_TIME = (
    rf"what(?:['’]s| {_BE}| has| have)?(?: been)? (?P<happened>happened|happening|going on)\b(?P<topic>.*)",
    rf"what(?:['’]s| {_BE}| ha(?:s|ve))?(?: been| made)? "
    r"(?P<reported>(?:(?:in )?the )?(?:news|headlines|papers?)|reported)\b(?P<topic>.*)",
    rf"(?P<topic>[^:]+): what (?:{_BE} |has been |have been )?(?P<reported>reported|written|said|happened|in the news)",
    rf"(?:{SHOW} )?(?P<topic>(?:(?!\b(?:is|was|did|what|who)\b).)+) (?P<happened>{EVENTS}){_WHEN}",
)
_EVENTS_OF_A_TIME = (rf"(?:{SHOW} |{WHAT_IS})?(?:all )?(?:the )?(?P<happened>{EVENTS}) (?P<topic>.+)",)
_COMPARISONS_OF_TWO = (
    rf"(?:(?:compare|contrast|{WHAT_IS}?(?:the )?differences? (?:in|between)) )?how (?:{_DO} )?{phrase('left')} and "
    rf"{phrase('right')} (?P<tell>{_TELL}) (?P<topic>.+)",
    rf"(?:compare|contrast) (?:the )?(?:{COVERAGE}|{ACCOUNTS}) of {phrase('topic')} (?:in|by) {phrase('left')} "
    rf"(?:and|with|to) {phrase('right')}",
    rf"(?:what|how) (?:{_DO} )?(?P<voices>{BOTH_SIDES}) (?:{SAY}|see|feel){_ABOUT}",
    r"who (?P<voices>(?:is for|(?:is in )?favou?rs?(?: of)?|supports?|supported|backs?|backed) and who (?:is "
    r"against|opposes?"
    r"|opposed|rejects?|rejected)) (?P<topic>.+)",
    rf"what {_DO} (?P<voices>{BOTH_SIDES}) of {phrase('topic')} {SAY}",
    rf"(?:(?:weigh|set|lay|spell)(?: up| out)? )?{_ASKING}(?P<voices>{BOTH_SIDES})(?:{ON}|,)? {phrase('topic')}",
    rf"(?:compare|contrast|set|weigh|put|place|hold)(?:(?: the)? {VIEWS} of)? (?P<left>.+?)(?:['’]s? {VIEWS}?)? "
    rf"(?:and|with|to|against|next to|beside|alongside) (?:those of )?(?P<right>.+?)(?:['’]s? {VIEWS})?{_REGARDING}",
    rf"how (?:do|does|did) {phrase('left')} and {phrase('right')} (?:stack up|measure up|match up){_REGARDING}",
    rf"what {_DO} {phrase('left')} and {phrase('right')} of {phrase('topic')} {SAY}",
    rf"(?:the )?{VIEWS} of {phrase('left')} and {phrase('right')}{ON} (?P<topic>.+)",
    rf"(?:in wh(?:at|ich) way|how|where|on what) {_DO} (?P<left>.+?) and (?P<right>.+?) "
    rf"(?:differ|disagree|compare|contrast|diverge){_ABOUT}",
    rf"(?:in wh(?:at|ich) way|how|where) {phrase('left')} and {phrase('right')} (?:differ|disagree|compare){_ABOUT}",
    rf"{_DO} (?P<left>.+?) and (?P<right>.+?) (?:{DIFFER}|{AGREE}){_REGARDING}",
    rf"{_DO} (?P<left>.+?) {AGREE} (?:as|with) (?P<right>.+?) (?:on|over|about|regarding) (?P<topic>.+)",
    rf"{_BE} (?P<left>.+?) and (?P<right>.+?) {AT_ODDS} (?:on|over|about|regarding) (?P<topic>.+)",
    rf"(?:what|how) (?:{_DO} )?{phrase('left')} {SAY}(?: (?:on|about|over|of|to) (?P<topic>.+?))?,? "
    rf"and (?:what|how) (?:{_DO} )?{phrase('right')} {SAY}(?: (?:on|about|over|of|to) (?P<subject>.+?))?",
    rf"{WHAT_IS}?(?:the )?{VIEW} of {phrase('left')},? and (?:what (?:is |are )?)?(?:(?:that|those) )?of "
    rf"{phrase('right')},?{ON} (?P<topic>.+)",
    rf"how (?:{_DO}|{_BE}) (?P<left>.+?) (?:differ(?:ent)?|diverge|compare) (?:from|to|than|with) "
    rf"(?P<right>.+?){_REGARDING}",
    rf"{WHAT_IS}?(?:the )?(?:main |key |biggest )?differences? between {phrase('left')} and {phrase('right')}",
    r"what (?:distinguishes|separates|sets) (?P<left>.+?)(?: apart)? from (?P<right>.+)",
    rf"(?:(?P<subject>[^:]+): )?{phrase('left')},? (?:versus|vs\.?|compared (?:with|to)) (?:what )?{phrase('right')}"
    r"(?:(?: (?:on|over|about)|:) (?P<topic>.+))?",
    rf"{phrase('subject')}: {phrase('left')} (?:against|and|or) {phrase('right')}",
    rf"what {_DO} (?P<left>.+?) and (?P<right>.+?) (?:each|both|respectively) {SAY}{_ABOUT}",
    rf"(?:{SHOW} )?what (?:{_DO} )?(?P<left>{_WHOM}(?:, {_WHOM})*),? and (?P<right>{_WHOM}) (?:each )?{SAY} "
    r"(?:on|about|over|of) (?P<topic>.+)",
)
_COMPARISONS_OF_ALL = (
    rf"(?:compare|contrast) (?:the )?(?:{COVERAGE}|{ACCOUNTS}) of {phrase('topic')} (?:across|between|among|in"
    rf"|by) {_ALL}*"
    rf"(?P<papers>{PAPERS})",
    rf"{_ASKED_WHERE}(?:{_EACH} |{_ALL}*)(?P<sources>{PAPERS}) (?:on|about|of) (?P<topic>.+?) (?:{DIFFER}|{AGREE})",
    rf"what (?:{_DO}|{_BE}|ha(?:s|ve)) (?P<voices>{_PEOPLE}) (?:{SAY}|(?:been )?saying){_ABOUT}",
    rf"how {_DO} (?P<voices>{_PEOPLE}) (?:react(?:ed)?|respond(?:ed)?|feel|felt){_ABOUT}",
    rf"what {_DO} {_EACH} (?P<papers>{PAPERS}) {SAY}{_ABOUT}",
    rf"how {_DO} (?:{_EACH}|the) (?P<papers>{PAPERS}) (?:report|cover|describe|present|treat|frame)(?:ed)?{_ABOUT}",
    rf"{_ASKED_WHERE}{_ALL}*(?P<sources>{PAPERS}) (?:{DIFFER}|{AGREE}){_ABOUT}",
    rf"{_BE} {_ALL}*(?P<sources>{PAPERS}) {AT_ODDS}{_ABOUT}",
    rf"(?:which|what)(?: different)? (?P<quantity>{FIGURES}) {_DO} {_ALL}*(?P<sources>{PAPERS}) {_GIVE}{_ABOUT}",
    rf"{_DO} {_ALL}*(?P<sources>{PAPERS}) {_GIVE} (?:the same|other|{_CONFLICTING}) {_ACCOUNTS}{_ABOUT}",
    rf"{_THERE}(?P<sources>{_CONFLICTING}) {_ACCOUNTS}{_ABOUT}",
    rf"{_THERE}(?P<sources>{_CONTRADICTION}) (?:about|over|on|as to) (?P<topic>.+)",
    rf"{_THERE}(?:{_CONTRADICTION}|(?:difference|conflict)s?) "
    rf"(?:between|among|in|over|about) {_ALL}*(?P<sources>{PAPERS}|{_REPORTED}|(?:{phrase('of')} "
    rf")?(?P<quantity>{FIGURES}))"
    rf"{_ABOUT}",
    rf"(?:which|what) (?P<sources>{PAPERS}) (?:had|has|gave|gives|report(?:s|ed)) (?:the |a )*(?:\w+er|\w*est|most)? ?"
    rf"(?P<quantity>{FIGURES}){_ABOUT}",
    rf"what {_DO} {_EACH} (?P<voices>[\w-]+)(?P<where>(?: (?:at|in|of) .+?)?) {SAY}{_ABOUT}",
    rf"(?P<voices>who) (?:said|says|thinks|thought|claims|claimed|wants|wanted) what{_ABOUT}",
    rf"{WHAT_IS}?(?:the )?(?:different |various |main )?(?P<voices>{VIEWS}) (?:on|about|to|for and against) "
    rf"{phrase('topic')}",
)
_SUMMARIES = (
    rf"{SUMMARISE}(?: (?:for|to) (?:me|us))?(?: {_REPORTED})?{ON}? (?P<topic>.+?)"
    rf"(?:,? {IN_SHORT})?",
    rf"{_ASKING}{SUMMARIES}{ON}(?: {_REPORTED}{ON})? {phrase('topic')}",
    rf"(?:explain|describe|tell (?:me|us)) (?P<topic>.+?),? {IN_SHORT}",
    rf"(?:{SUMMARIES}|{IN_SHORT}|summary): (?P<topic>.+)",
    r"what (?:do|should|must|does) (?:i|we|one|you|readers?|people|anyone) (?:(?:need|have|ought) to )?know about "
    r"(?P<topic>.+)",
    rf"what (?:do (?:we|you) know|is known) (?:so far )?about (?P<topic>.+?)(?: so far)?{NOW}?",
    rf"tl;? ?dr[:,]?{ON}? (?P<topic>.+)",
    rf"{phrase('topic')},? (?:{IN_SHORT}|summary|overview|recap|tl;?dr)",
    rf"what(?:['’]s| is) (?P<topic>(?:this|the) {ARTICLE}(?: (?:on|about|called) .+?)?) (?:all )?about",
)
_LATESTS = (
    rf"(?:{WHAT_IS}|{_BE} there )?{_NEWEST}(?: (?:{NEWS}|(?P<quantity>{FIGURES})))?{_HAVE}?{ON} (?P<topic>.+)",
    rf"{BRING_UP_TO_DATE}{ON} (?P<topic>.+)",
    rf"(?:{WHAT_IS}|{_BE} there )?{_NEWEST} {NEWS} (?P<topic>.+)",
    rf"(?:{SHOW} )?{_NEWEST} {phrase('topic')}",
    rf"{_ASKING}{UPDATES}{ON_OR_AT} {phrase('topic')}",
    rf"{phrase('topic')},? (?:latest|updates?|news|status)",
    rf"(?:status|state) of {phrase('topic')}",
    rf"(?:what(?:['’]s| is) new|{_THERE}(?:any|some)thing new){ON_OR_AT} (?P<topic>.+)",
    rf"what(?:['’]s| is) (?:happening|going on) (?:with|about|around) (?P<topic>.+?){NOW}?",
    rf"what(?:['’]s| is) (?:the (?:story|situation|state of things)|up) with (?P<topic>.+?){NOW}?",
    rf"(?:(?:where|how) (?:do|does) (?:things|matters|it) stand|where (?:do we stand|are we)) "
    rf"(?:with|on|in|over) (?P<topic>.+?){NOW}?",
    rf"ha(?:s|ve) (?:anything|something) (?:changed|happened|moved|been decided){ON_OR_AT} (?P<topic>.+?){NOW}?",
)
FORMS = [
    (kind, re.compile(form, re.IGNORECASE))
    for kind, forms in (
        (COUNT, _COUNTS),
        (LIST, _LISTS_OF_ARTICLES),
        (TIMELINE, (*_TIMELINES, *_OF_A_TIME)),
        (COMPARISON, (*_COMPARISONS_OF_TWO, *_COMPARISONS_OF_ALL)),
        (SUMMARY, _SUMMARIES),
        (LATEST, _LATESTS),
        (TIMELINE, _EVENTS_OF_A_TIME),
        (LIST, _LISTS),
    )
    for form in forms
]
_BEGINS = (
    r"\b(?:a|an|the|any(?:thing)?|some|all|every(?:thing)?|each|both|what|how|which|where|when|who|whether|if"
    rf"|{ARTICLES})\b"
)
POLITE = re.compile(
    r"^(?:(?:please|hi|hello|hey|so|and|now|just|quick(?:ly)?:?|briefly|ok(?:ay)?)[,!]? +"
    rf"|{IN_SHORT}[,:] "
    r"|(?:can|could|would|will|might|may) (?:you|we|i) (?:please |kindly )?(?:(?:get|have|see) (?=a\b|an\b|the ))?"
    r"|(?:let|get|have) (?:me|us) (?:see|have) "
    rf"|(?:i|we)\b[^:,]{{1,40}}?(?={_BEGINS})"  # whatever one wishes, needs or wonders
    rf"|(?:it would|would it|is it|it['’]d) [^:,]{{1,40}}? to (?:see|know|have|get) (?={_BEGINS})"
    r"|(?:do (?:you|we) know|any idea|help me understand) "
    r"|(?:tell|show|give|get|send) (?:me|us) (?=a\b|an\b|the (?:time|latest|summ|gist|overview)|how |what |which "
    r"|any))+",
    re.IGNORECASE,
)
THANKS = re.compile(
    r",? please\b(?=[:,])|(?:,? (?:please|for (?:me|us)|thanks|thank you|if (?:you can|possible)))+\Z", re.IGNORECASE
)
THIS = re.compile(rf"(?:this|the(?: current| present)?) {ARTICLE}", re.IGNORECASE)

# What articles are looked up by: what stands behind "how many articles" and "all articles"
_HELD = (
    r"(?:(?:are |is |were |was )?there(?: are| is)?|(?:do|have|did) (?:we|you|i)(?: have| hold| got)?|we have|exist"
    r"|(?:were |have )?(?:been )?(?:published|written|appeared|out)|came out|ran|did .*? appear"
    r"|in (?:all|total|here|(?:the|our|your|this) (?:library|archive|collection|corpus|database)))"
)
_LINK = r"(?:that |which |who )?(?:have |has |are |is |were |was )*(?:been )?"
LOOKED_UP = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?:{_HELD} ?)+",
        rf"(?:{_HELD} )*{_LINK}(?:{MENTION}|(?<=there )of) (?P<topic>.+?)(?: {_HELD})*",
        rf"(?:in (?:which|that) |where )?(?:(?:{_BE}|{_DO}) )?(?P<topic>.+?) {COME_UP}(?: in)?",
        rf"{_DO} (?P<topic>.+?) (?:get|receive|attract|draw|generate|produce)",
        rf"{_DO} (?:the )?(?P<publisher>.+?) (?:publish|print|r[ua]n|writ(?:e|ten)|carry|file|have|had)(?:e?d)?"
        r"(?: (?:on|about)\b(?P<topic>.*))?",
        r"(?:the )?(?P<publisher>.+?) (?:has|had|wrote|ran|published|printed|carried|reported|said)"
        r"(?: (?:written |published |reported |printed )?(?:on|about|of)\b(?P<topic>.*))?",
        rf"(?:{_HELD} )*{_LINK}(?:from|by|in) (?:the )?(?P<publisher>.+?)(?: {MENTION} (?P<topic>.+))?",
    )
]
