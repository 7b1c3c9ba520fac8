"""A real small chat model on a real server that speaks OpenAI's protocol, asked from Python and over HTTP.

What SmolLM2 writes is mostly poor, and not what is tested. Its words come in pieces, each of its sentences is checked,
the quotes stand whatever it writes, and it stops when nobody listens any more.
"""

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

from qa import Answer, Assistant, Settings
from tests.models import server as model_server
from tests.ui import servers
from tests.ui.servers import EXAMPLE, Server
from tests.ui.test_stream import events

pytestmark = pytest.mark.model


LONG = "timeline of the flood in Thornby"  # of which it would write until it may write no more
SOON = 20  # tokens that it may compute until it has noticed


class Model:
    """The model's server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.settings = {"model": f"openai:{model_server.NAME}", "model_url": f"{url}/v1"}

    def steps(self) -> int:
        """How many tokens it has computed so far."""
        return int(httpx2.get(f"{self.url}/steps", timeout=20).text)

    def stops(self) -> bool:
        """Whether it soon computes no more; waits until it does."""
        first = now = self.steps()
        while True:
            time.sleep(1)
            before, now = now, self.steps()
            if now == before:
                return now - first < SOON


class Whole(NamedTuple):
    """An answer that nobody broke off: how it grew, and the tokens that the model computed for it."""

    stages: list[Answer]
    steps: int


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Model]:
    with servers.process(tmp_path_factory.mktemp("smollm2") / "server", model_server.__file__) as started:
        yield Model(started.url)


@pytest.fixture(scope="module")
def assistant(corpus_library: Path, tmp_path_factory: pytest.TempPathFactory, model: Model) -> Iterator[Assistant]:
    folder = shutil.copytree(corpus_library, tmp_path_factory.mktemp("models") / "library")
    with Assistant.open(Settings(library=folder, **model.settings)) as opened:
        yield opened


@pytest.fixture(scope="module")
def whole(assistant: Assistant, model: Model) -> Whole:
    before = model.steps()
    stages = list(assistant.stream(EXAMPLE))
    return Whole(stages, model.steps() - before)


@pytest.fixture(scope="module")
def writing(corpus_library: Path, tmp_path_factory: pytest.TempPathFactory, model: Model) -> Iterator[Server]:
    """Citewire's own server, with the model behind it."""
    folder = Path(shutil.copytree(corpus_library, tmp_path_factory.mktemp("models") / "served"))
    with servers.real(folder, **model.settings) as started:
        yield started


def test_the_quotes_come_first_and_the_words_in_pieces(whole: Whole) -> None:
    first = whole.stages[0]
    assert first.prose is None
    assert first.citations
    written = [stage for stage in whole.stages if stage.prose]
    assert all(stage.citations == written[0].citations and stage.text == written[0].text for stage in written)
    counts = [stage.prose.tokens for stage in written]
    assert len(set(counts)) > 10, "the prose grows piece by piece"


def test_no_sentence_counts_that_the_quotes_do_not_bear_out(whole: Whole, assistant: Assistant) -> None:
    answer = whole.stages[-1]
    prose = answer.prose
    assert prose.done
    assert not prose.problem
    assert prose.sentences or prose.declined
    given = {citation.number: citation for citation in answer.citations}
    for sentence in prose.sentences:
        assert not re.search(r"\[\d", sentence.text), "marks are read, not shown as words"
        if sentence.verdict == "supported":
            assert sentence.citations
            assert set(sentence.citations) <= set(given)
            texts = [assistant.library.article(given[number].article_id).text for number in sentence.citations]
            assert all(number in " ".join(texts) for number in re.findall(r"\d+", sentence.text))
    assert prose.text == " ".join(one.marked for one in prose.sentences if one.verdict == "supported")
    assert answer.text.startswith(" ".join(answer.citations[0].quote.split())), "the reader's answer stands beside it"


def test_its_tokens_are_counted_as_its_server_counts_them(whole: Whole, assistant: Assistant) -> None:
    tokens = whole.stages[-1].prose.tokens
    assert tokens > whole.steps > 10, "what it read is counted too"
    assert (assistant.library.folder / "model-usage.json").exists()


def test_closing_the_answer_stops_the_model(assistant: Assistant, model: Model) -> None:
    answers = assistant.stream(LONG)
    read = next(answer.prose.tokens for answer in answers if answer.prose)
    next(answer for answer in answers if answer.prose.tokens > read)
    answers.close()
    assert model.stops()


def test_over_http_it_writes_the_same(writing: Server, whole: Whole) -> None:
    body = {"question": EXAMPLE}
    with httpx2.stream("POST", f"{writing.url}/api/ask/stream", json=body, timeout=60) as response:
        stages = list(events(response))
    assert stages[0][1]["prose"] is None
    assert stages[0][1]["citations"]
    assert len([answer for _, answer in stages if answer["prose"]]) > 10
    name, last = stages[-1]
    assert name == "done"
    assert last["prose"] == whole.stages[-1].to_dict()["prose"]


def test_a_client_who_leaves_stops_the_model(writing: Server, model: Model) -> None:
    body = {"question": LONG}
    with httpx2.stream("POST", f"{writing.url}/api/ask/stream", json=body, timeout=60) as response:
        growing = (answer["prose"] for _, answer in events(response) if answer["prose"])
        read = next(growing)["tokens"]
        next(prose for prose in growing if prose["tokens"] > read)
    assert model.stops()
