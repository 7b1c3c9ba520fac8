"""Question answering: from a question to an answer whose every sentence is quoted and verified."""

from ingest import Copy
from qa.answer import Answer, Citation, Prose, Sentence, Turn
from qa.assistant import Assistant
from qa.chain import AnswerChain
from qa.errors import EmptyLibraryError, EvaluationError, ModelError, QuestionError, ReaderError, SettingsError
from qa.reader import Evidence, Reader
from qa.retriever import LibraryRetriever
from qa.settings import Origin, Settings, origins

__all__ = [
    "Answer",
    "AnswerChain",
    "Assistant",
    "Citation",
    "Copy",
    "EmptyLibraryError",
    "EvaluationError",
    "Evidence",
    "LibraryRetriever",
    "ModelError",
    "Origin",
    "Prose",
    "QuestionError",
    "Reader",
    "ReaderError",
    "Sentence",
    "Settings",
    "SettingsError",
    "Turn",
    "origins",
]
