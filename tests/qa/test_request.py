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

    def authors(self):
        return ["Ann Lee", "Karin Tolle"]

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
     "What did the mayor say in March?", "Why did the council vote in May?", "What is the latest model of crane?",
     "How much less water is there compared with last week?", "Who published the report of 1876?",
     "Did the Pope agree with this order?", "How did the Greeks and the Romans treat their prisoners?",
     "What is the legal status of the island?", "In what order are the places given?",
     "How is it different from the others?", "All the boats were built where?", "What happened in 1900?",
     "How often do floods occur?", "How did the plants evolve?", "Which article of the act demands this?"],
)  # fmt: skip
def test_what_only_looks_like_another_kind_stays_ordinary(question):
    asked = read(question)
    assert asked.kind == "quotes"
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
        ("Timeline of the Mayor's dispute in May", "timeline", "Mayor's dispute"),
        ("What happened with the ward, step by step?", "timeline", "ward"),
        ("What's the latest on the Maren?", "latest", "Maren"),
        ("Any news about the flood wall?", "latest", "flood wall"),
        ("Summarise this article", "summary", "this article"),
        ("tl;dr of the flood", "summary", "flood"),
        ("Give me an overview of the herring quarrel", "summary", "herring quarrel"),
        ("What did each paper say about the march?", "comparison", "march"),
        ("number of articles that mention the Maren", "count", "Maren"),
        ("In how many stories does Edda Marsh come up?", "count", "Edda Marsh"),
        ("How many articles do we have on the flood in total?", "count", "flood"),
        ("show all stories that name Edda Marsh", "list", "Edda Marsh"),
        ("all hollin moor articles", "list", "hollin moor"),
        ("ferry coverage", "list", "ferry"),
        ("what have we got on the ward?", "list", "ward"),
        ("Walk me through what happened to the ward, oldest first", "timeline", "ward"),
        ("How has the story of the ward developed?", "timeline", "ward"),
        ("Key dates in the dispute over the wall", "timeline", "wall"),
        ("brief me on the ward", "summary", "ward"),
        ("the ward in a few sentences", "summary", "ward"),
        ("main points of the interview", "summary", "interview"),
        ("latest Hollin Moor", "latest", "Hollin Moor"),
        ("Maren update", "latest", "Maren"),
        ("Where do things stand with the ward now?", "latest", "ward"),
        ("Do the papers contradict each other on the march?", "comparison", "march"),
        ("Which figures do the papers give for the march?", "comparison", "figures of march"),
        ("conflicting reports about the march", "comparison", "march"),
        ("Who said what about the wall?", "comparison", "wall"),
        ("Reactions to the vote", "comparison", "vote"),
        ("In a nutshell, what is going on with the rents?", "latest", "rents"),
        ("Could you reconstruct the sequence of events in the ward's closure for me?", "timeline", "ward's closure"),
        ("In what order did the quarrel unfold?", "timeline", "quarrel"),
        ("Trace the tide clock from its theft to its recovery", "timeline", "tide clock"),
        ("How much coverage did the festival get?", "count", "festival"),
        ("Did the papers write about Edda Marsh, and in how many articles?", "count", "Edda Marsh"),
        ("Could you pull together all the coverage of the Rovers?", "list", "Rovers"),
        ("I'd be glad of a short rundown on the rents", "summary", "rents"),
        ("Can I get a summary of what's been reported on the budget?", "summary", "budget"),
        ("Give me both sides on the closure", "comparison", "closure"),
        ("What did the critics and the supporters of the wind farm argue?", "comparison", "wind farm"),
        ("Is there disagreement about the size of the march?", "comparison", "size of the march"),
        ("Compare the coverage of the march across the papers", "comparison", "march"),
        ("Where are we with the flood wall?", "latest", "flood wall"),
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
        ("tern vs maren: crossing time", ("tern", "maren"), "crossing time"),
        ("The wind farm: old plan versus new plan", ("old plan", "new plan"), "wind farm"),
        ("How does the new wall differ from the old wall?", ("the new wall", "the old wall"), ""),
        ("Positions of Ann Lee, Bo Fox and Cy Orr on the wall", ("Ann Lee", "Bo Fox", "Cy Orr"), "wall"),
        ("What did the mayor and the opposition say about the wall?", ("the mayor", "the opposition"), "wall"),
        ("I'd like to know how the Maren and her successor compare in size",
         ("the Maren", "the Maren's successor"), "size"),
        ("Do Ann Lee and Bo Fox agree about the wall?", ("Ann Lee", "Bo Fox"), "wall"),
        ("Tell me what Ann Lee had to say on the wall and what Bo Fox replied", ("Ann Lee", "Bo Fox"), "wall"),
        ("Compare the first and the second estimate", ("the first estimate", "the second estimate"), ""),
        ("What is the difference between the wall planned in 2019 and the new one?",
         ("the wall planned in 2019", "the new wall"), ""),
    ],
)  # fmt: skip
def test_each_side_of_a_comparison_stands_alone(question, sides, topic):
    asked = read(question)
    assert (asked.kind, asked.sides, asked.topic, asked.notes) == ("comparison", sides, topic, ())


def test_articles_are_counted_and_listed_by_their_author():
    for question, kind in (
        ("all articles by Ann Lee", "list"),
        ("What did Ann Lee write?", "list"),
        ("How many articles has Ann Lee written?", "count"),
    ):
        asked = read(question)
        assert (asked.kind, asked.topic, asked.within) == (kind, "", Within(authors=frozenset({"Ann Lee"})))
    assert read("What did Bo Fox write?").kind == "quotes"


def test_papers_are_known_by_a_part_of_their_name():
    asked = read("How do the Courier and the Gazette differ on the march?")
    assert (asked.sides, asked.by) == (("Aldwyn Courier", "Northshore Gazette"), "publisher")
    asked = read("how does the gazette's report of the march differ from the courier's")
    assert (asked.sides, asked.topic) == (("Northshore Gazette", "Aldwyn Courier"), "march")
    counted = read("How many articles did the Ledger publish in May?")
    assert counted.within == Within(frozenset({"Harbour Ledger"}), since="2024-05-01", until="2024-05-31")


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("What happened in March?", "2024-03-01", "2024-03-31"),
        ("last week's news", "2024-06-03", "2024-06-09"),
        ("Events of April 2024 in Thornby", "2024-04-01", "2024-04-30"),
        ("ferry coverage after 20 April 2024", "2024-04-20", None),
        ("How many articles do we have from April?", "2024-04-01", "2024-04-30"),
        ("What did the articles from April say about herring?", "2024-04-01", "2024-04-30"),
        ("What did last week's papers say about herring?", "2024-06-03", "2024-06-09"),
        ("What did the Courier report in May about the wall?", "2024-05-01", "2024-05-31"),
        ("News since Friday about the ferry", "2024-06-14", None),
        ("What was reported after the ferry accident?", "2024-04-03", None),
        ("In May, how many articles mentioned the ferry?", "2024-05-01", "2024-05-31"),
        ("Boil down last week's coverage for me", "2024-06-03", "2024-06-09"),
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
