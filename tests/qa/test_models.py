"""Models by the real packages of their providers, over real sockets: what goes out, what comes back, what is left."""

import json
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from qa import Assistant, ModelError, Settings, SettingsError
from qa.prose.model import open_model
from tests.ui.servers import ROOT, environment

SAID = ["The ", "ferry leaves", " at no", "on. [1", "]"]


class Provider(ThreadingHTTPServer):
    """A server that speaks OpenAI's protocol, as a test tells it to."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = []  # status codes, "hang", "endless", "cut"; what is not there is a good answer
        self.requests = []
        self.dropped = threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.headers, body))
        what = self.server.answers.pop(0) if self.server.answers else "good"
        if isinstance(what, int):
            told = json.dumps({"error": {"message": "wrong key sk-secret-1234", "type": "x", "code": None}}).encode()
            self.send_response(what)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(told)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            self._stream(what)
        except OSError:
            self.server.dropped.set()

    def _stream(self, what):
        if what == "hang":
            while True:
                self.wfile.write(b": nothing\n\n")
                time.sleep(0.05)
        words = SAID if what == "good" else SAID[:3] if what == "cut" else ["word "] * 100_000
        for word in words:
            self._chunk({"choices": [{"index": 0, "delta": {"role": "assistant", "content": word}}]})
            time.sleep(0.01)
        if what == "cut":
            return
        self._chunk({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        usage = {"prompt_tokens": 90, "completion_tokens": 10, "total_tokens": 100}
        self._chunk({"choices": [], "usage": usage})
        self.wfile.write(b"data: [DONE]\n\n")

    def _chunk(self, more):
        chunk = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m", **more}
        self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        self.wfile.flush()


@pytest.fixture
def provider():
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def model(provider):
    made = []

    def make(**more):
        given = {"model": "openai:m", "model_url": provider.url, "model_timeout": 5.0} | more
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
    provider.answers = ["hang"]
    with pytest.raises(ModelError, match=r"within 0\.5 seconds"):
        said(model(model_timeout=0.5))
    assert provider.dropped.wait(5), "and the connection is closed"


def test_nobody_there_is_a_clear_sentence(model):
    with pytest.raises(ModelError, match="cannot be reached"):
        said(model(model_url="http://127.0.0.1:9/v1"))


@pytest.mark.parametrize("how", ["endless", "hang"])
def test_leaving_closes_the_connection_to_the_provider(provider, model, how):
    provider.answers = [how]
    pieces = model(model_timeout=60.0).stream("system", "asked")
    next(pieces)
    while not provider.requests:
        time.sleep(0.01)
    pieces.close()
    assert provider.dropped.wait(5)


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


def test_what_is_not_there_is_named(model, tmp_path):
    with pytest.raises(ModelError, match=r"not known|not installed"):
        said(model(model="nobody:m"))
    with pytest.raises(ModelError, match=r"no model file|not installed"):
        said(model(model=f"local:{tmp_path}/none.gguf"))
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
    provider.answers = ["endless"]
    answers = assistant.stream("Is it noon when the ferry leaves?")
    next(answer for answer in answers if answer.prose)
    next(answers)
    answers.close()
    assert provider.dropped.wait(5), "who turns away ends the request"


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
