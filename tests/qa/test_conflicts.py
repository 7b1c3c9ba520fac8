"""Disagreement: said where two articles surely give different numbers, days or persons, and nowhere else."""

import dataclasses

import pytest

from ingest import Article, Hit, Passage
from qa.conflicts import contradicting
from qa.reader import Evidence

QUESTION = "How many people marched in Thornby?"


def evidence(text, short, article_id, published="2024-03-10", confidence=0.8, also=""):
    article = Article(article_id, "Title", f"{text} {also}", f"/{article_id}.txt", published=published)
    passage = Passage(f"{article_id}:0", article_id, text, 0, len(text), 0)
    return Evidence(Hit(passage, article, 1.0, 1, 1, 0.5), 0, len(text), short, confidence)


COURIER = evidence("The Courier counted 1,200 people.", "1,200", "courier")
GAZETTE = evidence("Three thousand people came together.", "Three thousand", "gazette", "2024-03-11", 0.5)


@pytest.fixture
def library(word_hash_library):
    return word_hash_library


def test_two_numbers_of_the_same_thing_in_the_same_days_disagree(library):
    assert contradicting(QUESTION, [COURIER, GAZETTE], library) == GAZETTE
    assert contradicting(QUESTION, [GAZETTE, COURIER], library) == COURIER


@pytest.mark.parametrize(
    "other",
    [
        evidence("Some 1,190 people came.", "1,190", "rounded"),
        evidence("Twelve hundred people came.", "Twelve hundred", "in words"),
        evidence("Seven coaches came.", "Seven", "another thing"),
        evidence("Three thousand people came.", "Three thousand", "weeks later", "2024-04-20"),
        evidence("Three thousand people came.", "Three thousand", "without a date", None),
        evidence("Three thousand people came.", "Three thousand", "correcting", also="Not 1,200 people, as we wrote."),
        evidence("Three thousand people came.", "Three thousand", "unlikely", confidence=0.005),
        evidence("Many people came.", "Many", "without a number"),
    ],
    ids=lambda other: other.hit.article.id,
)
def test_what_may_well_agree_does_not_disagree(library, other):
    assert contradicting(QUESTION, [COURIER, other], library) is None


def test_an_article_does_not_contradict_itself_or_its_copy(library):
    own = dataclasses.replace(GAZETTE, hit=dataclasses.replace(GAZETTE.hit, article=COURIER.hit.article))
    assert contradicting(QUESTION, [COURIER, own], library) is None
    text = " ".join(f"Sentence number {n} tells of the march and the town at length." for n in range(20))
    for item in (COURIER, GAZETTE):
        library.replace([Article(item.hit.article.id, "Title", text, f"/{item.hit.article.id}.txt")])
    assert contradicting(QUESTION, [COURIER, GAZETTE], library) is None


WHEN = "When will the bridge in Kelby open?"
MAY = evidence("The bridge in Kelby will open on 3 May.", "3 May", "may")
JUNE = evidence("The new bridge in Kelby is to open on June 9.", "June 9", "june", confidence=0.6)
WHO = "Who won the race in Kelby?"
LEE = evidence("Ann Lee won the race in Kelby.", "Ann Lee", "lee")
FOX = evidence("The race in Kelby was won by Bo Fox.", "Bo Fox", "fox", "2024-03-11", 0.6)


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (WHEN, MAY, JUNE),
        ("When was the bridge in Kelby built?", evidence("The bridge in Kelby was built in 1911.", "in 1911", "old"),
         evidence("The bridge in Kelby, built in 1913, is closed.", "1913", "older", confidence=0.6)),
        (WHO, LEE, FOX),
    ],
)  # fmt: skip
def test_two_days_or_persons_for_the_same_thing_disagree(library, question, one, other):
    assert contradicting(question, [one, other], library) == other
    assert contradicting(question, [other, one], library) == one


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (WHEN, MAY, evidence("The bridge in Kelby will open on Friday, May 3, 2024.", "May 3, 2024", "the same day")),
        (WHEN, MAY, evidence("The bridge in Kelby will open in 2025.", "2025", "only a year")),
        (WHEN, MAY, evidence("The hall in Kelby will open on 9 June.", "9 June", "another thing")),
        (WHEN, MAY, evidence(JUNE.quote, "June 9", "put off", also="It had been planned for 3 May.")),
        (WHEN, MAY, evidence(JUNE.quote, "June 9", "weeks later", "2024-04-20")),
        (WHEN, MAY, evidence(JUNE.quote, "June 9", "unlikely", confidence=0.2)),
        (WHO, LEE, evidence("Lee won the race in Kelby.", "Lee", "by surname")),
        (WHO, LEE, evidence(FOX.quote, "Bo Fox", "knows of both", also="Lee came second.")),
        (WHO, LEE, evidence("Bo Fox won the prize in Kelby.", "Bo Fox", "another prize")),
        ("Who spoke at the race in Kelby?", LEE, FOX),
        ("Who were the winners of the race in Kelby?", LEE, FOX),
        ("Why did the race in Kelby end?", LEE, FOX),
    ],
)
def test_days_and_persons_that_may_well_agree_do_not_disagree(library, question, one, other):
    assert contradicting(question, [one, other], library) is None
    assert contradicting(question, [], library) is None
