"""Span models: for a question and a text, how likely the answer starts and ends at each token, or is not there at all.

The packaged one runs on ONNX Runtime; any extractive question-answering model in the Hugging Face format can take its
place.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.encoder import cores, inference_session, verified_manifest
from qa.errors import ReaderError

if TYPE_CHECKING:
    from tokenizers import Encoding

Scores = NDArray[np.float64]

_MAX_TOKENS = 256


@dataclass(frozen=True, slots=True)
class Spans:
    """What a model sees in one text. The text's tokens only; what a window cannot hold is missing at the end.

    Attributes:
        offsets: (tokens, 2), where each token starts and ends, in characters of the text.
        starts, ends: (tokens,), log probability that the answer starts, or ends, at this token.
        none: log probability that it starts and ends nowhere.
    """

    offsets: NDArray[np.int64]
    starts: Scores
    ends: Scores
    none: float


class SpanModel(Protocol):
    """What the reader needs of a model.

    Attributes:
        fingerprint: equal only for models that give the same scores.
    """

    fingerprint: str

    def spans(self, question: str, texts: Sequence[str]) -> list[Spans]:
        """The question read with each of the texts."""


class OnnxSpanModel:
    """An exported model: input_ids, attention_mask and token_type_ids to start_logits and end_logits.

    Args:
        folder: model.onnx, tokenizer.json, and manifest.json with the sha256 of each.

    Raises:
        EncoderError: a file is missing or is not the one in the manifest.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        manifest = verified_manifest(folder)
        self.fingerprint = f"{manifest['name']}:{manifest['files']['model.onnx'][:12]}"
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_MAX_TOKENS, strategy="longest_first")
        self._session = inference_session(folder / "model.onnx")
        self._threads = ThreadPoolExecutor(cores(), "reader")

    def spans(self, question: str, texts: Sequence[str]) -> list[Spans]:
        """The question read with each of the texts, one a thread: nothing is padded."""
        encodings = self._tokenizer.encode_batch([(question, text) for text in texts])
        order = sorted(range(len(texts)), key=lambda place: -len(encodings[place]))  # no thread begins the longest last
        read = dict(zip(order, self._threads.map(self._read, (encodings[place] for place in order)), strict=True))
        return [read[place] for place in range(len(texts))]

    def _read(self, encoding: "Encoding") -> Spans:
        feed = {
            "input_ids": np.array([encoding.ids], dtype=np.int64),
            "attention_mask": np.array([encoding.attention_mask], dtype=np.int64),
            "token_type_ids": np.array([encoding.type_ids], dtype=np.int64),
        }
        starts, ends = self._session.run(["start_logits", "end_logits"], feed)
        return _spans(encoding, starts[0], ends[0])


class TransformersSpanModel:
    """Any extractive question-answering model of the Hugging Face format, by PyTorch.

    Args:
        name: a folder, or a name that is in the local cache.

    Raises:
        ReaderError: there is no such model, or it is not one for extractive question answering.
    """

    def __init__(self, name: str) -> None:
        from transformers import AutoConfig, AutoModelForQuestionAnswering, AutoTokenizer  # slow: only where asked for

        try:
            kinds = AutoConfig.from_pretrained(name).architectures or []
            if not any(kind.endswith("ForQuestionAnswering") for kind in kinds):
                raise ReaderError(
                    f"{name} is not a model for extractive question answering (it is {', '.join(kinds) or 'unnamed'}): "
                    "choose another with CITEWIRE_READER, or unset it for the packaged reader."
                )
            self._tokenizer: Any = AutoTokenizer.from_pretrained(name, use_fast=True)
            self._model: Any = AutoModelForQuestionAnswering.from_pretrained(name).eval()
        except (OSError, ValueError) as error:
            raise ReaderError(
                f"The reader {name} cannot be loaded: {str(error).splitlines()[0]} Give a folder in the Hugging Face "
                "format with CITEWIRE_READER, or unset it for the packaged reader."
            ) from None
        self.fingerprint = f"transformers:{name}"

    def spans(self, question: str, texts: Sequence[str]) -> list[Spans]:
        """The question read with each of the texts, in one padded batch."""
        import torch

        batch = self._tokenizer(
            [question] * len(texts), list(texts), truncation="longest_first", max_length=2 * _MAX_TOKENS,
            padding=True, return_tensors="pt",
        )  # fmt: skip
        with torch.inference_mode():
            output = self._model(**batch)
        return [
            _spans(encoding, starts.float().numpy(), ends.float().numpy())
            for encoding, starts, ends in zip(batch.encodings, output.start_logits, output.end_logits, strict=True)
        ]


def _spans(encoding: "Encoding", starts: NDArray[np.float32], ends: NDArray[np.float32]) -> Spans:
    """Logits of a whole window, where the first position stands for "no answer", as probabilities over the text."""
    text = np.array([part == 1 for part in encoding.sequence_ids])
    first, last = (_log_softmax(np.concatenate([side[:1], side[text]])) for side in (starts, ends))
    return Spans(np.array(encoding.offsets).reshape(-1, 2)[text], first[1:], last[1:], float(first[0] + last[0]))


def _log_softmax(logits: NDArray[np.float32]) -> Scores:
    scores = logits.astype(np.float64)
    top = scores.max()
    result: Scores = scores - top - np.log(np.exp(scores - top).sum())
    return result
