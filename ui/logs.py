"""The log: one JSON object a request, and nothing in it that would let somebody in."""

import json
import logging
import re
from typing import Any

# API keys, ours and others', signed tokens, and whatever stands behind "Bearer" or "password="
_SECRET = re.compile(
    r"\b(?:cw_|sk-|ghp_|xox[a-z]-)[\w-]{5,}|\beyJ[\w-]+\.[\w-]+\.[\w-]*|(?i:(?<=bearer )\S+)"
    r"|(?i:(?<=password=)|(?<=secret=)|(?<=token=)|(?<=api_key=))[^\s&'\"]+"
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_requests = logging.getLogger("citewire.requests")
_questions = logging.getLogger("citewire.questions")


class MaskingFormatter(logging.Formatter):
    """Formats as another does, and masks every secret, those in tracebacks included, and control characters.

    Args:
        inner: the formatter that was there.
    """

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """The line, or lines, of a record."""
        return _CONTROL.sub("\ufffd", _SECRET.sub("***", self._inner.format(record)))


def set_up(kind: str) -> None:
    """Mask what every handler of the root logger writes, and log as much as a setting says.

    Args:
        kind: "errors", "requests" or "questions".
    """
    logging.basicConfig(format="%(message)s")  # where the program has no handler, the last resort would mask nothing
    for handler in logging.getLogger().handlers:
        if not isinstance(handler.formatter, MaskingFormatter):
            handler.setFormatter(MaskingFormatter(handler.formatter or logging.Formatter()))
    _requests.setLevel(logging.INFO if kind != "errors" else logging.WARNING)
    _questions.setLevel(logging.INFO if kind == "questions" else logging.WARNING)


def log_request(**facts: Any) -> None:
    """One line of JSON about a request. Never its query, which may hold a question."""
    _requests.info("%s", json.dumps(facts))


def log_question(request_id: str, question: str) -> None:
    """What was asked, where the settings want that."""
    _questions.info("%s", json.dumps({"request_id": request_id, "question": question}))
