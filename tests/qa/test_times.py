"""Words for time: read as the days that a person means, and never as what they are not."""

import datetime as dt

import pytest

from qa.several.times import dates, events, periods, without_dates

TODAY = dt.date(2024, 6, 15)  # a Saturday


def read(question, today=TODAY):
    return [(period.words, period.days) for period in periods(question, today)]


@pytest.mark.parametrize(
    ("question", "words", "days"),
    [
        ("What happened in March 2024?", "in March 2024", "March 2024"),
        ("What happened in May?", "in May", "May 2024"),
        ("What happened in September?", "in September", "September 2023"),
        ("News from 2018", "from 2018", "2018"),
        ("What happened yesterday?", "yesterday", "14 June 2024"),
        ("What happened last week?", "last week", "3 to 9 June 2024"),
        ("What happened last weekend?", "last weekend", "8 to 9 June 2024"),
        ("Give me a summary of this week", "of this week", "10 to 15 June 2024"),
        ("What happened last month?", "last month", "May 2024"),
        ("What happened last year?", "last year", "2023"),
        ("In the last three weeks?", "In the last three weeks", "25 May to 15 June 2024"),
        ("News since Friday", "since Friday", "since 14 June 2024"),
        ("News since January", "since January", "since 1 January 2024"),
        ("News after April 11", "after April 11", "since 11 April 2024"),
        ("Reports before May", "before May", "until 30 April 2024"),
        ("What happened on 4 March?", "on 4 March", "4 March 2024"),
        ("What happened on March 4th, 2023?", "on March 4th, 2023", "4 March 2023"),
        ("What happened on 2024-03-04?", "on 2024-03-04", "4 March 2024"),
        ("between 1 and 15 March 2024", "between 1 and 15 March 2024", "1 to 15 March 2024"),
        ("between March and May", "between March and May", "March to May 2024"),
        ("from 20 December 2023 to 3 January 2024", "from 20 December 2023 to 3 January 2024",
         "20 December 2023 to 3 January 2024"),
        ("from 5 May onwards", "from 5 May onwards", "since 5 May 2024"),
        ("in spring 2024", "in spring 2024", "March to May 2024"),
    ],
)  # fmt: skip
def test_a_period_is_read_as_the_days_that_it_means(question, words, days):
    assert read(question) == [(words, days)]


@pytest.mark.parametrize(
    "question",
    ["Who won the 2018 election?", "What may happen?", "Who led the march of the nurses?", "Is Sunday a holiday?",
     "How many second-hand cars were lost?", "Who is April Marsh?", "Who won before 0001-01-01?",
     "What happened on 9999-12-31?"],
)  # fmt: skip
def test_what_is_no_period_is_not_read_as_one(question):
    assert read(question) == []


def test_a_day_that_a_month_does_not_have_is_its_last():
    assert read("on 31 April 2024") == [("on 31 April 2024", "30 April 2024")]
    assert read("in the last 1 months", dt.date(2024, 3, 31)) == [
        ("in the last 1 months", "29 February to 31 March 2024")
    ]


def test_an_event_is_read_as_the_day_of_the_article_about_it():
    known = {"the grounding of the Maren": (dt.date(2024, 4, 3), "Ferry runs aground")}
    [period] = events("What was said after the grounding of the Maren?", known.get)
    assert (period.days, period.why) == ("since 3 April 2024", "by the date of “Ferry runs aground”")
    [before] = events("What was said before the grounding of the Maren", known.get)
    assert before.days == "until 2 April 2024"
    assert list(events("What was said before the summit?", known.get)) == []


def test_days_in_a_text_are_those_next_to_its_own_day():
    published = dt.date(2024, 1, 10)
    assert dates("On Dec. 28 it began; on Jan. 16 it ends.", published) == [dt.date(2023, 12, 28), dt.date(2024, 1, 16)]


def test_days_without_a_year_are_none_where_no_day_is_near():
    assert dates("On 28 December it began; on 16 January 2024 it ends.", None) == [dt.date(2024, 1, 16)]


def test_a_text_without_dates_keeps_its_numbers():
    rest = without_dates("From 17 to 18 February, at 2:50 a.m., 340 people slept in school.")
    assert "340 people" in rest
    assert not any(number in rest for number in ("17", "18", "2:50"))
