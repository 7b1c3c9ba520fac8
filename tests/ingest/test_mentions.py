"""Mentions: every article that has the words, and no other."""

import pytest

from ingest import Article, Within


@pytest.fixture
def library(word_hash_library):
    texts = {
        "a": "The ferry Maren ran aground. Its crew of nine stayed.",
        "b": "Two ferries wait. The marens of the north are birds. U.S. ships came.",
        "c": "They ferried us over; the Marenholm is a hotel.",
        "d": "A day of rain, and of nothing else at all.",
        "e": "日本の港町で式典が開かれた。",
    }
    word_hash_library.replace(
        [
            Article(name, f"Title {name}" if name != "d" else "The Maren at rest", text, f"/{name}.txt", publisher,
                    published=f"2024-0{place}-01" if name != "c" else None)
            for place, ((name, text), publisher) in enumerate(zip(texts.items(), "PPQQQ", strict=True), start=1)
        ]
    )  # fmt: skip
    return word_hash_library


def found(library, *phrases, within=None):
    mentions = library.mentions(phrases, within or Within())
    return [mention.article.id for mention in mentions.found]


def test_words_are_found_whole_in_any_case_and_number_and_in_titles(library):
    assert found(library, "maren") == ["a", "b", "d"]
    assert found(library, "ferries") == ["b"]
    assert found(library, "ferry Maren") == ["a"]


def test_all_phrases_are_wanted(library):
    assert found(library, "Maren", "crew") == ["a"]
    assert found(library, "Maren", "hotel") == []


def test_an_abbreviation_in_capitals_is_not_a_word(library):
    assert found(library, "US") == []  # "us" is not the US
    assert found(library, "U.S.") == ["b"]


def test_a_script_without_spaces_is_searched_too(library):
    assert found(library, "港町") == ["e"]


def test_the_place_is_that_of_the_words_and_none_where_only_the_title_has_them(library):
    first, *_, last = library.mentions(["Maren"]).found
    assert first.article.text[first.start : first.end] == "Maren"
    assert (last.start, last.end) == (None, None)


def test_no_phrase_is_every_article_those_without_a_date_last(library):
    assert found(library) == ["a", "b", "d", "e", "c"]


def test_what_was_searched_is_counted(library):
    mentions = library.mentions(["Maren"], Within(frozenset({"P"})))
    dated = library.mentions(["Maren"], Within(since="2024-02-01"))
    assert (dated.searched, dated.of) == (3, 5)
    assert (mentions.searched, mentions.of, len(mentions.found)) == (2, 2, 2), "what others publish is not told of"


@pytest.mark.parametrize("phrase", ['"', "*", "NEAR(", "a OR b", "-", "“”", "\x00"])
def test_a_phrase_is_never_a_query(library, phrase):
    assert found(library, phrase) == []
