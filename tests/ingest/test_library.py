"""The library: one owner, one encoder, and an index that can be lost without loss."""

import contextlib
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from chromadb.api.client import Client

from ingest import (
    Article,
    ArticleNotFoundError,
    EncoderMismatchError,
    Library,
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryMissingError,
    WordHashEncoder,
    check,
    diagnose,
    list_entries,
    sync,
)
from ingest.catalog import Catalog
from ingest.check import CATALOG, INDEX
from ingest.vectors import VectorIndex
from tests.newspaper import article, marker, print_newspaper, rankings

ARTICLES = 260  # enough that Chroma writes its graph to files of its own


class OtherEncoder(WordHashEncoder):
    """Other vectors, and it says so."""

    name = "other"
    fingerprint = "other:1"

    def encode_documents(self, texts):
        return super().encode_documents([text[::-1] for text in texts])


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A closed library of more than a thousand passages."""
    folder = tmp_path_factory.mktemp("large") / "library"
    with Library.open(folder, WordHashEncoder(), create=True) as library:
        library.replace([article(number) for number in range(ARTICLES)])
        assert len(library) > 1000
    return folder


@pytest.fixture
def damaged(large, tmp_path):
    """A copy of it, to be damaged."""
    return Path(shutil.copytree(large, tmp_path / "damaged"))


def results(library):
    return [rankings(library, marker(number)) for number in range(1, 60, 3)]


def answers_rightly(folder):
    with Library.open(folder, WordHashEncoder()) as library:
        for number in range(0, ARTICLES, 40):
            text = article(number).text
            hits = library.search(f"{marker(number)} {text[:200]}")
            assert hits[0].article.id == f"story-{number}"
            assert hits[0].vector_rank is not None
            assert hits[0].word_rank is not None
        assert len(library.search("anything at all", 50)) == 50
    return diagnose(folder, WordHashEncoder()) == []


# One encoder


def test_searching_with_another_encoder_is_refused(large, tmp_path):
    folder = shutil.copytree(large, tmp_path / "library")
    with pytest.raises(EncoderMismatchError, match="citewire rebuild --encode"):
        Library.open(folder, OtherEncoder())
    Library.open(folder, WordHashEncoder()).close()  # and the refusal did not keep the library


def test_a_library_encoded_anew_is_searched_with_the_new_encoder(tmp_path):
    with Library.open(tmp_path / "library", WordHashEncoder(), create=True) as library:
        library.replace([article(number) for number in range(5)])
    with Library.open(tmp_path / "library", OtherEncoder(), any_encoder=True) as library:
        library.rebuild(encode=True)
        hit = library.search(article(3).text[:300])[0]
        assert hit.article.id == "story-3"
        assert hit.similarity > 0.5
    with pytest.raises(EncoderMismatchError):
        Library.open(tmp_path / "library", WordHashEncoder())
    assert diagnose(tmp_path / "library", OtherEncoder()) == []
    (problem,) = diagnose(tmp_path / "library", WordHashEncoder())
    assert problem.mend == "citewire rebuild --encode"


# Removing


def test_removing_a_file_removes_its_passages(word_hash_library, tmp_path):
    paths = print_newspaper(tmp_path / "paper", range(4))
    sync([tmp_path / "paper"], word_hash_library)
    before = len(word_hash_library)
    of_it = sum(hit.article.source == str(paths[2]) for hit in word_hash_library.search(marker(2), 50))
    paths[2].unlink()
    sync([tmp_path / "paper"], word_hash_library)
    assert of_it > 1
    assert len(word_hash_library) == before - of_it
    assert not [hit for hit in word_hash_library.search(marker(2), 50) if marker(2) in hit.passage.text]


def test_removing_what_is_not_there_is_no_error(word_hash_library):
    word_hash_library.replace([article(1)])
    word_hash_library.remove(["nobody", "story-1", "story-1"])
    assert len(word_hash_library) == 0


def bytes_of(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_forgetting_leaves_no_trace_in_any_file(tmp_path):
    folder = tmp_path / "library"
    secrets = ["Quillfeather", "quillfeather", "Zanzibarbarossa", "/secret/place.txt"]
    with Library.open(folder, WordHashEncoder(), create=True) as library:
        library.replace([article(number) for number in range(40)])
        secret = Article("secret", "Zanzibarbarossa", "The Quillfeather papers. " * 50, "/secret/place.txt")
        library.replace([secret])
        library.replace([article(number) for number in range(40, 60)])
        assert all(word.encode() in bytes_of(folder) for word in (secrets[0], *secrets[2:]))
        receipt = library.forget("secret")
        assert (receipt.article, receipt.passages > 0) == (secret, True)
        assert (receipt.searched, receipt.left) == (1, 0)  # the same one fifty times
        assert library.search(marker(41))[0].article.id == "story-41"
        assert len(library.entries()) == 60
        assert not [word for word in secrets if word.encode() in bytes_of(folder)]
    assert not [word for word in secrets if word.encode() in bytes_of(folder)]
    assert diagnose(folder, WordHashEncoder()) == []


def test_forgetting_takes_the_earlier_versions_along(tmp_path):
    folder = tmp_path / "library"
    secrets = [b"Quillfeather", b"Zanzibarbarossa", b"Old headline"]
    with Library.open(folder, WordHashEncoder(), create=True) as library:
        library.replace([article(number) for number in range(20)])
        library.replace([Article("secret", "Old headline", "The Quillfeather papers were found. " * 20, "/secret")])
        library.replace([Article("secret", "Headline", "The Zanzibarbarossa papers were found. " * 20, "/secret")])
        assert all(word in bytes_of(folder) for word in secrets)
        receipt = library.forget("secret")
        assert (receipt.versions, receipt.searched, receipt.left) == (1, 2, 0)
        assert not [word for word in secrets if word in bytes_of(folder)]
    assert not [word for word in secrets if word in bytes_of(folder)]
    assert diagnose(folder, WordHashEncoder()) == []


def test_a_receipt_names_the_other_articles_in_which_its_words_stand(word_hash_library):
    quoted = "The harbour master of Saltmere denied on Friday that any ship had been turned away."
    word_hash_library.replace(
        [
            article(1),
            Article("copy", "Copy", article(1).text, "/copy"),
            article(2, text=f"{article(2).text}\n\n{quoted}"),
            article(3, text=f"{article(3).text}\n\n{quoted}"),
        ]
    )
    receipt = word_hash_library.forget("story-1")
    assert [copy.article_id for copy in receipt.copies] == ["copy"]
    assert receipt.elsewhere == ("copy",)
    assert word_hash_library.forget("story-2").elsewhere == ("story-3",)
    receipt = word_hash_library.forget("story-3")
    assert (receipt.copies, receipt.elsewhere) == ((), ())


def test_forgetting_that_leaves_a_trace_is_an_error(word_hash_library, monkeypatch):
    word_hash_library.replace([article(1), article(2)])
    monkeypatch.setattr(type(word_hash_library._catalog.versions), "drop", lambda *_: 0)
    word_hash_library.replace([article(1, edition=1)])
    with pytest.raises(LibraryError):
        word_hash_library.forget("story-1")


def test_while_another_process_reads_the_catalog_nothing_is_forgotten(word_hash_library):
    """Its snapshot keeps the log from being emptied, and the log would keep the text."""
    word_hash_library.replace([article(1), article(2)])
    word_hash_library._catalog._db.execute("PRAGMA busy_timeout = 100")
    reader = Catalog(word_hash_library.folder / CATALOG, readonly=True)
    with contextlib.closing(reader), reader.snapshot():
        assert reader.count_articles() == 2
        with pytest.raises(LibraryError, match=r"read by another process.* try again"):
            word_hash_library.forget("story-1")
        assert word_hash_library.count_articles() == 2
        word_hash_library.remove(["story-1"])
        with pytest.raises(LibraryError, match="still holds what was removed"):
            word_hash_library._catalog.compact()
    assert word_hash_library.forget("story-2").left == 0
    assert not [number for number in (1, 2) if marker(number).encode() in bytes_of(word_hash_library.folder)]


def test_an_article_can_be_forgotten_by_its_file(word_hash_library, tmp_path, monkeypatch):
    paths = print_newspaper(tmp_path / "paper", range(3))
    sync([tmp_path / "paper"], word_hash_library)
    monkeypatch.chdir(tmp_path)
    assert word_hash_library.forget("paper/story-001.txt").article.source == str(paths[1])
    assert word_hash_library.forget(str(paths[0])).article.source == str(paths[0])
    assert len(word_hash_library.entries()) == 1


def test_forgetting_what_is_not_there_says_where_to_look(word_hash_library):
    with pytest.raises(ArticleNotFoundError, match="citewire articles"):
        word_hash_library.forget("nobody")


# One owner


def test_a_second_owner_in_the_same_process_is_refused(word_hash_library):
    with pytest.raises(LibraryBusyError, match="in use"):
        Library.open(word_hash_library.folder, WordHashEncoder(), purpose="syncing")


HOLDS = """
import sys
from ingest import Library, WordHashEncoder
with Library.open(sys.argv[1], WordHashEncoder(), purpose="syncing") as library:
    if len(sys.argv) > 2:
        library.announce("answering questions", sys.argv[2])
    print("open", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def held(large, tmp_path):
    """(url) -> a library that another process holds."""
    processes = []

    def hold(*url):
        folder = Path(shutil.copytree(large, tmp_path / "held"))
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDS, str(folder), *url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        processes.append(process)
        assert process.stdout.readline() == "open\n"
        return folder, process

    yield hold
    for process in processes:
        process.communicate()


def test_a_second_process_is_told_who_owns_the_library(held):
    folder, process = held()
    with pytest.raises(LibraryBusyError, match=rf"process {process.pid} is syncing\. Stop it, or wait") as busy:
        Library.open(folder, WordHashEncoder())
    assert busy.value.url is None
    with pytest.raises(LibraryBusyError):
        diagnose(folder, WordHashEncoder())
    assert len(list_entries(folder)) == ARTICLES  # reading the catalog is always allowed
    process.kill()
    process.wait()
    Library.open(folder, WordHashEncoder()).close()  # the system freed it


def test_a_server_that_owns_the_library_says_where_it_answers(held):
    folder, _ = held("http://127.0.0.1:7860")
    with pytest.raises(LibraryBusyError, match=r"answering questions at http://127\.0\.0\.1:7860") as busy:
        Library.open(folder, WordHashEncoder())
    assert busy.value.url == "http://127.0.0.1:7860"


def test_a_library_that_could_not_be_opened_is_free(tmp_path):
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / CATALOG).write_bytes(b"This is not a database. " * 100)
    for _ in range(2):
        with pytest.raises(LibraryDamagedError, match="restore it from a backup"):
            Library.open(folder, WordHashEncoder())


# Where it is


def test_a_library_that_is_not_there_says_how_to_make_one(tmp_path):
    for act in (lambda: Library.open(tmp_path / "no"), lambda: list_entries(tmp_path / "no")):
        with pytest.raises(LibraryMissingError, match="citewire sync"):
            act()
    assert not (tmp_path / "no").exists()


def test_a_library_that_is_just_being_made_lists_nothing_yet(tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / CATALOG)) as maker:
        maker.execute("PRAGMA journal_mode = WAL")
        assert list_entries(tmp_path) == []


def test_a_file_is_not_a_library(tmp_path):
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        for create in (True, False):
            with pytest.raises(LibraryError):
                Library.open(path, WordHashEncoder(), create=create)
    assert (tmp_path / "file").read_text() == "mine"


def test_the_home_folder_is_understood_everywhere(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    with Library.open("~/library", WordHashEncoder(), create=True) as library:
        library.replace([article(1)])
    assert (tmp_path / "library" / CATALOG).exists()
    assert len(list_entries("~/library")) == 1
    assert diagnose(Path("~/library"), WordHashEncoder()) == []


# The index can be lost


def test_rebuilding_changes_no_result(tmp_path):
    with Library.open(tmp_path / "library", WordHashEncoder(), create=True) as library:
        library.replace([article(number) for number in range(60)])
        library.remove([f"story-{number}" for number in range(0, 60, 7)])
        before = results(library)
        for _ in range(3):
            library.rebuild()
            assert results(library) == before
    with Library.open(tmp_path / "library", WordHashEncoder()) as library:
        assert results(library) == before


def test_a_whole_library_has_no_problems_and_is_not_rebuilt(damaged):
    assert diagnose(damaged, WordHashEncoder()) == []
    files = {path: path.stat().st_mtime_ns for path in (damaged / INDEX).rglob("*") if path.parent.name != INDEX}
    assert len(files) >= 4, "Chroma has not written its graph"
    Library.open(damaged, WordHashEncoder()).close()
    assert all(path.stat().st_mtime_ns == time for path, time in files.items())


def test_every_index_file_that_is_cut_short_is_found_and_mended(large, tmp_path):
    names = [path.relative_to(large) for path in sorted((large / INDEX).rglob("*")) if path.stat().st_size]
    files = [name for name in names if (large / name).is_file()]
    assert {name.name for name in files} >= {"chroma.sqlite3", "header.bin", "data_level0.bin"}
    for name in files:
        folder = Path(shutil.copytree(large, tmp_path / name.name))
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: len(data) // 2])
        assert answers_rightly(folder), name


@pytest.mark.parametrize("lost", ["segment", "database", "folder"])
def test_an_index_that_is_gone_is_found_and_made_again(damaged, lost):
    segments = [path for path in (damaged / INDEX).iterdir() if path.is_dir()]
    assert segments
    if lost == "segment":
        shutil.rmtree(segments[0])
    elif lost == "database":
        (damaged / INDEX / "chroma.sqlite3").unlink()
    else:
        shutil.rmtree(damaged / INDEX)
    (problem, *_) = diagnose(damaged, WordHashEncoder())
    assert problem.mend == "citewire rebuild"
    assert answers_rightly(damaged)


@pytest.mark.parametrize(
    ("owner", "method", "error"),
    [(VectorIndex, "add", LibraryDamagedError), (Client, "get_or_create_collection", ValueError)],
)
def test_an_index_that_fails_while_it_is_opened_is_made_again(tmp_path, monkeypatch, owner, method, error):
    """Chroma gives one client for a folder as long as it is open: the old one must not outlive its files."""
    folder = tmp_path / "library"
    with Library.open(folder, WordHashEncoder(), create=True) as library:
        library.replace([article(number) for number in range(5)])
    with contextlib.closing(Catalog(folder / CATALOG)) as catalog, catalog.transaction():
        catalog.await_index()  # as a crash leaves it
    works, errors = getattr(owner, method), [error("It fails.")]

    def fails_once(*args, **options):
        if errors:
            raise errors.pop()
        return works(*args, **options)

    monkeypatch.setattr(owner, method, fails_once)
    with Library.open(folder, WordHashEncoder()) as library:
        assert library.search(marker(3))[0].article.id == "story-3"
        assert library.search(marker(3))[0].vector_rank is not None


def test_an_index_that_no_reader_comes_to_the_end_of_is_made_again(tmp_path, monkeypatch):
    folder = tmp_path / "library"
    with Library.open(folder, WordHashEncoder(), create=True) as library:
        library.replace([article(1)])
    monkeypatch.setattr(check, "_PATIENCE", 0.01)
    (problem,) = diagnose(folder, WordHashEncoder())
    assert (problem.what, problem.mend) == ("The Chroma index: it is not read in 0.01 seconds.", "citewire rebuild")


def test_an_old_copy_of_the_index_is_found_and_mended(damaged, tmp_path):
    shutil.copytree(damaged / INDEX, tmp_path / "old")
    with Library.open(damaged, WordHashEncoder()) as library:
        library.remove([f"story-{number}" for number in range(1, 30, 2)])
        library.replace([article(number) for number in range(1000, 1010)])
    shutil.rmtree(damaged / INDEX)
    shutil.copytree(tmp_path / "old", damaged / INDEX)
    assert len(diagnose(damaged, WordHashEncoder())) >= 2  # some are missing, and removed ones are there
    assert answers_rightly(damaged)
    with Library.open(damaged, WordHashEncoder()) as library:
        assert library.search(marker(1003))[0].article.id == "story-1003"


def test_copies_of_one_story_are_no_damage(tmp_path):
    """A story that twenty papers print has twenty equal vectors: each may find the others first."""
    with Library.open(tmp_path / "library", WordHashEncoder(), create=True) as library:
        library.replace([Article(f"copy-{n}", "Same", article(1).text, f"/{n}.txt") for n in range(30)])
    assert diagnose(tmp_path / "library", WordHashEncoder()) == []


def test_a_catalog_that_was_emptied_is_not_a_new_library(damaged):
    """A file of no bytes, as a full disk leaves it: never "0 articles" and healthy."""
    for path in damaged.glob(f"{CATALOG}*"):
        path.write_bytes(b"")
    with pytest.raises(LibraryError):
        Library.open(damaged, WordHashEncoder())


def test_a_catalog_that_is_gone_is_not_a_new_library_for_a_sync(damaged, tmp_path):
    for path in damaged.glob(f"{CATALOG}*"):
        path.unlink()
    with Library.open(damaged, WordHashEncoder(), create=True) as library:
        library.replace([article(number) for number in range(ARTICLES)])
    assert answers_rightly(damaged)


def test_a_catalog_with_a_damaged_page_is_a_clear_error(damaged):
    path = damaged / CATALOG
    data = bytearray(path.read_bytes())
    data[4096:-4096] = b"\xa5" * (len(data) - 8192)
    path.write_bytes(data)
    try:
        with Library.open(damaged, WordHashEncoder()) as library:
            library.search("anything")
    except LibraryError:
        pass
    else:
        pytest.fail("it was searched")
    with pytest.raises(LibraryError):
        list_entries(damaged)
    with contextlib.suppress(LibraryError):
        assert diagnose(damaged, WordHashEncoder())


def test_rows_that_contradict_each_other_are_found(damaged):
    with Library.open(damaged, WordHashEncoder()):
        pass
    catalog = Catalog(damaged / CATALOG)
    with catalog.transaction():
        catalog._db.execute('UPDATE passage SET "end" = 10000000 WHERE row = 5')
        catalog._db.execute("DELETE FROM words WHERE rowid = 6")
    catalog.close()
    found = [problem.what for problem in diagnose(damaged, WordHashEncoder())]
    assert any("1 passages without full text" in what for what in found)
    assert any("1 passages outside their article" in what for what in found)


def test_a_folder_named_ingest_where_one_stands_is_never_run(damaged, tmp_path):
    """The child that checks the index must not import what lies in the current folder."""
    trap = tmp_path / "elsewhere" / "ingest"
    trap.mkdir(parents=True)
    (trap / "__init__.py").write_text("")
    (trap / "check.py").write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')")
    code = textwrap.dedent("""
        import sys
        from pathlib import Path
        from ingest import WordHashEncoder, diagnose
        print(len(diagnose(Path(sys.argv[1]), WordHashEncoder())))
    """)
    (tmp_path / "program.py").write_text(code)
    child = subprocess.run(
        [sys.executable, str(tmp_path / "program.py"), str(damaged)],
        cwd=trap.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert not (tmp_path / "sprung").exists()
    assert child.stdout.strip() == "0", child.stderr


def test_an_empty_library_finds_nothing(word_hash_library):
    assert word_hash_library.search("anything") == []
    assert word_hash_library.entries() == []
    assert len(word_hash_library) == 0


def test_searching_takes_no_more_than_asked(word_hash_library):
    word_hash_library.replace([article(number) for number in range(10)])
    assert [len(word_hash_library.search(marker(1), limit)) for limit in (0, 1, 5)] == [0, 1, 5]


def test_many_threads_search_at_once_and_find_the_same(word_hash_library):
    from concurrent.futures import ThreadPoolExecutor

    word_hash_library.replace([article(number) for number in range(20)])
    expected = [word_hash_library.search(marker(number)) for number in range(20)]
    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            assert list(threads.map(lambda number: word_hash_library.search(marker(number)), range(20))) == expected
