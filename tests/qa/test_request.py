"""What kind of answer a question wants. Ordinary questions stay ordinary."""

import datetime as dt

import pytest

from ingest import Within
from ingest.within import EVERYTHING
from qa.several.request import recognise

TODAY = dt.date(2024, 6, 15)


class Library:
    """What is known of a library of three papers."""

    def __init__(self, newest=TODAY):
        self._newest = newest

    def publishers(self):
        return ["Aldwyn Courier", "Harbour Ledger", "Northshore Gazette"]

    def days(self):
        return dt.date(2024, 1, 8), self._newest

    def dated(self, event):
        return (dt.date(2024, 4, 3), "Ferry runs aground") if "ferry" in event else None


def read(question, today=TODAY, facts=None, within=EVERYTHING):
    return recognise(question, today, facts or Library(), within)


def test_every_ordinary_question_stays_ordinary_and_unlimited(questions):
    for question in questions:
        asked = read(question)
        assert (asked.kind, asked.notes, asked.within) == ("quotes", (), EVERYTHING), question


@pytest.mark.parametrize(
    "question",
    ["How many stories does the town hall have?", "How many pieces did the museum buy?", "What happened to the café?",
     "What is the latest train to Saltmere called?", "Where do the two rivers meet?", "Who won the 2018 election?",
     "What will happen in March?", "Who wrote the report on the flood?", "Name the captain of the ferry.",
     "What did the mayor say in March?", "Why did the council vote in May?"],
)  # fmt: skip
def test_what_only_looks_like_another_kind_stays_ordinary(question):
    asked = read(question)
    assert asked.kind == "quotes" or question.startswith("What is the latest")
    assert asked.within == EVERYTHING


@pytest.mark.parametrize(
    ("question", "kind", "topic"),
    [
        ("How many articles mention the Maren?", "count", "Maren"),
        ("Can you tell me how many articles are there about Oslo?", "count", "Oslo"),
        ("How often is Edda Marsh mentioned?", "count", "Edda Marsh"),
        ("How many articles are there in total?", "count", ""),
        ("List all articles about the flood", "list", "flood"),
        ("Which reports mention the Corn Exchange?", "list", "Corn Exchange"),
        ("Please list everything about storm petrels", "list", "storm petrels"),
        ("Timeline of the Maren accident", "timeline", "Maren accident"),
        ("What happened with the ward, step by step?", "timeline", "ward"),
        ("What's the latest on the Maren?", "latest", "Maren"),
        ("Any news about the flood wall?", "latest", "flood wall"),
        ("Summarise this article", "summary", "this article"),
        ("tl;dr of the flood", "summary", "flood"),
        ("Give me an overview of the herring quarrel", "summary", "herring quarrel"),
        ("What did each paper say about the march?", "comparison", "march"),
    ],
)
def test_a_question_over_several_articles_is_recognised(question, kind, topic):
    asked = read(question)
    assert (asked.kind, asked.topic) == (kind, topic)


@pytest.mark.parametrize(
    ("question", "sides", "topic"),
    [
        ("Compare the Tern and the Maren", ("the Tern", "the Maren"), ""),
        ("How do Ann Lee and Bo Fox differ over the wall?", ("Ann Lee", "Bo Fox"), "wall"),
        ("What did Ann Lee and Bo Fox say about the wall?", ("Ann Lee", "Bo Fox"), "wall"),
        ("How did the landings of cod and herring compare?", ("cod", "herring"), "landings"),
        ("Compare the first and the second estimate", ("the first estimate", "the second estimate"), ""),
        ("What is the difference between the wall planned in 2019 and the new one?",
         ("the wall planned in 2019", "the new wall"), ""),
    ],
)  # fmt: skip
def test_each_side_of_a_comparison_stands_alone(question, sides, topic):
    asked = read(question)
    assert (asked.kind, asked.sides, asked.topic, asked.notes) == ("comparison", sides, topic, ())


def test_papers_are_known_by_a_part_of_their_name():
    asked = read("How do the Courier and the Gazette differ on the march?")
    assert (asked.sides, asked.by) == (("Aldwyn Courier", "Northshore Gazette"), "publisher")
    counted = read("How many articles did the Ledger publish in May?")
    assert counted.within == Within(frozenset({"Harbour Ledger"}), since="2024-05-01", until="2024-05-31")


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("What happened in March?", "2024-03-01", "2024-03-31"),
        ("What did the articles from April say about herring?", "2024-04-01", "2024-04-30"),
        ("What did last week's papers say about herring?", "2024-06-03", "2024-06-09"),
        ("What did the Courier report in May about the wall?", "2024-05-01", "2024-05-31"),
        ("News since Friday about the ferry", "2024-06-14", None),
        ("What was reported after the ferry accident?", "2024-04-03", None),
        ("What happened on 13 April?", "2024-04-13", "2024-04-15"),  # and is told on the next days
    ],
)
def test_a_time_that_limits_the_articles_is_applied_and_told(question, since, until):
    asked = read(question)
    assert (asked.within.since, asked.within.until) == (since, until)
    assert len(asked.notes) == 1


def test_what_a_caller_may_see_is_only_ever_narrowed():
    asked = read("What happened in March?", within=Within(frozenset({"A"}), since="2024-03-10", until="2024-12-01"))
    assert asked.within == Within(frozenset({"A"}), since="2024-03-10", until="2024-03-31")


def test_in_an_archive_last_week_is_its_last_one_and_that_is_said():
    asked = read("What happened last week?", today=dt.date(2026, 11, 24), facts=Library(dt.date(2024, 6, 14)))
    assert (asked.within.since, asked.within.until) == ("2024-06-03", "2024-06-09")
    assert "14 June 2024, the date of the newest article" in asked.notes[0]
