"""The reader's network: all-MiniLM-L6-v2 with one linear layer that scores each token as start and as end."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from transformers import AutoModelForQuestionAnswering, BertForQuestionAnswering

from training.reader.features import MAX_TOKENS, Feature

Batch = dict[str, torch.Tensor]


def new_model(weights: Path) -> BertForQuestionAnswering:
    """The official encoder with a fresh output layer.

    Attention is plain and without dropout: compiled, under bf16 autocast, it takes .85 of the time that `sdpa` does.
    """
    model: BertForQuestionAnswering = AutoModelForQuestionAnswering.from_pretrained(
        weights, attn_implementation="eager", attention_probs_dropout_prob=0.0, hidden_dropout_prob=0.1
    )
    return model


def packaged_state(model: BertForQuestionAnswering, onnx_file: Path) -> dict[str, torch.Tensor]:
    """The weights of an exported int8 reader, in fp32 again, to go on training from.

    The exporter names a matrix after the layer only where it is not quantised; the quantised ones come in the order in
    which the layers use them.
    """
    stored = {item.name: numpy_helper.to_array(item) for item in onnx.load(onnx_file).graph.initializer}
    found = {name.removeprefix("model."): value for name, value in stored.items() if name.startswith("model.")}
    for name in [name for name in found if name.endswith("_quantized")]:
        plain, whole = name.removesuffix("_quantized"), found.pop(name).astype(np.float32)
        zero, scale = found.pop(f"{plain}_zero_point").astype(np.float32), found.pop(f"{plain}_scale")
        found[plain] = (whole - zero) * scale
    unnamed = [name for name in stored if re.fullmatch(r"onnx::MatMul_\d+_quantized", name)]
    wanted = [name for name, value in model.state_dict().items() if value.ndim == 2 and name not in found]
    for name, source in zip(wanted, unnamed, strict=True):
        plain = source.removesuffix("_quantized")
        whole = stored[source].astype(np.float32) - stored[f"{plain}_zero_point"].astype(np.float32)
        found[name] = (whole * stored[f"{plain}_scale"]).T
    return {name: torch.tensor(found[name]).reshape(value.shape) for name, value in model.state_dict().items()}


def new_tokenizer(weights: Path) -> Tokenizer:
    """The tokenizer for (question, text), which cuts the text's end where both exceed MAX_TOKENS."""
    tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    return tokenizer


def collate(groups: Sequence[Sequence[Feature]]) -> Batch:
    """The features of some questions -> tensors: the model's inputs, the targets, and what belongs together.

    input_ids, attention_mask, token_type_ids, allowed (which positions count): (windows, sequence); start, end, weight:
    (windows,); member (whether a window is the question's): (questions, windows).
    """
    features = [feature for group in groups for feature in group]
    shape = len(features), max(len(feature.ids) for feature in features)
    batch = {name: torch.zeros(shape, dtype=torch.long) for name in ("input_ids", "attention_mask", "token_type_ids")}
    batch["allowed"] = torch.zeros(shape, dtype=torch.bool)
    for row, feature in enumerate(features):
        length = len(feature.ids)
        batch["input_ids"][row, :length] = torch.tensor(feature.ids)
        batch["attention_mask"][row, :length] = 1
        batch["token_type_ids"][row, feature.context : length] = 1
        batch["allowed"][row, 0] = True
        batch["allowed"][row, feature.context : length - 1] = True
    batch["start"] = torch.tensor([feature.start for feature in features])
    batch["end"] = torch.tensor([feature.end for feature in features])
    owner = torch.tensor([number for number, group in enumerate(groups) for _ in group])
    batch["member"] = torch.arange(len(groups))[:, None] == owner
    empty = (batch["member"] & (batch["start"] == 0)).sum(1)[owner]
    batch["weight"] = torch.where(batch["start"] == 0, 1 / empty, 1.0)  # those without an answer count as one
    return batch


def loss(model: torch.nn.Module, batch: Batch) -> torch.Tensor:
    """The mean negative log probability of the right start and the right end: in a window, and among a question's.

    The second, by what each position has over its window's "no answer here", makes the windows of a question comparable
    (shared normalization, Clark and Gardner 2018).
    """
    with torch.autocast("cpu", torch.bfloat16):
        output = model(**{name: batch[name] for name in ("input_ids", "attention_mask", "token_type_ids")})
    total = torch.zeros(())
    for logits, right in ((output.start_logits, batch["start"]), (output.end_logits, batch["end"])):
        scores = logits.float().masked_fill(~batch["allowed"], -1e4)
        alone = cross_entropy(scores, right, reduction="none")
        margins = scores - scores[:, :1]
        among = margins[:, 1:].logsumexp(1).masked_fill(~batch["member"], -1e4)
        among = torch.cat([torch.zeros(len(among), 1), among], 1).logsumexp(1)
        found = (margins.gather(1, right[:, None])[:, 0] * batch["member"]).sum(1)  # nothing where there is no answer
        total = total + (alone * batch["weight"]).sum() / batch["weight"].sum() + (among - found).mean()
    return total / 2
