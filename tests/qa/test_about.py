"""Small talk and questions about the assistant: true, short, without citations, and never in place of the articles."""

import pytest

from ingest import Article, Within
from qa import Assistant, Settings
from qa.conversation import about


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("hello", "hello"),
        ("Good morning!", "hello"),
        ("thanks", "thanks"),
        ("Thank you very much.", "thanks"),
        ("What can you do?", "can"),
        ("help", "can"),
        ("what do you know about?", "know"),
        ("How many articles do you have?", "count"),
        ("which newspapers are in here?", "publishers"),
        ("How recent is your information?", "recent"),
        ("who are you?", "who"),
        ("Hi, what can I ask you?", "can"),
    ],
)
def test_what_is_said_to_the_assistant_is_recognised(said, kind):
    assert about.recognised(said) == kind


@pytest.mark.parametrize(
    "asked",
    [
        "Who are you going to believe, the harbour master or the pilot?",
        "How many articles does the treaty have?",
        "What can you do against mould?",
        "Thanks to whom was the museum saved?",
        "Which newspapers reported on the flood?",
        "Hello Kitty turned how old in 2024?",
        "How recent is the bridge in Thornby?",
        "What do you know about the flood?",
        "Who is Citewire's rival in Port Aldwyn?",
    ],
)
def test_a_question_about_an_article_is_none_about_the_assistant(asked):
    assert about.recognised(asked) == ""


def test_no_question_on_the_corpus_is_taken_for_small_talk(questions):
    assert [question for question in questions if about.recognised(question)] == []


@pytest.fixture
def assistant(word_hash_library, reader):
    word_hash_library.replace(
        [
            Article("one", "One", "The ferry leaves.", "1.txt", "Gazette", None, "2024-02-18"),
            Article("two", "Two", "The bridge is shut.", "2.txt", "Courier", None, "2024-05-27T08:00:00Z"),
            Article("three", "Three", "A secret.", "3.txt", "Board", None, "2025-01-01"),
        ]
    )
    return Assistant(word_hash_library, reader, Settings())


def test_it_tells_the_librarys_own_facts_and_cites_nothing(assistant):
    answer = assistant.ask("What do you know about?")
    assert answer.text == (
        "Only what stands in 3 articles, published from 18 February 2024 to 1 January 2025. "
        "They are from Board (1), Courier (1), Gazette (1)."
    )
    assert (answer.kind, answer.found, answer.citations, answer.nearest) == ("about", True, (), ())


def test_nothing_is_counted_or_named_that_the_caller_may_not_see(assistant):
    seen = Within(without=frozenset({"board"}))
    for question in ("What do you know about?", "Which newspapers are in here?", "How recent is your information?"):
        text = assistant.ask(question, seen).text
        assert "Board" not in text
        assert "2025" not in text
    assert assistant.ask("How many articles do you have?", seen).text.startswith("I can search 2 articles")
    assert "0 articles" in assistant.ask("How many articles do you have?", Within(publishers=frozenset())).text


def test_a_library_without_dates_or_publishers_says_so(word_hash_library, reader):
    word_hash_library.replace([Article("one", "One", "The ferry leaves.", "1.txt")])
    assistant = Assistant(word_hash_library, reader, Settings())
    assert "None of 1 article says when" in assistant.ask("How recent is your information?").text
    assert "names its publisher" in assistant.ask("Which newspapers do you have?").text


def test_an_ordinary_answer_is_of_quotes(assistant):
    assert assistant.ask("Which ferry leaves?").kind == "quotes"
