"""Documents that child processes parse: two at a time, each in its turn."""

import threading
import time

from ingest import Article, sync, turns
from tests.ingest.documents import docx, paragraph, pdf
from tests.newspaper import story


def test_two_documents_are_parsed_at_a_time_and_each_comes_in_its_turn(tmp_path, monkeypatch):
    running, most, lock = set(), [], threading.Lock()

    def slow(path):
        with lock:
            running.add(path)
            most.append(len(running))
        time.sleep(0.05)
        yield Article(path.name, path.name, "Words.", str(path))
        with lock:
            running.discard(path)

    monkeypatch.setattr(turns, "read", slow)
    paths = [tmp_path / f"{number:02}.{kind}" for number in range(8) for kind in ("docx", "pdf", "txt")]
    assert [[item.id for item in items] for items in turns.in_turn(paths)] == [[path.name] for path in paths]
    assert max(most) == 3  # two children, and a text


def test_leaving_early_starts_no_more_documents(tmp_path, monkeypatch):
    begun = []

    def read(path):
        begun.append(path.name)
        yield Article(path.name, path.name, "Words.", str(path))

    monkeypatch.setattr(turns, "read", read)
    found = turns.in_turn([tmp_path / f"{number}.pdf" for number in range(9)])
    list(next(found))
    found.close()
    assert sorted(begun) == ["0.pdf", "1.pdf"]


def test_a_folder_of_documents_is_read_whole_and_a_bad_one_fails_alone(tmp_path, word_hash_library):
    for number in range(3):
        (tmp_path / f"{number}.pdf").write_bytes(pdf([[story(number)]]))
        (tmp_path / f"{number}.docx").write_bytes(docx(paragraph(story(number + 10)), core=""))
    (tmp_path / "1.pdf").write_bytes(b"%PDF-1.4 and no more")
    report = sync([tmp_path], word_hash_library)
    assert len(report.added) == 5
    assert [failure.source for failure in report.failed] == [str(tmp_path / "1.pdf")]
