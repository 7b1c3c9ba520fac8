"""Sync: the library is equal to its sources, no more and no less."""

import json
import os
import shutil
import threading
import time

import pytest

from ingest import Library, SourceError, WordHashEncoder, sync
from ingest.ahead import Ahead
from tests.newspaper import marker, print_newspaper, story


class CountingEncoder(WordHashEncoder):
    """The word-hash encoder, and how many documents it was given."""

    def __init__(self):
        self.encoded = 0

    def encode_documents(self, texts):
        self.encoded += len(texts)
        return super().encode_documents(texts)


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "library", CountingEncoder(), create=True) as opened:
        yield opened


@pytest.fixture
def paper(tmp_path):
    folder = tmp_path / "paper"
    print_newspaper(folder, range(1, 6))
    return folder


def by_source(library):
    return {entry.source: entry.id for entry in library.entries()}


def texts(library):
    return {entry.source: library.article(entry.id).text for entry in library.entries()}


def write_lines(path, lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def test_a_second_sync_changes_nothing_and_encodes_nothing(library, paper):
    first = sync([paper], library)
    before, encoded = library.entries(), library.encoder.encoded
    again = sync([paper], library)
    assert len(first.added) == 5
    assert encoded == len(library)
    assert (again.added, again.changed, again.removed, again.failed) == ((), (), (), ())
    assert sorted(again.unchanged) == sorted(first.added)
    assert library.encoder.encoded == encoded
    assert library.entries() == before


def test_touching_files_is_not_changing_them(library, paper):
    sync([paper], library)
    encoded = library.encoder.encoded
    for file in paper.iterdir():
        os.utime(file, (1, 1))
    assert not sync([paper], library).changed
    assert library.encoder.encoded == encoded


def test_a_changed_file_keeps_its_id_and_loses_its_old_words(library, paper):
    sync([paper], library)
    path = paper / "story-002.txt"
    before = by_source(library)[str(path)]
    path.write_text("Story 2\n\nOnly the word pomegranate is left.")
    report = sync([paper], library)
    assert report.changed == (before,)
    assert library.article(before).text == "Only the word pomegranate is left."
    assert next(entry.version for entry in library.entries() if entry.id == before) == 2
    assert library.search("pomegranate")[0].article.id == before
    assert not [hit for hit in library.search(marker(2), 50) if marker(2) in hit.passage.text]


def test_a_removed_file_is_gone(library, paper):
    sync([paper], library)
    gone = by_source(library)[str(paper / "story-003.txt")]
    (paper / "story-003.txt").unlink()
    report = sync([paper], library)
    assert report.removed == (gone,)
    assert gone not in by_source(library).values()
    assert gone not in {hit.article.id for hit in library.search(marker(3), 50)}


def test_a_moved_file_is_the_same_article(library, paper):
    sync([paper], library)
    before, encoded = by_source(library), library.encoder.encoded
    (paper / "2024").mkdir()
    shutil.move(paper / "story-004.txt", paper / "2024" / "moved.txt")
    report = sync([paper], library)
    assert (report.added, report.changed, report.removed) == ((), (), ())
    assert library.encoder.encoded == encoded
    assert by_source(library)[str(paper / "2024" / "moved.txt")] == before[str(paper / "story-004.txt")]
    assert str(paper / "story-004.txt") not in by_source(library)


def test_a_moved_folder_keeps_every_id(library, paper, tmp_path):
    sync([paper], library)
    before = sorted(by_source(library).values())
    paper.rename(tmp_path / "archive")
    report = sync([tmp_path / "archive"], library)
    assert sorted(report.unchanged) == before
    assert sorted(by_source(library).values()) == before


def test_a_file_that_moved_and_had_its_front_matter_edited_is_changed_not_new(library, tmp_path):
    folder = tmp_path / "paper"
    folder.mkdir()
    (folder / "a.md").write_text(f"---\ntitle: Before\n---\n{story(1)}")
    (added,) = sync([folder], library).added
    (folder / "a.md").unlink()
    (folder / "b.md").write_text(f"---\ntitle: After\npublisher: The Courier\n---\n{story(1)}")
    report = sync([folder], library)
    assert (report.added, report.changed, report.removed) == ((), (added,), ())
    assert (library.article(added).title, library.article(added).publisher) == ("After", "The Courier")
    assert library.article(added).source == str(folder / "b.md")


def test_a_copy_is_an_article_of_its_own(library, paper):
    sync([paper], library)
    shutil.copy(paper / "story-001.txt", paper / "copy.txt")
    report = sync([paper], library)
    assert len(report.added) == 1
    assert len(library.entries()) == 6
    (paper / "story-001.txt").unlink()
    report = sync([paper], library)
    assert (len(report.removed), len(report.added)) == (1, 0)
    assert len(library.entries()) == 5


def test_copies_in_a_first_sync_are_all_there(library, tmp_path):
    for name in "abc":
        (tmp_path / "paper").mkdir(exist_ok=True)
        (tmp_path / "paper" / f"{name}.txt").write_text(f"Same\n\n{story(1)}")
    assert len(sync([tmp_path / "paper"], library).added) == 3


def test_files_that_swap_their_names_swap_their_texts(library, paper):
    sync([paper], library)
    one, two, aside = paper / "story-001.txt", paper / "story-002.txt", paper / "aside"
    one.rename(aside)
    two.rename(one)
    aside.rename(two)
    sync([paper], library)
    found = texts(library)
    assert len(found) == 5
    assert (marker(2) in found[str(one)], marker(1) in found[str(two)]) == (True, True)


def test_a_new_article_never_takes_the_id_of_one_that_moved_away(library, tmp_path):
    """Articles of one title, written to one path in turn, each moved away before the next: none may vanish."""
    folder = tmp_path / "paper"
    folder.mkdir()
    for turn in range(4):
        (folder / "today.txt").write_text(f"Daily report\n\n{story(turn)}")
        sync([folder], library)
        assert len(library.entries()) == turn + 1
        (folder / "today.txt").rename(folder / f"day-{turn}.txt")
        sync([folder], library)
    found = texts(library)
    assert {source.rsplit("/")[-1] for source in found} == {f"day-{turn}.txt" for turn in range(4)}
    assert all(marker(turn) in found[str(folder / f"day-{turn}.txt")] for turn in range(4))


@pytest.mark.parametrize("name", ["lines.jsonl", "LINES.JSONL"])
def test_a_line_that_fails_keeps_its_old_article(library, tmp_path, name):
    (tmp_path / "paper").mkdir()
    path = tmp_path / "paper" / name
    write_lines(path, [{"title": f"T{n}", "text": story(n)} for n in range(3)])
    sync([path.parent], library)
    path.write_text(path.read_text().replace('"title": "T1", ', '"title": T1, '))
    report = sync([path.parent], library)
    assert len(report.failed) == 1
    assert report.removed == ()
    assert len(library.entries()) == 3


@pytest.mark.parametrize("name", ["lines.jsonl", "LINES.JSONL"])
def test_a_line_that_is_gone_is_removed(library, tmp_path, name):
    path = tmp_path / name
    write_lines(path, [{"title": f"T{n}", "text": story(n)} for n in range(3)])
    sync([path], library)
    write_lines(path, [{"title": f"T{n}", "text": story(n)} for n in (0, 2)])
    assert len(sync([path], library).removed) == 1
    assert {entry.title for entry in library.entries()} == {"T0", "T2"}


def test_a_file_that_fails_keeps_its_old_article(library, paper):
    sync([paper], library)
    (paper / "story-001.txt").write_bytes(bytes(100))
    report = sync([paper], library)
    assert [failure.source for failure in report.failed] == [str(paper / "story-001.txt")]
    assert report.removed == ()
    assert library.search(marker(1))[0].article.source == str(paper / "story-001.txt")
    print_newspaper(paper, [1])
    assert len(sync([paper], library).unchanged) == 5


def test_only_what_came_from_the_sources_named_is_removed(library, paper, tmp_path):
    other = tmp_path / "paper-two"  # its name begins like the first folder's
    print_newspaper(other, [10, 11])
    sync([paper, other], library)
    (other / "story-010.txt").unlink()
    assert sync([paper], library).removed == ()
    assert len(library.entries()) == 7
    assert len(sync([other], library).removed) == 1


def test_a_single_file_is_a_source(library, paper):
    assert len(sync([paper / "story-001.txt"], library).added) == 1
    assert len(sync([paper], library).added) == 4


def test_sources_that_overlap_are_read_once(library, paper):
    assert len(sync([paper, paper / "story-001.txt", paper.parent / "paper"], library).added) == 5


def test_relative_and_absolute_paths_are_the_same_source(library, paper, monkeypatch):
    monkeypatch.chdir(paper.parent)
    sync(["paper"], library)
    assert len(sync([paper], library).unchanged) == 5
    assert len(sync(["paper/../paper/./"], library).unchanged) == 5


def test_an_emptied_folder_is_refused_and_nothing_is_lost(library, paper):
    sync([paper], library)
    for file in paper.iterdir():
        file.unlink()
    with pytest.raises(SourceError, match=r"The 5 that the library has from it were kept; --allow-empty removes them"):
        sync([paper], library)
    assert len(library.entries()) == 5
    assert len(sync([paper], library, allow_empty=True).removed) == 5
    assert len(library) == 0


def test_a_folder_that_is_not_there_is_refused_and_nothing_is_lost(library, paper):
    sync([paper], library)
    shutil.rmtree(paper)
    with pytest.raises(SourceError, match="There is no"):
        sync([paper], library)
    assert len(library.entries()) == 5


def test_one_missing_source_stops_all_before_anything_is_changed(library, paper, tmp_path):
    with pytest.raises(SourceError):
        sync([paper, tmp_path / "nowhere"], library)
    assert len(library) == 0


def test_a_file_of_another_format_is_refused_with_those_that_can_be_read(library, tmp_path):
    (tmp_path / "a.png").write_bytes(b"PNG")
    with pytest.raises(SourceError, match=r"\.html, \.jsonl"):
        sync([tmp_path / "a.png"], library)


def test_hidden_files_and_other_formats_are_passed_over(library, paper):
    (paper / ".git").mkdir()
    for name in (".git/a.txt", ".hidden.md", "picture.png", "noext"):
        (paper / name).write_text("Never read this.")
    assert len(sync([paper], library).added) == 5


def test_a_folder_that_cannot_be_listed_does_not_remove_its_articles(library, paper):
    """Root reads everything, so the test becomes somebody else for a moment."""
    (paper / "closed").mkdir()
    print_newspaper(paper / "closed", [20])
    sync([paper], library)
    me = os.geteuid()
    for folder in (paper, *(above for above in paper.parents if "pytest-of" in str(above))):
        folder.chmod(0o755)
    (paper / "closed").chmod(0o000)
    if me == 0:
        for path in (library.folder, *library.folder.rglob("*")):
            os.chown(path, 65534, 65534)
        os.seteuid(65534)
    try:
        try:
            removed = sync([paper], library).removed
        except SourceError:
            removed = ()
    finally:
        os.seteuid(me)
        (paper / "closed").chmod(0o755)
    assert removed == ()
    assert len(library.entries()) == 6


def test_a_jsonl_line_that_moves_keeps_its_id(library, tmp_path):
    path = tmp_path / "lines.jsonl"
    lines = [{"title": f"T{n}", "text": story(n)} for n in range(4)]
    write_lines(path, lines)
    sync([path], library)
    before, encoded = by_source(library), library.encoder.encoded
    write_lines(path, [{"title": "New", "text": story(9)}, *lines[::-1]])
    report = sync([path], library)
    assert (len(report.added), report.changed, report.removed) == (1, (), ())
    assert library.encoder.encoded - encoded == len([h for h in library.search("New", 50) if h.article.title == "New"])
    assert before.items() <= by_source(library).items()


def test_a_jsonl_line_that_moves_to_another_file_keeps_its_id(library, tmp_path):
    folder = tmp_path / "paper"
    folder.mkdir()
    write_lines(folder / "a.jsonl", [{"title": f"T{n}", "text": story(n)} for n in range(3)])
    sync([folder], library)
    before = sorted(by_source(library).values())
    write_lines(folder / "a.jsonl", [{"title": f"T{n}", "text": story(n)} for n in (0, 1)])
    write_lines(folder / "b.jsonl", [{"title": "T2", "text": story(2)}])
    report = sync([folder], library)
    assert (report.added, report.changed, report.removed) == ((), (), ())
    assert sorted(by_source(library).values()) == before


def test_progress_ends_at_its_total(library, paper):
    states = []
    sync([paper], library, progress=states.append)
    assert states[-1].done == states[-1].total == sum(file.stat().st_size for file in paper.iterdir())
    assert states[-1].articles == 5
    assert [state.done for state in states] == sorted(state.done for state in states)


def test_a_file_name_that_is_not_utf_8_fails_alone_or_is_read(library, paper):
    (paper / os.fsdecode(b"caf\xe9.txt")).write_text(f"Cafe\n\n{story(30)}")
    report = sync([paper], library)
    assert len(report.added) + len(report.failed) == 6
    assert len(report.added) >= 5


# What did not change is not even opened


def rewritten(path, text, *, same_time):
    """The file with other words of the same length, and the time that it had, or not."""
    before = path.stat()
    assert len(text.encode()) == before.st_size
    path.write_text(text)
    if same_time:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.fixture
def aged(paper):
    """The paper, written a while ago: what was written just now is read once more, for safety."""
    for file in paper.iterdir():
        os.utime(file, (1_700_000_000, 1_700_000_000))
    return paper


def test_a_second_sync_looks_at_stamps_alone(library, aged):
    sync([aged], library)
    path = aged / "story-002.txt"
    text = path.read_text().replace("Story 2", "Glory 2")
    rewritten(path, text, same_time=True)
    assert len(sync([aged], library).unchanged) == 5
    rewritten(path, text, same_time=False)
    assert len(sync([aged], library).changed) == 1


def test_a_stamp_counts_for_nothing_when_the_library_has_other_articles(library, aged):
    (added, *_) = sync([aged], library).added
    library.forget(added)
    assert sync([aged], library).added == (added,)
    library.remove([added])
    assert sync([aged], library).added == (added,)


def test_a_file_that_failed_is_tried_again_although_it_did_not_change(library, aged):
    (aged / "bad.html").write_text("")
    os.utime(aged / "bad.html", (1_700_000_000, 1_700_000_000))
    assert [len(sync([aged], library).failed) for _ in range(2)] == [1, 1]


def test_ten_thousand_articles_that_did_not_change_take_seconds(library, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(10_000):
        (folder / f"{number}.txt").write_text(f"Story {number}\n\nNothing of note happened on day {number}.")
        os.utime(folder / f"{number}.txt", (1_700_000_000, 1_700_000_000))
    assert len(sync([folder], library).added) == 10_000
    began, cpu = time.perf_counter(), time.process_time()
    assert len(sync([folder], library).unchanged) == 10_000
    assert time.process_time() - cpu < 5
    assert time.perf_counter() - began < 20  # 5 on a machine that does nothing else


# Reading ahead


def test_reading_ahead_keeps_the_order_and_stays_within_its_bound():
    taken = []

    def numbers():
        for number in range(50):
            taken.append(number)
            yield number

    with Ahead(numbers, 4) as found:
        for number in found:
            assert taken[-1] - number <= 6
    assert taken == list(range(50))


def test_what_goes_wrong_while_reading_ahead_is_raised_where_it_is_waited_for():
    def broken():
        yield 1
        raise ValueError("broken")

    with Ahead(broken, 4) as found, pytest.raises(ValueError, match="broken"):
        list(found)


def test_reading_ahead_stops_when_nobody_listens_any_more():
    ended = threading.Event()

    def endless():
        try:
            while True:
                yield 1
        finally:
            ended.set()

    with Ahead(endless, 4) as found:
        next(iter(found))
    assert ended.wait(30)


def test_who_waits_for_what_is_read_ahead_is_asked_whether_to_go_on():
    left = threading.Event()

    def never():
        left.wait(60)
        yield 1

    def told():
        raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt), Ahead(never, 4, told) as found:
        next(iter(found))
    left.set()
    assert time.monotonic() - began < 30  # half a second, and one more for the thread


def test_one_long_file_can_be_stopped_before_its_end(library, tmp_path):
    """A server that stops, or a job that is cancelled, says so where progress is told."""
    path = tmp_path / "export.jsonl"
    lines = [{"title": f"Story {n}", "text": (story(n) + " ") * (4_000 // len(story(n)))} for n in range(60)]
    path.write_text("\n".join(map(json.dumps, lines)))

    def stop(state):
        if state.passages:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        sync([path], library, progress=stop)
    done = len(library.entries())
    assert 0 < done < 40
    assert len(sync([path], library).added) == 60 - done
