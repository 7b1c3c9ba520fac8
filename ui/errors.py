"""What can go wrong between the server and those who ask it."""

from ingest import ArticleNotFoundError, CitewireError
from qa import QuestionError


class ServerError(CitewireError):
    """The server cannot listen where it should; the message says what to change."""


class NotReadyError(CitewireError):
    """The library is not open yet, or cannot be opened; the message says which."""


class BusyError(CitewireError):
    """Too many questions wait already."""


_STATUS: dict[type[CitewireError], tuple[int, str]] = {
    QuestionError: (422, "question"),
    ArticleNotFoundError: (404, "not_found"),
    NotReadyError: (503, "not_ready"),
    BusyError: (503, "busy"),
}


def status_of(error: CitewireError) -> tuple[int, str]:
    """The HTTP status of an error, and its word for programs."""
    return next((found for cls, found in _STATUS.items() if isinstance(error, cls)), (503, "library"))
