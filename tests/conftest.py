"""What every test stands on: an empty environment, a closed network, a folder of its own, and libraries to ask."""

import os
import shutil
from pathlib import Path

import hypothesis
import pytest
import pytest_socket

from ingest import Library, WordHashEncoder, sync

CORPUS = Path(__file__).parents[1] / "corpus"
# Ours; those by which LangChain would trace to a server; proxies, which would be asked for what is on loopback; those
# by which Rich would colour and fold what is piped
_FOREIGN = (
    *("CITEWIRE_", "LANGCHAIN_", "LANGSMITH_", "LANGGRAPH_", "OTEL_"),
    *("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "FORCE_COLOR", "TTY_", "COLUMNS"),
)

hypothesis.settings.load_profile("ci")  # the same examples each time, and no clock beside them


def pytest_configure():
    for name in [name for name in os.environ if name.upper().startswith(_FOREIGN)]:
        del os.environ[name]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path_factory, monkeypatch):
    """No citewire.toml is found, and the default library is nobody's."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.chdir(home)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))


@pytest.fixture(scope="session")
def corpus_library(tmp_path_factory):
    """A closed library: the corpus, synced with the packaged encoder. Copy it to open it for long or to write."""
    folder = tmp_path_factory.mktemp("corpus") / "library"
    with Library.open(folder, create=True) as library:
        report = sync([CORPUS], library)
    assert not report.failed
    return folder


@pytest.fixture
def corpus_copy(corpus_library, tmp_path):
    """A corpus library of the test's own, closed."""
    return Path(shutil.copytree(corpus_library, tmp_path / "corpus-library"))


@pytest.fixture
def word_hash_library(tmp_path):
    """An empty open library whose encoder needs no model."""
    with Library.open(tmp_path / "word-hash-library", WordHashEncoder(), create=True, purpose="testing") as library:
        yield library
