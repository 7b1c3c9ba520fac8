"""Who may ask, with what, from where, and how often."""

import http.client
import subprocess
import sys
from pathlib import Path

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from playwright.sync_api import Page, expect

from ingest import Article, Library, Within
from qa import Settings
from qa.errors import SettingsError
from tests.ui import servers
from tests.ui.guarded import ALLOWED, PRIVATE, SECRET, Guarded, confused, token
from ui.access import Access
from ui.errors import NotSignedInError, ServerError
from ui.keys import KeyFile
from ui.limits import RateLimit
from ui.shapes import Filters

# What is restricted


@pytest.mark.parametrize("path", ["/api/ask", "/api/search?q=", "/v1/chat/completions"])
def test_restricted_articles_are_no_candidates_for_those_who_lack_the_scope(guarded: Guarded, path: str) -> None:
    question = "The board sells the ferry. It is secret."

    def ask(credential: str) -> str:
        if "?" in path:
            return guarded.request("GET", path + question, credential).text
        message = {"messages": [{"role": "user", "content": question}], "model": "citewire"}
        return guarded.request("POST", path, credential, json={"question": question} if "ask" in path else message).text

    for credential in (guarded.keys["ask"], token()):
        assert "Minutes" not in ask(credential)
    for credential in (guarded.keys["board"], token(scope="board")):
        assert "Minutes" in ask(credential)


def test_a_restriction_holds_in_both_legs_and_leaves_as_many_candidates(word_hash_library: Library) -> None:
    word_hash_library.replace(
        [
            Article(f"{name}{n}", f"{name} {n}", f"The ferry number {n} leaves at noon.", f"{name}{n}", name)
            for name in ("Straße", "Other")
            for n in range(60)
        ]
    )
    hits = word_hash_library.search("When does the ferry leave?", 100, Within(without=frozenset({"STRASSE"})))
    assert {hit.article.publisher for hit in hits} == {"Other"}
    assert len(hits) >= 50  # not what is left of candidates among which the others were
    assert max(hit.vector_rank or 0 for hit in hits) == max(hit.word_rank or 0 for hit in hits) == 50
    assert word_hash_library.search("ferry", 5, Within(publishers=frozenset())) == []


def test_a_restricted_tag_holds_in_both_legs_and_wherever_articles_are_named(word_hash_library: Library) -> None:
    word_hash_library.replace(
        [
            Article(f"{tags}{n}", f"{tags} {n}", f"The ferry number {n} leaves at noon.", f"{tags}{n}", tags=tags)
            for tags in ("harbour, Internal", "harbour")
            for n in range(60)
        ]
    )
    settings = Settings.model_validate({"restricted": {"tag:internal": "board", "Board Papers": "board"}})
    assert settings.visible(["board"]) == Within()
    within = settings.visible(["ask"])
    hits = word_hash_library.search("When does the ferry leave?", 100, within)
    assert {hit.article.tags for hit in hits} == {"harbour"}
    assert max(hit.vector_rank or 0 for hit in hits) > 0
    assert max(hit.word_rank or 0 for hit in hits) > 0
    assert not [copy for copy in word_hash_library.copies("harbour1", within) if "Internal" in copy.article_id]
    assert [copy for copy in word_hash_library.copies("harbour1") if "Internal" in copy.article_id]
    shown = [entry for entry in word_hash_library.entries() if within.takes(entry.publisher, entry.tags)]
    assert {entry.tags for entry in shown} == {"harbour"}
    only = Within(tags=frozenset({"INTERNAL"}))
    found = word_hash_library.search("ferry", 100, only)
    assert found
    assert {hit.article.tags for hit in found} == {"harbour, Internal"}
    assert Filters(tags=["harbour"]).within(within).without_tags == {"internal"}  # a filter widens nothing


# Case 16


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (token(exp=1), "expired"),
        (token(aud="other", exp=9_000_000_000), "audience"),
        (token("another secret of more than 32 bytes"), "not signed"),
        (jwt.encode({"aud": "citewire", "exp": 9e9}, None, "none"), "not accepted"),
        (token(rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256"), "not signed"),
        (jwt.encode({"aud": "citewire"}, SECRET), "not signed"),  # never expires
        (confused(), "not signed"),
    ],
)
def test_case_16_a_bad_token_lets_nobody_in(guarded: Guarded, given: str, why: str) -> None:
    for method, path in (("GET", "/api/articles"), ("POST", "/api/ask/stream"), ("POST", "/mcp"), ("GET", "/metrics")):
        response = guarded.request(method, path, given, json={"question": "ferry"} if method == "POST" else None)
        assert response.status_code == 401
        assert why in response.json()["error"]["message"]
    assert guarded.request("POST", "/login", data={"credential": given}).status_code == 401


def test_case_16_a_token_is_for_asking_whatever_it_claims(guarded: Guarded) -> None:
    for good in (token(scope="admin ingest"), token(PRIVATE, "RS256", scope="admin")):
        assert guarded.request("GET", "/api/articles", good).status_code == 200
        for method, path in (
            ("GET", "/metrics"),
            ("GET", "/api/feedback"),
            ("POST", "/api/sync"),
            ("POST", "/api/articles"),
            ("DELETE", "/api/articles/one"),
        ):
            assert guarded.request(method, path, good).status_code == 403, path


def test_case_16_what_is_revoked_is_refused_at_once(guarded: Guarded) -> None:
    file = KeyFile(guarded.server.library)
    key, secret = file.make("short", ["ask"])
    good = token(jti="one")
    for credential in (secret, good):
        assert guarded.request("GET", "/api/articles", credential).status_code == 200
    file.revoke(key.id)
    file.revoke_token("one")
    for credential in (secret, good):
        assert guarded.request("GET", "/api/articles", credential).status_code == 401


def test_case_16_nothing_in_a_request_changes_model_prompt_or_collection(guarded: Guarded) -> None:
    for more in ({"model": "x"}, {"prompt": "x"}, {"collection": "x"}, {"library": "/"}):
        body = {"question": "ferry", **more}
        assert guarded.request("POST", "/api/ask", guarded.keys["ask"], json=body).status_code == 422


def test_tokens_that_name_nobody_are_still_one_caller_each(tmp_path: Path) -> None:
    access = Access(Settings(library=tmp_path / "library", token_secret=SECRET))
    first, second = token(sub="", jti="1"), token(sub="", jti="2")
    names = [access.holder(given).name for given in (first, second, first, f"{first}=", token(), token(jti="3"))]
    assert len(set(names[:2])) == 2
    assert names[2:] == [names[0], names[0], "token ada", "token ada"]
    assert first not in names[0]


# Case 17


def test_case_17_only_listed_origins_may_frame_the_page(guarded: Guarded) -> None:
    page = guarded.request("GET", "/", guarded.keys["ask"])
    assert f"frame-ancestors 'self' {ALLOWED}" in page.headers["content-security-policy"]
    assert "x-frame-options" not in page.headers


@pytest.mark.parametrize("host", ["evil.example", "ask.intra.evil.example", "x/?", "127.0.0.1.evil.example"])
def test_case_17_another_host_name_is_a_400(guarded: Guarded, host: str) -> None:
    response = guarded.request("GET", "/health/live", headers={"host": host})
    assert response.status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost", "[::1]:80", "ASK.intra", "ask.intra.:443"])
def test_its_own_names_and_addresses_are_answered(guarded: Guarded, host: str) -> None:
    assert guarded.request("GET", "/health/live", headers={"host": host}).status_code == 200


# The login page


def test_a_browser_logs_in_by_a_cookie_that_no_script_reads(guarded: Guarded) -> None:
    page = guarded.request("GET", "/", headers={"accept": "text/html"})
    assert page.status_code == 401
    assert '<form method="post" action="/login">' in page.text
    with guarded.client() as browser:
        wrong = browser.post("/login", data={"credential": '"><script>', "back": "//evil.example"})
        assert wrong.status_code == 401
        assert "evil.example" not in wrong.text
        right = browser.post("/login", data={"credential": guarded.keys["ask"], "back": "/api/articles"})
        assert right.status_code == 303
        assert right.headers["location"] == "/api/articles"
        cookie = right.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert browser.get("/api/articles").status_code == 200
        assert browser.get("/").status_code == 200
        ask = {"question": "ferry"}
        assert browser.post("/api/ask", json=ask, headers={"origin": guarded.url}).status_code == 200
        for origin in ("https://evil.example", "null", ALLOWED):  # a page of the same site could send the cookie
            assert browser.post("/api/ask", json=ask, headers={"origin": origin}).status_code == 403
        assert browser.post("/logout").status_code == 303
        assert browser.get("/api/articles").status_code == 401


@pytest.mark.parametrize("other", ['prefs={"a":1}', "a[b]=1", "x=a b", "name=José", "none", "=", "\xff=\x01"])
def test_a_cookie_of_another_application_logs_nobody_out(tmp_path: Path, other: str) -> None:
    key, secret = KeyFile(tmp_path / "library").make("x", ["ask"])
    access = Access(Settings(library=tmp_path / "library"))
    for cookies in (f"{other}; citewire_login={secret}", f"citewire_login={secret}; {other}"):
        assert servers.run(_caller(access, "127.0.0.1", cookie=cookies)) == f"key {key.id}: ask"


def test_the_chat_answers_who_has_logged_in(guarded: Guarded, page: Page) -> None:
    page.goto(guarded.url)
    page.locator("#credential").fill(guarded.keys["board"])
    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_be_attached()  # Gradio draws the page a part at a time
    page.locator("#question textarea").fill("The board sells the ferry. It is secret.")
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_attribute("data-state", "answered")
    page.locator(".chip").first.click()
    expect(page.locator("#source mark.pressed")).to_be_visible()


# What is open


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_beyond_this_machine_it_refuses_to_start_without_a_word_about_access(tmp_path: Path, host: str) -> None:
    library = tmp_path / "library"
    with pytest.raises(ServerError, match="CITEWIRE_ACCESS=open"):
        Access(Settings(library=library, host=host))
    assert Access(Settings(library=library, host=host, access="open")).open
    KeyFile(library).make("x", ["ask"])
    assert not Access(Settings(library=library, host=host)).open


def test_on_this_machine_it_is_open_until_a_login_is_set(tmp_path: Path) -> None:
    assert Access(Settings(library=tmp_path / "library")).open
    KeyFile(tmp_path / "library").make("x", ["ask"])
    assert not Access(Settings(library=tmp_path / "library")).open


@pytest.mark.parametrize("end", ["expire", "revoke"])
def test_when_the_last_key_ends_nothing_opens(tmp_path: Path, end: str) -> None:
    file = KeyFile(tmp_path / "library")
    key, _ = file.make("x", ["ask"], days=-1 if end == "expire" else None)
    if end == "revoke":
        file.revoke(key.id)
    with pytest.raises(ServerError, match=r"^Every key .* `citewire keys make NAME`"):
        Access(Settings(library=tmp_path / "library"))
    assert Access(Settings(library=tmp_path / "library", access="open")).open


def test_behind_a_proxy_it_is_open_to_nobody_until_somebody_says_so(tmp_path: Path) -> None:
    behind = {"library": tmp_path / "library", "proxies": ["127.0.0.1"]}
    with pytest.raises(ServerError, match="CITEWIRE_ACCESS=open"):
        Access(Settings.model_validate(behind))
    access = Access(Settings.model_validate({**behind, "access": "open"}))
    assert servers.run(_caller(access, "127.0.0.1", x_forwarded_for="192.0.2.1")) == "192.0.2.1: ask"
    assert access.rate


def test_a_page_of_a_listed_origin_may_ask_for_anybody_and_change_nothing(small_copy: Path) -> None:
    with (
        servers.scripted(small_copy, ORIGINS=ALLOWED) as started,
        httpx2.Client(base_url=started.url, timeout=20) as http,
    ):
        elsewhere = {"origin": ALLOWED}
        assert http.post("/api/ask", json={"question": "ferry"}, headers=elsewhere).status_code == 200
        assert http.post("/api/sync", headers=elsewhere).status_code == 403
        files = {"file": ("x.txt", b"The moor\n\nTwelve turbines stand on the moor.")}
        assert http.post("/api/articles", files=files, headers=elsewhere).status_code == 403
        assert http.post("/api/articles", files=files, headers={"origin": started.url}).status_code == 201


def test_where_it_is_open_a_made_up_key_harms_nobody_and_a_bad_one_of_ours_is_refused(tmp_path: Path) -> None:
    access = Access(Settings(library=tmp_path / "library", access="open"))
    assert servers.run(_caller(access, "192.0.2.1", authorization="Bearer none")) == "192.0.2.1: ask"
    assert servers.run(_caller(access, "192.0.2.1", authorization="Bearer cw_none")) == "NotSignedInError"


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="32 bytes"):
        Access(Settings(library=tmp_path / "library", token_secret="short"))


async def _caller(access: Access, client: str, *lines: tuple[str, str], **headers: str) -> str:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in (*lines, *headers.items())]
    scope = {"type": "http", "method": "GET", "path": "/", "scheme": "http", "client": (client, 1), "headers": pairs}
    try:
        found = await access.caller(scope)
    except NotSignedInError as error:
        return type(error).__name__
    return f"{found.name}: {' '.join(sorted(found.scopes))}"


@pytest.fixture
def behind_proxy(tmp_path: Path) -> Access:
    """Where the proxies of 10.0.0.0/8 say who asks."""
    return Access(
        Settings.model_validate(
            {
                "library": tmp_path / "library",
                "proxies": ["10.0.0.0/8"],
                "proxy_user": "X-Remote-User",
                "proxy_scopes": "X-Remote-Groups",
            }
        )
    )


def test_a_name_in_a_header_counts_from_a_listed_proxy_alone(behind_proxy: Access) -> None:
    given = {"x_remote_user": "ada", "x_remote_groups": "board,admin"}
    assert servers.run(_caller(behind_proxy, "10.1.2.3", **given)) == "user ada: ask board"
    assert servers.run(_caller(behind_proxy, "::ffff:10.1.2.3", **given)) == "user ada: ask board"
    for other in ("192.0.2.1", "::ffff:192.0.2.1", "::10.1.2.3", "unknown"):
        assert servers.run(_caller(behind_proxy, other, **given)) == "NotSignedInError"
    assert servers.run(_caller(behind_proxy, "10.1.2.3")) == "NotSignedInError"


def test_the_password_that_a_proxy_passes_on_is_no_credential(behind_proxy: Access) -> None:
    basic = {"authorization": "Basic YWRhOnNlY3JldA=="}
    assert servers.run(_caller(behind_proxy, "10.1.2.3", x_remote_user="ada", **basic)) == "user ada: ask"
    assert servers.run(_caller(behind_proxy, "10.1.2.3", **basic)) == "NotSignedInError"
    wrong = {"authorization": "Bearer cw_wrong"}
    assert servers.run(_caller(behind_proxy, "10.1.2.3", x_remote_user="ada", **wrong)) == "NotSignedInError"


def test_a_header_of_ones_own_beside_the_proxys_gives_no_name_no_scope_and_no_address(behind_proxy: Access) -> None:
    mine, the_proxys = ("x-remote-user", "boss"), ("x-remote-user", "ada")
    groups = [("x-remote-groups", "board"), ("x-remote-groups", "staff")]
    assert servers.run(_caller(behind_proxy, "10.1.2.3", mine, the_proxys)) == "NotSignedInError"
    assert servers.run(_caller(behind_proxy, "10.1.2.3", the_proxys, *groups)) == "user ada: ask"


@pytest.mark.parametrize("lines", [["1.1.1.1, 192.0.2.7, 10.9.9.9"], ["1.1.1.1", "192.0.2.7", "::ffff:10.9.9.9"]])
def test_the_address_is_the_last_that_no_proxy_has(behind_proxy: Access, lines: list[str]) -> None:
    headers = [(b"x-forwarded-for", line.encode()) for line in lines]
    scope = {"type": "http", "client": ("10.1.2.3", 1), "headers": headers}
    assert behind_proxy.address(scope) == "192.0.2.7"
    assert behind_proxy.address({**scope, "client": ("192.0.2.9", 1)}) == "192.0.2.9"


def test_a_rate_is_kept_for_each_by_himself() -> None:
    now = [0.0]
    limit = RateLimit(60, lambda: now[0])
    assert [limit.wait("a") for _ in range(60)] == [0.0] * 60
    assert limit.wait("a") == pytest.approx(1.0)
    assert limit.wait("b") == 0.0
    now[0] = 1.0
    assert limit.wait("a") == 0.0
    assert limit.wait("a") > 0


def test_too_many_requests_are_told_when_to_come_back(small_copy: Path) -> None:
    with servers.scripted(small_copy, RATE="5") as started:
        got = [httpx2.get(f"{started.url}/api/articles", timeout=20) for _ in range(7)]
    assert [response.status_code for response in got] == [200] * 5 + [429] * 2
    assert int(got[-1].headers["retry-after"]) >= 1
    assert got[-1].json()["error"]["code"] == "rate_limited"


# Keys


def test_a_key_is_printed_once_and_only_its_hash_is_stored(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ui.cli", "keys", *arguments, "--library", str(tmp_path / "library")]
        return subprocess.run(command, capture_output=True, text=True, env=servers.environment(), check=False)

    made = run("make", "Ada", "--scope", "ask", "--scope", "board", "--days", "3")
    secret = made.stdout.strip()
    file = KeyFile(tmp_path / "library")
    assert file.path.stat().st_mode & 0o077 == 0
    assert secret not in file.path.read_text()
    key = file.find(secret)
    assert key
    assert key.scopes == ("ask", "board")
    assert "Ada" in run("list").stdout
    assert run("revoke", key.id).returncode == 0
    assert file.find(secret) is None
    assert "revoked" in run("list").stdout
    missing = run("revoke", "none")
    assert missing.returncode == 1
    assert "There is no key none" in missing.stderr


def test_an_unreadable_key_file_lets_nobody_in(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "library")
    _, secret = file.make("x", ["ask"])
    file.path.write_text("{")
    with pytest.raises(Exception, match="cannot be read"):
        file.find(secret)


def test_a_websocket_is_refused(guarded: Guarded) -> None:
    address = httpx2.URL(guarded.url)
    connection = http.client.HTTPConnection(address.host, address.port)
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    connection.request("GET", "/api/articles", headers={**upgrade, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
    assert connection.getresponse().status in (401, 403)
    connection.close()
