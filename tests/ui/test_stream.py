"""Answers that grow over the wire: what is sent, what goes wrong on the way, and readers who leave."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.ui import servers
from tests.ui.servers import EXAMPLE, Server, Waiter
from ui.asking import Asking
from ui.beating import beating
from ui.readiness import Readiness
from ui.sse import HEARTBEAT


def events(response: httpx2.Response) -> Iterator[tuple[str, dict]]:
    name = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def stream(url: str, question: str, **more: object) -> list[tuple[str, dict]]:
    body = {"question": question, **more}
    with httpx2.stream("POST", f"{url}/api/ask/stream", json=body, timeout=20) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["x-accel-buffering"] == "no"
        return list(events(response))


def test_a_stream_grows_and_its_last_event_is_the_answer_of_ask(server: Server) -> None:
    *growing, (name, last) = stream(server.url, EXAMPLE)
    assert {name for name, _ in growing} == {"answer"}
    assert name == "done"
    asked = httpx2.post(f"{server.url}/api/ask", json={"question": EXAMPLE}, timeout=20).json()
    assert {**last, "took_ms": 0} == {**asked, "took_ms": 0}
    assert {**growing[-1][1], "took_ms": 0} == {**last, "took_ms": 0}
    assert [len(answer["citations"]) for _, answer in growing] == list(range(1, len(last["citations"]) + 1))


@pytest.mark.parametrize("question", ["", " \n", "x" * 2001])
@pytest.mark.parametrize("path", ["/api/ask", "/api/ask/stream", "/v1/chat/completions"])
def test_what_is_no_question_is_refused_before_a_stream_begins(scripted: Server, path: str, question: str) -> None:
    chat = {"messages": [{"role": "user", "content": question}], "stream": True}
    body = chat if path.startswith("/v1") else {"question": question}
    response = httpx2.post(f"{scripted.url}{path}", json=body, timeout=20)
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "question"
    assert set(response.json()["error"]) == {"code", "message", "request_id"}


def test_what_goes_wrong_in_a_stream_is_its_last_event(scripted: Server) -> None:
    [(name, data)] = stream(scripted.url, "boom")
    assert name == "error"
    assert data["error"]["code"] == "internal"
    assert set(data["error"]) == {"code", "message", "request_id"}
    assert "secret" not in json.dumps(data)


def test_filters_say_which_articles_may_answer(scripted: Server) -> None:
    for filters, titles in (
        ({"publishers": ["gazette"]}, {"The ferry"}),
        ({"url": "https://gazette.example/bridge"}, {"The bridge"}),
        ({"since": "2024-05-02"}, set()),
        ({"until": "2024-05-01"}, {"The ferry"}),
        ({}, {"The ferry", "The bridge", "The tower"}),
    ):
        *_, (_, answer) = stream(scripted.url, "the ferry, the bridge and the tower", filters=filters)
        assert {citation["title"] for citation in answer["citations"]} <= titles, filters
        assert answer["found"] == bool(titles)


def test_a_silent_stream_is_kept_alive_by_comments() -> None:
    async def collect() -> list[str]:
        found: list[str] = []
        enough = asyncio.Event()

        async def silent() -> AsyncIterator[str]:
            await enough.wait()
            yield "data: 1\n\n"

        async for item in beating(silent(), HEARTBEAT, 0.1):
            found.append(item)
            if len(found) == 2:
                enough.set()
        return found

    assert servers.run(collect()) == [HEARTBEAT, HEARTBEAT, "data: 1\n\n"]


def test_a_reader_who_leaves_stops_the_work_and_a_question_that_waits_is_never_begun(
    small_copy: Path, eventually: Waiter
) -> None:
    async def leave() -> list[str]:
        with servers.open_scripted(small_copy) as assistant:
            begun: list[str] = []
            left = threading.Event()

            class Watched(servers.ScriptedReader):
                def read(self, question, hits):
                    begun.append(question)
                    assert left.wait(20)
                    return super().read(question, hits)

            assistant.as_runnable().reader = Watched(assistant.library)
            asking = Asking(Readiness(assistant))

            async def ask(number: int) -> None:
                async for _ in beating(_text(asking.stream(f"ferry {number}", request_id="")), None, 0.05):
                    pass

            tasks = [asyncio.create_task(ask(number)) for number in range(12)]
            async with asyncio.timeout(20):
                while len(begun) < 4 or asking.running < 12:
                    await asyncio.sleep(0.01)
            for task in tasks:
                task.cancel()
            for task in tasks:
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            left.set()
            await asyncio.sleep(1.0)  # in which those that wait would be begun
            assert asking.running == asking.waiting == 0
            return begun

    assert len(servers.run(leave())) == 4  # as many as are answered at the same time


def test_the_step_of_a_reader_who_left_keeps_its_place_until_it_is_over(small_copy: Path) -> None:
    async def leave() -> int:
        with servers.open_scripted(small_copy) as assistant:
            reading: set[int] = set()
            most = 0
            over = threading.Event()

            class Watched(servers.ScriptedReader):
                def read(self, question, hits):
                    nonlocal most
                    reading.add(me := threading.get_ident())
                    most = max(most, len(reading))
                    try:
                        assert over.wait(20)
                        return super().read(question, hits)
                    finally:
                        reading.remove(me)

            assistant.as_runnable().reader = Watched(assistant.library)
            asking = Asking(Readiness(assistant))
            for wave in range(3):
                waiting = [anext(asking.stream(f"ferry {wave} {number}", request_id="")) for number in range(4)]
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.gather(*waiting), 0.2)
            async with asyncio.timeout(20):
                while len(reading) < 4:
                    await asyncio.sleep(0.01)
            over.set()
            assert (await asking.ask("ferry", request_id="")).found
            assert asking.waiting == 0
            return most

    assert servers.run(leave()) == 4


async def _text(answers: AsyncIterator[object]) -> AsyncIterator[str]:
    async for answer in answers:
        yield str(answer)


def test_a_dropped_connection_is_noticed_by_the_server(scripted: Server) -> None:
    for _ in range(12):
        with httpx2.stream(
            "POST", f"{scripted.url}/api/ask/stream", json={"question": "a slow ferry"}, timeout=20
        ) as response:
            assert response.status_code == 200  # and away, before the first event
    # twelve slow questions take 1.2 s of the server's time; forgotten ones take none
    assert httpx2.post(f"{scripted.url}/api/ask", json={"question": "ferry"}, timeout=20).json()["took_ms"] < 5000
