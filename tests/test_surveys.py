"""Floors of quality for questions over several articles. They fall only on purpose: change one, and say why."""

import hashlib

import pytest

from benchmarks.surveys import SURVEYS, Remembering, outcomes
from ingest import Library, load_encoder

DIGEST = "650804a5d4124f10299aa0ffc390a135d0c2b522c4aaf5497189c140af84b97c"


@pytest.fixture(scope="module")
def library(corpus_library):
    with Library.open(corpus_library, Remembering(load_encoder()), purpose="testing") as opened:
        yield opened


@pytest.fixture(scope="module")
def asked(library):
    return list(outcomes(library))


def test_the_questions_are_the_ones_that_the_floors_were_set_on():
    assert hashlib.sha256(SURVEYS.read_bytes()).hexdigest() == DIGEST


@pytest.mark.parametrize(("written", "floor"), [(1, 57), (2, 33), (3, 11), (4, 12), (5, 7), (6, 31), (7, 10)])
def test_questions_over_several_articles_are_answered_rightly(asked, written, floor):
    of_them = [one for one in asked if one[0].get("round", 1) == written and one[0]["about"] != "ordinary"]
    wrong = {expected["question"]: faults for expected, _, faults in of_them if faults}
    assert len(of_them) - len(wrong) >= floor, wrong


def test_ordinary_questions_that_look_like_them_stay_ordinary(asked):
    ordinary = [
        (expected["question"], answer, faults) for expected, answer, faults in asked if expected["about"] == "ordinary"
    ]
    assert len(ordinary) >= 40
    assert not [question for question, answer, _ in ordinary if answer.kind != "quotes"]
    assert sum(not faults for _, _, faults in ordinary) >= 35


def test_counts_are_exact(asked):
    for expected, answer, faults in asked:
        if expected["about"] == "count" and answer.kind == "count":
            assert not faults


def test_every_quote_stands_in_its_article_word_for_word(asked, library):
    for _, answer, _ in asked:
        for citation in answer.citations:
            assert library.article(citation.article_id).text[citation.start : citation.end] == citation.quote
