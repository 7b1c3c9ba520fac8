"""Floors of quality for questions over several articles. They fall only on purpose: change one, and say why."""

import hashlib

import pytest

from benchmarks.surveys import SURVEYS, outcomes
from ingest import Library

DIGEST = "97af44081061a65a46b11073ded74684015fe293f615408d2dd820ed63d69e20"


@pytest.fixture(scope="module")
def library(corpus_library):
    with Library.open(corpus_library, purpose="testing") as opened:
        yield opened


@pytest.fixture(scope="module")
def asked(library):
    return list(outcomes(library))


def test_the_questions_are_the_ones_that_the_floors_were_set_on():
    assert hashlib.sha256(SURVEYS.read_bytes()).hexdigest() == DIGEST


def test_four_of_five_are_answered_rightly(asked):
    assert len(asked) >= 60
    wrong = {expected["question"]: faults for expected, _, faults in asked if faults}
    assert len(asked) - len(wrong) >= 0.8 * len(asked), wrong


def test_counts_are_exact(asked):
    assert not [faults for expected, _, faults in asked if expected["about"] == "count" and faults]


def test_every_quote_stands_in_its_article_word_for_word(asked, library):
    for _, answer, _ in asked:
        for citation in answer.citations:
            assert library.article(citation.article_id).text[citation.start : citation.end] == citation.quote
