"""The figures of what was exported, on the test part, which nothing was trained on or chosen by."""

import json
import time
from pathlib import Path

import numpy as np

from training.reader import evaluate
from training.reader.data import TEST, load
from training.reader.export import by_onnx
from training.reader.model import new_tokenizer
from training.reader.negatives import hard_negatives


def measure(data: Path, work: Path, weights: Path, part: str = TEST, most: int | None = None) -> str:
    """Tables for int8 and fp32 on the same questions, and the time ten windows take; JSON to work/test.json."""
    paragraphs, questions = load(data, part)
    chosen = evaluate.tasks(paragraphs, questions, hard_negatives(paragraphs, questions), most)
    models = {"int8": work / "export" / "model.onnx", "fp32": work / "fp32.onnx"}
    found: dict[str, object] = {}
    lines = []
    for name, path in models.items():
        score = by_onnx(path)
        report = evaluate.evaluate(score, new_tokenizer(weights), chosen)
        took = milliseconds(score)
        found[name] = {"report": report, "milliseconds": took, "bytes": path.stat().st_size}
        lines += [f"{name}, {path.stat().st_size / 1e6:.1f} MB, ten windows of 150 tokens in {took:.0f} ms"]
        lines += [evaluate.table(report)]
    (work / f"{part}.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return "\n".join(lines)


def milliseconds(score: evaluate.Score, windows: int = 10, tokens: int = 150, runs: int = 20) -> float:
    """The median time of one batch."""
    ids = np.random.default_rng(0).integers(1000, 20000, (windows, tokens))
    inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.ones_like(ids)}
    times = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        score(inputs)
        times.append(time.perf_counter() - began)
    return 1000 * float(np.median(times[1:]))
