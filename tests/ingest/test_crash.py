"""SIGKILL at any moment: the library that is opened afterwards is whole, and the next sync makes it complete."""

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

from ingest import Library, WordHashEncoder, diagnose, sync
from ingest.catalog import Catalog
from ingest.check import CATALOG
from tests.newspaper import marker, print_newspaper, rankings

KILLS = 15  # of each kind


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
    zygote.stdin.write(json.dumps({"library": str(library), "sources": [str(sources)]}) + "\n")
    zygote.stdin.flush()
    lines = {zygote.stdout.readline().strip(), zygote.stdout.readline().strip()}
    return int((lines - {"began"}).pop())


def outcome(zygote):
    return int(zygote.stdout.readline().removeprefix("ended "))


def contents(folder):
    """Everything that a library says: articles, passages with their places, and what searches find."""
    catalog = Catalog(folder / CATALOG, readonly=True)
    articles = list(catalog.articles())
    versions = catalog.entries()
    found = catalog.passages(sorted(catalog.rows()))
    catalog.close()
    with Library.open(folder, WordHashEncoder()) as library:
        questions = [f"What does {marker(number)} say?" for number in range(0, 70, 7)]
        results = {question: rankings(library, question) for question in questions}
    return articles, versions, sorted(found.values(), key=lambda passage: passage.id), results


def survive(zygote, base, sources, tmp_path, seed):
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
    for attempt in range(5 * KILLS):
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
        with Library.open(library, WordHashEncoder()) as opened:
            sync([sources], opened)
        *found, results = contents(library)
        assert tuple(found) == expected[:-1], f"attempt {attempt}"
        for question, result in results.items():
            assert result == expected[-1][question], f"attempt {attempt}"
        shutil.rmtree(library)
        if hit == KILLS:
            return
    pytest.fail(f"only {hit} syncs were still at work when they were killed")


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A folder of 60 articles and a library of it."""
    folder = tmp_path_factory.mktemp("full")
    print_newspaper(folder / "paper", range(60))
    with Library.open(folder / "library", WordHashEncoder(), create=True) as library:
        sync([folder / "paper"], library)
    return folder


def test_a_sync_that_is_killed_at_any_moment_leaves_a_whole_library(zygote, full, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    survive(zygote, empty, full / "paper", tmp_path, seed=1)


def test_a_removal_that_is_killed_at_any_moment_leaves_a_whole_library(zygote, full, tmp_path):
    paper = full / "paper"
    kept = sorted(paper.iterdir())[::3]
    for path in set(paper.iterdir()) - set(kept):
        path.unlink()
    print_newspaper(paper, [0, 30], edition=2)
    survive(zygote, full / "library", paper, tmp_path, seed=2)
