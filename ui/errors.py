"""What can go wrong between the server and those who ask it."""

import math

from ingest import ArticleNotFoundError, CitewireError
from qa import QuestionError


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
