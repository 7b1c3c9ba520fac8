"""One command for all of it, or one step at a time.

    python -m training.reader mine     --data DATA --work WORK
    python -m training.reader train    --data DATA --work WORK
    python -m training.reader export   --data DATA --work WORK
    python -m training.reader evaluate --data DATA --work WORK
    python -m training.reader all      --data DATA --work WORK        the last three in turn
    nice -n 19 python -m training.reader all --data DATA --work WORK --background

`mine` asks the packaged reader what it is trained on, for `train` to learn from its mistakes; it may be left out, and
stopped at any time. `train` goes on from the checkpoint in WORK, if there is one. All that is said goes to WORK/log as
well. On a machine that does other work meanwhile, OMP_WAIT_POLICY=passive helps (a step took 1.9 s, without it over
4 s).
"""

import argparse
import logging
import os
import subprocess
import sys
from pathlib import Path

from training.encoder import official_weights
from training.reader.data import TRAIN, load_news
from training.reader.export import export
from training.reader.measure import measure
from training.reader.mine import mine
from training.reader.train import NEWS, Plan, describe, train


def main() -> None:
    """Parse the command line and do as it says."""
    options = _options()
    options.work.mkdir(parents=True, exist_ok=True)
    if options.background:
        command = [sys.executable, "-m", "training.reader", *(a for a in sys.argv[1:] if a != "--background")]
        started = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        print(f"process {started.pid}; see {options.work / 'log'}")
        return
    os.environ["HF_HUB_OFFLINE"] = "1"
    log, weights = logging.getLogger("reader"), official_weights()
    log.setLevel(logging.INFO)
    log.propagate = False
    for handler in (logging.FileHandler(options.work / "log"), logging.StreamHandler()):
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        log.addHandler(handler)
    if options.what == "mine":
        log.info("%d questions with mistakes", mine(*load_news(NEWS, TRAIN), options.work))
    if options.what in ("train", "all"):
        names = ("start", "squad", "news", "epochs", "minutes", "rate", "pause_file")
        plan = Plan(**{name: getattr(options, name) for name in names})
        log.info("plan %s", describe(plan))
        train(options.data, options.work, weights, plan)
    if options.what in ("export", "all"):
        log.info("wrote %s", export(options.work, weights, options.mean_with))
    if options.what in ("evaluate", "all"):
        log.info("the test part\n%s", measure(options.data, options.work, weights))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="training.reader", description="Make the extractive reader.")
    parser.add_argument("what", choices=["mine", "train", "export", "evaluate", "all"])
    parser.add_argument("--data", type=Path, required=True, help="holds squadshifts/")
    parser.add_argument("--squad", type=Path, help="train-v1.1.json of SQuAD")
    parser.add_argument("--news", type=int, default=Plan.news, help="draws from our own news in an epoch")
    parser.add_argument("--start", type=Path, help="model.onnx of a reader to go on from, in place of the encoder")
    parser.add_argument("--work", type=Path, required=True, help="for checkpoints, the log and what is exported")
    parser.add_argument("--epochs", type=float, default=Plan.epochs)
    parser.add_argument("--minutes", type=float, help="end the training after so many minutes, if that is earlier")
    parser.add_argument("--rate", type=float, default=Plan.rate, help="the highest learning rate")
    parser.add_argument(
        "--mean-with",
        type=Path,
        nargs="*",
        default=[],
        help="work folders, or a model.onnx, whose weights are averaged with these",
    )
    parser.add_argument("--pause-file", type=Path, help="training waits while this file exists")
    parser.add_argument("--background", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
