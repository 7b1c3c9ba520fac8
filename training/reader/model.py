"""The reader's network: all-MiniLM-L6-v2 with one linear layer that scores each token as start and as end."""

from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForQuestionAnswering, BertForQuestionAnswering

from training.reader.features import MAX_TOKENS, Feature

Batch = dict[str, torch.Tensor]


def new_model(weights: Path) -> BertForQuestionAnswering:
    """The official encoder with a fresh output layer.

    Attention in its plain form and without dropout: on a CPU that trains twice as fast as with dropout there, and
    1.5 times as fast as `sdpa` under bf16 autocast.
    """
    model: BertForQuestionAnswering = AutoModelForQuestionAnswering.from_pretrained(
        weights, attn_implementation="eager", attention_probs_dropout_prob=0.0, hidden_dropout_prob=0.1
    )
    return model


def new_tokenizer(weights: Path) -> Tokenizer:
    """The tokenizer for (question, text), which cuts the text's end where both exceed MAX_TOKENS."""
    tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    return tokenizer


def collate(features: Sequence[Feature]) -> Batch:
    """Features -> tensors (batch, sequence): the model's inputs, which positions count, and the targets."""
    shape = len(features), max(len(feature.ids) for feature in features)
    batch = {name: torch.zeros(shape, dtype=torch.long) for name in ("input_ids", "attention_mask", "token_type_ids")}
    batch |= {name: torch.zeros(shape, dtype=torch.bool) for name in ("allowed", "starts", "ends")}
    for row, feature in enumerate(features):
        length = len(feature.ids)
        batch["input_ids"][row, :length] = torch.tensor(feature.ids)
        batch["attention_mask"][row, :length] = 1
        batch["token_type_ids"][row, feature.context : length] = 1
        batch["allowed"][row, 0] = True
        batch["allowed"][row, feature.context : length - 1] = True
        batch["starts"][row, feature.starts.start : feature.starts.stop] = True
        batch["ends"][row, feature.ends.start : feature.ends.stop] = True
    return batch


def loss(model: torch.nn.Module, batch: Batch) -> torch.Tensor:
    """The mean negative log probability that start and end fall on tokens that are right.

    Where several tokens are right (somewhere in this sentence), their probabilities are added up first.
    """
    with torch.autocast("cpu", torch.bfloat16):
        output = model(**{name: batch[name] for name in ("input_ids", "attention_mask", "token_type_ids")})
    total = torch.zeros(())
    for logits, right in ((output.start_logits, batch["starts"]), (output.end_logits, batch["ends"])):
        scores = logits.float().masked_fill(~batch["allowed"], -1e4)
        total = total + scores.logsumexp(1) - scores.masked_fill(~right, -1e4).logsumexp(1)
    return total.mean() / 2
