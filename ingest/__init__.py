"""Ingest: from articles to a library that can be searched."""

from ingest.addresses import AddressRules
from ingest.article import Article, source_file
from ingest.backup import back_up
from ingest.catalog import list_entries
from ingest.check import Problem, diagnose
from ingest.copies import Copy
from ingest.corrections import correction, is_noted
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
    PortableFileError,
    SourceError,
)
from ingest.fetch import Fetcher
from ingest.library import Library
from ingest.mentions import Mention, Mentions
from ingest.passage import Passage, sentences
from ingest.portable import Imported, check_portable, export_library, import_library
from ingest.readers import Hidden, Unreadable
from ingest.receipt import Receipt
from ingest.schema import Entry
from ingest.search import Hit
from ingest.source import Source
from ingest.sync import SyncProgress, SyncReport, sync
from ingest.versions import Edition
from ingest.visits import fetched
from ingest.within import Within

__all__ = [
    "AddressRules",
    "Article",
    "ArticleNotFoundError",
    "CitewireError",
    "Copy",
    "Edition",
    "Encoder",
    "EncoderError",
    "EncoderMismatchError",
    "Entry",
    "Fetcher",
    "Hidden",
    "Hit",
    "Imported",
    "Library",
    "LibraryBusyError",
    "LibraryDamagedError",
    "LibraryError",
    "LibraryMissingError",
    "Mention",
    "Mentions",
    "OnnxEncoder",
    "Passage",
    "PortableFileError",
    "Problem",
    "Receipt",
    "Source",
    "SourceError",
    "SyncProgress",
    "SyncReport",
    "Unreadable",
    "Within",
    "WordHashEncoder",
    "back_up",
    "check_portable",
    "correction",
    "diagnose",
    "export_library",
    "fetched",
    "import_library",
    "is_noted",
    "list_entries",
    "load_encoder",
    "sentences",
    "source_file",
    "sync",
]
