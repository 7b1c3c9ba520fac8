"""Sources from the settings, dry runs, watching, and a server that keeps itself up to date."""

import errno
import json
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from ingest import (
    CitewireError,
    Library,
    LibraryMissingError,
    Source,
    SourceError,
    WordHashEncoder,
    list_entries,
)
from qa import Settings
from tests.ingest.sites import Site
from tests.newspaper import print_newspaper, story
from tests.ui.servers import environment, process
from ui.cli import app
from ui.syncing import Upkeep
from ui.watching import Watch

REAL = """
import sys
from qa import Settings
from ui.server import serve
settings = Settings(library=sys.argv[1], port=0, sources=[{"location": sys.argv[2]}])
serve(settings, on_ready=lambda url: print(url, flush=True))
"""


def run(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


def eventually(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


@pytest.fixture
def site():
    opened = Site()
    yield opened
    opened.close()


@pytest.fixture
def written(site, tmp_path):
    """A citewire.toml with a folder and a page."""
    print_newspaper(tmp_path / "minutes", [1, 2])
    page = f"<html><head><title>The page</title></head><body><article><p>{story(9)}</p></article></body></html>"
    site.pages["/page"] = page
    Path("citewire.toml").write_text(
        f'library = "library"\nallow_loopback = true\nfetch_delay = 0\n[[sources]]\n'
        f'location = "{tmp_path / "minutes"}"\npublisher = "Harbour Board"\n[[sources]]\n'
        f'location = "{site.url}/page"\nkind = "page"\n'
    )
    return tmp_path / "minutes"


def test_sync_alone_brings_every_source_up_to_date(written):
    planned = run("sync", "--dry-run")
    assert planned.stdout.startswith("3 added")
    assert planned.stderr.count("would be added: ") == 3
    assert not Path("library").exists(), "a dry run makes no library"
    outcome = run("sync")
    assert (outcome.exit_code, outcome.stdout) == (0, "3 added, 0 changed, 0 removed, 0 unchanged, 0 failed\n")
    entries = {entry.title: entry for entry in list_entries("library")}
    assert entries["The page"].source.startswith("http://127.0.0.1")
    assert {entry.publisher for title, entry in entries.items() if title != "The page"} == {"Harbour Board"}
    # Named by its path, it is still the source that the file describes
    assert run("sync", written).stdout == "0 added, 0 changed, 0 removed, 2 unchanged, 0 failed\n"
    assert json.loads(run("settings", "--json").stdout)["sources"]["source"].endswith("citewire.toml")


def test_a_page_of_this_machine_is_refused_unless_a_setting_allows_it(site, tmp_path):
    site.pages["/page"] = "<p>x</p>"
    outcome = run("sync", f"{site.url}/page", "--library", tmp_path / "library")
    assert outcome.exit_code == 4
    assert "this machine" in outcome.stderr
    assert not site.asked


def test_nothing_to_sync_is_a_usage_error():
    for name in ("sync", "watch"):
        outcome = run(name)
        assert outcome.exit_code == 2
        assert "[[sources]]" in " ".join(outcome.stderr.split())


def test_watch_reads_what_is_written_and_lets_others_ask_meanwhile(tmp_path):
    print_newspaper(tmp_path / "paper", [1])
    library = tmp_path / "library"
    command = [sys.executable, "-m", "ui.cli", "watch", str(tmp_path / "paper"), "--library", str(library)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as watch:
        try:
            assert watch.stdout.readline().startswith("1 added")
            print_newspaper(tmp_path / "paper", [2])
            assert watch.stdout.readline().startswith("1 added, 0 changed, 0 removed, 1 unchanged")
            assert run("doctor", "--library", library).exit_code == 0
        finally:
            watch.send_signal(signal.SIGINT)
        out, err = watch.communicate(timeout=20)
    assert watch.returncode == 130, (out, err)
    assert "Traceback" not in err


def test_a_server_reads_what_is_written_while_it_answers(tmp_path):
    print_newspaper(tmp_path / "paper", [1])
    library = tmp_path / "library"
    assert run("sync", tmp_path / "paper", "--library", library).exit_code == 0
    with process(library, "-c", REAL, str(library), str(tmp_path / "paper")) as server:
        (tmp_path / "paper" / "bridge.txt").write_text(
            "Bridge closed\n\nThe bridge in Thornby was closed because its pillars were cracked."
        )

        def found():
            question = {"question": "Why was the bridge in Thornby closed?"}
            answer = httpx2.post(f"{server.url}/api/ask", json=question, timeout=30).json()
            return any("pillars" in cited["quote"] for cited in answer["citations"] or answer["nearest"])

        eventually(found)
        began = time.monotonic()
        server.process.terminate()
        server.process.wait(20)
        assert time.monotonic() - began < 10
    assert run("doctor", "--library", library).exit_code == 0


def test_ctrl_c_stops_within_two_seconds_keeps_what_is_done_and_the_next_sync_goes_on(tmp_path):
    print_newspaper(tmp_path / "paper", range(400))
    library = tmp_path / "library"

    def begun():
        with suppress(LibraryMissingError):  # the file is there a moment before it is a library
            return list_entries(library)

    command = [sys.executable, "-m", "ui.cli", "sync", str(tmp_path / "paper"), "--library", str(library)]
    began = time.monotonic()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as busy:
        eventually(begun)
        interrupted = time.monotonic()
        busy.send_signal(signal.SIGINT)
        out, err = busy.communicate(timeout=60)
    # Where others keep the machine busy, half of what it took to begin
    assert time.monotonic() - interrupted < max(2, (interrupted - began) / 2)
    assert (busy.returncode, out) == (130, ""), err
    done = len(list_entries(library))
    assert 0 < done < 400
    planned = run("sync", "--dry-run", tmp_path / "paper", "--library", library).stdout
    assert planned == f"{400 - done} added, 0 changed, 0 removed, {done} unchanged, 0 failed\n"


def test_upkeep_goes_on_after_what_nobody_foresaw(tmp_path, caplog):
    class FullOnce(WordHashEncoder):
        was_full = False

        def encode_documents(self, texts):
            if not self.was_full:
                self.was_full = True
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().encode_documents(texts)

    print_newspaper(tmp_path / "paper", [1])
    upkeep = Upkeep(Settings(library=tmp_path / "library", sources=[{"location": str(tmp_path / "paper")}]))
    with Library.open(tmp_path / "library", FullOnce(), create=True) as library:
        upkeep.begin(library)
        try:
            eventually(lambda: "No space left" in caplog.text)
            print_newspaper(tmp_path / "paper", [2])
            eventually(lambda: library.count_articles() == 2)
        finally:
            upkeep.end()


# The watch itself


def test_a_watched_file_is_read_when_it_changes_and_not_for_its_neighbours(tmp_path):
    read, stop = [], threading.Event()
    paper = tmp_path / "paper.txt"
    paper.write_text("one")

    def sync(_):
        read.append(paper.read_text())
        (tmp_path / "library.txt").write_text(f"{len(read)}")  # as a library beside it is written by each sync
        if len(read) == 1:
            paper.write_text("two")  # during the first sync, which has read it already
        else:
            threading.Timer(3, stop.set).start()

    watching = threading.Thread(target=Watch([Source.of(paper)], sync, stop=stop).run)
    watching.start()
    watching.join(60)
    stop.set()
    assert read == ["one", "two"]


def test_a_web_source_is_looked_at_on_its_schedule():
    seen, stop = [], threading.Event()
    slow, quick = Source("http://a.example/"), Source("http://b.example/", schedule=1)

    def sync(due):
        seen.append([source.location for source in due])
        if len(seen) == 3:
            stop.set()

    Watch([slow, quick], sync, stop=stop).run()
    assert seen == [["http://a.example/", "http://b.example/"], ["http://b.example/"], ["http://b.example/"]]


def test_what_fails_once_is_said_and_tried_again():
    said: list[CitewireError] = []
    stop = threading.Event()

    def sync(_):
        if said:
            stop.set()
        else:
            raise SourceError("not now")

    Watch([Source("http://a.example/", schedule=1)], sync, on_error=said.append, stop=stop).run()
    assert [str(error) for error in said] == ["not now"]
