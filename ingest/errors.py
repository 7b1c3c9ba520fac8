"""What can go wrong between a folder of articles and a library. Each message says what to do next."""


class CitewireError(Exception):
    """The base of every error that Citewire raises on purpose; its text is written for the person who reads it."""


class SourceError(CitewireError):
    """A folder or file named to `sync` is not there, or holds nothing that could be read."""


class UnreadableError(CitewireError):
    """One article cannot be read. `sync` reports it and goes on with the rest."""


class EncoderError(CitewireError):
    """The encoder cannot be loaded: its files are missing, changed, or not a sentence-transformers model."""


class LibraryError(CitewireError):
    """The library cannot be used as it is. The base of the errors below."""


class LibraryMissingError(LibraryError):
    """There is no library at this path yet."""


class LibraryBusyError(LibraryError):
    """Another process owns the library. `url` is where it answers, when it is a server.

    Attributes:
        url: address of the server that owns the library, or None.
    """

    def __init__(self, message: str, url: str | None = None) -> None:
        super().__init__(message)
        self.url = url


class EncoderMismatchError(LibraryError):
    """The library's vectors were made by another encoder than the one that is set."""


class LibraryDamagedError(LibraryError):
    """The library's files contradict each other or cannot be read."""


class PortableFileError(LibraryError):
    """A file of an exported library cannot be read or written."""


class ArticleNotFoundError(LibraryError):
    """No article in the library goes by this name."""


class FetchError(UnreadableError):
    """A page may not be fetched, or cannot be.

    Attributes:
        status: what the server answered, None where it was not that.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class GoneError(FetchError):
    """The server says that a page is gone for good (410)."""
