"""Prose over HTTP, by a model that says what a test tells it to: its verdicts, its end, and the quotes that stand."""

import json
import threading
from pathlib import Path

import httpx2
import pytest

from tests.provider import HANG, Provider
from tests.ui import servers
from tests.ui.servers import STARTER, Server, Waiter
from tests.ui.test_stream import events, stream
from ui.refusal import nearest_note

HELD = "The ferry leaves at noon. [1]"
INVENTED = "It costs 9 crowns. [1]"
UNCITED = "Bring a coat."


def asked(server: Server) -> dict:
    response = httpx2.post(f"{server.url}/api/ask", json={"question": STARTER}, timeout=20)
    assert response.status_code == 200, response.text
    answer: dict = response.json()
    assert answer["found"]
    assert answer["citations"][0]["quote"] == "The ferry leaves at noon."
    assert answer["text"].startswith(HELD), "the quotes stand, whatever the model does"
    return answer


def test_a_server_that_starts_asks_its_model_nothing(small_copy: Path, provider: Provider, eventually: Waiter) -> None:
    asked_before = len(provider.requests)
    with servers.scripted(small_copy, model="openai:m", model_url=provider.url) as started:
        eventually(lambda: "boom" in started.log.read_text("utf-8"))  # the last starter has been tried
    assert len(provider.requests) == asked_before


def test_prose_comes_with_a_verdict_for_each_sentence_and_its_tokens(writing: Server, provider: Provider) -> None:
    provider.says(f"{HELD} {INVENTED} ", UNCITED)
    prose = asked(writing)["prose"]
    assert [(one["text"], one["citations"], one["verdict"]) for one in prose["sentences"]] == [
        ("The ferry leaves at noon.", [1], "supported"),
        ("It costs 9 crowns.", [1], "unsupported"),
        ("Bring a coat.", [], "uncited"),
    ]
    assert [bool(one["why"]) for one in prose["sentences"]] == [False, True, True]
    assert prose["text"] == HELD
    assert (prose["model"], prose["strict"], prose["tokens"]) == ("openai:m", "withhold", 100)
    assert (prose["done"], prose["declined"], prose["problem"]) == (True, False, "")


def test_a_stream_gives_the_quotes_first_and_each_sentence_as_soon_as_its_mark_closes(
    writing: Server, provider: Provider
) -> None:
    silent, held_up = threading.Event(), threading.Event()
    provider.says(silent, *HELD, " It costs", held_up, " 9 crowns. [1]")
    body = {"question": STARTER}
    with httpx2.stream("POST", f"{writing.url}/api/ask/stream", json=body, timeout=20) as response:
        arriving = events(response)
        stages = [next(arriving)]
        while not stages[-1][1]["prose"]:
            stages.append(next(arriving))
        assert len(stages[-2][1]["citations"]) == 3
        silent.set()
        while not stages[-1][1]["prose"]["sentences"]:
            stages.append(next(arriving))
        assert stages[-1][1]["prose"]["text"] == HELD
        assert not stages[-1][1]["prose"]["done"]
        held_up.set()
        stages += list(arriving)
    assert [name for name, _ in stages] == ["answer"] * (len(stages) - 1) + ["done"]
    last = stages[-1][1]
    assert last["prose"]["done"]
    assert [one["verdict"] for one in last["prose"]["sentences"]] == ["supported", "unsupported"]
    quoted = next(answer for _, answer in stages if answer["prose"])
    assert last["citations"] == quoted["citations"]


@pytest.mark.parametrize(
    ("status", "words"), [(401, "refuses the key"), (404, "no model"), (400, "refused the request")]
)
def test_a_model_s_failure_costs_neither_the_answer_nor_its_status(
    writing: Server, provider: Provider, status: int, words: str
) -> None:
    provider.answers = [status] * 2
    prose = asked(writing)["prose"]
    assert words in prose["problem"]
    assert "secret" not in json.dumps(prose)
    assert not prose["text"]
    *_, (name, last) = stream(writing.url, STARTER)
    assert name == "done"
    assert words in last["prose"]["problem"]


def test_an_answer_that_breaks_off_counts_as_far_as_it_is_whole(writing: Server, provider: Provider) -> None:
    provider.says(f"{HELD} The bridge is cl", None)
    prose = asked(writing)["prose"]
    assert prose["text"] == HELD
    assert prose["done"]


def test_a_model_that_finds_no_answer_leaves_the_quotes_and_what_is_nearest_besides(
    writing: Server, provider: Provider
) -> None:
    provider.says("NOT IN THESE")
    answer = asked(writing)
    assert answer["prose"]["declined"]
    assert not answer["prose"]["sentences"]
    quoted = {citation["article_id"] for citation in answer["citations"]}
    assert answer["nearest"]
    assert quoted.isdisjoint(citation["article_id"] for citation in answer["nearest"])
    assert [citation["number"] for citation in answer["nearest"]] == [4]
    assert asked(writing)["nearest"] == [], "a model that answers has nothing near beside it"


def test_the_openai_protocol_gives_the_prose_then_its_sources(writing: Server, provider: Provider) -> None:
    body = {"messages": [{"role": "user", "content": STARTER}]}
    provider.answers = [[HELD, " ", INVENTED]] * 2
    whole = httpx2.post(f"{writing.url}/v1/chat/completions", json=body, timeout=20).json()
    content = whole["choices"][0]["message"]["content"]
    assert whole["usage"]["total_tokens"] == 100
    assert content.startswith("The ferry leaves at noon. \\[1\\]")
    assert "9 crowns" not in content
    assert "1 sentence was withheld" in content
    assert nearest_note("", found=True) not in content
    response = httpx2.post(f"{writing.url}/v1/chat/completions", json={**body, "stream": True}, timeout=20)
    told = [line.removeprefix("data: ") for line in response.text.splitlines() if line.startswith("data: {")]
    pieces = [choice["delta"].get("content", "") for line in told for choice in json.loads(line)["choices"]]
    assert "".join(pieces) == content


def test_a_client_who_leaves_while_the_model_writes_ends_the_request_to_it(writing: Server, provider: Provider) -> None:
    provider.says(HELD, *HANG)
    body = {"question": STARTER}
    with httpx2.stream("POST", f"{writing.url}/api/ask/stream", json=body, timeout=20) as response:
        next(answer for _, answer in events(response) if answer["prose"] and answer["prose"]["tokens"])
        assert not provider.dropped.is_set()
    assert provider.dropped.wait(10)
