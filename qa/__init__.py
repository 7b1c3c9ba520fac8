"""Question answering: from a question to an answer whose every sentence is quoted and verified."""

from ingest import Copy
from qa.answer import NOT_ANSWERED, NOTHING_NEAR, Answer, Citation
from qa.assistant import Assistant
from qa.chain import AnswerChain
from qa.errors import EmptyLibraryError, EvaluationError, QuestionError, ReaderError, SettingsError
from qa.reader import Evidence, Reader
from qa.retriever import LibraryRetriever
from qa.settings import Origin, Settings, origins

__all__ = [
    "NOTHING_NEAR",
    "NOT_ANSWERED",
    "Answer",
    "AnswerChain",
    "Assistant",
    "Citation",
    "Copy",
    "EmptyLibraryError",
    "EvaluationError",
    "Evidence",
    "LibraryRetriever",
    "Origin",
    "QuestionError",
    "Reader",
    "ReaderError",
    "Settings",
    "SettingsError",
    "origins",
]
