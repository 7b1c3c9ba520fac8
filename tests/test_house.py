"""The house: imports one way, front doors kept, files short, settings documented, and not a word to the network."""

import ast
import importlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import pytest_socket

from qa import Settings
from tests.conftest import CORPUS

ROOT = Path(__file__).parents[1]
PACKAGES = ["ingest", "qa", "ui"]
FILES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


@pytest.mark.filterwarnings("ignore:A test tried to use socket")  # pytest-socket warns before it raises
def test_the_tests_have_no_network():
    import socket

    with socket.socket() as outside, pytest.raises(pytest_socket.SocketConnectBlockedError):
        outside.connect(("192.0.2.1", 80))


def test_imports_point_one_way_only():
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(cache_dir=None))"
    outcome = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    assert f"{len(contracts)} kept, 0 broken" in outcome.stdout


@pytest.mark.parametrize("package", ["ingest", "qa"])
def test_the_front_door_is_sorted_complete_and_open(package):
    door = importlib.import_module(package)
    assert door.__all__ == sorted(door.__all__, key=lambda name: name)
    assert len(set(door.__all__)) == len(door.__all__)
    tree = ast.parse((ROOT / package / "__init__.py").read_text("utf-8"))
    imported = {
        alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert imported == set(door.__all__), "what a front door imports is what it offers"
    for name in door.__all__:
        assert getattr(door, name).__doc__, f"{package}.{name} says nothing about itself"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_that_it_is_typed(package):
    assert (ROOT / package / "py.typed").is_file()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_explains_one_thing_and_stops(path):
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) <= 300
    assert ast.get_docstring(ast.parse("\n".join(lines))), "a file says what it is about"


def test_a_function_can_be_read_on_one_screen():
    long = [
        f"{path.relative_to(ROOT)}: {node.name}, {node.end_lineno - node.lineno + 1} lines"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= 60
    ]
    assert not long


def test_every_setting_is_documented():
    documented = (ROOT / "docs" / "settings.md").read_text("utf-8")
    for name in Settings.model_fields:
        assert f"`{name}`" in documented, name
        assert f"CITEWIRE_{name.upper()}" in documented, name


def test_only_settings_reads_the_environment():
    """qa/settings.py is the only reader; two others set what Gradio and ONNX Runtime read when they are imported."""
    readers = {
        str(path.relative_to(ROOT))
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }
    assert readers <= {"qa/settings.py", "ui/chat.py", "ingest/encoder.py"}


def test_nobody_else_opens_a_web_address():
    """The contracts see packages; this sees the standard library's clients, and those that other packages offer."""
    clients = {"urllib.request", "http.client", "ftplib", "trafilatura.downloads"}
    names = {
        (str(path.relative_to(ROOT)), name)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None), *(alias.name for alias in node.names)]
    }
    assert not {(path, name) for path, name in names if name in clients or name in ("urlopen", "fetch_url")}


WATCHED = """
import json, socket, sys, _socket
tried = []
def closed(what):
    def refuse(*arguments, **options):
        tried.append(f"{what} {arguments[-1] if what == 'connect' else arguments[0]}")
        raise OSError("the network is closed")
    return refuse
class Closed(_socket.socket):
    connect = closed("connect")
    connect_ex = closed("connect")
    sendto = closed("sendto")
for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "create_connection"):
    setattr(socket, name, closed(name))
for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, closed("connect"))
_socket.socket = Closed
sys.addaudithook(lambda event, arguments: event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname",
    "socket.sendto", "socket.sendmsg") and tried.append(f"{event} {arguments}"))
sys.argv = ["citewire", *sys.argv[1:]]
from ui.cli import main
code = 0
try:
    main()
except SystemExit as end:
    code = end.code or 0
sys.stderr.write("\\n" + json.dumps({"code": code, "tried": tried}))
"""


def watched(*arguments):
    """The command with every way out closed: its exit code, and whom it tried to reach.

    What is not Python's is not watched: ONNX Runtime, which would report to its makers, first writes what it will send.
    """
    outcome = subprocess.run(
        [sys.executable, "-c", WATCHED, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False
    )
    return json.loads(outcome.stderr.splitlines()[-1]), outcome


def test_the_watch_would_see_an_attempt():
    program = WATCHED.replace("from ui.cli import main", "from urllib.request import urlopen")
    program = program.replace("    main()", "    urlopen('http://192.0.2.1/')").replace("SystemExit", "OSError")
    program = program.replace("end.code or 0", "0")
    command = [sys.executable, "-c", program]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert json.loads(outcome.stderr.splitlines()[-1])["tried"]


def test_reading_articles_and_asking_reach_out_to_nobody(tmp_path):
    library = tmp_path / "library"
    synced, outcome = watched("sync", CORPUS, "--library", library)
    assert synced == {"code": 0, "tried": []}, outcome.stderr
    asked, outcome = watched("ask", "Why did Japan drop co-sponsorship?", "--library", library)
    assert asked["tried"] == []
    assert asked["code"] in (0, 3), outcome.stderr
    assert not list(Path.home().rglob("*onnxruntime*"))
