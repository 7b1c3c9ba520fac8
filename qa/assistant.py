"""The assistant: ask a library a question, get an answer with its proof."""

from collections.abc import Generator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from ingest import Library, Within, load_encoder
from ingest.within import EVERYTHING
from qa.answer import Answer, Turn
from qa.calibration import threshold_in_force
from qa.chain import AnswerChain
from qa.prose.writer import Writer, open_writer
from qa.reader import Reader, load_reader
from qa.retriever import LibraryRetriever
from qa.settings import Settings


class Assistant:
    """Answers questions from one library.

        with Assistant.open() as assistant:
            answer = assistant.ask("Why did Japan drop co-sponsorship?")
            print(answer.text, answer.citations[0].quote)

    It may be used from several threads at once.

    Args:
        library: an open library; `close` closes it.
        reader: None for the packaged one.
        settings: None for those that `Settings.load()` finds.
        writer: None for one with the model that the settings name, if they name one.
    """

    def __init__(
        self,
        library: Library,
        reader: Reader | None = None,
        settings: Settings | None = None,
        writer: Writer | None = None,
    ) -> None:
        self.library = library
        self.settings = settings or Settings.load()
        reader = reader or load_reader(self.settings.reader)
        threshold = threshold_in_force(self.settings.threshold, library, reader)
        self._writer = writer or open_writer(self.settings, library)
        self._chain = AnswerChain(library, reader, threshold, writer=self._writer)

    @classmethod
    def open(cls, settings: Settings | None = None, *, library: str | Path | None = None) -> Self:
        """Open the library that the settings name.

        Args:
            settings: None for those that `Settings.load()` finds.
            library: the library's folder, in place of the one in the settings.

        Raises:
            LibraryMissingError: there is no library there.
            LibraryBusyError: another process owns it.
            EncoderMismatchError: it was made by another encoder.
            CitewireError: a setting or the library cannot be used; the message says what to do.
        """
        settings = settings or Settings.load()
        reader = load_reader(settings.reader)
        opened = Library.open(library or settings.library, load_encoder(settings.encoder))
        return cls(opened, reader, settings)

    def ask(self, question: str, within: Within = EVERYTHING, history: Sequence[Turn] = ()) -> Answer:
        """What the articles, or a part of them, say to a question.

        Args:
            question: in words.
            within: the part of the library that may answer.
            history: the turns before, the oldest first; a follow-up is made to stand alone from the latest.

        Raises:
            QuestionError: the question is empty or too long.
            EmptyLibraryError: there are no articles.
        """
        return self._chain.invoke(question, within=within, history=history)

    def stream(self, question: str, within: Within = EVERYTHING, history: Sequence[Turn] = ()) -> Generator[Answer]:
        """The answer as it grows; the last one is what `ask` returns, and the errors are the same.

        Closing it ends what is under way, the request to a chat model too.
        """
        return self._chain.stream(question, within=within, history=history)

    @property
    def writes(self) -> bool:
        """Whether a chat model writes prose from the quotes."""
        return self._writer is not None

    def as_retriever(self, limit: int = 10) -> LibraryRetriever:
        """The library as a LangChain retriever of its `limit` best passages."""
        return LibraryRetriever(library=self.library, limit=limit)

    def as_runnable(self) -> AnswerChain:
        """The chain itself, a LangChain runnable from a question to an Answer."""
        return self._chain

    def close(self) -> None:
        """Close the library, and what speaks to the model."""
        if self._writer:
            self._writer.close()
        self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
