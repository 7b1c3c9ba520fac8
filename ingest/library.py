"""The library: catalog and vectors kept in step behind a few verbs."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from ingest import passage as passages
from ingest.article import Article, text_hash
from ingest.catalog import FILE, Catalog, existing
from ingest.copies import Copy, signature
from ingest.encoder import Encoder, load_encoder, token_offsets
from ingest.errors import ArticleNotFoundError, EncoderMismatchError, LibraryError
from ingest.mentions import Mentions, mentions
from ingest.mirror import Mirror
from ingest.ownership import ANSWERING, Ownership
from ingest.receipt import Receipt, proof
from ingest.schema import Entry, Known
from ingest.search import Hit, search
from ingest.versions import Edition
from ingest.visits import forget_visits
from ingest.within import EVERYTHING, Within

_ENCODE = 512  # passages encoded at a time when a library is encoded anew


class Library:
    """Articles that can be searched. Open one with `Library.open`; it is a context manager.

    One process owns a library at a time; within it, any thread may search.
    """

    def __init__(self, folder: Path, encoder: Encoder, catalog: Catalog, ownership: Ownership) -> None:
        self.folder = folder
        self.encoder = encoder
        self._catalog = catalog
        self._ownership = ownership
        self._lock = threading.RLock()
        self._mirror = Mirror(folder, catalog)

    @classmethod
    def open(
        cls,
        folder: str | Path,
        encoder: Encoder | None = None,
        *,
        create: bool = False,
        any_encoder: bool = False,
        purpose: str = ANSWERING,
    ) -> Self:
        """Open a library, finish what a crash interrupted, and mend a damaged index from the catalog.

        Args:
            folder: where the library is.
            encoder: None for the packaged one.
            create: make a new library where there is none.
            any_encoder: open it although its vectors come from another encoder, to encode it anew.
            purpose: what this process does with it, said to others who find it in use.

        Raises:
            LibraryMissingError: there is no library here, and `create` is not set.
            LibraryBusyError: another process owns it.
            EncoderMismatchError: it was made by another encoder.
            LibraryError: it cannot be read or written.
        """
        folder = Path(folder).expanduser()
        if not create:
            existing(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            ownership = Ownership(folder, purpose)
        except (FileExistsError, NotADirectoryError):
            raise LibraryError(f"{folder} is a file: a library is a folder. Name another with --library.") from None
        except OSError as error:
            raise LibraryError(f"{folder} cannot be written ({error.strerror}): name another with --library.") from None
        try:
            encoder = encoder or load_encoder()
            catalog = Catalog(folder / FILE)
            stored = catalog.meta("encoder")
            if stored is None:
                catalog.set_meta("encoder", encoder.fingerprint)
            elif stored != encoder.fingerprint and not any_encoder:
                raise EncoderMismatchError(
                    f"The library {folder} was encoded by {stored}, and {encoder.fingerprint} is set now. "
                    "Set the first again, or encode the library anew: citewire rebuild --encode"
                )
            return cls(folder, encoder, catalog, ownership)
        except BaseException:
            ownership.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let others have the library. It cannot be used afterwards."""
        with self._lock:
            self._mirror.close()
            self._catalog.close()
            self._ownership.release()

    def announce(self, purpose: str, url: str) -> None:
        """Tell other processes that this one answers questions on the library at a URL."""
        self._ownership.announce(purpose, url)

    # Reading

    def __len__(self) -> int:
        """How many passages there are."""
        return self._catalog.count()

    def __bool__(self) -> bool:
        """Whether there is any passage."""
        return not self._catalog.empty()

    def count_articles(self) -> int:
        """How many articles there are."""
        return self._catalog.count_articles()

    def article(self, article_id: str) -> Article:
        """The article with this id.

        Raises:
            ArticleNotFoundError: there is none.
        """
        return self.edition(article_id).article

    def entries(self, within: Within = EVERYTHING) -> list[Entry]:
        """What is in the library or in a part of it, newest first, without the texts."""
        with self._lock:
            return self._catalog.entries(within)

    def mentions(self, phrases: Sequence[str], within: Within = EVERYTHING) -> Mentions:
        """Every article, of a part of the library, that has all of these phrases."""
        with self._lock:
            return mentions(phrases, self._catalog, within)

    def edition(self, article_id: str, version: int | None = None) -> Edition:
        """An article in one of its versions, the latest where none is named.

        Raises:
            ArticleNotFoundError: there is no such article, or it has no such version.
        """
        with self._lock:
            found = self._catalog.versions.edition(article_id, version)
        if found is None:
            which = f"article {article_id!r}" if version is None else f"version {version} of an article {article_id!r}"
            raise ArticleNotFoundError(f"There is no {which}. `citewire articles` lists what there is.")
        return found

    def history(self, article_id: str) -> list[Edition]:
        """Every version of an article, the oldest first.

        Raises:
            ArticleNotFoundError: there is no such article.
        """
        with self._lock:
            self.edition(article_id)
            return self._catalog.history(article_id)

    def copies(self, article_id: str, within: Within = EVERYTHING) -> tuple[Copy, ...]:
        """The other articles that tell the same story in nearly the same words, the earliest first.

        Args:
            within: only those whose publisher and tags it takes.
        """
        with self._lock:
            return self._catalog.copies.of(article_id, within)

    def search(self, question: str, limit: int = 10, within: Within = EVERYTHING) -> list[Hit]:
        """The passages that match a question by words or by meaning, best first. Copies of a story take one place.

        Args:
            limit: how many at the most.
            within: the part of the library that is looked at; nothing else is ever a candidate.
        """
        if not question.strip():
            return []
        vector = self.encoder.encode_query(question)
        with self._lock:
            return search(question, vector, limit, self._catalog, self._mirror, within)

    # Writing

    def known(self) -> dict[str, Known]:
        """Every article's id and fingerprint, by source."""
        return self._catalog.known()

    def with_text(self, text: str) -> list[Known]:
        """The articles that have exactly this text."""
        return self._catalog.with_text(text_hash(text))

    def replace(self, articles: Sequence[Article]) -> int:
        """Put articles into the library, each in place of what stood under its id. All of them, or none.

        An article whose text differs from the one that stood there is its next version; the earlier one is kept.

        Returns:
            How many passages they have.
        """
        return self._write(articles)

    def restore(self, histories: Sequence[Sequence[Edition]]) -> int:
        """Put articles that are not in the library into it, with the versions that they had elsewhere. All, or none.

        Args:
            histories: of each article its versions, the oldest first.

        Returns:
            How many passages they have.
        """

        def add_history() -> None:
            for *superseded, latest in histories:
                self._catalog.versions.restore(latest, superseded)

        return self._write([history[-1].article for history in histories], add_history)

    def _write(self, articles: Sequence[Article], then: Callable[[], None] = lambda: None) -> int:
        cut = [passages.split(article, token_offsets) for article in articles]
        texts = [f"{one.header}\n{part.text}" for one, parts in zip(articles, cut, strict=True) for part in parts]
        encoded = self.encoder.encode_documents(texts)
        signatures = [signature(article.text) for article in articles]
        with self._lock:
            with self._catalog.transaction():
                start = 0
                for article, minhash, parts in zip(articles, signatures, cut, strict=True):
                    vectors = encoded[start : start + len(parts)]
                    self._catalog.put(article, text_hash(article.text), minhash, parts, vectors)
                    start += len(parts)
                then()
            self._mirror.settle()
        return len(texts)

    def rename(self, sources: Mapping[str, str]) -> None:
        """Note new sources of articles by id: the same text, found elsewhere."""
        with self._lock, self._catalog.transaction():
            for article_id, source in sources.items():
                self._catalog.rename(article_id, source)

    def remove(self, article_ids: Iterable[str]) -> None:
        """Remove articles, each wholly; an id that is not there is passed over."""
        with self._lock:
            for article_id in article_ids:
                with self._catalog.transaction():
                    self._catalog.drop(article_id)
            self._mirror.settle()

    def forget(self, name: str) -> Receipt:
        """Remove one article everywhere, from the files on the disk too, and prove that it cannot be found.

        Args:
            name: the article's id, or the source that it was read from.

        Raises:
            ArticleNotFoundError: there is no such article.
            LibraryError: another process is reading the catalog; or, LibraryDamagedError, it could still be found.
        """
        by_source = self.known().get(name) or self.known().get(str(Path(name).absolute()))
        history = self.history(by_source.id if by_source else name)
        article = history[-1].article
        copies = self.copies(article.id)
        before = len(self)
        with self._lock:
            self._catalog.empty_log()  # refused now, nothing is removed yet
            self.remove([article.id])
            removed = before - len(self)
            self.rebuild()  # Chroma keeps removed vectors in its files
            self._catalog.compact()
            traces = self._catalog.traces(article.id)
        receipt = proof(self, history, removed, traces, copies)
        return replace(receipt, again=forget_visits(self.folder, article.source))

    def rebuild(self, *, encode: bool = False) -> None:
        """Make the Chroma index anew from the catalog.

        Args:
            encode: make the vectors anew too, with this library's encoder.
        """
        with self._lock:
            if encode:
                with self._catalog.transaction():
                    self._encode_again()
            self._mirror.rebuild()

    def _encode_again(self) -> None:
        headers = {article.id: article.header for article in self._catalog.articles()}
        stored = list(self._catalog.texts())
        for start in range(0, len(stored), _ENCODE):
            part = stored[start : start + _ENCODE]
            encoded = self.encoder.encode_documents([f"{headers[article_id]}\n{text}" for _, article_id, text in part])
            self._catalog.set_vectors((row, vector) for (row, _, _), vector in zip(part, encoded, strict=True))
        self._catalog.set_meta("encoder", self.encoder.fingerprint)
