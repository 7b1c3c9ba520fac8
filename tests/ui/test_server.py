import concurrent.futures
import json
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from ingest import Article, Library, LibraryBusyError, WordHashEncoder
from qa import Answer, Assistant, Settings
from tests.ui import servers
from tests.ui.servers import EXAMPLE, STARTER, Server, Waiter
from ui.errors import ServerError
from ui.readiness import Readiness
from ui.refusal import NOT_FOUND
from ui.server import serve


@pytest.fixture
def http(server: Server) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, timeout=20) as client:
        yield client


@pytest.fixture
def scripted_http(scripted: Server) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=scripted.url, timeout=20) as client:
        yield client


def error_of(response: httpx2.Response) -> dict[str, str]:
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "request_id"}
    assert body["error"]["request_id"] == response.headers["x-request-id"]
    return body["error"]


# Asking


def test_an_answer_has_the_shape_of_to_dict_and_quotes_the_stored_text(http: httpx2.Client) -> None:
    response = http.post("/api/ask", json={"question": EXAMPLE})
    assert response.status_code == 200
    answer = response.json()
    assert list(answer) == list(Answer("", "", False, "", "", 0.0, ()).to_dict())
    assert answer["found"]
    for citation in answer["citations"]:
        article = http.get(f"/api/articles/{citation['article_id']}").json()
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert citation["verified"]


def test_the_api_gives_what_the_assistant_gives(small_copy: Path, scripted_http: httpx2.Client) -> None:
    with servers.open_scripted(small_copy) as assistant:
        for question in (STARTER, "Is this unknown about the bridge?"):
            given = scripted_http.post("/api/ask", json={"question": question}).json()
            asked = json.loads(json.dumps(assistant.ask(question).to_dict()))
            assert {**given, "took_ms": 0} == {**asked, "took_ms": 0}


@pytest.mark.parametrize("question", ["", "   \n", "why " * 25_000])
def test_a_question_that_is_none_is_a_422_with_a_sentence(http: httpx2.Client, question: str) -> None:
    response = http.post("/api/ask", json={"question": question})
    assert response.status_code == 422
    assert error_of(response)["code"] == "question"
    assert error_of(response)["message"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"question": 1}', b'{"q": "x"}', b'{"question": "x", "model": "y"}', b"\xff"]
)
def test_a_bad_body_is_a_422_of_the_same_shape(http: httpx2.Client, body: bytes) -> None:
    response = http.post("/api/ask", content=body, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    error_of(response)


def test_a_form_from_another_site_cannot_ask(http: httpx2.Client) -> None:
    response = http.post("/api/ask", content=b'{"question": "x"}', headers={"content-type": "text/plain"})
    assert response.status_code == 422


@pytest.mark.parametrize("size", [2_000_000, None])
def test_a_huge_body_is_refused(scripted_http: httpx2.Client, size: int | None) -> None:
    body = b'{"question": "' + b"x" * 2_000_000
    content = body if size else iter([body[:1_500_000], body[1_500_000:]])  # the second does not say its length
    response = scripted_http.post("/api/ask", content=content, headers={"content-type": "application/json"})
    assert response.status_code in (400, 413)
    error_of(response)


def test_an_unknown_article_is_a_404(http: httpx2.Client) -> None:
    for name in ("none", "..%2F..%2Fetc%2Fpasswd", "%00", "x" * 150):
        response = http.get(f"/api/articles/{name}")
        assert response.status_code == 404, name
        error_of(response)


def test_an_article_says_which_version_it_is(small_copy: Path) -> None:
    with Library.open(small_copy, WordHashEncoder()) as library:
        library.replace([Article("one", "The ferry", "The ferry leaves at one.", "1.txt")])
    with servers.scripted(small_copy) as started, httpx2.Client(base_url=started.url, timeout=20) as http:
        now = http.get("/api/articles/one").json()
        assert (now["version"], now["latest"], now["superseded"]) == (2, 2, None)
        before = http.get("/api/articles/one?version=1").json()
        assert (before["text"], before["version"], before["latest"]) == ("The ferry leaves at noon. It is blue.", 1, 2)
        assert before["updated"] is None
        assert now["updated"]
        assert before["superseded"] == now["updated"]
        assert http.get("/api/articles/one?version=2").json() == now
        for version, status in (("3", 404), ("0", 422), ("x", 422), ("9" * 30, 422)):
            response = http.get(f"/api/articles/one?version={version}")
            assert response.status_code == status
            error_of(response)


def test_an_unknown_route_is_a_404_and_a_wrong_method_a_405(http: httpx2.Client) -> None:
    assert error_of(http.get("/api/nothing"))["code"] == "not_found"
    response = http.get("/api/ask")
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert error_of(response)["code"] == "method_not_allowed"


def test_articles_are_listed(http: httpx2.Client) -> None:
    articles = http.get("/api/articles").json()
    assert len(articles) == http.get("/health/ready").json()["articles"] >= 40
    assert set(articles[0]) == {"id", "title", "publisher", "published", "language"}


def test_too_many_questions_are_sent_away_with_a_time_to_come_back(scripted_http: httpx2.Client) -> None:
    def ask(number: int) -> httpx2.Response:
        question = "a very slow ferry" if number < 4 else "ferry"  # four are answered at a time: the others wait
        return scripted_http.post("/api/ask", json={"question": question}, timeout=60)

    with concurrent.futures.ThreadPoolExecutor(45) as pool:
        responses = list(pool.map(ask, range(45)))
    busy = [response for response in responses if response.status_code == 503]
    assert busy
    assert all(response.headers["retry-after"] for response in busy)
    assert error_of(busy[0])["code"] == "busy"
    assert {response.status_code for response in responses} == {200, 503}


def test_the_openapi_describes_the_api_and_no_page_needs_a_cdn(http: httpx2.Client) -> None:
    described = http.get("/openapi.json").json()
    assert {"/api/ask", "/api/articles", "/api/articles/{article_id}", "/health/ready"} <= set(described["paths"])
    assert http.get("/docs").status_code == 404
    assert http.get("/redoc").status_code == 404


# Readiness


def test_ready_says_how_much_there_is(http: httpx2.Client) -> None:
    assert http.get("/health/live").json() == {"live": True}
    ready = http.get("/health/ready").json()
    assert ready["ready"]
    assert ready["passages"] > ready["articles"]


def test_until_the_library_is_open_everything_says_so(small_copy: Path, tmp_path: Path, eventually: Waiter) -> None:
    gate = tmp_path / "gate"
    with servers.scripted(small_copy, gate) as started, httpx2.Client(base_url=started.url, timeout=20) as http:
        assert http.get("/health/live").status_code == 200
        ready = http.get("/health/ready")
        assert ready.status_code == 503
        assert ready.json() == {"ready": False, "reason": "The library is being opened. Try again in a moment."}
        asked = http.post("/api/ask", json={"question": "x"})
        assert asked.status_code == 503
        assert asked.headers["retry-after"]
        assert error_of(asked)["message"] == ready.json()["reason"]
        assert http.get("/").status_code == 200
        gate.touch()
        eventually(lambda: http.get("/health/ready").status_code == 200)
        assert http.post("/api/ask", json={"question": STARTER}).status_code == 200


def test_a_library_that_cannot_be_opened_is_the_reason(small_copy: Path, tmp_path: Path, eventually: Waiter) -> None:
    reason, gate = "The library is in use: process 7 is syncing.", tmp_path / "gate"
    gate.write_text(reason, "utf-8")
    with servers.scripted(small_copy, gate) as started, httpx2.Client(base_url=started.url, timeout=20) as http:
        eventually(lambda: http.get("/health/ready").json() == {"ready": False, "reason": reason})
        assert http.get("/health/live").status_code == 200
        assert error_of(http.get("/api/articles"))["message"] == reason


def test_serving_a_library_that_is_missing_or_empty_ends_with_the_reason(tmp_path: Path) -> None:
    Library.open(tmp_path / "empty", create=True).close()
    for name, sentence in (("missing", "There is no library at"), ("empty", "The library is empty")):
        command = [sys.executable, "-c", servers.REAL, str(tmp_path / name)]
        ended = subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=False, env=servers.environment()
        )
        assert ended.returncode != 0
        assert sentence in ended.stderr.splitlines()[-1]
    Library.open(tmp_path / "empty").close()  # it was let go


def test_starter_questions_are_those_that_have_an_answer(small_copy: Path, eventually: Waiter) -> None:
    with servers.open_scripted(small_copy) as assistant:
        readiness = Readiness(assistant)
        readiness.begin()
        eventually(lambda: readiness.starters is not None)
        readiness.end()
        assert readiness.starters == (STARTER,)
        assert assistant.ask(STARTER).found  # what came open stays open


def test_without_starters_set_some_are_made_from_titles(small_copy: Path, eventually: Waiter) -> None:
    library = Library.open(small_copy, WordHashEncoder())
    with Assistant(library, servers.ScriptedReader(library), Settings()) as assistant:
        readiness = Readiness(assistant)
        readiness.begin()
        eventually(lambda: readiness.starters is not None)
        readiness.end()
    assert "What is reported about “The ferry”?" in (readiness.starters or ())


# Listening


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ServerError, match=f"Port {port} is in use: stop the other program, or choose another"):
            serve(Settings(library=tmp_path, port=port))


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host"])
def test_an_address_that_is_not_ours_is_one_sentence(tmp_path: Path, host: str) -> None:
    with pytest.raises(ServerError, match="is not an address of this machine"):
        serve(Settings(library=tmp_path, host=host, port=0, access="open"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_the_library_is_let_go(
    corpus_library: Path, tmp_path: Path, number: signal.Signals
) -> None:
    folder = Path(shutil.copytree(corpus_library, tmp_path / "library"))
    with servers.real(folder) as started:
        with pytest.raises(LibraryBusyError) as busy:
            Library.open(folder)
        assert busy.value.url == started.url
        started.process.send_signal(number)
        started.process.wait(60)
    Library.open(folder).close()
    assert "Traceback" not in started.log.read_text("utf-8")


# Who may read


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=http://{listener}/", "/file=http://{listener}/", "/gradio_api/file%3Dhttp://{listener}/",
        "/gradio_api/proxy=http://{listener}/", "/proxy=http://{listener}/", "/gradio_api/file=/etc/passwd",
        "/gradio_api/file/etc/passwd", "/gradio_api/upload", "/monitoring", "/gradio_api/vibe-code",
    ],
)  # fmt: skip
def test_gradio_fetches_and_reads_nothing_for_visitors(scripted_http: httpx2.Client, path: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        response = scripted_http.get(path.format(listener=address))
        assert response.status_code == 404
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.parametrize("host", ["x/?", "a b", "evil.example/path", "x@y", "", "host:port", "a\tb", "[::1"])
def test_a_bad_host_is_a_400(scripted: Server, host: str) -> None:
    address = httpx2.URL(scripted.url)
    with socket.create_connection((address.host, address.port or 0), 20) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert connection.recv(200).startswith(b"HTTP/1.1 400 ")


# Gradio's own client


def test_gradio_client_gets_a_cited_answer(server: Server) -> None:
    client = Client(server.url, verbose=False)
    named = client.view_api(return_format="dict", print_info=False)["named_endpoints"]  # type: ignore[index]
    assert list(named) == ["/ask"]
    answer = client.predict(EXAMPLE, api_name="/ask")
    assert "[1] " in answer
    assert "Example Wire, 13 Mar 2019" in answer


def test_gradio_client_gets_errors_as_sentences_and_refusals_as_such(scripted: Server) -> None:
    client = Client(scripted.url, verbose=False)
    assert client.predict("unknown", api_name="/ask").startswith(NOT_FOUND)
    with pytest.raises(AppError, match="Something went wrong") as failed:
        client.predict("boom", api_name="/ask")
    assert "secret" not in str(failed.value)
    with pytest.raises(AppError, match="question"):
        client.predict("", api_name="/ask")
