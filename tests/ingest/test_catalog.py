"""The catalog: what full-text search finds, and what it must not stumble over."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import Article
from ingest.catalog import Catalog
from ingest.words import match_query
from tests.newspaper import article, marker


@pytest.fixture
def find(word_hash_library):
    """(question) -> ids of the articles that were found by words, best first."""

    def by_words(question):
        hits = [hit for hit in word_hash_library.search(question, 50) if hit.word_rank is not None]
        return [hit.article.id for hit in sorted(hits, key=lambda hit: hit.word_rank)]

    return by_words


def put(library, **texts):
    library.replace([Article(name, f"On {name}", text, f"/{name}.txt") for name, text in texts.items()])


@pytest.mark.parametrize(
    "question",
    [
        "拉致問題",
        "拉致問題について安倍首相は何と言いましたか",
        "決議案",
        "ツアー",
        unicodedata.normalize("NFD", "ツアーガイド"),
    ],
)
def test_words_of_a_script_without_spaces_are_found(word_hash_library, find, question):
    put(
        word_hash_library,
        japan="日本は拉致問題の決議案を提出しない。ツアーガイドが述べた。",
        other="川が氾濫して町が浸水した。",
        english="The river burst its banks.",
    )
    assert find(question)[0] == "japan"
    assert "english" not in find(question)


def test_a_chinese_word_that_is_split_over_two_others_is_not_found(word_hash_library, find):
    put(word_hash_library, one="研究生命", two="河水上涨")
    assert find("河水") == ["two"]


def test_thai_is_found(word_hash_library, find):
    put(word_hash_library, thai="กรุงเทพมหานครเป็นเมืองหลวง", other="The river burst its banks.")
    assert find("เมืองหลวง") == ["thai"]


@pytest.mark.parametrize(
    "question",
    [
        '"herring"',
        '"herring',
        "herring NEAR cod",
        "NEAR(herring cod)",
        "herring*",
        "herring AND",
        "AND OR NOT herring",
        "(herring",
        "herring)",
        "header:herring",
        "words: herring",
        "^herring",
        "herring -cod",
        "{header} : herring",
        "herring'; DROP TABLE article; --",
        "herring\x00",
        "“herring”",
        "herring\\",
        "%herring_",
    ],
)
def test_a_question_is_words_and_never_a_query(word_hash_library, find, question):
    put(word_hash_library, fish="Landings of herring fell.", ward="The ward closes.")
    assert "fish" in find(question)
    assert len(word_hash_library.entries()) == 2


@given(question=st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_no_question_upsets_the_search(question, tmp_path_factory):
    catalog = _one_article(tmp_path_factory)
    catalog.search_words(question, 10)


_catalogs = []


def _one_article(factory):
    if not _catalogs:
        _catalogs.append(Catalog(factory.mktemp("catalog") / "catalog.sqlite3"))
    return _catalogs[0]


@pytest.mark.parametrize("question", ["", "  ", "?!", "the of and", "😀", "_", "\u200b"])
def test_a_question_without_words_is_no_error(word_hash_library, question):
    put(word_hash_library, fish="Landings of herring fell.")
    word_hash_library.search(question)


def test_stop_words_alone_are_searched_for_when_there_is_nothing_else(word_hash_library, find):
    put(word_hash_library, band="The Who played.", fish="Landings of herring fell.")
    assert find("who?") == ["band"]


def test_forms_of_a_word_and_accents_are_the_same_word(word_hash_library, find):
    put(word_hash_library, vote="The councillors voted for the Café Zoë.", fish="Landings of herring fell.")
    assert find("voting councillor") == ["vote"]
    assert find("cafe zoe") == ["vote"]
    assert find("CAFE\u0301") == ["vote"]


def test_the_title_publisher_and_date_are_searched_but_not_quoted(word_hash_library):
    word_hash_library.replace(
        [
            article(1, title="Zeppelin lands", publisher="Saltmere Harbour", published="2024-02-18"),
            article(2),
        ]
    )
    for question in ("zeppelin", "saltmere", "18 2024"):
        hits = [hit for hit in word_hash_library.search(question) if hit.word_rank]
        assert {hit.article.id for hit in hits} == {"story-1"}
        assert not any("eppelin" in hit.passage.text or "Saltmere" in hit.passage.text for hit in hits)


def test_words_of_a_question_are_each_taken_once():
    query = match_query("Herring, HERRING and it's 4,120 t_x")
    assert query == " OR ".join(f'"{word}"' for word in ("herring", "s", "4", "120", "t", "x"))


def test_any_number_of_rows_can_be_asked_for(tmp_path):
    """SQLite takes 32,766 values in one statement as it comes, 250,000 on Debian; a library may hold more passages."""
    catalog = Catalog(tmp_path / "catalog.sqlite3")
    assert list(catalog.vectors(range(300_000))) == []
    catalog.close()


def test_a_transaction_that_fails_leaves_nothing(word_hash_library):
    put(word_hash_library, fish="Landings of herring fell.")
    bad = Article("bad", "Bad", "Text of it.", "/fish.txt")  # a source that another article has
    with pytest.raises(Exception, match="UNIQUE"):
        word_hash_library.replace([article(5), bad])
    assert {entry.id for entry in word_hash_library.entries()} == {"fish"}
    assert not [hit for hit in word_hash_library.search(marker(5), 50) if hit.article.id != "fish"]
