"""The words of the README and of docs/serving.md, run as they stand: only the server's address is another."""

import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.ui import servers
from tests.ui.intranet import Intranet
from tests.ui.servers import EXAMPLE, ROOT, Server

README = (ROOT / "README.md").read_text("utf-8")
HERE = "http://127.0.0.1:7860"
BLOCKS = re.findall(r"```(python|sh)\n(.*?)```", README + (ROOT / "docs/serving.md").read_text("utf-8"), re.DOTALL)
PROGRAMS = [block for language, block in BLOCKS if language == "python" and HERE in block]
COMMANDS = [line for language, block in BLOCKS if language == "sh" for line in block.splitlines() if "curl -s" in line]


def _printed(*command: str, **more: str) -> str:
    """What a program of the documentation prints."""
    environment = servers.environment() | more
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert ended.returncode == 0, ended.stderr
    return " ".join(ended.stdout.split())


@pytest.fixture(scope="module")
def quote(server: Server) -> str:
    answer = httpx2.post(f"{server.url}/api/ask", json={"question": EXAMPLE}, timeout=30).json()
    return " ".join(answer["citations"][0]["quote"].split())


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.split()[1])
def test_each_program_gets_a_cited_answer(server: Server, quote: str, program: str) -> None:
    assert quote in _printed(sys.executable, "-c", program.replace(HERE, server.url))


@pytest.mark.parametrize("command", [line for line in COMMANDS if HERE in line], ids=["ask", "stream"])
def test_each_command_gets_a_cited_answer(server: Server, quote: str, command: str) -> None:
    assert quote in _printed("sh", "-c", command.replace(HERE, server.url))


def test_every_way_of_a_program_is_shown() -> None:
    imported = {name for program in PROGRAMS for name in re.findall(r"^from ([\w.]+) import", program, re.MULTILINE)}
    assert imported == {"openai", "mcp", "gradio_client", "ui.client"}


def test_the_first_five_lines_of_python(corpus_copy: Path, quote: str) -> None:
    [first, *_] = [block for language, block in BLOCKS if language == "python"]
    said = _printed(sys.executable, "-c", first, CITEWIRE_LIBRARY=str(corpus_copy))
    assert quote in said
    assert "https://wire.example/" in said


def test_the_line_of_the_widget(page: Page, server: Server, intranet: Intranet) -> None:
    [attributes] = re.findall(r'<script async src="https://ask.example.org/widget.js" (.*?)></script>', README)
    page.goto(intranet.page(server.url, attributes))
    expect(page.locator(".launcher")).to_have_text("Ask the archive")
    page.locator(".launcher").click()
    page.locator("textarea").fill(EXAMPLE)
    page.keyboard.press("Enter")
    expect(page.locator(".chip").first).to_be_visible()
