"""How well a reader does: the answers it gives, and whether it knows when there is none.

The scores are SQuAD's: a person's answer met exactly (EM) or in part (F1), the best over all persons.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from qa.scores import auroc, exact, f1
from training.reader.data import SETS, Paragraph, Question

MAX_TOKENS, OVERLAP, LONGEST_ANSWER, BATCH = 256, 64, 30, 32

Logits = tuple[NDArray[np.float32], NDArray[np.float32]]
Score = Callable[[Mapping[str, NDArray[np.int64]]], Logits]
"""The three inputs (batch, sequence) -> the logits of start and of end (batch, sequence)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The best span of a text, and its logits' sum less that of "no answer here"."""

    text: str
    margin: float


@dataclass(frozen=True, slots=True)
class Task:
    """A question with its own paragraph, and others without its answer: of the same article, by the retriever."""

    question: Question
    own: str
    same: str | None
    hard: str | None


def by_torch(model: torch.nn.Module) -> Score:
    """A Score by a PyTorch model, in bf16 autocast."""

    def score(inputs: Mapping[str, NDArray[np.int64]]) -> Logits:
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            output = model(**{name: torch.from_numpy(array) for name, array in inputs.items()})
        return output.start_logits.float().numpy(), output.end_logits.float().numpy()

    return score


def read(score: Score, tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
    """The best reading of each (question, text); a long text is read in overlapping windows."""
    tokenizer.enable_truncation(MAX_TOKENS, stride=OVERLAP, strategy="only_second")
    windows: list[tuple[int, Encoding]] = []
    for number, encoding in enumerate(tokenizer.encode_batch(list(pairs))):
        windows += [(number, window) for window in (encoding, *encoding.overflowing)]
    windows.sort(key=lambda window: len(window[1].ids))
    best = [Reading("", -np.inf) for _ in pairs]
    for start in range(0, len(windows), BATCH):
        batch = windows[start : start + BATCH]
        starts, ends = score(_inputs([encoding for _, encoding in batch]))
        for (number, encoding), first, last in zip(batch, starts, ends, strict=True):
            left, right, margin = _best_span(encoding, first, last)
            if margin > best[number].margin:
                best[number] = Reading(pairs[number][1][left:right], margin)
    return best


def _inputs(encodings: Sequence[Encoding]) -> dict[str, NDArray[np.int64]]:
    length = max(len(encoding.ids) for encoding in encodings)

    def padded(rows: Sequence[list[int]]) -> NDArray[np.int64]:
        return np.array([row + [0] * (length - len(row)) for row in rows], dtype=np.int64)

    return {
        "input_ids": padded([encoding.ids for encoding in encodings]),
        "attention_mask": padded([encoding.attention_mask for encoding in encodings]),
        "token_type_ids": padded([encoding.type_ids for encoding in encodings]),
    }


def _best_span(encoding: Encoding, starts: NDArray[np.float32], ends: NDArray[np.float32]) -> tuple[int, int, float]:
    """(start, end) in the text's characters, and the margin over the token at the front."""
    first, last = encoding.type_ids.index(1), len(encoding.ids) - 1
    allowed = np.tri(last - first, dtype=bool).T & np.tri(last - first, k=LONGEST_ANSWER - 1, dtype=bool)
    sums = np.where(allowed, starts[first:last, None] + ends[None, first:last], -np.inf)
    a, b = np.unravel_index(int(sums.argmax()), sums.shape)
    margin = float(sums[a, b] - starts[0] - ends[0])
    return encoding.offsets[first + int(a)][0], encoding.offsets[first + int(b)][1], margin


def tasks(
    paragraphs: Sequence[Paragraph],
    questions: Sequence[Question],
    hard: Sequence[Sequence[int]],
    most: int | None,
) -> list[Task]:
    """Up to `most` questions, the same ones each time, each with what it is to be told apart from."""
    random = Random(5)
    numbers = list(range(len(questions)))
    random.shuffle(numbers)
    chosen = []
    for number in numbers[:most]:
        question = questions[number]
        answers = [answer.strip().lower() for answer in question.accepted]
        key = paragraphs[question.paragraph].key
        same = [
            paragraph.text
            for n, paragraph in enumerate(paragraphs)
            if n != question.paragraph
            and paragraph.key == key
            and not any(a in paragraph.text.lower() for a in answers)
        ]
        near = paragraphs[hard[number][0]].text if hard[number] else None
        own = paragraphs[question.paragraph].text
        chosen.append(Task(question, own, random.choice(same) if same else None, near))
    return chosen


def evaluate(score: Score, tokenizer: Tokenizer, chosen: Sequence[Task]) -> dict[str, dict[str, float]]:
    """For each set, and for "all": n, em, f1, and AUROC of the margin against both kinds of other paragraph."""
    own = read(score, tokenizer, [(task.question.text, task.own) for task in chosen])
    others: dict[str, dict[int, float]] = {}
    for kind in ("same", "hard"):
        pairs = [(n, text) for n, task in enumerate(chosen) if (text := getattr(task, kind))]
        readings = read(score, tokenizer, [(chosen[n].question.text, text) for n, text in pairs])
        others[kind] = {n: reading.margin for (n, _), reading in zip(pairs, readings, strict=True)}
    report = {}
    for name in (*SETS, "all"):
        rows = [n for n, task in enumerate(chosen) if name in ("all", task.question.name)]
        if not rows:
            continue
        accepted = {n: chosen[n].question.accepted for n in rows}
        margins = [own[n].margin for n in rows]
        report[name] = {
            "n": float(len(rows)),
            "em": float(np.mean([max(exact(own[n].text, a) for a in accepted[n]) for n in rows])),
            "f1": float(np.mean([max(f1(own[n].text, a) for a in accepted[n]) for n in rows])),
            "auroc_same": auroc(margins, [others["same"][n] for n in rows if n in others["same"]]),
            "auroc_hard": auroc(margins, [others["hard"][n] for n in rows if n in others["hard"]]),
        }
    return report


def table(report: Mapping[str, Mapping[str, float]]) -> str:
    """The report as lines of text."""
    head = f"{'set':16s} {'n':>5s} {'EM':>6s} {'F1':>6s} {'AUROC same':>11s} {'hard':>6s}"
    rows = []
    for name, row in report.items():
        aurocs = f"{row['auroc_same']:11.3f} {row['auroc_hard']:6.3f}"
        rows.append(f"{name:16s} {row['n']:5.0f} {row['em']:6.3f} {row['f1']:6.3f} {aurocs}")
    return "\n".join([head, *rows])
