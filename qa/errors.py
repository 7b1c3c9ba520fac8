"""What can go wrong between a question and its answer. A failure is never an answer with found=False."""

from ingest import CitewireError


class QuestionError(CitewireError):
    """The question is empty or too long to be one."""


class EmptyLibraryError(CitewireError):
    """There are no articles to answer from."""


class SettingsError(CitewireError):
    """A setting is unknown or has a value that it cannot have."""


class ReaderError(CitewireError):
    """The reader that a setting names cannot be used."""


class EvaluationError(CitewireError):
    """A file of questions cannot be read, or cannot be measured with."""


class ModelError(CitewireError):
    """The chat model cannot be asked, or did not answer. The quotes stand all the same.

    Args:
        message: what is wrong and what to do, for the reader.
        passing: it may work in a moment.
        wait: seconds that the provider asks to wait for; 0 where it names none.
    """

    def __init__(self, message: str, *, passing: bool = False, wait: float = 0.0) -> None:
        super().__init__(message)
        self.passing = passing
        self.wait = wait
