"""A library is a dict of articles that can be searched, whatever is done to it and in whatever order."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ingest import Library, WordHashEncoder
from tests.newspaper import article, marker

NUMBERS = st.integers(0, 7)


class LibraryMachine(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.library = Library.open(Path(self.folder.name) / "library", WordHashEncoder(), create=True)
        self.model = {}

    def teardown(self):
        self.library.close()
        self.folder.cleanup()

    @rule(numbers=st.lists(NUMBERS, min_size=1, max_size=4, unique=True), edition=st.integers(0, 3))
    def put(self, numbers, edition):
        articles = [article(number, edition, source=f"/{number}.txt") for number in numbers]
        self.library.replace(articles)
        self.model |= {written.id: written for written in articles}

    @rule(numbers=st.lists(NUMBERS, max_size=4))
    def remove(self, numbers):
        self.library.remove([f"story-{number}" for number in numbers])
        for number in numbers:
            self.model.pop(f"story-{number}", None)

    @rule(number=NUMBERS, place=st.integers(0, 1_000_000))
    def move(self, number, place):
        if (moved := self.model.get(f"story-{number}")) is not None:
            source = f"/elsewhere/{number}-{place}.txt"
            self.library.rename({moved.id: source})
            self.model[moved.id] = article(number, text=moved.text, source=source)

    @rule()
    def rebuild(self):
        self.library.rebuild()

    @rule()
    def open_again(self):
        self.library.close()
        self.library = Library.open(self.library.folder, WordHashEncoder())

    @rule(number=NUMBERS)
    def search(self, number):
        hits = self.library.search(f"{marker(number)} in which edition?", 50)
        for hit in hits:
            stored = self.model[hit.article.id]  # a KeyError: a removed article was found
            assert hit.article == stored
            assert hit.passage.text == stored.text[hit.passage.start : hit.passage.end]
        assert len({hit.passage.id for hit in hits}) == len(hits)
        assert (f"story-{number}" in {hit.article.id for hit in hits if marker(number) in hit.passage.text}) == (
            f"story-{number}" in self.model
        )
        assert len(hits) == min(50, len(self.library)), "the vectors alone rank every passage of so few"

    @invariant()
    def holds_what_was_put(self):
        assert {entry.id: entry.source for entry in self.library.entries()} == {
            found.id: found.source for found in self.model.values()
        }
        assert all(self.library.article(stored.id) == stored for stored in self.model.values())


TestLibrary = LibraryMachine.TestCase
TestLibrary.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
