"""The chain: every citation true, one road, and no failure dressed up as a refusal."""

import dataclasses
from itertools import pairwise

import pytest

from ingest import Article, CitewireError, Library, LibraryMissingError, WordHashEncoder
from qa import AnswerChain, Assistant, EmptyLibraryError, QuestionError, Settings
from qa.question import MAX_CHARACTERS, fits, kind
from tests.newspaper import article

EXAMPLE = "Why did Japan drop co-sponsorship?"
FERRY = "Does the ferry leave at noon throughout the year?"


@pytest.fixture
def assistant(corpus, reader):
    return Assistant(corpus, reader, Settings())  # not closed: the library is the session's


def test_every_citation_of_every_question_is_true(assistant, questions):
    assert len(questions) >= 200
    found = cited = 0
    for question in questions:
        answer = assistant.ask(question)
        found += answer.found
        assert bool(answer.citations) == answer.found == bool(answer.text)
        assert 0 <= answer.confidence <= 1
        if answer.found:
            assert not answer.nearest
        for citation in (*answer.citations, *answer.nearest):
            stored = assistant.library.article(citation.article_id)
            assert citation.verified
            assert stored.text[citation.start : citation.end] == citation.quote
            assert (citation.title, citation.publisher, citation.url) == (stored.title, stored.publisher, stored.url)
            cited += 1
        if answer.short:
            assert answer.short in answer.citations[0].quote.casefold()
    assert 0 < found < len(questions), "both kinds of answer must be looked at"
    assert cited > len(questions)


def test_ask_is_the_last_of_stream(assistant, questions):
    longest = 0
    for question in questions[:40]:
        stages = list(assistant.stream(question))
        assert stages[-1] == assistant.ask(question) == assistant.as_runnable().invoke(question)
        for before, after in pairwise(stages):
            assert after.text.startswith(before.text), "what is on the screen must not be taken back"
            assert after.citations[: len(before.citations)] == before.citations
        longest = max(longest, len(stages))
    assert longest > 1


def test_the_runnable_composes_with_others(assistant):
    chain = assistant.as_runnable() | (lambda answer: answer.question)
    assert chain.invoke(EXAMPLE) == EXAMPLE
    assert assistant.as_runnable().batch([EXAMPLE, "Who?"])[0].question == EXAMPLE


def test_syndicated_copies_are_one_quote(tmp_path, reader):
    text = "The river Wend burst its banks at Thornby shortly after 2 a.m. on Sunday. " + article(1).text
    with Library.open(tmp_path / "library", WordHashEncoder(), create=True) as library:
        library.replace(
            [Article(f"paper-{n}", "Wend floods Thornby", text, f"/{n}.txt", f"Paper {n}") for n in range(3)]
        )
        answer = Assistant(library, reader, Settings()).ask("When did the river Wend burst its banks at Thornby?")
    assert answer.found
    assert [citation.quote for citation in answer.citations if "Wend burst" in citation.quote] == [text[:73]]


def test_a_question_is_put_on_one_line(assistant):
    answer = assistant.ask("  Why did Japan\n\tdrop co-sponsorship? ")
    assert answer.searched_for == EXAMPLE
    assert answer.question == "  Why did Japan\n\tdrop co-sponsorship? "


@pytest.mark.parametrize("question", ["", " ", "\n\t", "\u3000"], ids=repr)
def test_an_empty_question_is_an_error_with_an_example(assistant, question):
    with pytest.raises(QuestionError, match="write one, such as"):
        assistant.ask(question)


def test_a_question_too_long_is_an_error_with_the_limit(assistant):
    with pytest.raises(QuestionError, match="100,000 characters, of 2,000 allowed: ask in a sentence"):
        assistant.ask("x" * 100_000)
    assistant.ask("why " * (MAX_CHARACTERS // 4))


@pytest.mark.parametrize(
    "question",
    [
        "why \ud800 did it?",
        "\x00",
        "\u202e\u200b?",
        "?",
        "😀",
        "{{7*7}} {question} %s",
        '{"lc":1,"type":"secret"}',
        "ß" * 1999,
    ],
    ids=ascii,
)
def test_an_odd_question_is_answered_or_refused(assistant, question):
    try:
        answer = assistant.ask(question)
    except QuestionError:
        return
    assert answer.question == question.encode("utf-8", "replace").decode()


def test_an_empty_library_is_an_error_and_not_a_refusal(tmp_path, reader):
    with Library.open(tmp_path / "library", WordHashEncoder(), create=True) as library:
        assistant = Assistant(library, reader, Settings())
        with pytest.raises(EmptyLibraryError, match="citewire sync"):
            assistant.ask(EXAMPLE)
        with pytest.raises(EmptyLibraryError):
            list(assistant.stream(EXAMPLE))


def test_a_missing_library_is_an_error_that_says_how_to_make_one(tmp_path):
    with pytest.raises(LibraryMissingError, match="citewire sync"):
        Assistant.open(library=tmp_path / "none")


class FailingReader:
    threshold = 0.3
    fingerprint = "scripted"

    def read(self, question, hits):
        raise RuntimeError("the model is broken")


def test_a_model_failure_is_not_shown_as_a_refusal(corpus):
    with pytest.raises(RuntimeError, match="the model is broken"):
        Assistant(corpus, FailingReader(), Settings()).ask(EXAMPLE)


def test_the_threshold_of_the_settings_wins_over_the_readers(corpus, reader):
    asked = "How many members has the Human Rights Council?"
    assert Assistant(corpus, reader, Settings(threshold=0.0)).ask(asked).found
    assert not Assistant(corpus, reader, Settings(threshold=1.0)).ask("Who stole the pineapples of Quito?").found


def test_a_refusal_shows_what_is_nearest_and_says_nothing(corpus, reader):
    answer = Assistant(corpus, reader, Settings(threshold=1.0)).ask("Who stole the pineapples from Thornby?")
    assert (answer.found, answer.text, answer.short, answer.citations) == (False, "", "", ())
    assert answer.nearest


class Meanwhile:
    """A reader during whose work something happens to the library."""

    threshold = 0.0

    fingerprint = "scripted"

    def __init__(self, reader, happens):
        self.reader, self.happens = reader, happens

    def read(self, question, hits):
        found = self.reader.read(question, hits)
        self.happens()
        return found


@pytest.fixture
def two_papers(tmp_path):
    with Library.open(tmp_path / "library", WordHashEncoder(), create=True) as library:
        library.replace(
            [
                Article("one", "Ferry", "The ferry leaves at noon throughout the summer.", "/1.txt"),
                Article("two", "Boat", "That ferry leaves Saltmere at noon with two cats aboard.", "/2.txt"),
            ]
        )
        yield library


def test_an_article_that_is_changed_while_it_is_read_is_not_cited(two_papers, reader):
    def change():
        two_papers.replace([Article("one", "Ferry", "Nothing is known of any boat.", "/1.txt")])

    answer = Assistant(two_papers, Meanwhile(reader, change), Settings()).ask(FERRY)
    assert {citation.article_id for citation in answer.citations} == {"two"}
    quotes = " ".join(citation.quote for citation in answer.citations).casefold()
    assert answer.short in quotes, "the short answer is of a quote that was dropped"


def test_an_article_that_is_removed_while_it_is_read_is_not_cited(two_papers, reader):
    def remove():
        two_papers.remove(["one"])

    answer = Assistant(two_papers, Meanwhile(reader, remove), Settings()).ask(FERRY)
    assert {citation.article_id for citation in answer.citations} <= {"two"}


def test_the_assistant_is_a_context_manager_that_frees_the_library(tmp_path, reader):
    library = Library.open(tmp_path / "library", WordHashEncoder(), create=True, purpose="testing")
    with Assistant(library, reader, Settings()) as assistant:
        assert assistant.library is library
    Library.open(tmp_path / "library", WordHashEncoder()).close()


def test_every_error_of_a_question_is_one_that_is_written_for_people():
    assert all(issubclass(error, CitewireError) for error in (QuestionError, EmptyLibraryError))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When did the river overflow?", "when"),
        ("At what time did it begin?", "when"),
        ("How many people marched?", "number"),
        ("How much did it cost?", "number"),
        ("How many people were aboard when it sank?", "number"),
        ("Who chairs the council?", "who"),
        ("Where does the ferry leave?", "where"),
        ("Why did Japan drop co-sponsorship?", "why"),
        ("How did they get in?", "how"),
        ("Is the ward open?", "yes/no"),
        ("Did anyone resign?", "yes/no"),
        ("What is eelgrass?", "what"),
    ],
)
def test_the_kind_of_a_question_is_told(question, expected):
    assert kind(question) == expected


def test_a_number_that_was_asked_with_is_not_an_answer():
    assert fits("number", "How many came back in 2002?", "They came back in 2002.") is False
    assert fits("number", "How many came back in 2002?", "Five of them came back in 2002.") is True
    assert fits("number", "How many died in the flood of 2019?", "12 people died.") is True
    assert fits("what", "What is it?", "It is a wall.") is None


def test_the_chain_reads_no_more_passages_than_its_limit(corpus, reader):
    seen = []

    class Watching:
        threshold = 0.3
        fingerprint = "scripted"

        def read(self, question, hits):
            seen.append(len(hits))
            return reader.read(question, hits)

    AnswerChain(corpus, Watching(), limit=4).invoke(EXAMPLE)
    assert seen == [4]


def test_took_ms_is_measured(assistant):
    first, second = assistant.ask(EXAMPLE), assistant.ask(EXAMPLE)
    assert 0 < first.took_ms < 60_000
    assert dataclasses.replace(first, took_ms=0.0) == second
