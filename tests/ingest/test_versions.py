"""Versions: what an article said before is kept, shown as superseded, and never found by a search."""

import datetime as dt
import shutil
from dataclasses import replace

import pytest

from ingest import Article, ArticleNotFoundError, Library, LibraryError, WordHashEncoder, diagnose, list_entries, sync
from ingest.catalog import FILE, Catalog
from tests.newspaper import article, marker, story

OLD = "The bridge at Thornby will cost 3.1 million crowns. Work begins in May."
NEW = "The bridge at Thornby will cost 4.1 million crowns. Work begins in May."


def bridge(text, **fields):
    return Article("bridge", "The bridge", text, "/bridge.md", **fields)


def test_a_changed_text_is_a_new_version_and_the_old_one_is_kept(word_hash_library):
    word_hash_library.replace([bridge(OLD, publisher="Courier", published="2024-03-04")])
    word_hash_library.replace([bridge(NEW, publisher="The Courier", published="2024-03-04")])
    now = word_hash_library.edition("bridge")
    assert (now.article.text, now.version, now.latest, now.until) == (NEW, 2, 2, None)
    before = word_hash_library.edition("bridge", 1)
    assert (before.article.text, before.article.publisher) == (OLD, "Courier")
    assert (before.version, before.latest, before.since, before.until) == (1, 2, None, now.since)
    assert word_hash_library.edition("bridge", 2) == now
    assert [edition.version for edition in word_hash_library.history("bridge")] == [1, 2]
    assert word_hash_library.article("bridge").text == NEW


def test_a_superseded_version_is_not_found(word_hash_library):
    word_hash_library.replace([article(1), article(2)])
    word_hash_library.replace([article(1, edition=5, text="Nothing of it is left in this one.")])
    assert len(word_hash_library.history("story-1")) == 2
    assert not [hit for hit in word_hash_library.search(marker(1), 50) if marker(1) in hit.article.text]
    assert {hit.article.id for hit in word_hash_library.search(story(1)[:200], 50) if hit.word_rank} <= {"story-2"}


def test_a_text_that_comes_back_is_a_version_of_its_own(word_hash_library):
    for text in (OLD, NEW, OLD):
        word_hash_library.replace([bridge(text)])
    assert [edition.article.text for edition in word_hash_library.history("bridge")] == [OLD, NEW, OLD]


def test_another_publisher_alone_is_no_new_version(word_hash_library):
    word_hash_library.replace([bridge(OLD)])
    word_hash_library.replace([bridge(OLD, publisher="Courier")])
    edition = word_hash_library.edition("bridge")
    assert (edition.version, edition.since, edition.article.publisher) == (1, None, "Courier")
    assert len(word_hash_library.history("bridge")) == 1


@pytest.mark.parametrize("version", [0, 2, 3, -1])
def test_a_version_that_there_is_not_is_an_error(word_hash_library, version):
    word_hash_library.replace([bridge(OLD)])
    with pytest.raises(ArticleNotFoundError, match=f"version {version} of"):
        word_hash_library.edition("bridge", version)
    with pytest.raises(ArticleNotFoundError):
        word_hash_library.edition("nobody", version)


def test_the_time_of_a_change_is_when_it_was_noticed(word_hash_library):
    word_hash_library.replace([bridge(OLD)])
    began = dt.datetime.now(dt.UTC).replace(microsecond=0)
    word_hash_library.replace([bridge(NEW)])
    assert began <= dt.datetime.fromisoformat(word_hash_library.edition("bridge").since) <= dt.datetime.now(dt.UTC)


def test_the_time_of_a_change_is_what_its_source_states(word_hash_library):
    word_hash_library.replace([bridge(OLD, published="2024-03-04", updated="2024-03-05")])
    assert word_hash_library.edition("bridge").since == "2024-03-05"
    word_hash_library.replace([bridge(NEW, published="2024-03-04", updated="2024-03-09T10:00:00Z")])
    assert word_hash_library.edition("bridge").since == "2024-03-09T10:00:00Z"
    assert word_hash_library.edition("bridge", 1).until == "2024-03-09T10:00:00Z"
    word_hash_library.replace([bridge(OLD, published="2024-03-04", updated="2024-03-09T10:00:00Z")])
    assert word_hash_library.edition("bridge").since > "2025"  # stated of the version before, not of this one


def test_an_article_that_was_not_updated_since_it_was_published_says_nothing(word_hash_library):
    word_hash_library.replace([bridge(OLD, published="2024-03-04", updated="2024-03-04T12:00:00Z")])
    assert word_hash_library.edition("bridge").since is None


def test_the_date_of_an_update_is_read_from_front_matter_and_json(word_hash_library, tmp_path):
    (tmp_path / "a.md").write_text(f"---\ntitle: A\npublished: 2024-03-04\nupdated: 2024-03-06\n---\n{OLD}")
    (tmp_path / "b.jsonl").write_text(f'{{"title": "B", "text": "{NEW}", "updated": "2024-03-07"}}')
    (tmp_path / "c.md").write_text(f"---\ntitle: C\nupdated: lately\n---\n{OLD}")
    report = sync([tmp_path], word_hash_library)
    assert [word_hash_library.edition(name).since for name in report.added] == ["2024-03-06", "2024-03-07"]
    assert report.failed[0].reason.startswith("updated: 'lately' is not a date")


def test_removing_an_article_removes_its_versions(word_hash_library):
    word_hash_library.replace([bridge(OLD)])
    word_hash_library.replace([bridge(NEW)])
    word_hash_library.remove(["bridge"])
    with pytest.raises(ArticleNotFoundError):
        word_hash_library.edition("bridge", 1)
    assert word_hash_library._catalog.traces("bridge") == 0


def test_a_library_without_a_stated_update_keeps_its_fingerprints():
    """The fingerprint of version 0.1.0, so that a sync after it encodes nothing again."""
    known = "c9b3c1d8b0d1a41661a829b46ef8000e6872c35c96fad2f7147b204b82a92ad5"
    assert Article("a", "T", "Text.", "/a", "P", "A", "2024-01-01", "https://a.example", "en").fingerprint == known


def test_other_pages_are_a_change_although_the_text_is_the_same():
    """Citations name the page."""
    told = bridge(OLD)
    assert len({told.fingerprint, replace(told, pages="0").fingerprint, replace(told, pages="0 3").fingerprint}) == 3


# Libraries of before


@pytest.fixture
def of_before(tmp_path):
    """A closed library whose tables are those of version 0.1.0."""
    folder = tmp_path / "before"
    with Library.open(folder, WordHashEncoder(), create=True) as library:
        library.replace([article(number, publisher="Courier") for number in range(6)])
        library.replace([article(9, text=story(3).replace("edition 0", "edition zero", 2))])
    catalog = Catalog(folder / FILE)
    for statement in (
        "DROP TABLE superseded",
        "DROP TABLE signature",
        "DROP TABLE band",
        "ALTER TABLE article DROP COLUMN updated",
        "ALTER TABLE article DROP COLUMN since",
        "ALTER TABLE article DROP COLUMN pages",
        "ALTER TABLE article DROP COLUMN tags",
        "PRAGMA user_version = 1",
    ):
        catalog._db.execute(statement)
    catalog.close()
    return folder


def test_a_library_of_before_opens_and_has_all_that_it_had(of_before):
    assert len(list_entries(of_before)) == 7  # listed as it is
    with Library.open(of_before, WordHashEncoder()) as library:
        assert library.edition("story-2").article == article(2, publisher="Courier")
        assert library.search(marker(4))[0].article.id == "story-4"
        assert {copy.article_id for copy in library.copies("story-3")} == {"story-9"}
        assert library.copies("story-1") == ()
        library.replace([article(2, edition=1)])
        assert library.edition("story-2", 1).article == article(2, publisher="Courier")
    assert diagnose(of_before, WordHashEncoder()) == []


def test_an_upgrade_that_is_cut_short_leaves_the_library_as_it_was(of_before, monkeypatch):
    def fail(*_):
        raise OSError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr("ingest.catalog.signature", fail)
        with pytest.raises(OSError, match="the power"):
            Library.open(of_before, WordHashEncoder())
    assert len(list_entries(of_before)) == 7
    with Library.open(of_before, WordHashEncoder()) as library:
        assert len(library.entries()) == 7


def test_a_library_of_a_later_version_is_refused(of_before):
    folder = shutil.copytree(of_before, of_before.with_name("later"))
    catalog = Catalog(folder / FILE)
    catalog._db.execute("PRAGMA user_version = 99")
    catalog.close()
    with pytest.raises(LibraryError, match="later version"):
        Library.open(folder, WordHashEncoder())
