"""The command line: exit codes, what goes where, and one clear sentence for whatever is wrong."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ingest import CitewireError, Library, list_entries
from tests.conftest import CORPUS
from tests.ingest.sites import Site
from tests.newspaper import marker, print_newspaper, story
from ui import terminal
from ui.cli import app
from ui.feedback import Feedback, Opinion, beside

EXAMPLE = "Why did Japan drop co-sponsorship?"
FOUND, NOT_FOUND, FAILED, USAGE, SOME_FAILED = 0, 3, 1, 2, 4


def command(*arguments, **options):
    """The real command, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **options,
    )


def run(*arguments):
    """The command in this process; a CitewireError is raised as it is."""
    return CliRunner().invoke(app, list(map(str, arguments)))


def sentence(outcome):
    """What a person is told, on one line; nothing else may have happened."""
    assert outcome.returncode == FAILED, (outcome.stdout, outcome.stderr)
    assert "Traceback" not in outcome.stderr
    assert outcome.stdout == ""
    told = " ".join(outcome.stderr.split())
    assert told.startswith("Error: ")
    return told


def refusal(*arguments):
    """The same, in this process, where the entry point would print it."""
    outcome = run(*arguments)
    assert isinstance(outcome.exception, CitewireError), outcome.exception
    assert outcome.stdout == ""
    return str(outcome.exception)


@pytest.fixture
def paper(tmp_path):
    print_newspaper(tmp_path / "paper", range(3))
    return tmp_path / "paper"


@pytest.fixture
def library(paper, tmp_path):
    """A library of three stories, made by the command."""
    folder = tmp_path / "library"
    outcome = run("sync", paper, "--library", folder)
    assert outcome.exit_code == 0
    assert outcome.stdout == "3 added, 0 changed, 0 removed, 0 unchanged, 0 failed\n"
    return folder


# From nothing to an answer


def test_two_commands_from_a_folder_to_an_answer(tmp_path):
    """The packaged parts, as a newcomer meets them; a threshold of 0 leaves nothing to chance."""
    made = command("sync", CORPUS / "wire", "--library", tmp_path / "new")
    assert (made.returncode, made.stderr.count("Traceback")) == (0, 0)
    assert made.stdout == "1 added, 0 changed, 0 removed, 0 unchanged, 0 failed\n"
    asked = command("ask", EXAMPLE, "--library", tmp_path / "new", env={**os.environ, "CITEWIRE_THRESHOLD": "0"})
    assert asked.returncode == FOUND, asked.stderr
    assert "[1]" in asked.stdout
    place = "Japan to stay out of U.N. rights resolution on North Korea, Example Wire, 13 Mar 2019"
    assert place in " ".join(asked.stdout.split())
    assert asked.stderr == ""


def test_json_is_one_object_on_standard_output(corpus_copy, monkeypatch):
    monkeypatch.setenv("CITEWIRE_THRESHOLD", "0")
    outcome = run("ask", EXAMPLE, "--library", corpus_copy, "--json")
    assert outcome.exit_code == FOUND
    answer = json.loads(outcome.stdout)
    assert list(answer) == (
        "question searched_for found text short confidence citations conflicts nearest reason kind notes "
        "prose took_ms".split()
    )
    assert " ".join(answer["citations"][0]) == (
        "number article_id title publisher published url quote start end verified version updated correction also page"
    )
    with Library.open(corpus_copy) as opened:
        for citation in answer["citations"]:
            text = opened.article(citation["article_id"]).text
            assert text[citation["start"] : citation["end"]] == citation["quote"]
            assert citation["verified"] is True


def test_what_the_articles_do_not_say_exits_with_three(corpus_copy, monkeypatch):
    monkeypatch.setenv("CITEWIRE_THRESHOLD", "1")
    question = "Who stole the pineapples?"
    shown = run("ask", question, "--library", corpus_copy)
    assert shown.exit_code == NOT_FOUND
    assert shown.stdout.startswith("The articles don’t say.")
    asked = run("ask", question, "--library", corpus_copy, "--json")
    assert asked.exit_code == NOT_FOUND
    assert json.loads(asked.stdout)["found"] is False
    assert json.loads(asked.stdout)["citations"] == []


def test_a_conversation_goes_on_after_a_bad_question(corpus_copy):
    asked = command("chat", "--library", corpus_copy, input=f"{'x' * 3000}\n\n{EXAMPLE}\n")
    assert asked.returncode == 0
    assert "3,000 characters" in " ".join(asked.stderr.split())
    assert asked.stdout.strip()
    assert "Traceback" not in asked.stderr


# Bad input


def test_an_empty_folder(library, paper, tmp_path):
    (tmp_path / "empty").mkdir()
    told = sentence(command("sync", tmp_path / "empty", "--library", library))
    assert "There are no articles in" in told
    assert ".txt" in told
    for file in paper.iterdir():
        file.unlink()
    assert "--allow-empty removes them" in refusal("sync", paper, "--library", library)
    assert len(json.loads(run("articles", "--library", library, "--json").stdout)) == 3


def test_a_folder_that_is_not_there(library, tmp_path):
    told = sentence(command("sync", tmp_path / "nowhere", "--library", library))
    assert told.endswith("check the path.")
    assert len(json.loads(run("articles", "--library", library, "--json").stdout)) == 3


def test_files_that_cannot_be_read_fail_alone(library, paper):
    (paper / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00" + bytes(range(256)) * 10)
    (paper / "broken.md").write_text("---\ntitle: Wall: the vote\n---\nText.")
    with (paper / "archive.txt").open("wb") as big:
        big.truncate(50_000_000)
    (paper / "good.md").write_text(f"# Good\n\n{story(9)}")
    outcome = command("sync", paper, "--library", library)
    assert outcome.returncode == SOME_FAILED
    assert outcome.stdout == "1 added, 0 changed, 0 removed, 3 unchanged, 3 failed\n"
    told = " ".join(outcome.stderr.split())
    assert "Traceback" not in told
    for name, hint in (
        ("photo.txt", "export it as plain text"),
        ("broken.md", "quote values that hold a colon"),
        ("archive.txt", "split it"),
    ):
        assert name in told.replace(" ", "")
        assert hint in told


def test_an_empty_question(library):
    told = sentence(command("ask", "", "--library", library))
    assert "There is no question: write one" in told


def test_a_question_of_a_hundred_thousand_characters(library):
    told = sentence(command("ask", "x" * 100_000, "--library", library))
    assert "100,000 characters, of 2,000 allowed: ask in a sentence or two." in told
    assert len(told) < 200


@pytest.mark.parametrize("stdio", ["utf-8:strict", "utf-8:surrogateescape"])
def test_a_question_that_is_not_utf_8(corpus_copy, stdio):
    question = os.fsdecode(b"Why did Japan\xff drop it?")
    env = {**os.environ, "PYTHONIOENCODING": stdio}
    outcome = command("ask", question, "--library", corpus_copy, "--json", env=env, errors="surrogateescape")
    assert "Traceback" not in outcome.stderr
    assert outcome.returncode in (FOUND, NOT_FOUND, FAILED)
    assert outcome.stdout == outcome.stdout.encode("utf-8", "replace").decode(), "it is not UTF-8"


@pytest.mark.parametrize(
    "arguments", [("sync", CORPUS / "wire"), ("ask", "Who?"), ("doctor",), ("articles",), ("rebuild",)]
)
def test_a_library_path_that_is_a_file(tmp_path, arguments):
    (tmp_path / "file").write_text("mine")
    told = refusal(*arguments, "--library", tmp_path / "file")
    assert "is a file" in told
    assert "--library" in told
    assert (tmp_path / "file").read_text() == "mine"


def test_a_library_that_cannot_be_written():
    told = sentence(command("sync", CORPUS / "wire", "--library", "/proc/citewire"))
    assert "/proc/citewire cannot be written" in told
    assert "--library" in told


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "Who?"),
        ("chat",),
        ("articles",),
        ("forget", "x"),
        ("doctor",),
        ("rebuild",),
        ("export", "x"),
        ("backup", "x"),
    ],
)
def test_a_library_that_is_not_there_says_how_to_make_one(tmp_path, arguments):
    assert "citewire sync" in refusal(*arguments, "--library", tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_an_empty_library_is_no_refusal(tmp_path):
    Library.open(tmp_path / "new", create=True).close()
    assert "citewire sync" in refusal("ask", "Who?", "--library", tmp_path / "new")


@pytest.mark.parametrize(
    "arguments", [(), ("ask",), ("sync",), ("no-such-command",), ("ask", "Who?", "--no-such-flag")]
)
def test_a_command_used_wrongly_exits_with_two(arguments):
    outcome = run(*arguments)
    assert outcome.exit_code == USAGE
    assert "Usage" in outcome.stderr + outcome.stdout


def test_a_broken_settings_file_is_named(library):
    Path("citewire.toml").write_text("library = \n")
    told = sentence(command("articles", "--library", library))
    assert "citewire.toml cannot be read" in told


def test_ctrl_c_ends_with_a_word_and_leaves_a_whole_library(tmp_path):
    print_newspaper(tmp_path / "paper", range(300))
    started = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "sync", str(tmp_path / "paper"), "--library", str(tmp_path / "library")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "library" / "chroma" / "chroma.sqlite3").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=60)
    assert started.returncode == 130, (out, err)
    assert "Traceback" not in err
    assert out == ""
    assert run("doctor", "--library", tmp_path / "library").exit_code == 0


# The other commands


def test_a_second_sync_changes_nothing(library, paper):
    outcome = run("sync", paper, "--library", library)
    assert outcome.stdout == "0 added, 0 changed, 0 removed, 3 unchanged, 0 failed\n"


def test_articles_are_listed_for_people_and_for_programs(library, paper):
    listed = json.loads(run("articles", "--library", library, "--json").stdout)
    assert {entry["source"] for entry in listed} == {str(path) for path in paper.iterdir()}
    assert all(entry["id"] and entry["passages"] > 0 for entry in listed)


def test_an_article_is_one_line_for_grep_and_cut(corpus_copy):
    """An id that is folded over two lines can be neither found nor copied."""
    entries = json.loads(run("articles", "--library", corpus_copy, "--json").stdout)
    lines = command("articles", "--library", corpus_copy).stdout.splitlines()
    assert [line.split("\t")[-1] for line in lines] == [entry["id"] for entry in entries]
    assert [line.split("\t")[-2] for line in lines] == [" ".join(entry["title"].split()) for entry in entries]


def test_on_a_screen_articles_are_a_table_with_their_number(library):
    screen, aside = (Console(file=io.StringIO(), force_terminal=True, width=200, highlight=False) for _ in range(2))
    terminal.print_entries(screen, aside, list_entries(library))
    assert all(f"Story {number}" in screen.file.getvalue() for number in range(3))
    assert "3 articles" in aside.file.getvalue()


def test_hidden_characters_that_were_left_out_are_said(tmp_path):
    for number in range(7):
        (tmp_path / f"{number}.txt").write_text(f"The coun\u200bcil\u202e met {number} times.")
        os.utime(tmp_path / f"{number}.txt", (0, 1_700_000_000))  # what changed a moment ago is read again
    outcome = run("sync", tmp_path, "--library", tmp_path / "library")
    assert outcome.exit_code == 0
    told = " ".join(outcome.stderr.split())
    assert "14 hidden characters (zero-width, bidirectional or control), from 7 articles: " in told
    assert "4.txt, …" in told
    assert "hidden" not in run("sync", tmp_path, "--library", tmp_path / "library").stderr


def test_forgetting_prints_a_receipt_and_warns_of_the_file(library, paper):
    path = paper / "story-001.txt"
    outcome = command("forget", path, "--library", library)
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.startswith("Forgotten: Story 1")
    assert "leads to it any more" in " ".join(outcome.stdout.split())
    assert "still exists" in " ".join(outcome.stderr.split())
    assert len(json.loads(run("articles", "--library", library, "--json").stdout)) == 2
    assert "no article" in refusal("forget", path, "--library", library)
    assert marker(1).encode() not in b"".join(p.read_bytes() for p in library.rglob("*") if p.is_file())


def test_forgetting_takes_the_feedback_that_quotes_it_and_the_upload_that_it_came_in(tmp_path):
    library, uploads = tmp_path / "library", tmp_path / "library.uploads"
    uploads.mkdir()
    (path,) = print_newspaper(uploads, [1])
    print_newspaper(tmp_path / "paper", [2])
    run("sync", tmp_path / "paper", uploads, "--library", library)
    notes = Feedback(beside(library, "feedback.jsonl"))
    quoted = story(1).split(". ")[0]
    for answer in (f"{quoted}. [1]", story(2), "Nothing.", f"So   it\nis: {story(1)}"):
        notes.add(Opinion(question="What is told?", answer=answer, verdict="bad"))
    outcome = run("forget", path, "--library", library)
    assert outcome.exit_code == 0, outcome.exception
    assert "Feedback of readers that quotes it was removed too: 2." in " ".join(outcome.stdout.split())
    assert [json.loads(line)["answer"] for line in notes.lines()] == [story(2), "Nothing."]
    assert not path.exists()
    assert "sync" not in outcome.stderr  # nothing is left that would bring it back


def test_forgetting_a_page_names_what_would_bring_it_back(tmp_path):
    site = Site()
    try:
        site.pages["/news/1"] = f"<html><body><article><p>{story(1)}</p></article></body></html>"
        site.pages["/news/2"] = site.pages["/news/1"].replace(story(1), story(2))
        link = f"<item><title>x</title><link>{site.url}/news/1</link></item>"
        site.pages["/feed.xml"] = f'<rss version="2.0"><channel>{link}</channel></rss>'
        library = tmp_path / "library"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CITEWIRE_ALLOW_LOOPBACK", "1")
            patch.setenv("CITEWIRE_FETCH_DELAY", "0")
            assert run("sync", f"{site.url}/feed.xml", f"{site.url}/news/2", "--library", library).exit_code == 0
            listed = run("forget", f"{site.url}/news/1", "--library", library)
            alone = run("forget", f"{site.url}/news/2", "--library", library)
            assert f"{site.url}/feed.xml leads to it: the next sync" in " ".join(listed.stderr.split())
            assert f"{site.url}/news/2 leads to it: the next sync" in " ".join(alone.stderr.split())
            assert b"/news/" not in b"".join(p.read_bytes() for p in library.rglob("*") if p.is_file())
            assert run("sync", f"{site.url}/feed.xml", "--library", library).stdout.startswith("1 added")
    finally:
        site.close()


def test_forgetting_a_line_warns_of_its_file_too(tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_text(json.dumps({"title": "One", "text": story(1)}))
    run("sync", path, "--library", tmp_path / "library")
    outcome = run("forget", f"{path}#One", "--library", tmp_path / "library")
    assert outcome.exit_code == 0
    assert "still exists" in " ".join(outcome.stderr.split())


def test_a_receipt_counts_earlier_versions_and_names_copies_that_are_kept(tmp_path):
    paths = print_newspaper(tmp_path / "paper", range(2))
    run("sync", tmp_path / "paper", "--library", tmp_path / "library")
    print_newspaper(tmp_path / "paper", [1], edition=1)
    (tmp_path / "paper" / "copy.txt").write_text(f"Another headline\n\n{story(1, 1)}")
    run("sync", tmp_path / "paper", "--library", tmp_path / "library")
    receipt = command("forget", paths[1], "--library", tmp_path / "library")
    assert "full text and vectors, and 1 earlier version were removed" in " ".join(receipt.stdout.split())
    told = " ".join(receipt.stderr.split())
    assert "Its words stand in 1 other article too, which were kept: another-headline-" in told


def test_a_library_is_exported_imported_and_backed_up(library, tmp_path):
    exported = run("export", tmp_path / "library.gz", "--library", library)
    assert (exported.exit_code, exported.stdout) == (0, "")
    assert "Exported: 3 articles" in exported.stderr
    imported = run("import", tmp_path / "library.gz", "--library", tmp_path / "second")
    assert imported.exit_code == 0, imported.exception
    assert "Imported: 3 articles, 0 were there already." in " ".join(imported.stderr.split())
    saved = run("backup", tmp_path / "third", "--library", library)
    assert saved.exit_code == 0, saved.exception
    assert f"citewire serve --library {tmp_path / 'third'}" in " ".join(saved.stderr.split())
    listed = [run("articles", "--library", place, "--json").stdout for place in (library, tmp_path / "second")]
    assert listed[0] == listed[1] == run("articles", "--library", tmp_path / "third", "--json").stdout
    assert "is there already" in refusal("export", tmp_path / "library.gz", "--library", library)
    assert "not an empty folder" in refusal("backup", tmp_path / "third", "--library", library)
    assert "check the path" in refusal("import", tmp_path / "none.gz", "--library", tmp_path / "fourth")
    (tmp_path / "bad.gz").write_bytes((tmp_path / "library.gz").read_bytes()[:-20])
    assert "is damaged" in refusal("import", tmp_path / "bad.gz", "--library", tmp_path / "fourth")
    assert not (tmp_path / "fourth").exists()


def test_words_of_articles_are_not_markup_in_a_terminal(tmp_path):
    title = "[red]Fire[/] :fire: [link=https://evil.example]x[/link] \\"
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"title": title, "text": story(1)}))
    run("sync", path, "--library", tmp_path / "library")
    listed = " ".join(run("articles", "--library", tmp_path / "library").stdout.split())
    assert "[red]Fire[/]" in listed
    (entry,) = json.loads(run("articles", "--library", tmp_path / "library", "--json").stdout)
    receipt = run("forget", entry["id"], "--library", tmp_path / "library")
    assert title in " ".join(receipt.stdout.split())


def test_the_doctor_finds_a_whole_library_whole(library):
    shown = run("doctor", "--library", library)
    assert (shown.exit_code, " ".join(shown.stdout.split()).endswith("is whole.")) == (0, True)
    report = json.loads(run("doctor", "--library", library, "--json").stdout)
    assert report == {"library": str(library), "whole": True, "problems": []}


def test_the_doctor_names_the_command_that_mends_and_it_mends(library):
    shutil.rmtree(library / "chroma")
    found = command("doctor", "--library", library, "--json")
    assert found.returncode == FAILED
    report = json.loads(found.stdout)
    assert report["whole"] is False
    assert {problem["mend"] for problem in report["problems"]} == {"citewire rebuild"}
    assert "Traceback" not in found.stderr
    rebuilt = run("rebuild", "--library", library)
    assert rebuilt.exit_code == 0
    assert rebuilt.stdout == ""
    assert "Rebuilt:" in rebuilt.stderr
    assert run("doctor", "--library", library).exit_code == 0


def test_encoding_anew_keeps_the_library(library):
    assert run("rebuild", "--encode", "--library", library).exit_code == 0
    assert run("doctor", "--library", library).exit_code == 0


def test_a_library_in_use_is_refused_with_who_uses_it(library):
    with Library.open(library, purpose="syncing"):
        told = sentence(command("ask", "Who?", "--library", library))
        assert f"process {os.getpid()} is syncing" in told
        assert run("articles", "--library", library).exit_code == 0


def test_settings_show_each_value_and_where_it_came_from(monkeypatch):
    monkeypatch.setenv("CITEWIRE_PORT", "8080")
    Path("citewire.toml").write_text('host = "0.0.0.0"\n')
    shown = json.loads(run("settings", "--json").stdout)
    assert shown["port"] == {"value": "8080", "source": "CITEWIRE_PORT"}
    assert shown["host"]["value"] == "0.0.0.0"
    assert shown["host"]["source"].endswith("citewire.toml")
    assert shown["encoder"] == {"value": None, "source": "default"}
    assert "CITEWIRE_PORT" in run("settings").stdout


def test_help_needs_no_model_and_is_quick():
    began = time.perf_counter()
    outcome = command("--help")
    assert outcome.returncode == 0
    assert time.perf_counter() - began < 10
    names = "sync watch ask chat serve articles forget doctor rebuild export import backup eval calibrate settings"
    for name in names.split():
        assert name in outcome.stdout
