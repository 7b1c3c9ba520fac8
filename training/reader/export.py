"""From a checkpoint to what is packaged: ONNX with int8 weights, the tokenizer and a manifest.

Out: model.onnx, the three inputs (batch, sequence) -> start_logits and end_logits (batch, sequence) in fp32.
Position 0 stands for "no answer here": a span's margin is its start and end logits less those of position 0.
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from transformers import BertForQuestionAnswering

from training.encoder import INPUTS, PACKAGE, WEIGHTS_SHA256
from training.reader.evaluate import Logits, Score
from training.reader.features import MAX_TOKENS
from training.reader.model import new_model, packaged_state

MAX_BYTES = 25_000_000
OUTPUTS = ["start_logits", "end_logits"]


class _Ordered(torch.nn.Module):
    """The model with its inputs in a fixed order and its two outputs as a pair."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        output = self.model(input_ids=ids, attention_mask=mask, token_type_ids=types)
        return output.start_logits, output.end_logits


def export(work: Path, weights: Path, others: Sequence[Path] = ()) -> Path:
    """Export the running average in work/checkpoint.pt to work/export; the fp32 ONNX stays beside it in `work`.

    Args:
        work: the work folder of a training.
        weights: the official encoder's.
        others: work folders of earlier trainings that it went on from, or the model.onnx of what was packaged then: the
            mean of all their weights is exported, which is better than each (model soups, Wortsman et al. 2022).

    Raises:
        SystemExit: there is no checkpoint, or the result is larger than what may be packaged.
    """
    model = new_model(weights)
    states = [_weights(model, place) for place in (work, *others)]
    model.load_state_dict({name: sum(state[name] for state in states) / len(states) for name in states[0]})
    folder = work / "export"
    folder.mkdir(exist_ok=True)
    _to_onnx(model, work / "fp32.onnx")
    logging.getLogger().setLevel(logging.ERROR)  # the quantiser's advice to preprocess: it changes nothing
    quantize_dynamic(work / "fp32.onnx", folder / "model.onnx", per_channel=True, weight_type=QuantType.QInt8)
    if (folder / "model.onnx").stat().st_size > MAX_BYTES:
        raise SystemExit(f"{folder / 'model.onnx'} is larger than the {MAX_BYTES:,} bytes that may be packaged")
    tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_manifest(folder)
    return folder


def _weights(model: BertForQuestionAnswering, place: Path) -> dict[str, torch.Tensor]:
    """Of a training's work folder, or of an exported reader."""
    if place.suffix == ".onnx":
        return packaged_state(model, place)
    checkpoint = place / "checkpoint.pt"
    if not checkpoint.exists():
        raise SystemExit(f"{checkpoint} is missing: run `train` first")
    weights: dict[str, torch.Tensor] = torch.load(checkpoint, weights_only=True)["averaged"]
    return weights


def by_onnx(path: Path) -> Score:
    """A Score by an exported model, on both of two threads."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])

    def score(inputs: Mapping[str, NDArray[np.int64]]) -> Logits:
        starts, ends = session.run(OUTPUTS, dict(inputs))
        return starts, ends

    return score


def _to_onnx(model: torch.nn.Module, path: Path) -> None:
    axes = {name: {0: "batch", 1: "sequence"} for name in [*INPUTS, *OUTPUTS]}
    example = tuple(torch.ones(2, 9, dtype=torch.long) for _ in INPUTS)
    torch.onnx.export(
        _Ordered(model).eval(),
        example,
        path,
        input_names=INPUTS,
        output_names=OUTPUTS,
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )


def _write_manifest(folder: Path) -> None:
    files = ("model.onnx", "tokenizer.json")
    manifest = {
        "name": "citewire-reader",
        "base": {"package": PACKAGE, "version": metadata.version(PACKAGE), "sha256": WEIGHTS_SHA256},
        "max_tokens": MAX_TOKENS,
        "no_answer": 0,
        "data": {
            "SQuADShifts (Miller et al. 2020)": "CC BY 4.0",
            "SQuAD 1.1 (Rajpurkar et al. 2016)": "CC BY-SA 4.0",
            "training/news": "Apache-2.0",
        },
        "licence": {"base": "Apache-2.0"},
        "files": {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
