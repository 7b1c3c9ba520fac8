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
