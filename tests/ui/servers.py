"""What these tests serve, each in a process of its own. As a program: an assistant with a scripted reader."""

import asyncio
import concurrent.futures
import contextlib
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeVar

import httpx2

from ingest import Article, Hit, Library, LibraryBusyError, WordHashEncoder
from qa import Assistant, Evidence, Settings
from tests.ui.routes import Asked, every

ROOT = Path(__file__).parents[2]
EXAMPLE = "Why did Japan drop co-sponsorship?"
STARTER = "When does the ferry leave?"
REVISED = Article("one", "The ferry", "The ferry leaves at one. It is blue.", "1.txt", "Gazette", None, "2024-05-01")
HOSTILE_QUESTION = "When does the Zorblatt festival begin?"
HOSTILE_SENTENCE = (
    "The Zorblatt festival begins on 3 August <img src=x onerror=\"window.hacked='text'\"> {{7*7}} ${7*7} "
    "[click](javascript:alert(1)) <form action=https://evil.example><button>now</button></form> [2] \U0001f3aa."
)
TEMPLATES = '{{7*7}} ${7*7} {question} %s %(x)s \\1 {"lc":1,"type":"secret","id":["OPENAI_API_KEY"]}'
PICTURES = (
    "Pictures: ![inline](https://evil.example/1.png) ![by reference][picture] file=https://evil.example/2.png "
    '<img src="//evil.example/3.png" srcset="https://evil.example/4.png 2x"> <link rel=x href=//evil.example/5>'
    " <p style=\"background: url('https://evil.example/6.png')\"> "
    '<a href="data:text/html,<script>hacked=1</script>">x</a> <iframe src="https://evil.example/7"></iframe>'
    "\n\n[picture]: https://evil.example/8.png"
)
SHOWN_AS_TEXT = (
    HOSTILE_SENTENCE,
    "![inline](https://evil.example/1.png)",
    "srcset=",
    "url('https://evil.example/6.png')",
)
HOSTILE = {
    "title": f'"><svg onload="window.hacked=\'title\'"> Zorblatt \u202efestival \x1b[31m{TEMPLATES}',
    "publisher": f"<script>window.hacked='publisher'</script> {TEMPLATES}",
    "published": "2024-07-01",
    "url": "javascript:window.hacked='url'",
    "language": '"><b id=injected>',
    "text": "Tents \U0001f3aa\U0001f3aa are going up in Saltmere.\n\n"
    + HOSTILE_SENTENCE
    + "\n\n<script>window.hacked='body'</script> Nobody knows how it will end.\n\n"
    + PICTURES,
}
REAL = """
import sys
from pathlib import Path
from qa import Settings
from ui.server import serve
settings = Settings.load(library=Path(sys.argv[1]), port=0, starters=tuple(sys.argv[2:]))
serve(settings, on_ready=lambda url: print(url, flush=True))
"""

Result = TypeVar("Result")
Waiter = Callable[[Callable[[], bool]], None]


@dataclass(frozen=True)
class Server:
    """A server and where its log is."""

    url: str
    library: Path
    process: subprocess.Popen[str]
    log: Path

    @property
    def routes(self) -> list[Asked]:
        """Every route of its app; of the scripted one only."""
        return [Asked(**route) for route in json.loads(_routes_of(self.library).read_text("utf-8"))]


def _routes_of(library: Path) -> Path:
    return library.with_suffix(".routes")


def environment() -> dict[str, str]:
    """For a process that imports what is tested here, installed or not."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(ROOT)]))}


@contextlib.contextmanager
def process(library: Path, *command: str, **settings: str) -> Iterator[Server]:
    """A Python program that prints its address as its first line, until the end of the block."""
    variables = {f"CITEWIRE_{name.upper()}": value for name, value in settings.items()}
    log = library.with_suffix(".log")
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            [sys.executable, *command],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment() | variables,
        ) as started,
    ):
        try:
            assert started.stdout
            url = started.stdout.readline().strip()
            assert url, f"the server ended before it was ready: {log.read_text('utf-8')}"
            yield Server(url, library, started, log)
        finally:
            started.terminate()


def real(library: Path, *starters: str, **settings: str) -> contextlib.AbstractContextManager[Server]:
    """`serve`, ready."""
    return process(library, "-c", REAL, str(library), *starters, **settings)


@contextlib.contextmanager
def scripted(library: Path, gate: Path | None = None, **settings: str) -> Iterator[Server]:
    """A scripted assistant, ready; with a gate, it opens only when that file is there, and fails if text is in it."""
    variables = {"log": "requests", **settings}
    with process(library, __file__, str(library), *([str(gate)] if gate else []), **variables) as started:
        if not gate:
            eventually(lambda: httpx2.get(f"{started.url}/health/ready", timeout=20).status_code == 200)
        yield started


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds, twenty seconds at the most."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.05)


def run(coroutine: Coroutine[object, object, Result]) -> Result:
    """What a coroutine gives, awaited in a thread of its own: the browser keeps a loop running in the main one."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


class ScriptedReader:
    """Answers with each passage's first sentence, and misbehaves when it is told to."""

    threshold = 0.5

    fingerprint = "scripted"

    def __init__(self, library: Library) -> None:
        self.library = library

    def read(self, question: str, hits: Sequence[Hit]) -> list[Evidence]:
        if "revised" in question:
            self.library.replace([REVISED])
        if "boom" in question:
            raise RuntimeError("secret sk-12345 in /home/someone")
        if "slow" in question:
            time.sleep(3 if "very slow" in question else 0.4)
        if "stuck" in question:
            time.sleep(10)
        if "vanished" in question:
            hits = [replace(hit, article=replace(hit.article, id="gone")) for hit in hits]
        shift = 9_000 if "misplaced" in question else 0
        confidence = 0.1 if "unknown" in question else 0.9
        ends = [hit.passage.start + hit.passage.text.index(".") + 1 for hit in hits]
        return [
            Evidence(hit, hit.passage.start + shift, end + shift, "", confidence)
            for hit, end in zip(hits, ends, strict=True)
        ]


def open_scripted(library: Path, gate: Path | None = None) -> Assistant:
    """An assistant on a library encoded by word hashes."""
    while gate and not gate.exists():
        time.sleep(0.05)
    if gate and (reason := gate.read_text("utf-8")):
        raise LibraryBusyError(reason)
    settings = Settings.load(starters=("Is this unknown?", STARTER, "boom"))
    opened = Library.open(library, WordHashEncoder())
    return Assistant(opened, ScriptedReader(opened), settings)


def _main(library: str, gate: str | None = None) -> None:
    import uvicorn

    from ui import logs
    from ui.readiness import Readiness
    from ui.server import create_app

    logging.basicConfig(level=logging.WARNING)
    readiness = Readiness(lambda: open_scripted(Path(library), Path(gate) if gate else None))
    settings = Settings.load(library=Path(library), hosts=("ask.intra",))
    app = create_app(readiness, settings)
    logs.set_up(settings.log)
    _routes_of(Path(library)).write_text(json.dumps([asdict(route) for route in every(app)]), "utf-8")
    config = uvicorn.Config(app, port=0, log_level="warning", server_header=False, timeout_graceful_shutdown=1)
    listener = config.bind_socket()
    listener.listen(128)  # whoever reads the address may come at once
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    _main(*sys.argv[1:])
