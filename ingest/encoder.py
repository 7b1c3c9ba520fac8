"""Text to vectors: the packaged model on ONNX Runtime, or any sentence-transformers model by name."""

import functools
import hashlib
import json
import os
import re
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.errors import EncoderError
from ingest.parts import parts

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

Vectors = NDArray[np.float32]

_SPACE = re.compile(r"\s")
_TEXTS = 512  # texts tokenized at a time
_BEGUN = 4  # texts a core that are encoded or wait for it

BUILT_IN = Path(__file__).parent / "weights" / "all-MiniLM-L6-v2"


class Encoder(Protocol):
    """What the library needs of a model.

    Attributes:
        name: for people.
        fingerprint: equal only for encoders whose vectors can be compared.
        dimensions: length of a vector.
    """

    name: str
    fingerprint: str
    dimensions: int

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts to be found, float32 of shape (len(texts), dimensions)."""

    def encode_query(self, text: str) -> Vectors:
        """The unit vector of a question, float32 of shape (dimensions,)."""


def load_encoder(name: str | None = None) -> Encoder:
    """The packaged encoder, one for the process; or a sentence-transformers model by its name or folder.

    Raises:
        EncoderError: its files are missing or changed, or there is no such model.
    """
    return built_in() if name is None else SentenceTransformersEncoder(name)


@functools.cache
def built_in() -> "OnnxEncoder":
    """The packaged all-MiniLM-L6-v2: one session for the process."""
    return OnnxEncoder(BUILT_IN)


def token_offsets(text: str) -> list[tuple[int, int]]:
    """The (start, end) in characters of each of the packaged tokenizer's tokens: the measure of a passage."""
    tokenizer = _tokenizer(BUILT_IN)
    found: list[tuple[int, int]] = []
    for begin, end in parts(text, _SPACE):
        encoded = tokenizer.encode(text[begin:end], add_special_tokens=False)
        found += [(begin + first, begin + last) for first, last in encoded.offsets] if begin else encoded.offsets
    return found


@functools.cache
def _tokenizer(folder: Path, max_tokens: int | None = None) -> "Tokenizer":
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    if max_tokens:
        tokenizer.enable_truncation(max_tokens)
    else:
        tokenizer.no_truncation()
    return tokenizer


class OnnxEncoder:
    """A BERT-like sentence encoder exported to ONNX: mean-pooled token vectors, scaled to length 1.

    Args:
        folder: model.onnx, tokenizer.json and manifest.json with the sha256 of both.

    Raises:
        EncoderError: a file is missing or is not the one in the manifest.
    """

    def __init__(self, folder: Path) -> None:
        manifest = verified_manifest(folder)
        self.name: str = manifest["name"]
        self.dimensions: int = manifest["dimensions"]
        self.fingerprint = f"{self.name}:{manifest['files']['model.onnx'][:12]}"
        self._tokenizer = _tokenizer(folder, manifest["max_tokens"])
        self._session = inference_session(folder / "model.onnx")
        self._threads = ThreadPoolExecutor(cores(), "encoder")

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 of shape (len(texts), dimensions)."""
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(texts), _TEXTS):
            for row, hidden in self._run(self._tokenizer.encode_batch(list(texts[start : start + _TEXTS]))):
                vectors[start + row] = unit(hidden.mean(axis=0))
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """The unit vector of a question, float32 of shape (dimensions,); it waits for no documents."""
        return unit(self._hidden(self._tokenizer.encode(text).ids).mean(axis=0))

    def _run(self, encodings: "Sequence[Encoding]") -> Iterator[tuple[int, Vectors]]:
        """Yield each row and its token vectors, (tokens, dimensions), longest first so that all cores end together.

        One text a run and a thread a core: measured faster than batches of any size, nothing is padded, and a text's
        vectors depend on the text alone, where int8 would scale them by whatever else is in the batch.
        """
        begun: deque[tuple[int, Future[Vectors]]] = deque()  # a few: a process ends only when its threads are done
        for row in sorted(range(len(encodings)), key=lambda row: -len(encodings[row].ids)):
            begun.append((row, self._threads.submit(self._hidden, encodings[row].ids)))
            if len(begun) > _BEGUN * cores():
                first, future = begun.popleft()
                yield first, future.result()
        for first, future in begun:
            yield first, future.result()

    def _hidden(self, ids: Sequence[int]) -> Vectors:
        tokens = np.array([ids], dtype=np.int64)
        feed = {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}
        hidden: Vectors = self._session.run(["token_embeddings"], feed)[0][0]
        return hidden


class SentenceTransformersEncoder:
    """Any sentence-transformers model: for other languages or a larger model. Loads PyTorch, which takes seconds.

    Args:
        name: a folder, or a model's name on the Hugging Face hub (then it is downloaded unless it is cached).

    Raises:
        EncoderError: there is no such model, or it cannot be loaded.
    """

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(name, device="cpu")
        except (OSError, ValueError) as error:
            raise EncoderError(
                f"The encoder {name!r} cannot be loaded: give a folder with a sentence-transformers model, or the name "
                f"of one on the Hugging Face hub while there is a network. ({str(error).splitlines()[0]})"
            ) from error
        self.name = Path(name).name
        self.dimensions = int(self._model.get_embedding_dimension() or 0)
        digest = hashlib.sha256()
        for parameter in self._model.parameters():
            digest.update(parameter.detach().float().numpy().tobytes())
        self.fingerprint = f"{self.name}:{digest.hexdigest()[:12]}"

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 of shape (len(texts), dimensions)."""
        return self._vectors(self._model.encode_document(list(texts), **_AS_UNIT))

    def encode_query(self, text: str) -> Vectors:
        """The unit vector of a question, with the model's own prompt for questions where it has one."""
        return self._vectors(self._model.encode_query(text, **_AS_UNIT))

    @staticmethod
    def _vectors(encoded: Any) -> Vectors:
        return np.asarray(encoded, dtype=np.float32)


_AS_UNIT: dict[str, Any] = {"normalize_embeddings": True, "show_progress_bar": False, "convert_to_numpy": True}


class WordHashEncoder:
    """Words hashed into a few buckets: no model, no meaning, microseconds. For tests of everything but ranking."""

    name = "word-hash"
    fingerprint = "word-hash:1"
    dimensions = 64

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 of shape (len(texts), 64)."""
        vectors = np.full((len(texts), self.dimensions), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, hashlib.blake2b(word.encode(), digest_size=1).digest()[0] % self.dimensions] += 1
        return unit(vectors)

    def encode_query(self, text: str) -> Vectors:
        """The unit vector of a question, float32 of shape (64,)."""
        vector: Vectors = self.encode_documents([text])[0]
        return vector


def verified_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder of weights, after each file's sha256 was checked against it.

    Raises:
        EncoderError: a file is missing or is not the one in the manifest.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
        changed = [
            name
            for name, expected in manifest["files"].items()
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EncoderError(f"The weights in {folder} are not complete ({error}): install Citewire again.") from error
    if changed:
        raise EncoderError(f"{folder / changed[0]} is not the file that was shipped: install Citewire again.")
    return manifest


def inference_session(model: Path) -> Any:
    """An ONNX Runtime session on the CPU, quiet, one core a run: callers run several at once."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it would keep a device id and report to its makers
    import onnxruntime  # here, because listing articles or printing help needs no model

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(
        str(model),
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=["SkipLayerNormFusion"],  # its kernel is several times slower than the two that it joins
    )


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def unit(vectors: Vectors) -> Vectors:
    """Vectors scaled to length 1 along the last axis; a vector of zeros stays one."""
    scaled: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    return scaled
