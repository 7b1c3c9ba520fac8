"""A real server over the real corpus, one with a scripted reader for what the real one never does, and a browser."""

import contextlib
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from ingest import Article, Hit, Library, WordHashEncoder, sync
from qa import Assistant, Evidence, Settings
from ui.server import create_app

EXAMPLE = "Why did Japan drop co-sponsorship?"
HOSTILE_QUESTION = "When does the Zorblatt festival begin?"
HOSTILE_SENTENCE = (
    "The Zorblatt festival begins on 3 August <img src=x onerror=\"window.hacked='text'\"> {{7*7}} ${7*7} "
    "[click](javascript:alert(1)) <form action=https://evil.example><button>now</button></form> [2] \U0001f3aa."
)
HOSTILE = {
    "title": "\"><svg onload=\"window.hacked='title'\"> Zorblatt \u202efestival",
    "publisher": "<script>window.hacked='publisher'</script>",
    "published": "2024-07-01",
    "url": "javascript:window.hacked='url'",
    "language": '"><b id=injected>',
    "text": "Tents \U0001f3aa\U0001f3aa are going up in Saltmere.\n\n"
    + HOSTILE_SENTENCE
    + "\n\n<script>window.hacked='body'</script> Nobody knows how it will end.",
}
_SERVE = """
import sys
from pathlib import Path
from qa import Settings
from ui.server import serve
settings = Settings(library=Path(sys.argv[1]), port=int(sys.argv[2]), starters=tuple(sys.argv[3:]))
serve(settings, on_ready=lambda url: print(url, flush=True))
"""


@dataclass(frozen=True)
class Server:
    url: str
    library: Path
    process: subprocess.Popen[str]


@contextlib.contextmanager
def serving(library: Path, *starters: str, port: int = 0) -> Iterator[Server]:
    """`serve` in a process of its own, ready."""
    command = [sys.executable, "-c", _SERVE, str(library), str(port), *starters]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().strip()
            assert url, "the server ended before it was ready"
            yield Server(url, library, process)
        finally:
            process.terminate()


@contextlib.contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """An app on a free port, in a thread; gives its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def server(corpus_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real thing over the corpus and one hostile article."""
    folder = tmp_path_factory.mktemp("ui")
    shutil.copytree(corpus_library, folder / "library")  # a server owns its library; others need theirs
    (folder / "hostile.jsonl").write_text(json.dumps(HOSTILE), "utf-8")
    with Library.open(folder / "library") as library:
        assert len(sync([folder / "hostile.jsonl"], library).added) == 1
    with serving(folder / "library", EXAMPLE, "Who won the Nobel Prize for chemistry in 1911?") as started:
        yield started


@pytest.fixture(scope="session")
def base_url(server: Server) -> str:
    return server.url


class ScriptedReader:
    """Answers with each passage's first sentence, and misbehaves when it is told to."""

    threshold = 0.5

    def read(self, question: str, hits: Sequence[Hit]) -> list[Evidence]:
        if "boom" in question:
            raise RuntimeError("secret sk-12345 in /home/someone")
        if "slow" in question:
            time.sleep(1.5)
        confidence = 0.1 if "unknown" in question else 0.9
        ends = [hit.passage.start + hit.passage.text.index(".") + 1 for hit in hits]
        return [
            Evidence(hit, hit.passage.start, end, "", confidence)
            for hit, end in zip(hits, ends, strict=True)
        ]


@pytest.fixture(scope="session")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant with a scripted reader and three small articles."""
    articles = [
        Article("one", "The ferry", "The ferry leaves at noon. It is blue.", "one.txt", "Gazette", published="2024-05-01"),
        Article("two", "The bridge", "The bridge is closed. It is old.", "two.txt", url="https://gazette.example/bridge"),
        Article("three", "The tower", "The tower has a bell. It rings.", "three.txt", language="en"),
    ]
    library = Library.open(tmp_path_factory.mktemp("scripted"), WordHashEncoder(), create=True)
    library.replace(articles)
    with Assistant(library, ScriptedReader(), Settings(starters=("When does the ferry leave?",))) as assistant:
        yield assistant


@pytest.fixture(scope="session")
def scripted_url(scripted: Assistant) -> Iterator[str]:
    with running(create_app(scripted)) as url:
        yield url


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    quiet = "--disable-background-networking --disable-component-update --disable-sync --no-first-run --disable-quic"
    return {
        "executable_path": "/usr/bin/chromium",
        "args": ["--no-sandbox", "--disable-gpu", *quiet.split()],
    }


Waiter = Callable[[Callable[[], bool]], None]


@pytest.fixture
def eventually() -> Waiter:
    """Waits until something holds, ten seconds at the most."""

    def wait(holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not holds():
            assert time.monotonic() < deadline, "it never came to hold"
            time.sleep(0.05)

    return wait
