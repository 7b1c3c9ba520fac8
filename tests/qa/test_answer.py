"""The values that leave this package: their shape is a promise."""

import dataclasses
import json

import pytest

from qa import Answer, Citation

CITATION = Citation(1, "a-1", "Title", "Wire", "2019-03-13", None, "It is so.", 4, 13, True)
ANSWER = Answer("why?", "why?", True, "It is so. [1]", "so", 0.9, (CITATION,), ((1, 2),), (), 12.5)


def test_the_json_has_exactly_the_promised_keys():
    shown = ANSWER.to_dict()
    assert " ".join(shown) == (
        "question searched_for found text short confidence citations conflicts nearest reason kind notes prose took_ms"
    )
    assert " ".join(shown["citations"][0]) == (
        "number article_id title publisher published url quote start end verified version updated correction also page"
    )


def test_the_dict_is_of_json_types_only():
    assert json.loads(json.dumps(ANSWER.to_dict())) == ANSWER.to_dict()


@pytest.mark.parametrize("value", [ANSWER, CITATION], ids=["answer", "citation"])
def test_nobody_can_change_an_answer_after_it_was_verified(value):
    for field in dataclasses.fields(value):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, field.name, None)
    hash(value)


def test_changing_the_dict_does_not_change_the_answer():
    ANSWER.to_dict()["citations"][0]["quote"] = "It is not so."
    assert ANSWER.citations[0].quote == "It is so."


def test_two_answers_that_differ_in_time_taken_only_are_equal():
    assert dataclasses.replace(ANSWER, took_ms=99.0) == ANSWER
    assert dataclasses.replace(ANSWER, text="") != ANSWER
