"""Follow-ups: what they leave out is taken from the turns before; what stands alone is never touched."""

import random
import time

import pytest

from benchmarks.conversations import DATA, hold, share, unchanged
from qa import Assistant, Settings, Turn
from qa.conversation.follow_up import stand_alone

JAPAN = "Why did Japan drop co-sponsorship?"


@pytest.mark.parametrize(
    ("before", "answer", "asked", "searched"),
    [
        ("How old is Yasushi Chimura?", "", "When was he abducted?", "When was Yasushi Chimura abducted?"),
        ("Who runs the bakery in Lund?", "It is run by Ada Berg.", "How old is she?", "How old is Ada Berg?"),
        ("When will Skerra lose its last bank branch?", "", "why?", "Why will Skerra lose its last bank branch?"),
        ("Is the museum open on Mondays?", "", "And on Thursdays?", "Is the museum open on Thursdays?"),
        ("How many ships sank in 2017?", "", "and in 2018?", "How many ships sank in 2018?"),
        ("Why did Komeito agree?", "", "What about Japan?", "Why did Japan agree?"),
        ("Has the Tern sailed?", "", "and the Ox?", "Has the Ox sailed?"),
        ("How many passengers were aboard?", "", "And crew?", "How many crew were aboard?"),
        ("Where is the Market Bridge?", "", "Who built the bridge?", "Who built the Market Bridge?"),
        ("How bad is the strike at Nils Hospital?", "", "Who works there?", "Who works at Nils Hospital?"),
    ],
)
def test_what_a_follow_up_leaves_out_comes_from_the_last_turn(before, answer, asked, searched):
    assert stand_alone(asked, [Turn(before, answer)]) == searched


def test_a_follow_up_of_a_follow_up_reaches_the_first_question():
    history = [Turn("How old is Yasushi Chimura?", "63."), Turn("When was he abducted?", "In 1978.")]
    assert stand_alone("Where does he live?", history) == "Where does Yasushi Chimura live?"


def test_the_latest_turns_count_and_small_talk_is_passed_over():
    history = [Turn("How old is Ada Berg?"), *[Turn(f"How old is Nils Lund {n}?") for n in range(30)], Turn("thanks")]
    assert "Lund" in stand_alone("Where was he born?", history)


def test_nothing_is_changed_without_a_history_or_in_another_language():
    assert stand_alone("Why?", []) == "Why?"
    for asked in ("Warum?", "und wann wurde es gebaut?", "Pourquoi l'ont-ils fait ?", "なぜですか。"):
        assert stand_alone(asked, [Turn(JAPAN)]) == asked


def test_where_the_rules_are_unsure_another_may_be_asked():
    asked = []

    def unsure(question, turns, guess):
        asked.append((question, turns[-1].question, guess))
        return "Who presided over the hearing?"

    history = [Turn("When was the hearing on Hollin Moor?")]
    assert stand_alone("Who presided?", history, unsure) == "Who presided over the hearing?"
    assert asked == [("Who presided?", history[0].question, stand_alone("Who presided?", history))]
    assert stand_alone("why?", [Turn(JAPAN)], unsure) == JAPAN, "sure: nobody is asked"


def test_questions_that_stand_alone_come_back_unchanged_after_any_other(questions):
    chance = random.Random(7)
    for seed in range(6):
        answers = [f"{chance.choice(questions)} The council of Port Aldwyn agreed. [1]" for _ in questions]
        assert all(unchanged(questions, answers, seed))


@pytest.mark.parametrize(
    "text", ["it " * 140, "the " * 70 + "it?", "A" * 299, "Who " + "is the " * 40, "how many of " * 25]
)
def test_no_text_takes_long(text):
    began = time.perf_counter()
    stand_alone(text, [Turn(text, text * 20)] * 20)
    assert time.perf_counter() - began < 2


@pytest.fixture(scope="module")
def held(corpus):
    assistant = Assistant(corpus, settings=Settings())  # not closed: the library is the session's
    return hold(assistant, (DATA / "conversations.jsonl").read_text("utf-8").splitlines())


@pytest.mark.parametrize("part", ["tuned", "unseen"])
def test_a_follow_up_finds_its_article_nearly_as_often_as_what_a_person_wrote(held, part):
    some = [one for one in held if one.part == part]
    assert len(held) >= 120
    assert share([one.rewritten for one in some]) >= share([one.by_hand for one in some]) - 0.05
    assert share([one.as_typed for one in some]) < share([one.rewritten for one in some])
