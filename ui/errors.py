"""What can go wrong between the server and those who ask it."""

from ingest import CitewireError


class ServerError(CitewireError):
    """The server cannot listen where it should; the message says what to change."""


class NotReadyError(CitewireError):
    """The library is not open yet, or cannot be opened; the message says which."""


class BusyError(CitewireError):
    """Too many questions wait already."""
