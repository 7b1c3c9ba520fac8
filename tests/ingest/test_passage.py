"""Passages and sentences: every character in its place, and nobody cut off in mid-abbreviation."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest import Article, sentences
from ingest.article import clean
from ingest.encoder import token_offsets
from ingest.passage import MAX_TOKENS, split
from tests.newspaper import story

PROSE = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(
            [
                "The U.N. met. ",
                "Mr. Abe said so. ",
                "“We had no choice.” ",
                "\n\n",
                "\n- ",
                "東京は晴れ。",
                "😀 ",
                "نعم. ",
                "। ",
            ]
        ),
        st.text(alphabet="abcdefgh ", min_size=100, max_size=400),
    ),
    max_size=30,
).map("".join)
LANGUAGES = st.sampled_from([None, "en", "de", "ja", "fr", "ar", "hi", "xx", "q", "Deutsch", "zh-Hant"])


def passages_of(text, language=None):
    return split(Article("an-article", "Title", text, "/source.txt", language=language), token_offsets)


@given(PROSE, LANGUAGES)
@example("a\ud7ff\U0010ffff. 😀 B.", None)
@example("word " * 2000, None)
@example("x" * 5000, None)
@settings(max_examples=120, deadline=None)
def test_a_passage_is_never_anything_but_the_text_at_its_offsets(text, language):
    text = clean(text)
    passages = passages_of(text, language)
    assert [p.text for p in passages] == [text[p.start : p.end] for p in passages]
    assert [p.position for p in passages] == list(range(len(passages)))
    assert all(p.start < p.end for p in passages)
    assert all(before.end <= after.start for before, after in pairwise(passages))
    covered = "".join(p.text for p in passages)
    assert "".join(covered.split()) == "".join(text.split()), "some words are in no passage"


@given(PROSE, LANGUAGES)
@settings(max_examples=80, deadline=None)
def test_no_passage_is_longer_than_the_encoder_reads(text, language):
    text = clean(text)
    starts = [start for start, _ in token_offsets(text)]
    for passage in passages_of(text, language):
        tokens = sum(passage.start <= start < passage.end for start in starts)
        assert tokens <= MAX_TOKENS or passage.end - passage.start < 2


@given(PROSE, LANGUAGES)
@settings(max_examples=80, deadline=None)
def test_sentences_are_in_order_and_leave_no_word_out(text, language):
    text = clean(text)
    spans = sentences(text, language)
    assert all(a < b for a, b in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())
    assert all(text[a:b] == text[a:b].strip() for a, b in spans)


def test_an_article_of_any_length_keeps_its_passages_in_size():
    text = story(1, sentences=200)
    starts = [start for start, _ in token_offsets(text)]
    sizes = [sum(p.start <= s < p.end for s in starts) for p in passages_of(text)]
    assert max(sizes) <= MAX_TOKENS
    assert min(sizes) >= 60
    assert 120 <= sum(sizes) / len(sizes) <= 200


def test_a_passage_begins_and_ends_with_whole_sentences():
    text = story(2, sentences=60)
    spans = sentences(text)
    for passage in passages_of(text):
        assert passage.start in {a for a, _ in spans}
        assert passage.end in {b for _, b in spans}


def test_a_short_remainder_does_not_stand_alone():
    text = story(3, sentences=31)
    last = passages_of(text)[-1]
    assert len(token_offsets(last.text)) >= 60


def test_one_endless_sentence_is_cut_after_its_commas():
    text = ", ".join("the quick brown fox jumps over the lazy dog" for _ in range(100)) + "."
    passages = passages_of(text)
    assert len(passages) > 3
    assert all(p.text.endswith((",", ".")) for p in passages)


def test_text_in_a_script_without_spaces_is_cut_too():
    """Thai is written without spaces; a tokenizer that sees one unknown word must not make one passage of it all."""
    text = "กรุงเทพมหานครเป็นเมืองหลวงและนครที่มีประชากรมากที่สุดของประเทศไทย" * 60
    assert max(len(p.text) for p in passages_of(text, "th")) <= 2_000


@pytest.mark.parametrize(
    "expected",
    [
        ["The U.N. Human Rights Council has 47 members.", "It meets in Geneva."],
        ["He spoke for the U.N. on Monday.", "Nobody answered."],
        ["Its session opened on Feb. 25 and lasts about a month.", "The EU acts alone."],
        ["Mr. Abe met Mrs. Chimura and Dr. Nagy.", "They talked."],
        ["Gov. Smith, Gen. Jones and Prof. Wu Jr. agreed.", "It took an hour."],
        ["“We had no choice.” she said.", "Then she left."],
        ["“We had no choice!” she said.", "Then she left."],
        ['"Why us?" he asked.', "Nobody knew."],
        ["“We had no choice.”", "The council agreed."],
        ["He lives in Washington, D.C. and works there.", "She does not."],
        ["The rate rose by 4.5 percent.", "It was 3.2 before."],
        ["It is a fish, i.e. a herring, and not a mammal.", "Whales are mammals."],
        ["Large fish, e.g. Tuna, are rare.", "Small ones are not."],
        ["See No. 4 and Fig. 2 for the map.", "It is old."],
        ["The tide turned at 4 a.m. and the boats left.", "All came back."],
        ["The firm Smith & Co. closed.", "Fifty people lost their work."],
        ["J. K. Rowling wrote it.", "We read it."],
        ["What now?", "Wait!", "Go."],
        ["It cost $3.5 million vs. $2 million before.", "Prices rose."],
    ],
    ids=lambda expected: expected[0][:30],
)
def test_a_sentence_survives_its_abbreviations_and_quotes(expected):
    text = " ".join(expected)
    assert [text[a:b] for a, b in sentences(text)] == expected


def test_each_item_of_a_list_is_a_sentence_of_its_own():
    text = (
        "The council decided:\n\n- to close the ward\n- to open a desk in town\n- to pay for taxis\n\nNobody cheered."
    )
    found = [text[a:b] for a, b in sentences(text)]
    assert found[-1] == "Nobody cheered."
    assert [line for line in found if line.startswith("- ")] == text.split("\n")[2:5]


def test_a_heading_does_not_swallow_the_paragraph_under_it():
    text = "Families wait\n\nTokyo recognises 17 citizens.\n\nOut of desperation\n\nscholars read it as a signal."
    assert [text[a:b] for a, b in sentences(text)] == [line for line in text.split("\n") if line]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ja", ["日本は決議案を提出しない。", "菅官房長官が記者会見で述べた。"]),
        ("ja", ["「仕方がなかった。」と彼女は言った。", "会議は終わった。"]),
        ("de", ["Das Treffen fand am 25. Februar statt.", "Herr Dr. Weber kam z. B. nicht."]),
        ("fr", ["M. Dupont est arrivé à 10 h.", "Il n'a rien dit."]),
    ],
)
def test_sentences_of_other_languages_follow_their_own_rules(language, expected):
    text = ("" if language == "ja" else " ").join(expected)
    assert [text[a:b] for a, b in sentences(text, language)] == expected


@pytest.mark.parametrize("before", range(20))
def test_a_list_is_in_one_passage_with_the_line_that_announces_it(before):
    items = "\n".join(f"- a grating at pipe {n}, to catch timber" for n in range(4))
    rain = "The rain went on all night in the hills. "
    text = f"{rain * before}\n\nShe recommends four measures:\n\n{items}\n\n{rain * 20}"
    (passage,) = [p for p in passages_of(clean(text)) if "She recommends" in p.text]
    assert items in passage.text


def test_a_list_longer_than_a_passage_is_cut_between_its_items():
    items = [f"- a grating at pipe number {n}, to catch the timber" for n in range(60)]
    cut = passages_of(clean("She recommends these measures:\n\n" + "\n".join(items)))
    assert len(cut) > 1
    assert [line for p in cut for line in p.text.split("\n") if line.startswith("- ")] == items
