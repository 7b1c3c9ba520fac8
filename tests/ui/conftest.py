"""A real server over the real corpus, one with a scripted reader for what the real one never does, and a browser."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import expect

from ingest import Article, Library, WordHashEncoder, sync
from tests import provider as providers
from tests.provider import Provider
from tests.ui import guarded as guarded_servers
from tests.ui import intranet as intranets
from tests.ui import servers
from tests.ui.guarded import Guarded
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
    with servers.real(folder / "library", EXAMPLE, unanswered, ORIGINS=intranet.origin) as started:
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
def scripted(small_library: Path, tmp_path_factory: pytest.TempPathFactory, intranet: Intranet) -> Iterator[Server]:
    """A server whose reader is scripted."""
    folder = shutil.copytree(small_library, tmp_path_factory.mktemp("scripted") / "library")
    with servers.scripted(folder, ORIGINS=intranet.origin) as started:
        yield started


@pytest.fixture(scope="module")
def own(small_library: Path, tmp_path_factory: pytest.TempPathFactory, intranet: Intranet) -> Iterator[Server]:
    """A scripted server whose library may be changed; its syncs read a folder with one article."""
    folder = tmp_path_factory.mktemp("own")
    library = Path(shutil.copytree(small_library, folder / "library"))
    (folder / "articles").mkdir()
    (folder / "articles" / "harbour.txt").write_text("A new harbour\n\nThe harbour opens in June.")
    with servers.scripted(library, ORIGINS=intranet.origin, SYNC_PATHS=str(folder / "articles")) as started:
        yield started


@pytest.fixture
def own_http(own: Server) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=own.url, timeout=20) as client:
        yield client


@pytest.fixture(scope="session")
def guarded_server(
    small_library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, dict[str, str]]]:
    library = Path(shutil.copytree(small_library, tmp_path_factory.mktemp("guarded") / "library"))
    with guarded_servers.listening(library) as started:
        yield started


@pytest.fixture
def guarded(guarded_server: tuple[Server, dict[str, str]]) -> Guarded:
    """A server where a login is set."""
    return guarded_servers.visiting(*guarded_server)


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    """The chat model that `writing` asks."""
    with providers.listening() as started:
        yield started


@pytest.fixture(scope="session")
def writing(
    small_library: Path,
    tmp_path_factory: pytest.TempPathFactory,
    intranet: Intranet,
    provider: Provider,
) -> Iterator[Server]:
    """A server whose reader is scripted, and whose chat model says what a test tells the provider to say."""
    folder = shutil.copytree(small_library, tmp_path_factory.mktemp("writing") / "library")
    with Library.open(folder, WordHashEncoder()) as library:
        library.replace([Article("four", "The lamp", "The lamp is lit at dusk.", "4.txt")])  # more than is quoted
    with servers.scripted(folder, origins=intranet.origin, model="openai:m", model_url=provider.url) as started:
        yield started


@pytest.fixture(scope="session")
def eventually() -> Waiter:
    """Waits until something holds, twenty seconds at the most."""
    return servers.eventually


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    quiet = "--disable-background-networking --disable-component-update --disable-sync --no-first-run --disable-quic"
    return {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox", "--disable-gpu", *quiet.split()]}
