"""A follow-up rewritten by a scripted model: only where the rules are unsure, only in the conversation's own words."""

import time

import pytest

from ingest import Article
from qa import Assistant, Settings, Turn
from qa.conversation.rewriter import Rewriter
from qa.prose.model import ChatModel
from qa.prose.writer import Writer
from tests.qa.conftest import OverlapReader
from tests.qa.test_prose import Scripted, spending

HEARING = Turn("When was the hearing on Hollin Moor?", "The hearing was led by Judge Marta Ellingsund on 11 April. [1]")
FOLLOW_UP, GUESS = "Who presided?", "Who presided (the hearing on Hollin Moor)?"
GOOD = "Who presided over the hearing on Hollin Moor?"


@pytest.fixture
def chat():
    """(pieces) -> a chat model that says them, and what it hears."""
    made = []

    def make(*pieces):
        scripted = Scripted(pieces=list(pieces))
        model = ChatModel("scripted:model", lambda: scripted, 5.0)
        made.append(model)
        return model, scripted._heard

    yield make
    for model in made:
        model.close()


@pytest.fixture
def rewritten(chat, tmp_path):
    def rewrite(*pieces, limit=None, patience=5.0):
        model, heard = chat(*pieces)
        return Rewriter(model, spending(tmp_path, limit), patience)(FOLLOW_UP, [HEARING], GUESS), heard

    return rewrite


def test_a_question_in_the_conversations_words_is_taken(rewritten):
    found, heard = rewritten("Who presided over the ", "hearing on Hollin Moor?")
    assert found == GOOD
    assert HEARING.question in heard[0][1]


@pytest.mark.parametrize(
    "said",
    [
        "Who presided over the hearing in Kesterfold?",  # a name that nobody said
        "Who presided over the hearing on 12 April?",  # a number
        "Who presided over the scandalous hearing on Hollin Moor?",  # a word
        "When was the hearing on Hollin Moor?",  # another question
        "Judge Marta Ellingsund presided over the hearing.",  # an answer
        "Who presided over the hearing?\nIt was Marta Ellingsund.",
        "Who presided " + "over the hearing " * 40 + "?",
        "",
    ],
)
def test_what_the_conversation_does_not_bear_out_leaves_the_rules_question(rewritten, said):
    assert rewritten(said)[0] == GUESS


def test_a_failing_silent_or_spent_model_costs_nothing(rewritten):
    assert rewritten(ConnectionError("no route"))[0] == GUESS
    assert rewritten("Who ", RuntimeError("broke off"))[0] == GUESS
    began = time.monotonic()
    assert rewritten("Who ", 30.0, patience=0.3)[0] == GUESS
    assert time.monotonic() - began < 20
    found, heard = rewritten(GOOD, limit=1)
    assert (found, heard) == (GUESS, []), "the day's tokens are used up by the calls before"


def test_a_rewriting_costs_nothing_when_it_fails_before_the_first_word(rewritten, tmp_path):
    rewritten(ConnectionError("no route"))
    assert spending(tmp_path).used == 0
    rewritten("Who ", RuntimeError("broke off"))
    assert spending(tmp_path).used > 0


def test_the_chain_asks_the_model_only_where_the_rules_are_unsure(chat, word_hash_library, tmp_path):
    word_hash_library.replace(
        [Article("a", "Hearing", "Judge Ellingsund presided over the hearing on the moor.", "/a")]
    )
    model, heard = chat(GOOD)
    writer = Writer(model, word_hash_library, spending(tmp_path))
    assistant = Assistant(word_hash_library, OverlapReader(), Settings(), writer)
    unsure = next(iter(assistant.stream(FOLLOW_UP, history=[HEARING])))
    assert (unsure.searched_for, len(heard)) == (GOOD, 1)
    sure = next(iter(assistant.stream("Why?", history=[HEARING])))
    alone = next(iter(assistant.stream("Who led the rescue in Thornby?", history=[HEARING])))
    assert (sure.searched_for, len(heard)) == ("Why was the hearing on Hollin Moor?", 1)
    assert alone.searched_for == "Who led the rescue in Thornby?"
    assert len(heard) == 1
