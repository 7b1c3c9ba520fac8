"""Ingest: from articles to a library that can be searched."""

from ingest.article import Article
from ingest.catalog import list_entries
from ingest.check import Problem, diagnose
from ingest.encoder import Encoder, OnnxEncoder, WordHashEncoder, load_encoder
from ingest.errors import (
    ArticleNotFoundError,
    CitewireError,
    EncoderError,
    EncoderMismatchError,
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryMissingError,
    SourceError,
)
from ingest.library import Hit, Library, Receipt
from ingest.passage import Passage, sentences
from ingest.readers import Unreadable
from ingest.schema import Entry
from ingest.sync import SyncProgress, SyncReport, sync
from ingest.within import Within

__all__ = [
    "Article",
    "ArticleNotFoundError",
    "CitewireError",
    "Encoder",
    "EncoderError",
    "EncoderMismatchError",
    "Entry",
    "Hit",
    "Library",
    "LibraryBusyError",
    "LibraryDamagedError",
    "LibraryError",
    "LibraryMissingError",
    "OnnxEncoder",
    "Passage",
    "Problem",
    "Receipt",
    "SourceError",
    "SyncProgress",
    "SyncReport",
    "Unreadable",
    "Within",
    "WordHashEncoder",
    "diagnose",
    "list_entries",
    "load_encoder",
    "sentences",
    "sync",
]
