"""Citations: verified means that these words stand there, and nothing less."""

import re

from hypothesis import given
from hypothesis import strategies as st

from ingest import Article, Edition
from qa import AnswerChain
from qa.citations import cite

ANY_TEXT = st.text(max_size=200)
PLACES = st.integers(-250, 250)


def article_of(text):
    return Edition(Article("a-1", "Title", text, "/a.txt"))


@given(ANY_TEXT, PLACES, PLACES, ANY_TEXT)
def test_a_made_up_quote_is_never_verified(text, start, end, quote):
    citation = cite(1, article_of(text), start, end, quote)
    assert not citation.verified or text[start:end] == quote


@given(st.data())
def test_a_quote_that_stands_there_is_verified(data):
    text = data.draw(st.text(min_size=1, max_size=200))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    citation = cite(7, article_of(text), start, end, text[start:end])
    assert citation.verified
    assert (citation.number, citation.start, citation.end, citation.quote) == (7, start, end, text[start:end])


@given(st.text(min_size=1, max_size=100), st.integers(-100, -1), st.integers(-100, 100))
def test_a_place_counted_from_the_end_is_no_place(text, start, end):
    assert not cite(1, article_of(text), start, end, text[start:end]).verified


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_changed_number_is_never_verified(real, claimed):
    text = f"The flood cost {real:,} crowns in all."
    quote = f"The flood cost {claimed:,} crowns in all."
    assert cite(1, article_of(text), 0, len(text), quote).verified == (real == claimed)


def test_spaces_case_and_look_alikes_are_not_the_same_words():
    text = "The U.N. met  on “Monday”."
    for quote in (text.lower(), text.replace("  ", " "), text.replace("“", '"'), text + " ", text[:-1], ""):
        assert not cite(1, article_of(text), 0, len(text), quote).verified


def test_a_real_quote_under_the_wrong_article_is_not_verified():
    assert not cite(1, article_of("Something else stands here."), 0, 9, "The U.N. ").verified


def test_citation_zero_is_not_the_last_passage(corpus, reader, questions):
    """Numbers begin at 1, are those in the text, in order, each one standing for its own quote."""
    answers = [AnswerChain(corpus, reader).invoke(question) for question in questions[:60]]
    found = [answer for answer in answers if answer.found]
    assert any(len(answer.citations) > 1 for answer in found)
    for answer in found:
        assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
        marks = [f"{' '.join(citation.quote.split())} [{citation.number}]" for citation in answer.citations]
        assert answer.text == " ".join(marks)
        assert not re.search(r"\[0\]", answer.text.replace(" ".join(c.quote for c in answer.citations), ""))
