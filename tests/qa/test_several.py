"""Questions over several articles: exact counts, days in order, a quote for each side, and every quote true."""

import datetime as dt
from itertools import pairwise

import pytest

from ingest import Article, Within
from qa import AnswerChain
from qa.answer import NOT_ANSWERED, NOTHING_NEAR
from qa.reader import BUILT_IN, SpanReader
from qa.several import Desk
from qa.several.comparison import speaker_of
from qa.several.desk import has_a_figure, sentences_of
from qa.several.summary import central
from qa.spans import OnnxSpanModel

TODAY = dt.date(2024, 6, 15)
ASKED = [
    "How many articles mention the Maren?",
    "Timeline of the Maren accident",
    "Compare the Tern and the Maren",
    "What did each paper say about the number of marchers?",
    "What's the latest on the Hollin Moor wind farm?",
    "Summarise what has been written about the herring quota.",
    "List everything about storm petrels.",
    "What happened in May 2024?",
]


@pytest.fixture
def chain(corpus, reader):
    return AnswerChain(corpus, reader, today=lambda: TODAY)


@pytest.mark.parametrize("question", ASKED)
def test_every_quote_is_true_and_what_is_shown_is_never_taken_back(chain, question):
    stages = list(chain.stream(question))
    for before, after in pairwise(stages):
        assert after.text.startswith(before.text)
        assert after.citations[: len(before.citations)] == before.citations
    answer = stages[-1]
    assert answer.found
    assert answer.kind != "quotes"
    for citation in answer.citations:
        text = chain.library.article(citation.article_id).text
        assert citation.verified
        assert text[citation.start : citation.end] == citation.quote
        assert f"{' '.join(citation.quote.split())} [{citation.number}]" in answer.text


def story(number, text, **fields):
    values = {"title": f"Story {number}", "source": f"/{number}.txt", "published": f"2024-05-{number:02}"}
    return Article(f"story-{number}", text=text, **(values | fields))


@pytest.fixture
def ask(word_hash_library, reader):
    def answer(question, articles, within=None, today=TODAY):
        word_hash_library.replace(articles)
        return AnswerChain(word_hash_library, reader, today=lambda: today).invoke(question, within=within or Within())

    return answer


LONG = " ".join(f"Sentence number {n} tells of the harbour and the pier at length." for n in range(20))


def test_copies_of_a_story_are_counted_once_and_that_is_said(ask):
    articles = [
        story(1, f"The lighthouse fell. {LONG}"),
        story(2, f"The lighthouse fell. {LONG}"),
        story(3, "Another lighthouse was painted white on Monday."),
        story(4, "Nothing of this kind is here."),
    ]
    answer = ask("How many articles mention the lighthouse?", articles)
    assert answer.text.startswith("2 articles mention “lighthouse”.\n")
    assert answer.notes == (
        "searched 4 of 4 articles for “lighthouse”",
        "1 more is a copy of one of these and not counted",
    )


def test_a_count_is_of_what_the_caller_may_see(ask):
    articles = [story(1, "The pier is long and old here.", publisher="A"),
                story(2, "The pier is short and new here.", publisher="B")]  # fmt: skip
    answer = ask("How many articles mention the pier?", articles, Within(without=frozenset({"B"})))
    assert answer.text.startswith("1 article mentions “pier”.")
    assert {citation.publisher for citation in answer.citations} == {"A"}
    assert answer.notes == ("searched 1 of 1 articles for “pier”",)


def test_what_a_caller_may_not_see_is_neither_compared_nor_told(ask):
    articles = [story(1, "The march had 1,200 people in it.", publisher="Alpha"),
                story(2, "Some 3,000 people came to the march.", publisher="Beta", title="A secret march")]  # fmt: skip
    for only in (Within(without=frozenset({"Beta"})), Within(frozenset({"Alpha"}))):
        for question in ("How do Alpha and Beta differ on the march?", "What did each paper say about the march?",
                         "How many articles did Beta publish?", "What was reported before the march?"):  # fmt: skip
            answer = ask(question, articles, only)
            assert {citation.publisher for citation in (*answer.citations, *answer.nearest)} <= {"Alpha"}
            assert "secret" not in " ".join(answer.notes)


@pytest.mark.parametrize(
    ("topic", "searched"),
    [("the mayor's plan and the council's vote", "“mayor's plan” and “council's vote”"),
     ("“the mayor’s plan” and 'a vote'", "“the mayor’s plan” and “a vote”")],
)  # fmt: skip
def test_an_apostrophe_is_no_quotation_mark(ask, topic, searched):
    answer = ask(f"How many articles mention {topic}?", [story(1, "The pier is long and old here.")])
    assert answer.notes == (f"searched 1 of 1 articles for {searched}",)


def test_nothing_counted_is_no_answer_but_says_what_was_searched(ask):
    answer = ask("How many articles mention Oslo?", [story(1, "The pier is long and old here.")])
    assert (answer.found, answer.text, answer.citations) == (False, "", ())
    assert answer.notes == ("searched 1 of 1 articles for “Oslo”",)


def test_a_timeline_is_in_order_of_the_days_that_its_quotes_name(ask):
    articles = [story(9, "The pier opened to the public on 8 May."), story(3, "The pier was begun on 1 March 2024."),
                story(20, "The pier closes again for want of money.", published=None),
                story(5, "The pier is late, says the mayor of the town.")]  # fmt: skip
    answer = ask("Timeline of the pier", articles)
    days = [line.partition(": ")[0] for line in answer.text.splitlines()]
    assert days == ["1 March 2024", "5 May 2024", "8 May 2024", "Story 20"]


def test_a_day_whose_year_nobody_states_is_no_day_of_a_timeline(ask):
    answer = ask("Timeline of the pier", [story(1, "The pier was begun on 1 March and is late.", published=None)])
    assert answer.text.startswith("Story 1: ")


@pytest.mark.parametrize("published", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("question", ["Timeline of the pier", "What happened in May?", "What happened last week?"])
def test_a_date_at_the_end_of_time_is_none(ask, published, question):
    answer = ask(question, [story(1, "The pier was begun on 1 March 2024 and is late.", published=published)])
    assert all(line.startswith("1 March 2024: ") for line in answer.text.splitlines())


def test_the_latest_is_the_newest_first(ask):
    articles = [story(day, f"The pier was painted in colour number {day} again.") for day in (2, 11, 7, 9)]
    answer = ask("What is the latest news on the pier?", articles)
    assert [citation.published for citation in answer.citations] == ["2024-05-11", "2024-05-09", "2024-05-07"]


def test_one_article_does_not_fill_a_timeline(ask):
    articles = [story(1, " ".join(f"The pier was moved on day {n} of the year." for n in range(30))),
                story(2, "The pier was sold to a bank in the end.")]  # fmt: skip
    answer = ask("Timeline of the pier", articles)
    assert [citation.article_id for citation in answer.citations] == ["story-1", "story-2"]


def test_articles_outside_the_time_asked_for_are_not_quoted_and_undated_ones_are_told(ask):
    articles = [story(1, "The pier was opened by the mayor today.", published="2024-03-03"),
                story(2, "The pier was closed by the mayor today.", published="2024-04-03"),
                story(3, "The pier was painted by the mayor today.", published=None)]  # fmt: skip
    answer = ask("What happened in March 2024?", articles)
    assert [citation.article_id for citation in answer.citations] == ["story-1"]
    assert answer.notes == ("“in March 2024”: articles from March 2024", "1 article without a date is left out")


def test_the_article_that_is_meant_by_this_one_is_that_of_the_page(ask):
    articles = [story(n, f"The pier of town {n} is old. {LONG}", url=f"https://x.example/{n}") for n in (1, 2)]
    answer = ask("Summarise this article", articles, Within(url="https://x.example/2"))
    assert {citation.article_id for citation in answer.citations} == {"story-2"}
    unknown = ask("Summarise this article", articles)
    assert not unknown.found
    assert "give its title" in unknown.notes[0]


def test_each_paper_has_its_own_quote(ask):
    articles = [story(1, "The march had 1,200 people in it.", publisher="A"),
                story(2, "Some 3,000 people came to the march.", publisher="B"),
                story(3, "The march was loud, and it was long.", publisher="B")]  # fmt: skip
    answer = ask("What did each paper say about the number of people at the march?", articles)
    assert [line.partition(": ")[0] for line in sorted(answer.text.splitlines())] == ["A", "B"]
    assert "1,200" in answer.text
    assert "3,000" in answer.text


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("The lawyer for the ferries, Beate Kroll, told the hearing that the port was at fault.", "Beate Kroll"),
        ("Elsbeth Quarrie of the Commoners' Association called the cut a good day.", "Elsbeth Quarrie"),
        ("Leda Okafor, leader of the opposition in the Assembly, promised to vote.", "Leda Okafor"),
        ("About 30 per cent of the energy is recovered, said the project's engineer, Ottilie Baird.", "Ottilie Baird"),
        ("He had announced the figure in April and said no more.", None),
    ],
)
def test_who_speaks_is_named_and_nobody_else_is(sentence, speaker):
    [piece] = sentences_of(story(1, sentence))
    assert speaker_of(piece) == speaker


def test_whom_a_reaction_is_to_is_not_among_those_who_react(ask):
    articles = [story(1, "Ann Lee said the apology was hers. Bo Fox said the apology came late.")]
    answer = ask("reactions to the apology of Ann Lee", articles)
    assert [line.partition(": ")[0] for line in answer.text.splitlines()] == ["Bo Fox"]


def test_articles_are_counted_by_author_whatever_the_case(ask):
    articles = [story(1, "The pier is long and old here.", author="Ann Lee"),
                story(2, "The pier was painted by the mayor.", author="Bo Fox")]  # fmt: skip
    answer = ask("How many articles has ann lee written?", articles)
    assert answer.text.startswith("1 article by Ann Lee.")
    assert [citation.article_id for citation in answer.citations] == ["story-1"]


def test_a_side_of_which_nothing_is_said_is_no_comparison(ask):
    answer = ask("Compare zebras and giraffes", [story(1, "The pier is long and old here.", publisher="A")])
    assert answer.kind == "comparison"
    assert len({citation.quote for citation in answer.citations}) < 2


def test_no_side_is_given_words_of_articles_that_do_not_know_it(ask):
    articles = [story(1, "In the flood his workshop lost its roof and all of its tools."),
                story(2, "The flood took two bridges and came back at night.")]  # fmt: skip
    answer = ask("What do Volkswagen and Toyota say about the flood?", articles)
    assert (answer.kind, answer.found, answer.text) == ("comparison", False, "")


def test_a_refusal_shows_what_is_nearest_and_says_how_near_it_is(word_hash_library, reader):
    word_hash_library.replace([story(1, "The tariff dispute goes on in the town.")])
    chain = AnswerChain(word_hash_library, reader, today=lambda: TODAY)
    [refused] = chain.stream("Timeline of the Zorban tariff dispute")
    assert (refused.found, refused.reason) == (False, NOT_ANSWERED)
    assert [citation.article_id for citation in refused.nearest] == ["story-1"]
    [unknown] = chain.stream("Timeline of Zorban")
    assert (unknown.found, unknown.reason) == (False, NOTHING_NEAR)


def test_hostile_questions_of_every_kind_are_answered_or_refused(ask):
    articles = [story(1, "The pier is long and old here.")]
    for topic in ('"', "*", "[1]", "<b>", "a" * 600, "“", "in in in", "31 February 0000", "日本"):
        for form in ("How many articles mention {}", "Timeline of {}", "Compare {} and {}", "Summary of {}",
                     "latest on {}", "List all {}", "What happened on {}", "Which articles mention {}"):  # fmt: skip
            answer = ask(form.replace("{}", topic), articles)
            assert answer.found == bool(answer.citations)


def test_only_whole_sentences_that_say_something_are_quoted():
    text = "By Ann\n\nTHORNBY, Thursday, 14 March 2024.\n\n## Bread\n\nThe wall was built by six men."
    assert [piece.quote for piece in sentences_of(story(1, text))] == ["The wall was built by six men."]


def test_a_figure_is_no_date_and_no_hour():
    assert has_a_figure("Some 340 people came on 3 May.")
    assert not has_a_figure("It began at 2:50 a.m. on 3 May 2024, and no one came.")


class Watching(OnnxSpanModel):
    """The packaged model, and what it read."""

    def __init__(self):
        super().__init__(BUILT_IN)
        self.texts = ""

    def spans(self, question, texts):
        self.texts += "\n".join(texts)
        return super().spans(question, texts)


def test_every_passage_in_which_a_number_is_looked_for_is_read(word_hash_library):
    texts = [f"The march of town {n} had {n}00 marchers in it. It was as loud as the one before." for n in range(16)]
    word_hash_library.replace([story(n, text) for n, text in enumerate(texts, start=1)])
    model = Watching()
    desk = Desk(word_hash_library, SpanReader(model), Within())
    desk.near("number of marchers", desk.hits("number of marchers"))
    assert [text for text in texts if text not in model.texts] == []


def test_the_sentence_that_the_others_are_like_is_central():
    import numpy as np

    like = np.array([[1.0, 0.8, 0.8], [0.8, 1.0, 0.2], [0.8, 0.2, 1.0]])
    rank = central(like, np.ones(3))
    assert rank.argmax() == 0
    assert rank.sum() == pytest.approx(1)


class Removing:
    """A library that loses an article as soon as one is opened."""

    def __init__(self, library):
        self._library = library

    def __getattr__(self, name):
        if name in ("article", "edition") and any(entry.id == "story-1" for entry in self._library.entries()):
            self._library.remove(["story-1"])
        return getattr(self._library, name)


@pytest.mark.parametrize(
    "question",
    ["What happened in May 2024?", "Boil down this month's coverage for me", "What is the latest news on the pier?"],
)
def test_an_article_removed_while_the_answer_is_made_is_left_out(word_hash_library, reader, question):
    word_hash_library.replace([story(n, f"The pier was painted in colour number {n} again.") for n in (1, 2)])
    answer = AnswerChain(Removing(word_hash_library), reader, today=lambda: TODAY).invoke(question)
    assert [citation.article_id for citation in answer.citations] == ["story-2"]


def test_the_article_of_the_page_may_be_gone(word_hash_library, reader):
    word_hash_library.replace([story(n, "The pier is old and long.", url=f"https://x.example/{n}") for n in (1, 2)])
    chain = AnswerChain(Removing(word_hash_library), reader, today=lambda: TODAY)
    assert not chain.invoke("Summarise this article", within=Within(url="https://x.example/1")).found


def test_an_article_removed_since_it_was_found_is_not_cited(word_hash_library, reader):
    word_hash_library.replace([story(1, "The pier is long and old here.")])
    desk = Desk(word_hash_library, reader, Within())
    from qa.several.desk import Line

    [piece] = desk.near("pier", desk.hits("pier"))
    word_hash_library.remove(["story-1"])
    assert list(desk.cite([Line("", piece)])) == []
