"""What holds on every route that the app has, so that a new one is covered or named here."""

import re
from collections.abc import Iterator

import httpx2
import pytest

from tests.ui.guarded import ALLOWED, Guarded, beginning, token
from tests.ui.intranet import Intranet
from tests.ui.servers import Server
from ui.keys import KeyFile

OPEN = {
    "/health/live", "/health/ready", "/login", "/widget.js", "/widget/demo", "/widget/check", "/citewire/{path:path}"
}  # fmt: skip
NOBODYS = {
    "component_id",
    "id",
    "segment_id",
    "trigger_id",
    "upload_id",
}  # of parts of a page, not of somebody's things
PREFLIGHT = {
    "access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"
}  # fmt: skip
QUESTION = {"question": "When does the ferry leave?", "messages": [{"role": "user", "content": "ferry"}]}


@pytest.fixture(params=["open", "login"])
def served(request: pytest.FixtureRequest) -> Server:
    """A server where everybody may do everything, removing articles too, and the one where a login is set."""
    if request.param == "open":
        return request.getfixturevalue("own")
    return request.getfixturevalue("guarded").server


def answers(server: Server, **headers: str) -> Iterator[tuple[str, httpx2.Response]]:
    """What every route answers to these headers, and to the browser's question whether it may send a request."""
    with httpx2.Client(base_url=server.url, timeout=20) as client:
        for asked in server.routes:
            body = QUESTION if asked.method == "POST" else None
            yield (
                f"{asked.method} {asked.path()}",
                beginning(client, asked.method, asked.path(), json=body, headers=headers),
            )
        for path in dict.fromkeys(asked.path() for asked in server.routes):
            yield f"OPTIONS {path}", client.options(path, headers=headers | PREFLIGHT)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://ask.intra.evil.example"])
def test_case_1_no_other_origin_may_read_any_route(served: Server, origin: str) -> None:
    for where, response in answers(served, host="ask.intra", origin=origin):
        assert "access-control-allow-origin" not in response.headers, where
        assert "access-control-allow-credentials" not in response.headers, where


def test_case_1_an_allowed_origin_is_echoed_on_every_route(served: Server, intranet: Intranet) -> None:
    [origin] = {ALLOWED, intranet.origin} & set(_listed(served))
    for where, response in answers(served, host="ask.intra", origin=origin):
        assert response.headers["access-control-allow-origin"] == origin, where
        assert "origin" in response.headers["vary"].lower(), where
        assert "access-control-allow-credentials" not in response.headers, where


def _listed(server: Server) -> list[str]:
    page = httpx2.get(f"{server.url}/assets/none", timeout=20).headers["content-security-policy"]
    return re.search("frame-ancestors 'self' ([^;]*)", page)[1].split()  # type: ignore[index]


def test_every_response_has_the_security_headers(served: Server) -> None:
    listed = " ".join(_listed(served))
    for where, response in answers(served):
        headers = response.headers
        assert headers["x-content-type-options"] == "nosniff", where
        assert headers["referrer-policy"] == "no-referrer", where
        assert headers["x-request-id"], where
        assert "server" not in headers, where
        if "x-frame-options" in headers:
            assert headers["x-frame-options"] == "DENY"
            assert "frame-ancestors 'none'" in headers["content-security-policy"], where
        else:  # a page, which those who are listed may frame
            assert not re.match(r"\w+ /(api|health|v1|mcp|metrics)", where), where
            assert re.search(
                f"frame-ancestors ('none'|'self' {re.escape(listed)})(;|$)", headers["content-security-policy"]
            )


def test_case_15_anonymous_where_a_login_is_set_gets_401_on_every_route(guarded: Guarded) -> None:
    closed = [asked for asked in guarded.server.routes if asked.template not in OPEN]
    assert len(closed) > 90
    for credentials in ((), ("cw_wrong", "nonsense", "x" * 10_000, token(exp=1))):
        for asked, response in guarded.strangers(closed, *credentials):
            assert response.status_code == 401, asked
            if asked.method != "HEAD":
                assert set(response.json()["error"]) == {"code", "message", "request_id"}


def test_case_15_b_finds_nothing_by_any_id_of_a_on_any_route(guarded: Guarded) -> None:
    file = KeyFile(guarded.server.library)
    a, b = (
        guarded.client(file.make(name, ["ask", "ingest", *more])[1]) for name, more in (("A", ["board"]), ("B", []))
    )
    with a, b:
        ids = {"article_id": "board", "job_id": a.post("/api/sync").json()["id"], "session_hash": "of-a"}
        asked_for = {"data": ["ferry"], "session_hash": ids["session_hash"]}
        ids["event_id"] = a.post("/gradio_api/call/ask", json=asked_for).json()["event_id"]
        tried = set()
        for asked in guarded.server.routes:
            taken = {
                name for name in (*asked.in_path, *asked.in_query, *asked.in_body) if name.endswith(("id", "hash"))
            }
            assert taken <= ids.keys() | NOBODYS, f"{asked} takes an id that nobody tried"
            if not taken & ids.keys() or asked.method == "OPTIONS":
                continue
            query = {name: ids[name] for name in asked.in_query if name in ids}
            body = {"data": ["x"], "fn_index": 0} | {name: ids[name] for name in asked.in_body if name in ids}
            sent = {"params": query} | ({"json": body} if asked.in_body else {})
            response = beginning(b, asked.method, asked.path(**ids), **sent)
            assert response.status_code == 404, (asked, response.status_code)
            tried |= taken
        assert tried >= ids.keys()
        for path in ("/api/articles/board?version=1", "/api/articles/board"):
            assert b.get(path).status_code == 404
            assert a.get(path).status_code == 200
        assert a.get(f"/api/sync/{ids['job_id']}").status_code == 200
        assert "[1]" in a.get(f"/gradio_api/call/ask/{ids['event_id']}").text


def test_case_15_an_article_that_one_may_not_see_is_like_one_that_is_not_there(guarded: Guarded) -> None:
    for query in ("", "?version=1", "?version=9"):
        hidden, unknown = (
            guarded.request("GET", f"/api/articles/{name}{query}", guarded.keys["ask"]) for name in ("board", "nope")
        )
        assert hidden.status_code == unknown.status_code == 404
        told = hidden.json()["error"]["message"], unknown.json()["error"]["message"]
        assert told[0].replace("board", "nope") == told[1]


def test_case_15_a_tool_finds_nothing_by_an_id_of_another(guarded: Guarded) -> None:
    def use(who: str, tool: str, **arguments: object) -> str:
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        accept = {"accept": "application/json, text/event-stream"}
        return guarded.request("POST", "/mcp", guarded.keys[who], json=call, headers=accept).text

    calls = (
        ("read_article", {"article_id": "board"}),
        ("list_articles", {}),
        ("search", {"query": "The board sells the ferry. It is secret."}),
        ("ask", {"question": "The board sells the ferry. It is secret."}),
    )
    for tool, arguments in calls:
        assert "Minutes" in use("board", tool, **arguments), tool
        assert "Minutes" not in use("ask", tool, **arguments), tool
    assert "There is no article" in use("ask", "read_article", article_id="board")


def test_case_15_what_one_may_not_see_is_in_no_list_and_cannot_be_removed(guarded: Guarded) -> None:
    listed = {who: guarded.request("GET", "/api/articles", guarded.keys[who]).text for who in ("ask", "board", "admin")}
    assert {who: "Minutes" in text for who, text in listed.items()} == {"ask": False, "board": True, "admin": True}
    assert guarded.request("DELETE", "/api/articles/board", guarded.keys["ingest"]).status_code == 404
    assert guarded.request("GET", "/api/articles/board", guarded.keys["board"]).status_code == 200


def test_case_16_a_token_may_ask_and_write_or_rule_on_no_route(guarded: Guarded) -> None:
    good = token(scope="admin ingest")
    allowed, forbidden = set(), set()
    with guarded.client(good) as client:
        for asked in guarded.server.routes:
            status = beginning(client, asked.method, asked.path()).status_code
            assert status != 401 or asked.template == "/login", asked
            (forbidden if status == 403 else allowed).add((asked.method, asked.template))
    ruling = {path for _, path in forbidden}
    assert ruling == {
        "/metrics", "/api/feedback", "/api/sync", "/api/sync/{job_id}", "/api/articles", "/api/articles/{article_id}",
        "/api/{rest:path}",
    } - {"/api/{rest:path}"}  # fmt: skip
    assert {("GET", "/api/articles"), ("GET", "/api/articles/{article_id}"), ("POST", "/api/feedback")} <= allowed
