"""Words for time, read as days: "last week", "in March", "between 1 and 15 March 2024", "before the summit".

A grammar of ranges, since libraries for dates in text give points. English. What a period is a part of, an article's
date or what is asked about, is not decided here.
"""

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from qa.days import written

MONTHS = [name.lower() for name in calendar.month_name]
_DAYS = [name.lower() for name in calendar.day_name]
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_NUMBERS = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_ONE_DAY = dt.timedelta(days=1)

_MONTH = rf"(?:{'|'.join(f'{name[:3]}(?:{name[3:]}|[.](?= |$))?' for name in MONTHS[1:])}|sept\.?)"
_YEAR = r"(?:1[89]\d\d|20\d\d)"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
# Each with a group of its own, in the order in which they are tried
_POINT = (
    rf"(?P<iso>{_YEAR}-\d\d-\d\d)"
    rf"|(?P<d>{_DAY}) (?:of )?(?P<dm>{_MONTH})\b(?:,? (?P<dy>{_YEAR}))?"
    rf"|(?P<mm>{_MONTH}) (?P<md>{_DAY})\b(?!:)(?:,? (?P<my>{_YEAR}))?"
    rf"|(?:(?P<mlast>last|this) )?(?P<m>{_MONTH})\b(?:,? (?:of )?(?P<y>{_YEAR}))?"
    rf"|(?:the )?(?P<season>spring|summer|autumn|fall|winter) (?:of )?(?P<sy>{_YEAR})"
    rf"|(?:the year )?(?P<year>{_YEAR})\b"
    rf"|(?P<now>today|yesterday|the day before yesterday)"
    rf"|(?:the )?(?P<which>this|last|past|previous) (?P<unit>week|month|year|weekend)\b"
    rf"|(?:the )?(?:last|past) (?P<count>\d{{1,3}}|{'|'.join(_NUMBERS[1:])}|few) (?P<units>day|week|month|year)s\b"
    rf"|(?:last |this )?(?P<weekday>{'|'.join(_DAYS)})"
)
_PERIOD = re.compile(
    rf"\b(?:between|from) (?P<first>{_DAY}) (?:and|to|until) (?P<last>{_DAY} (?:of )?{_MONTH}\b(?:,? {_YEAR})?)"
    rf"|\b(?:between|from) (?P<left>{re.sub(r'[?]P<[a-z]+>', '?:', _POINT)}) (?:and|to|until|till) "
    rf"(?P<right>{re.sub(r'[?]P<[a-z]+>', '?:', _POINT)})"
    rf"|\b(?:(?P<bound>since|after|before|until|till|up to|in|on|during|of|from|for|within|over|as of) )?"
    rf"(?P<point>{re.sub(r'[?]P<[a-z]+>', '?:', _POINT)})(?P<open> (?:on|onwards?))?(?![\w])",
    re.IGNORECASE,
)
_TIME = re.compile(
    rf"\b(?:(?:{re.sub(r'[?]P<[a-z]+>', '?:', _POINT)})(?!\w)|\d{{1,2}} to (?={_DAY} {_MONTH})"
    r"|\d{1,2}(?:[:.]\d\d)? ?[ap]\.?m\b\.?)",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?:{_YEAR}|{_MONTH}|{'|'.join(_DAYS)})\Z", re.IGNORECASE)
_EVENT = re.compile(
    r"\b(?P<bound>before|after|since|until) (?P<event>the [^,;?.!]{3,80}?)(?= (?:and|but|about|on)\b|[,;?.!]|\s*$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Period:
    """Days that a part of a question names.

    Attributes:
        words: as they stand in the question, with their "in" or "since".
        start, end: where they stand there.
        since, until: the first and the last day; None where it is open.
        why: what tells how the days were found, for the reader; "" where the words tell.
    """

    words: str
    start: int
    end: int
    since: dt.date | None
    until: dt.date | None
    why: str = ""

    @property
    def days(self) -> str:
        """The days in words: "4 to 10 March 2019", "since 1 May 2024", "2018"."""
        if self.since and self.until:
            return _between(self.since, self.until)
        if self.since:
            return f"since {written(self.since)}"
        return f"until {written(self.until)}" if self.until else ""


def periods(question: str, today: dt.date) -> Iterator[Period]:
    """The periods that a question names, in its order.

    Args:
        today: what "last week" is counted from; a month without a year is the latest that had begun by then.
    """
    for found in _PERIOD.finditer(question):
        since: dt.date | None
        until: dt.date | None
        bound = (found["bound"] or "").lower()
        if found["last"]:
            since, until = _days(found["last"], today)
            since = _day(since.year, since.month, _number(found["first"]))
        elif found["left"]:
            until = _days(found["right"], today)[1]
            since = _days(found["left"], until)[0]
        elif not bound and _BARE.fullmatch(found["point"]):
            continue  # "March" and "2019" by themselves may be anything
        else:
            first, last = _days(found["point"], today)
            since, until = _bounded("since" if found["open"] and bound == "from" else bound, first, last)
        if not (since and until and since > until):
            yield Period(found[0], found.start(), found.end(), since, until)


def put_last(question: str, today: dt.date) -> str:
    """A question that begins with a period, "In April, who won?", with that at its end, as most have it."""
    first = next(periods(question, today), None)
    if first and not first.start and question[first.end : first.end + 2] == ", ":
        return f"{question[first.end + 2 :]} {first.words[0].lower()}{first.words[1:]}"
    return question


def events(question: str, dated: Callable[[str], tuple[dt.date, str] | None]) -> Iterator[Period]:
    """The periods that end or begin with an event: "before the summit".

    Args:
        dated: an event -> its day and the title that it was taken from, None where no article is about it.
    """
    for found in _EVENT.finditer(question):
        if not _PERIOD.fullmatch(found[0]) and (known := dated(found["event"])):
            day, title = known
            since, until = _bounded(found["bound"].lower(), day, day)
            yield Period(found[0], found.start(), found.end(), since, until, f"by the date of “{title}”")


def dates(text: str, near: dt.date | None) -> list[dt.date]:
    """The single days that a text names, "April 2" or "9 March 2023".

    Args:
        text: any.
        near: where no year stands beside a day, that of the day next to this one is meant; None leaves such days out.
    """
    found = []
    for match in re.finditer(_POINT, text, re.IGNORECASE):
        if match["iso"] or match["d"] or match["mm"]:
            stated = match["iso"] or match["dy"] or match["my"]
            if stated:
                found.append(_days(match[0], dt.date.max)[0])
            elif near:
                day = _days(match[0], near)[0]
                years = (_day(year, day.month, day.day) for year in (day.year, day.year + 1))
                found.append(min(years, key=lambda other: abs(other - near)))
    return found


def without_dates(text: str) -> str:
    """A text without the days, months and years that it names."""
    return _TIME.sub(" ", text)


def _bounded(bound: str, first: dt.date, last: dt.date) -> tuple[dt.date | None, dt.date | None]:
    match bound:
        case "since" | "as of":
            return first, None
        case "after":
            return last, None
        case "before":
            return None, first - _ONE_DAY
        case "until" | "till" | "up to":
            return None, last
    return first, last


def _days(point: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of a point of time."""
    found = re.fullmatch(_POINT, point.strip(), re.IGNORECASE)
    if not found:
        raise ValueError(point)
    if found["iso"]:
        day = _day(*map(int, found["iso"].split("-")))
    elif found["d"] or found["mm"]:
        day = _dated(found["dm"] or found["mm"], found["d"] or found["md"], found["dy"] or found["my"], today)
    elif found["m"]:
        return _month(found["m"], found["y"], today)
    elif found["season"]:
        first = dt.date(int(found["sy"]), _SEASONS[found["season"].lower()], 1)
        return first, _later(first, 3) - _ONE_DAY
    elif found["year"]:
        return dt.date(int(found["year"]), 1, 1), dt.date(int(found["year"]), 12, 31)
    elif found["now"]:
        day = today - ["today", "yesterday", "the day before yesterday"].index(found["now"].lower()) * _ONE_DAY
    elif found["which"]:
        return _unit(found["unit"].lower(), found["which"].lower(), today)
    elif found["count"]:
        return _back(found["count"].lower(), found["units"].lower(), today), today
    else:
        day = today - ((today.weekday() - _DAYS.index(found["weekday"].lower())) % 7 or 7) * _ONE_DAY
    return day, day


def _dated(month: str, day: str, year: str | None, today: dt.date) -> dt.date:
    named = _day(int(year or today.year), _month_number(month), _number(day))
    return named if year or named <= today else _day(named.year - 1, named.month, _number(day))


def _month(name: str, year: str | None, today: dt.date) -> tuple[dt.date, dt.date]:
    first = dt.date(int(year or today.year), _month_number(name), 1)
    if not year and first > today:
        first = first.replace(year=first.year - 1)
    return first, _later(first, 1) - _ONE_DAY


def _unit(unit: str, which: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """This week and so on, Monday to Sunday, as far as it has come; or the one before."""
    if unit == "year":
        first, after = dt.date(today.year, 1, 1), dt.date(today.year + 1, 1, 1)
        before = dt.date(today.year - 1, 1, 1)
    elif unit == "month":
        first = today.replace(day=1)
        after, before = _later(first, 1), _later(first, -1)
    else:
        monday = today - today.weekday() * _ONE_DAY
        first, after, before = monday, monday + 7 * _ONE_DAY, monday - 7 * _ONE_DAY
    into = (5 if unit == "weekend" else 0) * _ONE_DAY
    return (first + into, min(after - _ONE_DAY, today)) if which == "this" else (before + into, first - _ONE_DAY)


def _back(count: str, unit: str, today: dt.date) -> dt.date:
    number = int(count) if count.isdigit() else 3 if count == "few" else _NUMBERS.index(count)
    if unit in ("day", "week"):
        return today - number * (7 if unit == "week" else 1) * _ONE_DAY
    return _later(today, -number * (12 if unit == "year" else 1))


def _later(day: dt.date, months: int) -> dt.date:
    count = day.year * 12 + day.month - 1 + months
    return _day(count // 12, count % 12 + 1, day.day)


def _day(year: int, month: int, day: int) -> dt.date:
    """The date; of a day that its month does not have, the month's last."""
    month = min(max(month, 1), 12)
    return dt.date(max(year, 1), month, min(max(day, 1), calendar.monthrange(max(year, 1), month)[1]))


def _month_number(name: str) -> int:
    return next(number for number, month in enumerate(MONTHS) if month and month[:3] == name[:3].lower())


def _number(day: str) -> int:
    return int(re.sub(r"\D", "", day))


def _between(since: dt.date, until: dt.date) -> str:
    if since == until:
        return written(since)
    if (since.month, since.day, until.month, until.day) == (1, 1, 12, 31):
        return f"{since.year}" if since.year == until.year else f"{since.year} to {until.year}"
    if since.day == 1 and (until + _ONE_DAY).day == 1 and since.year == until.year:
        return f"{until:%B %Y}" if since.month == until.month else f"{since:%B} to {until:%B %Y}"
    if since.year != until.year:
        return f"{written(since)} to {written(until)}"
    return f"{since.day}{'' if since.month == until.month else f' {since:%B}'} to {written(until)}"
