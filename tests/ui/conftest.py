"""A real server over the real corpus, one with a scripted reader for what the real one never does, and a browser."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import expect

from ingest import Article, Library, WordHashEncoder, sync
from tests import provider as providers
from tests.provider import Provider
from tests.ui import intranet as intranets
from tests.ui import servers
from tests.ui.intranet import Intranet
from tests.ui.servers import EXAMPLE, HOSTILE, Server, Waiter

expect.set_options(timeout=20_000)  # a busy machine is no failure


@pytest.fixture(scope="session")
def intranet() -> Iterator[Intranet]:
    """Another site, whose pages may ask."""
    with intranets.listening() as started:
        yield started


@pytest.fixture(scope="session")
def server(corpus_library: Path, tmp_path_factory: pytest.TempPathFactory, intranet: Intranet) -> Iterator[Server]:
    """The real thing over the corpus and one hostile article."""
    folder = tmp_path_factory.mktemp("ui")
    shutil.copytree(corpus_library, folder / "library")  # a server owns its library; others need theirs
    (folder / "hostile.jsonl").write_text(json.dumps(HOSTILE), "utf-8")
    with Library.open(folder / "library") as library:
        assert len(sync([folder / "hostile.jsonl"], library).added) == 1
    unanswered = "Who won the Nobel Prize for chemistry in 1911?"
    with servers.real(folder / "library", EXAMPLE, unanswered, origins=intranet.origin) as started:
        yield started


@pytest.fixture(scope="session")
def base_url(server: Server) -> str:
    return server.url


@pytest.fixture(scope="session")
def small_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three small articles, encoded by word hashes."""
    folder = tmp_path_factory.mktemp("small") / "library"
    articles = [
        Article("one", "The ferry", "The ferry leaves at noon. It is blue.", "1.txt", "Gazette", None, "2024-05-01"),
        Article("two", "The bridge", "The bridge is closed. It is old.", "2.txt", url="https://gazette.example/bridge"),
        Article("three", "The tower", "The tower has a bell. It rings.", "3.txt", language="en"),
    ]
    with Library.open(folder, WordHashEncoder(), create=True) as library:
        library.replace(articles)
    return folder


@pytest.fixture
def small_copy(small_library: Path, tmp_path: Path) -> Path:
    """A library of its own: whoever opens one owns it."""
    return Path(shutil.copytree(small_library, tmp_path / "library"))


@pytest.fixture(scope="session")
def scripted(
    small_library: Path, tmp_path_factory: pytest.TempPathFactory, eventually: Waiter, intranet: Intranet
) -> Iterator[Server]:
    """A server whose reader is scripted."""
    folder = shutil.copytree(small_library, tmp_path_factory.mktemp("scripted") / "library")
    with servers.scripted(folder, origins=intranet.origin) as started:
        eventually(lambda: httpx2.get(f"{started.url}/health/ready", timeout=20).status_code == 200)
        yield started


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    """The chat model that `writing` asks."""
    with providers.listening() as started:
        yield started


@pytest.fixture(scope="session")
def writing(
    small_library: Path,
    tmp_path_factory: pytest.TempPathFactory,
    eventually: Waiter,
    intranet: Intranet,
    provider: Provider,
) -> Iterator[Server]:
    """A server whose reader is scripted, and whose chat model says what a test tells the provider to say."""
    folder = shutil.copytree(small_library, tmp_path_factory.mktemp("writing") / "library")
    with Library.open(folder, WordHashEncoder()) as library:
        library.replace([Article("four", "The lamp", "The lamp is lit at dusk.", "4.txt")])  # more than is quoted
    with servers.scripted(folder, origins=intranet.origin, model="openai:m", model_url=provider.url) as started:
        eventually(lambda: httpx2.get(f"{started.url}/health/ready", timeout=20).status_code == 200)
        yield started


@pytest.fixture(scope="session")
def eventually() -> Waiter:
    """Waits until something holds, twenty seconds at the most."""

    def wait(holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not holds():
            assert time.monotonic() < deadline, "it never came to hold"
            time.sleep(0.05)

    return wait


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    quiet = "--disable-background-networking --disable-component-update --disable-sync --no-first-run --disable-quic"
    return {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox", "--disable-gpu", *quiet.split()]}
