"""What a number measures: lengths, times, sums of money, so that 90 minutes are an hour and a half. Pure."""

import re

_KINDS: dict[str, dict[str, float]] = {  # what can be told in several units, and what each is worth
    "length": {"millimetre mm": 0.001, "centimetre cm": 0.01, "metre m": 1, "kilometre km": 1000, "mile": 1609.344,
               "foot feet ft": 0.3048, "inch inches": 0.0254, "yard": 0.9144},
    "mass": {"milligram mg": 0.001, "gram g": 1, "kilogram kilo kg": 1000, "tonne ton t": 1e6, "ounce": 28.35},
    "volume": {"millilitre ml": 0.001, "litre l": 1, "gallon": 4.546, "pint": 0.568, "barrel": 159},
    "area": {"hectare ha": 1, "acre": 0.4047},
    "time": {"second sec": 1 / 60, "minute min": 1, "hour hr h": 60, "day": 1440, "week": 10_080},
    "long time": {"month": 1, "year": 12, "decade": 120, "century centuries": 1200},
    "sound": {"decibel db": 1},
    "power": {"kilowatt kw": 1, "megawatt mw": 1000, "gigawatt gw": 1e6},
}  # fmt: skip
_COINS = "crown euro dollar pound yen franc cent"
_MEASURES: dict[str, tuple[str, float]] = {
    form: (kind, worth)
    for kind, units in _KINDS.items()
    for words, worth in units.items()
    for word in words.split()
    for form in (word, f"{word}s", word.replace("tre", "ter"), f"{word.replace('tre', 'ter')}s")
} | {form: (coin, 1.0) for coin in _COINS.split() for form in (coin, f"{coin}s")}
TIMES = {"fortnight": ("time", 20_160), "noon": ("clock", 12), "midday": ("clock", 12), "midnight": ("clock", 0)} | {
    word: _MEASURES[word] for word in ("decade", "century")
}
_LONGEST_FIRST = "|".join(sorted(_MEASURES, key=len, reverse=True))
_MEASURE = re.compile(
    rf"[- ]?(?:an?\s)?(?P<power>square|cubic)?\s?(?:nautical\s)?(?P<unit>{_LONGEST_FIRST})\b"
    rf"|\s?(?P<clock>[ap])\.?m\b",
    re.IGNORECASE,
)


def measured(after: str, value: float) -> tuple[str, float]:
    """What a number measures, and its value in that kind's unit, by the words behind it."""
    match = _MEASURE.match(after)
    if not match:
        return "", 0.0
    if match["clock"]:
        return "clock", value % 12 + (12 if match["clock"].lower() == "p" else 0)
    kind, worth = _MEASURES[match["unit"].lower()]
    power = {"square": 2, "cubic": 3}.get((match["power"] or "").lower(), 1)
    return (kind if power == 1 else f"{kind} {power}"), value * worth**power
