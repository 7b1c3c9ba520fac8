"""SIGKILL at any moment: the library that is opened afterwards is whole, and the next sync makes it complete."""

import dataclasses
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest import Library, WordHashEncoder, check, diagnose, mirror, sync
from ingest.catalog import FILE, Catalog
from qa import AnswerChain
from tests.ingest.interrupted import on_loopback
from tests.ingest.sites import Site, kept, urlset
from tests.newspaper import marker, print_newspaper, rankings, story
from tests.qa.conftest import OverlapReader

KILLS = 30


@pytest.fixture(autouse=True)
def checked_here(monkeypatch):
    """Chroma's files are checked by this process: a child for each look would take a second to import Chroma."""
    for module in (check, mirror):
        monkeypatch.setattr(module, "check_index", check.index_problems)


@pytest.fixture(scope="module")
def zygote():
    program = Path(__file__).with_name("interrupted.py")
    with subprocess.Popen(
        [sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.stdin.close()


def start(zygote, library, sources):
    """Begin a sync in a process of its own; its id."""
    zygote.stdin.write(json.dumps({"library": str(library), "sources": [str(source) for source in sources]}) + "\n")
    zygote.stdin.flush()
    lines = {zygote.stdout.readline().strip(), zygote.stdout.readline().strip()}
    return int((lines - {"began"}).pop())


def outcome(zygote):
    return int(zygote.stdout.readline().removeprefix("ended "))


def contents(folder):
    """Everything that a library says: articles, versions and copies, passages with their places, what searches find,
    and what is answered; not when a change was noticed."""
    catalog = Catalog(folder / FILE, readonly=True)
    found = catalog.passages(sorted(catalog.rows()))
    catalog.close()
    with Library.open(folder, WordHashEncoder()) as library:
        entries = library.entries()
        histories = [
            [dataclasses.replace(edition, since=None, until=None) for edition in library.history(entry.id)]
            for entry in entries
        ]
        copies = [library.copies(entry.id) for entry in entries]
        chain = AnswerChain(library, OverlapReader())
        answers = [answer_of(chain, f"What does {marker(number)} say?") for number in range(0, 110, 7)]
        results = [rankings(library, f"What does {marker(number)} say?") for number in range(0, 110, 7)]
    assert sum(answer.found for answer in answers) >= 5
    passages = sorted(found.values(), key=lambda passage: passage.id)
    return {"entries": entries, "histories": histories, "copies": copies, "passages": passages, "answers": answers,
            "results": results}  # fmt: skip


def answer_of(chain, question):
    answer = chain.invoke(question)
    cited = tuple(dataclasses.replace(one, updated=one.updated and "some day") for one in answer.citations)
    return dataclasses.replace(answer, citations=cited, nearest=())  # of two that are as near, either may come first


def survive(zygote, base, sources, tmp_path, seed, kills=KILLS):
    """Kill syncs of copies of a library until enough were hit in their work; check each of them."""
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(base, undisturbed)
    began = time.perf_counter()
    start(zygote, undisturbed, sources)
    assert outcome(zygote) == 0
    takes = time.perf_counter() - began
    expected = contents(undisturbed)
    chance = random.Random(seed)
    hit = 0
    for attempt in range(5 * kills):
        library = tmp_path / f"killed-{attempt}"
        shutil.copytree(base, library)
        process = start(zygote, library, sources)
        time.sleep(chance.uniform(0, takes))
        os.kill(process, signal.SIGKILL)
        ended = outcome(zygote)
        if ended == 0:  # quicker than the undisturbed one: this machine has other work, too
            takes *= 0.8
            continue
        assert ended == -signal.SIGKILL
        hit += 1
        Library.open(library, WordHashEncoder(), create=True).close()
        assert diagnose(library, WordHashEncoder()) == [], f"attempt {attempt}"
        with Library.open(library, WordHashEncoder()) as opened, on_loopback() as fetcher:
            sync(sources, opened, fetcher=fetcher)
        for what, found in contents(library).items():
            assert found == expected[what], f"attempt {attempt}: other {what}"
        shutil.rmtree(library)
        if hit == kills:
            return
    pytest.fail(f"only {hit} syncs were still at work when they were killed")


@pytest.fixture(scope="module")
def site():
    """A site of 24 pages and a sitemap that lists them."""
    opened = Site()
    publish(opened, range(24))
    yield opened
    opened.close()


def publish(site, numbers, edition=0):
    for number in numbers:
        told = f"<title>Page {number}</title><article><h1>Page {number}</h1><p>{story(200 + number, edition)}</p>"
        site.pages[f"/{number}"] = kept(told)
    listed = sorted({path for path in site.pages if path != "/sitemap.xml"})
    site.pages["/sitemap.xml"] = kept(urlset([site.url + path for path in listed]))


@pytest.fixture(scope="module")
def full(tmp_path_factory, site):
    """A folder of 60 articles and a library of it and of the site."""
    folder = tmp_path_factory.mktemp("full")
    print_newspaper(folder / "paper", range(60))
    with Library.open(folder / "library", WordHashEncoder(), create=True) as library, on_loopback() as fetcher:
        sync([folder / "paper", f"{site.url}/sitemap.xml"], library, fetcher=fetcher)
    return folder


def test_a_first_sync_that_is_killed_at_any_moment_leaves_a_whole_library(zygote, full, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    survive(zygote, empty, [full / "paper"], tmp_path, seed=1, kills=10)


def test_a_sync_that_adds_updates_removes_and_fetches_can_be_killed_at_any_moment(zygote, full, site, tmp_path):
    """Of sixty files twenty are removed and ten are changed, two of them for the second time; twelve come in, of which
    three are copies of what is there, and one has only moved. Of 24 pages five are changed, four are gone, six come."""
    paper = full / "paper"
    with Library.open(full / "library", WordHashEncoder()) as library:
        print_newspaper(paper, [1, 2], edition=1)
        sync([paper], library)
    for path in sorted(paper.iterdir())[20:40]:
        path.unlink()
    print_newspaper(paper, range(10), edition=2)
    print_newspaper(paper, range(100, 108))
    for number in (41, 42, 43):
        text = (paper / f"story-0{number}.txt").read_text("utf-8")
        (paper / f"copy-{number}.txt").write_text(f"Copied {text.rpartition('. ')[0]}.", "utf-8")
    (paper / "story-050.txt").rename(paper / "moved.txt")
    site.pages |= {f"/{number}": (410, {}, "gone") for number in range(5, 9)}
    publish(site, range(5), edition=1)
    publish(site, range(24, 30))
    survive(zygote, full / "library", [paper, f"{site.url}/sitemap.xml"], tmp_path, seed=2)
