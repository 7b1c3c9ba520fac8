"""The training loop: seeded, resumable, able to pause, and worth exporting at any time.

Checkpoints lie in the work folder and hold the network, its running average, the optimiser, the place in the
epoch and the state of the random numbers. The running average is what is evaluated and exported.
"""

import json
import logging
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import BertForQuestionAnswering

from training.reader import evaluate
from training.reader.data import TRAIN, VALIDATION, Paragraph, Question, Span, load, load_news, load_squad
from training.reader.features import Feature, Source, encode, weight
from training.reader.mine import mined
from training.reader.model import collate, loss, new_model, new_tokenizer, packaged_state
from training.reader.negatives import hard_negatives

NEWS = Path(__file__).parents[1] / "news"
ENCODED = 500  # questions that are drawn, encoded and sorted by length at a time
ABROAD = 8  # a question on news in another language is drawn so many times as often as one in English
SQUAD = 0.3  # share of SQuAD's questions that are learnt from, beside all those for a reason or a manner

log = logging.getLogger("reader")


@dataclass(frozen=True)
class Plan:
    """What to train and for how long.

    Attributes:
        start: an exported int8 reader to go on from; None for the official encoder with a fresh output layer.
        squad: SQuAD's train-v1.1.json; None to learn from SQuADShifts alone.
        news: how often our own news are drawn from in one epoch.
        epochs: passes over all questions; the learning rate falls to nothing at their end.
        minutes: where given, it falls to nothing after so many minutes, if that is earlier.
        batch: windows.
        every: parts of ENCODED questions between two checkpoints.
        pause_file: while this file exists, training waits.
    """

    start: Path | None = None
    squad: Path | None = None
    news: int = 8
    epochs: float = 4.0
    minutes: float | None = None
    rate: float = 4e-4
    batch: int = 32
    warm_up: float = 0.04
    seed: int = 1
    every: int = 10
    pause_file: Path | None = None


@dataclass
class State:
    """All that changes while training."""

    model: BertForQuestionAnswering
    averaged: torch.nn.Module
    optimizer: torch.optim.Optimizer
    epoch: int = 0
    part: int = 0
    step: int = 0
    seconds: float = 0.0

    def save(self, path: Path) -> None:
        """Write everything to `path`, whole or not at all."""
        parts: dict[str, Any] = {name: getattr(self, name) for name in ("epoch", "part", "step", "seconds")}
        for name in ("model", "averaged", "optimizer"):
            parts[name] = getattr(self, name).state_dict()
        partial = path.with_suffix(".partial")
        torch.save(parts | {"random": torch.get_rng_state()}, partial)
        partial.replace(path)

    def restore(self, path: Path) -> None:
        """Go on from what `save` wrote."""
        parts = torch.load(path, weights_only=True)
        for name in ("model", "averaged", "optimizer"):
            getattr(self, name).load_state_dict(parts[name])
        for name in ("epoch", "part", "step", "seconds"):
            setattr(self, name, parts[name])
        torch.set_rng_state(parts["random"])


def train(data: Path, work: Path, weights: Path, plan: Plan) -> None:
    """Train in `work`, from its checkpoint where it has one; the log goes to work/log and to the terminal."""
    torch.manual_seed(plan.seed)
    work.mkdir(parents=True, exist_ok=True)
    model = new_model(weights)
    if plan.start:
        model.load_state_dict(packaged_state(model, plan.start))
    optimizer = torch.optim.AdamW(model.parameters(), lr=plan.rate, weight_decay=0.01, fused=True)
    state = State(model, deepcopy(model).train(mode=False), optimizer)
    checkpoint = work / "checkpoint.pt"
    if checkpoint.exists():
        state.restore(checkpoint)
        log.info("resumed at step %d, epoch %d", state.step, state.epoch)
    model.bert.encoder.compile(dynamic=True)  # fuses what lies between the products: .74 of the time
    tokenizer = new_tokenizer(weights)
    source = _source(data, work, plan)
    examined = _validation(data)
    for part in _learnt(state, source, new_tokenizer(weights), plan):
        if part % plan.every == 0:
            state.save(checkpoint)
            _examine(state, tokenizer, examined, work)
    state.save(checkpoint)
    _examine(state, tokenizer, examined, work)


def _learnt(state: State, source: Source, tokenizer: Tokenizer, plan: Plan) -> Iterator[int]:
    """Train part by part until the plan is done; after each whole part, its number in the epoch, from 1."""
    while state.epoch < plan.epochs:
        order = source.order(Random(f"{plan.seed}/{state.epoch}"))
        parts = [order[start : start + ENCODED] for start in range(0, len(order), ENCODED)]
        log.info("epoch %d: %d questions", state.epoch, len(order))
        while state.part < len(parts):
            random = Random(f"{plan.seed}/{state.epoch}/{state.part}")
            groups = encode(tokenizer, [source.group(number, random) for number in parts[state.part]])
            batches = _batches(groups, plan.batch, random)
            for place, batch in enumerate(batches):
                _wait(plan.pause_file)
                progress = _progress(state, plan, (state.part + place / len(batches)) / len(parts))
                if progress >= 1:
                    return
                _step(state, batch, _rate(progress, plan))
            state.part += 1
            yield state.part
        state.epoch, state.part = state.epoch + 1, 0


def _source(data: Path, work: Path, plan: Plan) -> Source:
    paragraphs, questions = load(data, TRAIN)
    hard = hard_negatives(paragraphs, questions)
    mistakes: list[list[Span]] = [[] for _ in questions]
    others: list[tuple[list[Paragraph], list[Question], list[int]]] = []
    if plan.squad:
        more, asked = load_squad(plan.squad)
        chance = Random(plan.seed)
        asked = [question for question in asked if weight(question.text) > 1 or chance.random() < SQUAD]
        others.append((more, asked, [1] * len(asked)))
    if plan.news:
        more, asked = load_news(NEWS, TRAIN)
        abroad = [more[question.paragraph].language != "en" for question in asked]
        others.append((more, asked, [plan.news * (ABROAD if is_abroad else 1) for is_abroad in abroad]))
    for more, asked, often in others:
        shift = len(paragraphs)
        found = zip(asked, hard_negatives(more, asked), mined(more, asked, work), often, strict=True)
        for question, near, wrong, times in found:
            hard += [[number + shift for number in near]] * times
            mistakes += [[(number + shift, start) for number, start in wrong]] * times
            questions += [replace(question, paragraph=question.paragraph + shift)] * times
        paragraphs += more
    return Source(paragraphs, questions, hard, mistakes)


def _validation(data: Path) -> list[evaluate.Task]:
    paragraphs, questions = load(data, VALIDATION)
    return evaluate.tasks(paragraphs, questions, hard_negatives(paragraphs, questions), 500)


def _batches(groups: list[list[Feature]], size: int, random: Random) -> list[list[list[Feature]]]:
    """The groups in batches of `size` windows, or a little more, of similar length, in random order."""
    batches: list[list[list[Feature]]] = []
    windows = size
    for group in sorted(groups, key=lambda group: max(len(feature.ids) for feature in group)):
        if windows >= size:
            batches.append([])
            windows = 0
        batches[-1].append(group)
        windows += len(group)
    random.shuffle(batches)
    return batches


def _progress(state: State, plan: Plan, share: float) -> float:
    """From 0 to 1: by the share of the epoch that is done or, where that is more, by the time spent training."""
    done = (state.epoch + share) / plan.epochs
    return min(1.0, max(done, state.seconds / 60 / plan.minutes if plan.minutes else 0.0))


def _rate(progress: float, plan: Plan) -> float:
    return plan.rate * min(1.0, progress / plan.warm_up, (1 - progress) / (1 - plan.warm_up))


def _step(state: State, groups: list[list[Feature]], rate: float) -> None:
    began = time.monotonic()
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    value = loss(state.model.train(), collate(groups))
    torch.autograd.backward([value])
    torch.nn.utils.clip_grad_norm_(state.model.parameters(), 1.0)
    state.optimizer.step()
    state.optimizer.zero_grad()
    state.step += 1
    state.seconds += time.monotonic() - began
    if state.step % 10 == 0:
        _average(state)
    if state.step % 50 == 0:
        log.info(
            "step %d epoch %d loss %.3f rate %.1e %.0f s", state.step, state.epoch, value.item(), rate, state.seconds
        )


@torch.no_grad()
def _average(state: State, keep: float = 0.9) -> None:
    """Move the running average a tenth of the way to the network: it spans the last 100 steps or so."""
    for slow, fast in zip(state.averaged.parameters(), state.model.parameters(), strict=True):
        slow.lerp_(fast, 1 - keep)


def _examine(state: State, tokenizer: Tokenizer, tasks: list[evaluate.Task], work: Path) -> None:
    report = evaluate.evaluate(evaluate.by_torch(state.averaged), tokenizer, tasks)
    log.info("step %d, validation\n%s", state.step, evaluate.table(report))
    with (work / "validation.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"step": state.step, "seconds": round(state.seconds), "report": report}) + "\n")


def _wait(pause_file: Path | None) -> None:
    while pause_file and pause_file.exists():
        time.sleep(2)


def describe(plan: Plan) -> str:
    """The plan in one line of JSON, for the log and the manifest."""
    return json.dumps({name: str(value) if isinstance(value, Path) else value for name, value in asdict(plan).items()})
