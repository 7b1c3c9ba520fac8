"""Case 18: what breaks inside is told plainly with a request id, whichever way was asked, and the log masks secrets."""

import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from tests.ui import servers
from tests.ui.guarded import Guarded, token
from tests.ui.servers import Server, Waiter
from ui import logs
from ui.keys import KeyFile

INSIDE = ("secret", "sk-12345", "/home", "Traceback", "RuntimeError")


def _post(path: str, body: dict[str, object]) -> Callable[[Server], str]:
    accept = {"accept": "application/json, text/event-stream"}
    return lambda server: httpx2.post(f"{server.url}{path}", json=body, headers=accept, timeout=20).text


def _chat(server: Server) -> str:
    """As gradio_client does: join, then read."""
    call = f"{server.url}/gradio_api/call/ask"
    event = httpx2.post(call, json={"data": ["boom"]}, timeout=20).json()["event_id"]
    return httpx2.get(f"{call}/{event}", timeout=20).text


MESSAGES = [{"role": "user", "content": "boom"}]
TOOL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": {"question": "boom"}}}
WAYS = {
    "ask": _post("/api/ask", {"question": "boom"}),
    "stream": _post("/api/ask/stream", {"question": "boom"}),
    "completion": _post("/v1/chat/completions", {"messages": MESSAGES}),
    "chunks": _post("/v1/chat/completions", {"messages": MESSAGES, "stream": True}),
    "tool": _post("/mcp", TOOL),
    "chat": _chat,
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_case_18_who_asks_is_told_plainly_with_the_id_that_the_log_has(
    scripted: Server, eventually: Waiter, way: Callable[[Server], str]
) -> None:
    told = way(scripted)
    found = re.search(r"Something went wrong\. Request id ([0-9a-f]{12})\.", told)
    assert found, told
    for inside in INSIDE:
        assert inside not in told
    eventually(lambda: f"Request {found[1]} failed" in scripted.log.read_text("utf-8"))
    log = scripted.log.read_text("utf-8")
    assert "RuntimeError: secret *** in /home/someone" in log  # the log is for those who run it
    assert "sk-12345" not in log


def test_case_18_a_stranger_is_not_told_where_keys_are_that_cannot_be_read(small_copy: Path) -> None:
    keys = KeyFile(small_copy)
    keys.make("x", ["ask"])
    with servers.scripted(small_copy) as started, httpx2.Client(base_url=started.url, timeout=20) as http:
        keys.path.write_text("{")
        for response in (
            http.get("/api/articles", headers={"authorization": "Bearer cw_x"}),
            http.get("/api/articles", headers={"cookie": "citewire_login=cw_x"}),
            http.post("/login", data={"credential": "cw_x"}),
            http.post("/widget/check", data={"token": "cw_x"}),
        ):
            error = response.json()["error"]
            assert response.status_code == 500
            assert error["message"] == f"Something went wrong. Request id {error['request_id']}."
    assert f"{keys.path} cannot be read" in started.log.read_text("utf-8")


def test_case_18_a_log_masks_what_would_let_somebody_in() -> None:
    try:
        raise RuntimeError(f"cw_abcdefgh12345 in /home/x, Bearer {token()}, sk-live12345 \x1b[31m password=hunter2&x")
    except RuntimeError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    line = logs.MaskingFormatter(logging.Formatter()).format(record)
    for secret in ("cw_abc", "eyJ", "sk-live", "hunter2", "\x1b"):
        assert secret not in line
    assert "/home/x" in line


def test_case_18_a_program_without_a_log_of_its_own_masks_too() -> None:
    program = (
        "import logging; from ui import logs; logs.set_up('errors')\n"
        "try: raise RuntimeError('sk-12345')\nexcept RuntimeError: logging.getLogger('citewire').exception('failed')"
    )
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, env=servers.environment())
    assert "RuntimeError: ***" in ended.stderr
    assert "sk-12345" not in ended.stderr


def test_case_18_the_line_of_a_request_has_neither_key_nor_question(guarded: Guarded, eventually: Waiter) -> None:
    key = guarded.keys["ask"]
    response = guarded.request("POST", "/api/ask", key, json={"question": "boom of the zorblatt"})
    assert response.status_code == 500
    request_id = response.json()["error"]["request_id"]
    log = guarded.server.log
    eventually(lambda: f'"{request_id}"' in log.read_text("utf-8"))  # the line comes after the answer
    [line] = [line for line in log.read_text("utf-8").splitlines() if f'"{request_id}"' in line]
    shown = json.loads(line[line.index("{") :])
    assert shown["status"] == 500
    assert shown["caller"].startswith("key ")
    for hidden in (key, "zorblatt"):
        assert hidden not in log.read_text("utf-8")
