"""Cases 4 and 19: words of articles and of those who ask are text and nothing else, in JSON, log and terminal too."""

import io
import json
import re
import subprocess
import sys

import httpx2
import pytest
from rich.console import Console

from qa import Answer, Citation, Copy
from tests.ui import servers
from tests.ui.servers import HOSTILE, HOSTILE_QUESTION, TEMPLATES, Server, Waiter
from ui.printed import print_answer

UNSEEN = "\x1b\u202e\u2066\x9b\x07"
MARKUP = "[red]x[/red] [link=https://evil.example]y[/link]"
EVIL = f'javascript:alert(1)//"><svg onload=alert(1)>{UNSEEN}[31m {MARKUP} {TEMPLATES}'


def _asked(server: Server, path: str, body: dict[str, object]) -> httpx2.Response:
    return httpx2.post(f"{server.url}{path}", json=body, timeout=30)


def test_cases_4_and_19_in_json_title_publisher_and_address_are_the_articles_own_words(server: Server) -> None:
    response = _asked(server, "/api/ask", {"question": HOSTILE_QUESTION})
    assert response.headers["content-type"] == "application/json"
    [cited, *_] = [one for one in response.json()["citations"] if "Zorblatt" in one["title"]]
    seen = str(HOSTILE["title"]).replace("\u202e", "").replace("\x1b", "")
    assert cited["title"] == seen
    assert cited["publisher"] == HOSTILE["publisher"]
    assert cited["url"] in (HOSTILE["url"], None)
    assert not set(UNSEEN) & set(response.text)


def test_cases_4_and_19_in_markdown_and_plain_text_they_are_literal(server: Server) -> None:
    messages = [{"role": "user", "content": HOSTILE_QUESTION}]
    content = _asked(server, "/v1/chat/completions", {"messages": messages}).json()["choices"][0]["message"]["content"]
    source = next(line for line in content.splitlines() if line.startswith("- ") and "Zorblatt" in line)
    assert not re.search(r"(?<!\\)[<*_`\[]", source.removeprefix("- "))  # nothing in it is markup
    assert TEMPLATES in re.sub(r"\\(.)", r"\1", source)
    call = f"{server.url}/gradio_api/call/ask"
    event = httpx2.post(call, json={"data": [HOSTILE_QUESTION]}, timeout=20).json()["event_id"]
    [plain] = json.loads(httpx2.get(f"{call}/{event}", timeout=20).text.split("data: ")[-1])
    assert TEMPLATES in plain
    assert "javascript:" not in plain.partition("[1] ")[2].partition("\n\n")[2]
    assert not set(UNSEEN) & set(content + plain)


def test_cases_4_and_19_the_command_prints_them_as_they_are(server: Server) -> None:
    command = [sys.executable, "-m", "ui.cli", "ask", HOSTILE_QUESTION, "--library", str(server.library)]
    ended = subprocess.run(command, capture_output=True, text=True, env=servers.environment(), check=False)
    assert ended.returncode == 0, ended.stderr
    shown = " ".join(ended.stdout.split())
    assert "".join(TEMPLATES.split()) in "".join(shown.split())
    assert not set(UNSEEN) & set(ended.stdout)


@pytest.mark.parametrize("found", [True, False])
def test_case_4_in_a_terminal_no_field_is_markup_or_a_control_code(found: bool) -> None:
    copy = Copy("b", EVIL, EVIL, EVIL, EVIL)
    cited = Citation(1, "a", EVIL, EVIL, EVIL, EVIL, EVIL, 0, 5, True, 1, EVIL, EVIL, (copy,))
    answer = Answer(EVIL, f"{EVIL} too", found, f"{EVIL} [1]", "", 0.5, (cited,) if found else (), nearest=(cited,))
    printed = io.StringIO()
    print_answer(Console(file=printed, width=10_000, highlight=False, emoji=False), answer)
    assert not set(UNSEEN) & set(printed.getvalue())
    assert printed.getvalue().count(f"{MARKUP} {TEMPLATES}") >= 5


def test_case_4_nobody_writes_lines_of_the_log_but_the_server(scripted: Server, eventually: Waiter) -> None:
    forged = '{"request_id": "forged", "status": 200}'
    httpx2.get(f"{scripted.url}/api/articles/%1b%5b31m%0a{forged}%e2%80%ae", timeout=20)
    _asked(scripted, "/api/ask", {"question": f"boom \x1b[31m\n{forged}\u202e"})
    eventually(lambda: "[31m" in scripted.log.read_text("utf-8"))
    log = scripted.log.read_text("utf-8")
    assert not set(UNSEEN) & set(log)
    assert not [line for line in log.splitlines() if line.startswith(forged)]


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/call/ask", "/api/ask", "/mcp"])
def test_lists_in_lists_without_end_are_a_bad_request(scripted: Server, path: str) -> None:
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    response = httpx2.post(f"{scripted.url}{path}", content=b"[" * 200_000, headers=headers, timeout=20)
    assert 400 <= response.status_code < 500


@pytest.mark.parametrize("words", [*TEMPLATES.split(), "\\1 \\g<0>", "%d"])
def test_case_19_a_question_is_literal_everywhere(scripted: Server, words: str) -> None:
    question = f"{words}-unknown"
    answer = _asked(scripted, "/api/ask", {"question": question}).json()
    assert answer["question"] == question
    assert words in answer["searched_for"]
    messages = [{"role": "user", "content": question}]
    for text in (
        _asked(scripted, "/v1/chat/completions", {"messages": messages}).text,
        _asked(scripted, "/api/ask", {"question": ""}).text,
        httpx2.post(f"{scripted.url}/login", data={"credential": question, "back": question}, timeout=20).text,
        httpx2.get(f"{scripted.url}/widget/check", params={"origin": question}, timeout=20).text,
    ):
        assert "49-unknown" not in text
