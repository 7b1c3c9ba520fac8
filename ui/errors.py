"""What can go wrong between the server and those who ask it."""

import logging
import math
from typing import Any

from ingest import ArticleNotFoundError, CitewireError
from qa import QuestionError

_log = logging.getLogger("citewire")


class ServerError(CitewireError):
    """The server cannot listen where it should; the message says what to change."""


class NotReadyError(CitewireError):
    """The library is not open yet, or cannot be opened; the message says which."""


class BusyError(CitewireError):
    """Too many questions wait already."""


class NotSignedInError(CitewireError):
    """Nothing, or nothing good, says who asks."""


class ForbiddenError(CitewireError):
    """Who asks may not do this; the message says what it needs."""


class UploadError(CitewireError):
    """What was sent cannot become articles; the message says why."""


class JobNotFoundError(CitewireError):
    """There is no such job for this caller."""


class FeedbackError(CitewireError):
    """An opinion could not be kept."""


class RateLimitedError(CitewireError):
    """Too many requests in a minute.

    Args:
        seconds: until the next one is allowed.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = math.ceil(seconds)
        super().__init__(f"Too many requests. The next is allowed in {self.seconds} seconds.")


_STATUS: dict[type[CitewireError], tuple[int, str]] = {
    QuestionError: (422, "question"),
    NotSignedInError: (401, "unauthorized"),
    ForbiddenError: (403, "forbidden"),
    RateLimitedError: (429, "rate_limited"),
    ArticleNotFoundError: (404, "not_found"),
    JobNotFoundError: (404, "not_found"),
    UploadError: (422, "upload"),
    FeedbackError: (503, "feedback"),
    NotReadyError: (503, "not_ready"),
    BusyError: (503, "busy"),
}


def headers_of(error: CitewireError) -> dict[str, str]:
    """The headers that go with an error: when to come back, how to sign in."""
    if isinstance(error, RateLimitedError):
        return {"Retry-After": str(error.seconds)}
    if isinstance(error, NotSignedInError):
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": "2"} if status_of(error)[0] == 503 else {}


def status_of(error: CitewireError) -> tuple[int, str]:
    """The HTTP status of an error, and its word for programs."""
    return next((found for cls, found in _STATUS.items() if isinstance(error, cls)), (503, "library"))


def problem(code: str, message: str, request_id: str) -> dict[str, Any]:
    """The one shape that every error has."""
    return {"error": {"code": code, "message": message, "request_id": request_id}}


def problem_of(error: Exception, request_id: str) -> dict[str, Any]:
    """An error that is being handled, as those who asked are told of it: one that nobody foresaw is logged."""
    if isinstance(error, CitewireError):
        return problem(status_of(error)[1], str(error), request_id)
    return problem("internal", unforeseen(request_id), request_id)


def unforeseen(request_id: str, what: str = "") -> str:
    """Log the error that is being handled; what those who asked may know of it.

    Args:
        request_id: what they will name when they report it.
        what: of the request, for the log.
    """
    _log.exception("Request %s failed%s.", request_id, f": {what}" if what else "")
    return f"Something went wrong. Request id {request_id}."
