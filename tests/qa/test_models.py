"""Models by the real packages of their providers, over real sockets: what goes out, what comes back, what is left."""

import json
import subprocess
import sys
import time

import pytest

from qa import Assistant, ModelError, Settings, SettingsError
from qa.prose.model import open_model
from tests.provider import ENDLESS, HANG, SAID, listening
from tests.ui.servers import ROOT, environment


@pytest.fixture
def provider():
    with listening() as started:
        yield started


@pytest.fixture
def model(provider):
    made = []

    def make(**more):
        given = {"model": "openai:m", "model_url": provider.url, "model_timeout": 30.0} | more
        made.append(open_model(Settings(**given)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def said(model):
    return [piece for piece in model.stream("system", "asked") if piece]


def test_openai_s_protocol_streams_and_counts(provider, model):
    pieces = said(model(model_key="sk-mine"))
    assert "".join(piece.text for piece in pieces) == "".join(SAID)
    assert max(piece.tokens for piece in pieces) == 100
    [(headers, body)] = provider.requests
    assert headers["Authorization"] == "Bearer sk-mine"
    assert body["stream"]
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


def test_a_server_of_one_s_own_needs_no_key(provider, model):
    assert said(model())


@pytest.mark.parametrize(
    ("status", "words"), [(401, "refuses the key"), (403, "may not use"), (404, "no model"), (400, "refused")]
)
def test_a_refusal_is_a_clear_sentence_without_the_provider_s_words(provider, model, status, words):
    provider.answers = [status]
    with pytest.raises(ModelError, match=words) as caught:
        said(model())
    assert "secret" not in str(caught.value)
    assert len(provider.requests) == 1, "asking again would not help"


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_provider_is_asked_again(provider, model, status):
    provider.answers = [status]
    assert "".join(piece.text for piece in said(model())) == "".join(SAID)
    assert len(provider.requests) == 2


def test_it_is_not_asked_for_ever(provider, model):
    provider.answers = [429] * 9
    with pytest.raises(ModelError, match="no more questions"):
        said(model())
    assert len(provider.requests) == 3


def test_a_provider_that_hangs_is_given_up(provider, model):
    provider.answers = [HANG]
    with pytest.raises(ModelError, match=r"within 2 seconds"):
        said(model(model_timeout=2.0))
    assert provider.dropped.wait(30), "and the connection is closed"


def test_nobody_there_is_a_clear_sentence(model):
    with pytest.raises(ModelError, match="cannot be reached"):
        said(model(model_url="http://127.0.0.1:9/v1"))


@pytest.mark.parametrize("how", [ENDLESS, HANG], ids=["endless", "hang"])
def test_leaving_closes_the_connection_to_the_provider(provider, model, how):
    provider.answers = [how]
    pieces = model(model_timeout=60.0).stream("system", "asked")
    next(pieces)
    while not provider.requests:
        time.sleep(0.01)
    pieces.close()
    assert provider.dropped.wait(30)


def test_ollama_and_anthropic_are_reached_by_their_own_packages(provider, model):
    for name, key in (("ollama:m", None), ("anthropic:m", "sk-mine")):
        provider.answers = [404]
        with pytest.raises(ModelError, match="no model"):
            said(model(model=name, model_url=provider.url.removesuffix("/v1"), model_key=key))
    assert len(provider.requests) == 2


def test_no_key_is_a_clear_sentence(model, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelError, match="CITEWIRE_MODEL_KEY"):
        said(model(model_url=None))


def test_what_is_not_there_is_named(model):
    with pytest.raises(ModelError, match=r"not known|not installed"):
        said(model(model="nobody:m"))
    with pytest.raises(SettingsError, match="model"):
        Settings.load(model="no provider")


def test_the_whole_road_with_a_model_on_loopback(provider, word_hash_library):
    from ingest import Article
    from tests.qa.conftest import OverlapReader

    word_hash_library.replace([Article("one", "The ferry", "The ferry leaves at noon.", "1.txt")])
    settings = Settings(model="openai:m", model_url=provider.url)
    assistant = Assistant(word_hash_library, OverlapReader(), settings)
    answer = assistant.ask("Is it noon when the ferry leaves?")
    assert answer.prose.text == "The ferry leaves at noon. [1]"
    assert answer.prose.tokens == 100
    assert json.loads((word_hash_library.folder / "model-usage.json").read_text("utf-8"))["tokens"] == 100
    provider.answers = [ENDLESS]
    answers = assistant.stream("Is it noon when the ferry leaves?")
    next(answer for answer in answers if answer.prose and answer.prose.tokens)  # it has begun to speak
    answers.close()
    assert provider.dropped.wait(30), "who turns away ends the request"


def test_without_a_model_nothing_of_a_provider_is_imported(corpus_copy):
    program = (
        "import sys; from qa import Assistant, Settings\n"
        "from pathlib import Path\n"
        "with Assistant.open(Settings.load(library=Path(sys.argv[1]))) as assistant:\n"
        "    assert assistant.ask('Why did Japan drop co-sponsorship?').prose is None\n"
        "print([name for name in sys.modules if name.split('.')[0] in\n"
        "       ('openai', 'anthropic', 'ollama', 'langchain', 'langchain_openai', 'llama_cpp', 'tiktoken')])"
    )
    command = [sys.executable, "-c", program, str(corpus_copy)]
    outcome = subprocess.run(command, capture_output=True, text=True, check=True, env=environment(), cwd=ROOT)
    assert outcome.stdout.strip() == "[]"
