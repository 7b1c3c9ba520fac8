"""Ingest: from articles to a library that can be searched."""

from ingest.addresses import AddressRules
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
from ingest.fetch import Fetcher
from ingest.library import Hit, Library, Receipt
from ingest.passage import Passage, sentences
from ingest.readers import Unreadable
from ingest.schema import Entry
from ingest.source import Source
from ingest.sync import SyncProgress, SyncReport, sync

__all__ = [
    "AddressRules",
    "Article",
    "ArticleNotFoundError",
    "CitewireError",
    "Encoder",
    "EncoderError",
    "EncoderMismatchError",
    "Entry",
    "Fetcher",
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
    "Source",
    "SourceError",
    "SyncProgress",
    "SyncReport",
    "Unreadable",
    "WordHashEncoder",
    "diagnose",
    "list_entries",
    "load_encoder",
    "sentences",
    "sync",
]
