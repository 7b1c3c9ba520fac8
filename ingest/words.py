"""Words, as the full-text index takes them."""

import re

STOP_WORDS = frozenset(
    "a about after all also am an and any are as at be because been before being between both but by can could did do "
    "does doing during each for from had has have having he her here hers him his how i if in into is it its itself "
    "just me more most my no nor not of off on once only or other our out over own same she should so some such than "
    "that the their them then there these they this those through to too under until up upon us very was we were what "
    "when where which while who whom whose why will with would you your "
    "tell many much happen happened according say says said article articles".split()
)

# Scripts written without spaces: indexed and searched as pairs of neighbouring characters.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f\uf900-\ufaff]+")

_ENGLISH = re.compile(r"\b(?:the|of|and)\b", re.IGNORECASE)
_LEAST_ENGLISH = 0.04  # the share of these among the words of an English text


def is_english(text: str) -> bool:
    """By its commonest words; a table may have none of them."""
    return len(_ENGLISH.findall(text)) >= _LEAST_ENGLISH * len(text.split())


def search_form(text: str) -> str:
    """Text as the full-text index takes it: scripts without spaces as pairs of characters, the rest as it is."""
    return _UNSPACED.sub(lambda run: f" {' '.join(_pairs(run[0]))} ", text)


def match_query(question: str) -> str:
    """An FTS5 query for any content word of a question, or for any word where it has only stop words; "" for none."""
    words = list(dict.fromkeys(re.findall(r"[^\W_]+", search_form(question).lower())))
    wanted = [word for word in words if word not in STOP_WORDS] or words
    return " OR ".join(f'"{word}"' for word in wanted)


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]
