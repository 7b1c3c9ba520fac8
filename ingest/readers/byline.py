"""What the first lines of a plain text say of it: who wrote it, who printed it, and when. Nothing is guessed.

A line above the text counts where every part of it is understood: "By Ann Lee, Kelby Courier", "Kelby Courier | 3 May
2024", "Published: 2024-05-03". The text itself says its day in a dateline that has the year: "KELBY, May 3, 2024.".
Where two different things are stated, neither is taken; what is missing stays missing. English.
"""

import calendar
import re

from ingest.errors import UnreadableError
from ingest.readers.metadata import iso_date

_LINES = 6  # that may stand between a title and its text
_LONGEST = 120  # characters of one of them
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]}|[.])?" for name in calendar.month_name[1:]) + r"|Sept\.?"
_YEAR = r"(?:19|20)\d\d"
_DATE = (
    rf"(?i:\d{{1,2}}(?:st|nd|rd|th)? (?:{_MONTH}),? {_YEAR}|(?:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?,? {_YEAR}"
    rf"|{_YEAR}-\d\d-\d\d)"
)
_WEEKDAY = rf"(?i:(?:{'|'.join(calendar.day_name)}),? )"
_CLOCK = r"(?i:(?:,? (?:at )?|T)\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?: ?[ap]\.?m\.?)?(?: ?(?:[A-Z]{1,4}|[+-]\d\d:?\d\d))?)"
_CAPITAL = r"[A-ZÀ-Þ][\w.’'&-]*"
_NAME = rf"{_CAPITAL}(?: (?:(?:de|da|van|von|der|al|bin|of|the|and|&) )*{_CAPITAL}){{1,5}}"
_PLACE = rf"{_CAPITAL}(?: {_CAPITAL}){{0,3}}(?:, (?!{_WEEKDAY}){_CAPITAL}(?: {_CAPITAL})?)?"

_DAY = re.compile(
    rf"(?:(?i:published|posted|date|dated)(?: on)?:? |{_PLACE}, )?{_WEEKDAY}?(?P<published>{_DATE}){_CLOCK}?"
)
_AUTHOR = re.compile(rf"(?i:by|author:?|written by|words:?) (?P<author>{_NAME})(?: in {_NAME}| in {_CAPITAL})?")
_PUBLISHER = re.compile(rf"(?i:source|publisher|publication|newspaper): *(?P<publisher>{_CAPITAL}(?: {_CAPITAL})*)")
_PAPER = re.compile(  # a person's name or a section looks like a paper's but for such a word
    rf"(?=.*\b(?:Times|Post|Wire|News|Courier|Gazette|Herald|Tribune|Journal|Guardian|Press|Agency|Daily|Chronicle"
    r"|Observer|Telegraph|Standard|Mail|Express|Echo|Argus|Mercury|Ledger|Register|Dispatch|Bulletin|Independent"
    rf"|Weekly|Magazine|Broadcasting|Network)\b)(?!\w+ News\Z)(?P<publisher>{_NAME})|(?P<agency>Reuters|AFP|BBC|CNN)"
)
_UPDATED = re.compile(rf"(?i:(?:last )?(?:updated|modified|edited)(?: on)?:?) {_WEEKDAY}?(?P<updated>{_DATE}){_CLOCK}?")
_OTHER = re.compile(rf"\d+ min(?:ute)?s? read|{_CAPITAL}(?: {_CAPITAL}){{0,3}}")  # a section, a post
_DATELINE = re.compile(
    rf"(?P<place>{_PLACE}), {_WEEKDAY}?(?P<published>{_DATE})(?P<agency> \([^)\n]{{2,40}}\))?(?P<end>\.| ?[–—:-])(?= )"
)


def split(text: str) -> tuple[list[str], str]:
    """The lines that a text begins with and that only say something of it, and the text after them."""
    lines: list[str] = []
    while len(lines) < _LINES:
        line, _, after = text.partition("\n")
        if line.strip() and not _said(line):
            break
        if not after:
            break
        lines += [line] * bool(line.strip())
        text = after
    return lines, text


def stated(text: str) -> dict[str, str | None]:
    """Publisher, author and the days of publication and of the last change of a text, as far as it begins by them."""
    lines, body = split(text)
    said = [pair for line in lines for pair in _said(line)]
    if not any(key == "published" for key, _ in said) and (day := _dateline(body)):
        said.append(("published", day))
    values = {key: {value for name, value in said if name == key} for key, _ in said}
    return {key: found.pop() for key, found in values.items() if len(found) == 1}


def _said(line: str) -> list[tuple[str, str]]:
    """What a line states; nothing where it is not understood as a whole."""
    line = " ".join(line.strip(" *_").split())
    if len(line) > _LONGEST:
        return []
    found: list[tuple[str, str]] = []
    papers: list[tuple[str, str]] = []
    for part in _parts(line):
        if day := _DAY.fullmatch(part) or _UPDATED.fullmatch(part):
            found += [(key, iso) for key, date in day.groupdict().items() if (iso := _iso(date))]
        elif author := _AUTHOR.fullmatch(part):
            found.append(("author", author["author"]))
        elif publisher := _PUBLISHER.fullmatch(part):
            found.append(("publisher", publisher["publisher"]))
        elif paper := _PAPER.fullmatch(part):
            papers.append(("publisher", paper[0]))
        elif not _OTHER.fullmatch(part):
            return []
    return [*found, *papers] if found else []  # "Kelby Courier" by itself may be anything


def _parts(line: str) -> list[str]:
    """A line taken apart; at a comma only where a name follows that is no part of a date."""
    parts = re.split(r" *[|·•] *| +[–—-] +", line)
    whole = (_DAY.fullmatch(part) or _UPDATED.fullmatch(part) or _OTHER.fullmatch(part) for part in parts)
    return [
        piece
        for part, kept in zip(parts, whole, strict=True)
        for piece in ([part] if kept else re.split(rf",? (?={_WEEKDAY}?{_DATE})|, (?={_CAPITAL})", part))
    ]


def _dateline(body: str) -> str | None:
    """The day of a dateline: its place is in capitals, or an agency or a dash follows; else it may open a tale."""
    found = _DATELINE.match(body)
    if found and (found["place"].isupper() or found["agency"] or found["end"] != "."):
        return _iso(found["published"])
    return None


def _iso(date: str) -> str | None:
    try:
        return iso_date(date)
    except UnreadableError:  # 31 June
        return None
