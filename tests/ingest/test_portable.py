"""Taking a library elsewhere: export, import and backup give back the same articles, ids, versions and answers."""

import gzip
import json
import subprocess
import sys

import pytest

from ingest import (
    Article,
    Library,
    LibraryError,
    LibraryMissingError,
    PortableFileError,
    WordHashEncoder,
    back_up,
    diagnose,
    export_library,
    import_library,
)
from ingest.catalog import FILE, Catalog
from tests.newspaper import article, marker, rankings

QUESTIONS = [marker(number) for number in range(0, 30, 3)]


def fill(library):
    """Thirty articles, some with versions, some copies, some gone; rows in another order than ids."""
    stated = {
        "publisher": "Courier",
        "author": "A. Alder",
        "published": "2024-03-04",
        "url": "https://courier.example/",
    }
    library.replace([article(number) for number in reversed(range(32))])
    library.replace([article(number, edition=1, **stated) for number in range(0, 30, 5)])
    library.replace([article(number, edition=2, updated="2024-04-01", **stated) for number in range(0, 30, 10)])
    library.replace([Article("copy", "日本 \u2028 “x”", article(7).text, "/copy", language="en")])
    library.remove(["story-30", "story-31"])


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder = tmp_path_factory.mktemp("original") / "library"
    with Library.open(folder, WordHashEncoder(), create=True) as library:
        fill(library)
    return folder


@pytest.fixture
def exported(original, tmp_path):
    assert export_library(original, tmp_path / "library.jsonl.gz") == 31
    return tmp_path / "library.jsonl.gz"


def contents(library):
    """All that a library says, and the order in which searches find it."""
    names = sorted(entry.id for entry in library.entries())
    copies = [library.copies(name) for name in names]
    return (
        library.entries(),
        [library.history(name) for name in names],
        copies,
        [rankings(library, q) for q in QUESTIONS],
    )


def contents_of(folder):
    with Library.open(folder, WordHashEncoder()) as library:
        return contents(library)


def test_an_imported_library_is_the_one_that_was_exported(original, exported, tmp_path):
    with Library.open(tmp_path / "new", WordHashEncoder(), create=True) as library:
        states = []
        done = import_library(exported, library, states.append)
        assert (done.added, done.unchanged) == (31, 0)
        assert contents(library) == contents_of(original)
        assert states[0].total == 31
        assert [len(library.history(f"story-{n}")) for n in (0, 5, 7)] == [3, 2, 1]
    assert diagnose(tmp_path / "new", WordHashEncoder()) == []
    export_library(tmp_path / "new", tmp_path / "again.gz")
    assert (tmp_path / "again.gz").read_bytes() == exported.read_bytes()


def test_an_import_that_was_interrupted_goes_on(original, exported, tmp_path):
    class Killed(BaseException):
        pass

    def stop(_):
        raise Killed

    with Library.open(tmp_path / "new", WordHashEncoder(), create=True) as library:
        with pytest.raises(Killed):
            import_library(exported, library, stop)
        half = len(library.entries())
        assert 0 < half < 31
        done = import_library(exported, library)
        assert (done.added, done.unchanged) == (31 - half, half)
        assert contents(library) == contents_of(original)


def test_an_import_adds_to_other_articles_and_overwrites_none(exported, tmp_path):
    with Library.open(tmp_path / "new", WordHashEncoder(), create=True) as library:
        library.replace([article(90)])
        assert import_library(exported, library).added == 31
        assert library.article("story-90") == article(90)
    for other in (article(3, edition=9), Article("else", "Else", "Something else.", "/nowhere/3.txt")):
        with Library.open(tmp_path / other.id, WordHashEncoder(), create=True) as library:
            library.replace([other])
            with pytest.raises(LibraryError, match="import into a new library"):
                import_library(exported, library)
            assert [entry.id for entry in library.entries()] == [other.id]


def test_an_export_is_of_one_moment_while_another_process_owns_the_library(original, tmp_path):
    with Library.open(original, WordHashEncoder()):
        assert export_library(original, tmp_path / "meanwhile.gz") == 31


def test_nothing_is_written_over(original, exported):
    before = exported.read_bytes()
    with pytest.raises(PortableFileError, match="is there already"):
        export_library(original, exported)
    assert exported.read_bytes() == before
    assert [path.name for path in exported.parent.iterdir()] == [exported.name]


@pytest.mark.parametrize("action", [export_library, back_up])
def test_a_library_that_is_not_there_is_not_exported(tmp_path, action):
    with pytest.raises(LibraryMissingError):
        action(tmp_path / "none", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_a_clear_error(original, tmp_path):
    with pytest.raises(PortableFileError, match="cannot be written"):
        export_library(original, tmp_path / "no" / "folder.gz")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(LibraryError, match="not an empty folder"):
        back_up(original, tmp_path / "file")
    with pytest.raises(LibraryError, match="cannot be written"):
        back_up(original, tmp_path / "file" / "below")
    assert (tmp_path / "file").read_text() == "mine"


def lines(*values):
    return gzip.compress(
        "".join(value if isinstance(value, str) else json.dumps(value) + "\n" for value in values).encode(),
        mtime=0,  # as a test's name must not hold the time
    )


HEADER = {"format": "citewire library", "version": 1, "articles": 1}
GOOD = {"id": "a", "title": "A", "text": "Text.", "source": "/a", "version": 1, "since": None, "until": None}


def test_the_smallest_good_file_is_imported(tmp_path, word_hash_library):
    (tmp_path / "file").write_bytes(lines(HEADER, [GOOD]))
    assert import_library(tmp_path / "file", word_hash_library).added == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not gzip",
        gzip.compress(b"", mtime=0) + b"\x1f\x8b\x08",
        lines(HEADER, [GOOD])[:-9],
        lines(HEADER, [GOOD])[:40] + b"\xff" * 40,
        lines("not json\n"),
        lines({"format": "another", "version": 1, "articles": 0}),
        lines(HEADER | {"version": 2}),
        lines(HEADER),
        lines(HEADER, [GOOD], [GOOD]),
        lines(HEADER | {"articles": 2}, [GOOD], [GOOD]),
        lines(HEADER, []),
        lines(HEADER, GOOD),
        lines(HEADER, [GOOD | {"text": 5}]),
        lines(HEADER, [GOOD | {"text": " "}]),
        lines(HEADER, [GOOD | {"title": None}]),
        lines(HEADER, [GOOD | {"title": "\ud800"}]),
        lines(HEADER, [GOOD | {"secret": "x"}]),
        lines(HEADER, [GOOD | {"version": "1"}]),
        lines(HEADER, [GOOD | {"version": 0}]),
        lines(HEADER, [GOOD | {"until": "2024-01-01"}]),
        lines(HEADER, [GOOD, GOOD]),
        lines(HEADER, [GOOD, GOOD | {"version": 2}]),
        lines(HEADER, [GOOD | {"until": "2024-01-01", "id": "b"}, GOOD | {"version": 2}]),
        lines(HEADER, "[" * 100_000 + "\n"),
    ],
    ids=range(25),
)
def test_a_file_that_is_not_whole_is_refused_and_nothing_of_it_is_kept(tmp_path, word_hash_library, data):
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(PortableFileError):
        import_library(tmp_path / "file", word_hash_library)
    assert word_hash_library.entries() == []


def test_a_file_that_is_not_there_is_said_so(tmp_path, word_hash_library):
    with pytest.raises(PortableFileError, match="check the path"):
        import_library(tmp_path / "none", word_hash_library)


# Backups


def test_a_backup_is_a_library_with_the_same_answers(original, tmp_path):
    assert back_up(original, tmp_path / "backup") == 31
    assert [path.name for path in (tmp_path / "backup").iterdir()] == [FILE]
    assert contents_of(tmp_path / "backup") == contents_of(original)
    assert diagnose(tmp_path / "backup", WordHashEncoder()) == []


WRITES = """
import sys
from ingest import Library, WordHashEncoder
from tests.newspaper import article
with Library.open(sys.argv[1], WordHashEncoder(), create=True, purpose="syncing") as library:
    for number in range(10_000):
        library.replace([article(number), article(number % 7, edition=number)])
        print(number, flush=True)
"""


def test_a_backup_while_another_process_writes_is_of_one_moment(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", WRITES, str(tmp_path / "busy")], stdout=subprocess.PIPE, text=True, env=with_path()
    ) as writer:
        counts = []
        for turn in range(4):
            for _ in range(8):
                written = int(writer.stdout.readline())
            counts.append((written, back_up(tmp_path / "busy", tmp_path / f"backup-{turn}")))
        assert writer.poll() is None
        writer.kill()
    for turn, (written, count) in enumerate(counts):
        folder = tmp_path / f"backup-{turn}"
        assert count > written
        with Library.open(folder, WordHashEncoder()) as library:
            assert len(library.entries()) == count
            number = count - 1
            assert library.article(f"story-{number}").text == article(number).text
        assert diagnose(folder, WordHashEncoder()) == []


def with_path():
    from tests.ui.servers import environment

    return environment()


def test_a_backup_goes_into_a_new_folder_only(original, tmp_path):
    back_up(original, tmp_path / "backup")
    with pytest.raises(LibraryError, match="not an empty folder"):
        back_up(original, tmp_path / "backup")
    (tmp_path / "empty").mkdir()
    assert back_up(original, tmp_path / "empty") == 31


def test_a_library_of_before_is_backed_up_and_asks_for_the_doctor_before_an_export(tmp_path):
    with Library.open(tmp_path / "library", WordHashEncoder(), create=True) as library:
        library.replace([article(1)])
    catalog = Catalog(tmp_path / "library" / FILE)
    catalog._db.execute("PRAGMA user_version = 1")
    catalog.close()
    with pytest.raises(LibraryError, match="citewire doctor"):
        export_library(tmp_path / "library", tmp_path / "out.gz")
    assert back_up(tmp_path / "library", tmp_path / "backup") == 1
