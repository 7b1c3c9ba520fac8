"""Copies: one story that several papers print is one story, and two stories of one event are two."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import Article, Library, WordHashEncoder
from ingest.copies import ALIKE, alike, signature
from tests.newspaper import article, story

PAPERS = [f"{town} {kind}" for town in ("Thornby", "Saltmere", "Aldwyn", "Wend", "Marl") for kind in ("Post", "Echo")]
AGENCY = """The river Wend burst its banks at Thornby shortly after 2 a.m. on Sunday and flooded 340 homes, the county \
said.

Firefighters took some 90 people from their houses by boat, among them the whole of a nursing home in Mill Lane. \
Nobody was hurt. The water stood as high as the sills of the ground floors when the sun came up.

"We had a warning of two hours, and that was not enough," said the mayor, Ruth Alder. She asked the government for \
money to raise the flood wall, which was built in 1931 and has been patched four times since.

The county opened the sports hall for those who could not go home. The railway to Saltmere stays closed until a bridge \
has been examined, and buses run in its place.

Schools in Thornby open again on Wednesday. The meteorological office expects no more rain before the weekend."""
OTHER = """Thornby counted its losses on Monday after the flood that drove hundreds of people from their homes.

In Mill Lane residents carried carpets and cupboards to the kerb. "My mother lived here for sixty years and never saw \
the like of it," said Tom Hale, a joiner, whose workshop was under water.

The river Wend burst its banks on Sunday. Insurers put the damage at 12 million crowns at the least, and the \
chamber of trade fears that some shops will not open again.

Ruth Alder, the mayor, walked through the streets and promised help. The government sends an engineer on Tuesday, who \
is to look at the flood wall before anyone decides whether it is raised or replaced."""


def edited(number):
    """The story as one paper prints it: a few words changed, another headline, sometimes without its end."""
    chance = random.Random(number)
    words = AGENCY.split(" ")
    for place in chance.sample(range(len(words)), 4):
        words[place] = chance.choice(["local", "said", "late", "heavily", "indeed"])
    text = " ".join(words)
    return text.rsplit("\n\n", 1)[0] if number % 3 == 2 else text


def printed(number):
    return Article(
        f"flood-{number}", f"{['Flood', 'Water', 'Wend'][number % 3]} in Thornby, {number}", edited(number),
        f"/{number}.md", PAPERS[number], published=f"2024-02-{28 - number}", url=f"https://paper-{number}.example/",
    )  # fmt: skip


@pytest.fixture
def newsstand(word_hash_library):
    """Ten papers with the same story, one with its own of the same event, and twenty other articles."""
    other = Article("losses", "Thornby counts its losses", OTHER, "/losses.md", "Ledger", published="2024-02-19")
    word_hash_library.replace([*map(printed, range(10)), other, *map(article, range(20))])
    return word_hash_library


def test_ten_copies_are_one_story_in_one_place_and_all_ten_are_named(newsstand):
    hits = newsstand.search("When did the river Wend burst its banks at Thornby?", 10)
    assert len(hits) == 10
    (told,) = {hit.article.id for hit in hits if hit.article.id.startswith("flood-")}
    assert len({hit.passage.text for hit in hits}) == 10
    copies = newsstand.copies(told)
    assert {told, *(copy.article_id for copy in copies)} == {f"flood-{number}" for number in range(10)}
    assert {copy.publisher for copy in copies} | {newsstand.article(told).publisher} == set(PAPERS)
    assert [copy.published for copy in copies] == sorted(copy.published for copy in copies)
    assert copies[0].url == f"https://paper-{copies[0].article_id[-1]}.example/"


def test_the_earliest_is_shown(newsstand):
    hits = newsstand.search("When did the river Wend burst its banks at Thornby?")
    assert next(hit.article.id for hit in hits if hit.article.id.startswith("flood-")) == "flood-9"


def test_what_only_some_copies_still_have_is_found(newsstand):
    """The earliest cut its last paragraph: then one that did not is shown."""
    newsstand.replace([Article("flood-9", "Flood", AGENCY.rsplit("\n\n", 2)[0], "/9.md", published="2024-02-01")])
    (hit, *_) = newsstand.search("Schools in Thornby open again on Wednesday")
    assert "Schools in Thornby open again" in hit.passage.text


def test_another_story_of_the_same_event_is_no_copy(newsstand):
    assert newsstand.copies("losses") == ()
    hits = newsstand.search("When did the river Wend burst its banks at Thornby?")
    assert "losses" in {hit.article.id for hit in hits}


def test_a_copy_that_gives_another_number_is_heard_beside_the_others(newsstand):
    other = edited(3).replace("340 homes", "510 homes")
    newsstand.replace([Article("flood-3", "Flood", other, "/3.md", PAPERS[3], published="2024-02-25")])
    hits = newsstand.search("How many homes did the river Wend flood at Thornby?")
    said = {number for hit in hits for number in ("340 homes", "510 homes") if number in hit.passage.text}
    assert said == {"340 homes", "510 homes"}
    assert len({hit.article.id for hit in hits if hit.article.id.startswith("flood-")}) == 2


def test_a_hundred_copies_do_not_crowd_out_the_rest(word_hash_library):
    """More copies than either ranking is deep: it is searched deeper."""
    copies = [Article(f"copy-{n:03}", f"Flood {n}", AGENCY, f"/{n}.md", f"Paper {n}") for n in range(100)]
    word_hash_library.replace([*copies, *(article(n, text=f"{story(n)} Thornby and Wend.") for n in range(12))])
    hits = word_hash_library.search("When did the river Wend burst its banks at Thornby?", 10)
    assert len(hits) == 10
    assert len({hit.article.id for hit in hits if hit.article.id.startswith("copy-")}) == 1
    assert len(word_hash_library.copies("copy-050")) == 99


# The clusters follow what is in the library


def stories(library):
    names = [entry.id for entry in library.entries()]
    return {frozenset([name, *(copy.article_id for copy in library.copies(name))]) for name in names}


def test_a_story_is_the_same_in_whatever_order_its_copies_come(tmp_path):
    found = []
    for seed in range(3):
        order = [*map(printed, range(10)), article(1), article(2)]
        random.Random(seed).shuffle(order)
        with Library.open(tmp_path / str(seed), WordHashEncoder(), create=True) as library:
            for one in order:
                library.replace([one])
            found.append((stories(library), library._catalog.copies.stories([f"flood-{n}" for n in range(10)])))
    assert found[0] == found[1] == found[2]


def chain():
    """Three articles: the first and the last are like the one between, and not like each other."""
    words = story(1, sentences=40).split()
    return [
        Article(name, name, " ".join(words[start : start + 300]), f"/{name}", published=f"2024-01-0{day}")
        for name, start, day in (("left", 0, 1), ("middle", 80, 2), ("right", 160, 3))
    ]


def test_a_story_falls_apart_when_what_joined_it_goes(word_hash_library):
    left, middle, right = chain()
    assert not alike(signature(left.text), signature(right.text)[None])[0]
    word_hash_library.replace([left, right])
    assert word_hash_library.copies("left") == ()
    word_hash_library.replace([middle])
    assert [copy.article_id for copy in word_hash_library.copies("left")] == ["middle", "right"]
    word_hash_library.remove(["middle"])
    assert stories(word_hash_library) == {frozenset(["left"]), frozenset(["right"])}


def test_a_story_is_named_anew_when_its_first_goes(newsstand):
    newsstand.replace([Article("twin", "T", edited(4), "/twin")])
    for name in ("flood-0", "flood-4"):  # the second has a twin
        newsstand.remove([name])
    assert {copy.article_id for copy in newsstand.copies("twin")} == {f"flood-{n}" for n in (1, 2, 3, 5, 6, 7, 8, 9)}
    assert set(newsstand._catalog.copies.stories(["flood-1", "twin"]).values()) == {"flood-1"}


def test_an_article_that_was_rewritten_leaves_its_story(newsstand):
    newsstand.replace([Article("flood-5", "Wend", OTHER, "/5.md", PAPERS[5])])
    assert [copy.article_id for copy in newsstand.copies("flood-5")] == ["losses"]
    assert "flood-5" not in {copy.article_id for copy in newsstand.copies("flood-1")}
    assert newsstand._catalog.problems() == []


def test_nothing_is_left_of_the_signatures_of_what_is_gone(newsstand):
    newsstand.remove([entry.id for entry in newsstand.entries()])
    assert newsstand._catalog._run("SELECT count(*) FROM band UNION ALL SELECT count(*) FROM signature") == [(0,), (0,)]


def test_adding_an_article_compares_it_with_few_others(word_hash_library, monkeypatch):
    word_hash_library.replace([article(number) for number in range(150)])
    compared = []
    monkeypatch.setattr("ingest.copies.alike", lambda one, others: compared.append(len(others)) or alike(one, others))
    word_hash_library.replace([printed(1), printed(2)])
    assert sum(compared) <= 15


# Signatures


def test_a_signature_is_the_same_everywhere():
    """Signatures are stored: a change of one is a change of every library."""
    assert signature("The ferry leaves at noon.")[:3].tolist() == [1652082451, 783295048, 423452112]


@given(st.integers(40, 200), st.integers(0, 40))
@settings(max_examples=40, deadline=None)
def test_the_estimate_is_near_the_share_of_common_shingles(length, changed):
    words = story(1, sentences=40).split()
    one = words[:length]
    other = one[changed:] + words[400 : 400 + changed]

    def shingles(text):
        return {tuple(text[start : start + 3]) for start in range(len(text) - 2)}

    share = len(shingles(one) & shingles(other)) / len(shingles(one) | shingles(other))
    estimate = (signature(" ".join(one)) == signature(" ".join(other))).mean()
    assert abs(share - estimate) < 0.22  # four and a half standard errors


@pytest.mark.parametrize(
    "text",
    ["", "!", "日本", "one two", "x" * 100_000, "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")],
)
def test_any_text_has_a_signature(text):
    assert signature(text).shape == (120,)


def test_short_notes_are_copies_only_where_the_words_are_the_same():
    one, other = "The ferry leaves at noon on Sunday.", "The ferry leaves at noon on Monday."
    assert not alike(signature(one), signature(other)[None])[0]
    assert alike(signature(one), signature(one.upper())[None])[0]


def test_copies_in_a_script_without_spaces_are_found():
    text = "日本は拉致問題の決議案を提出しない。首相は木曜日に東京で述べた。政府は国連と協議を続けるとしている。"
    assert alike(signature(text), signature(text.replace("木曜日", "金曜日"))[None])[0]
    assert not alike(signature(text), signature("川が氾濫して町が浸水した。" * 4)[None])[0]


def test_stories_of_invented_words_are_all_different():
    signatures = np.stack([signature(story(number)) for number in range(100)])
    for place, one in enumerate(signatures):
        assert np.flatnonzero(alike(one, signatures)).tolist() == [place]
    assert 0.4 <= ALIKE <= 0.6
