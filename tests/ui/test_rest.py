"""The rest of the API: search, uploads, syncs, feedback, figures, the reference, and nothing that breaks it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from benchmarks.fuzz import fuzz
from tests.ui import servers
from tests.ui.servers import HOSTILE_QUESTION, Server, Waiter
from ui.feedback import Feedback, Opinion


@pytest.fixture(scope="module")
def own(small_library: Path, tmp_path_factory: pytest.TempPathFactory, eventually: Waiter) -> Iterator[Server]:
    """A server whose library may be changed."""
    folder = tmp_path_factory.mktemp("rest")
    library = Path(shutil.copytree(small_library, folder / "library"))
    (folder / "articles").mkdir()
    (folder / "articles" / "harbour.txt").write_text("A new harbour\n\nThe harbour opens in June.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CITEWIRE_SYNC_PATHS", str(folder / "articles"))
        with servers.scripted(library) as started:
            eventually(lambda: httpx2.get(f"{started.url}/health/ready").status_code == 200)
            yield started


@pytest.fixture
def http(own: Server) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=own.url, timeout=20) as client:
        yield client


def upload(http: httpx2.Client, name: str, content: bytes) -> httpx2.Response:
    return http.post("/api/articles", files={"file": (name, content)})


def test_search_gives_passages_that_stand_in_their_articles(http: httpx2.Client) -> None:
    [first, *_] = http.get("/api/search", params={"q": "ferry", "limit": 2}).json()
    text = http.get(f"/api/articles/{first['article_id']}").json()["text"]
    assert text[first["start"] : first["end"]] == first["text"]
    assert http.get("/api/search", params={"q": "ferry", "limit": 0}).status_code == 422


def test_an_upload_is_in_the_library_at_once_and_gone_when_it_is_removed(own: Server, http: httpx2.Client) -> None:
    made = upload(http, "../../moor.txt", b"The moor\n\nTwelve turbines stand on the moor.")
    assert made.status_code == 201
    [article] = made.json()["added"]
    kept = own.library.with_name("library.uploads") / "moor.txt"
    assert kept.exists()
    assert "turbines" in http.post("/api/ask", json={"question": "turbines moor"}).text
    assert upload(http, "moor.txt", b"The moor\n\nThirteen turbines stand there.").json()["changed"] == [article]
    assert http.delete(f"/api/articles/{article}").status_code == 204
    assert not kept.exists()
    assert http.get(f"/api/articles/{article}").status_code == 404
    assert http.delete(f"/api/articles/{article}").status_code == 404


@pytest.mark.parametrize(
    ("name", "content"), [("x.exe", b"MZ"), ("", b"x"), ("x.txt", b""), (".txt", b"x"), ("x.jsonl", b"{")]
)
def test_an_upload_that_is_no_article_is_a_422_and_leaves_nothing(
    own: Server, http: httpx2.Client, name: str, content: bytes
) -> None:
    response = upload(http, name, content)
    assert response.status_code == 422
    assert str(own.library.parent) not in response.text
    folder = own.library.with_name("library.uploads")
    assert not folder.exists() or not list(folder.iterdir())


def test_a_sync_runs_in_the_background_and_says_how_far_it_is(http: httpx2.Client, eventually: Waiter) -> None:
    started = http.post("/api/sync")
    assert started.status_code == 202
    place = f"/api/sync/{started.json()['id']}"
    eventually(lambda: http.get(place).json()["state"] == "done")
    assert len(http.get(place).json()["report"]["added"]) == 1
    assert http.delete(place).json()["state"] == "done"
    assert http.get("/api/sync/none").status_code == 404


def test_feedback_is_kept_and_exported(http: httpx2.Client) -> None:
    opinion = {"question": HOSTILE_QUESTION, "verdict": "bad", "reason": "out of date", "comment": "</script>\n\u2028"}
    assert http.post("/api/feedback", json=opinion).status_code == 201
    assert http.post("/api/feedback", json={**opinion, "verdict": "perhaps"}).status_code == 422
    exported = http.get("/api/feedback")
    assert exported.headers["content-disposition"].startswith("attachment")
    assert json.loads(exported.text.splitlines()[-1])["comment"] == opinion["comment"]


def test_feedback_that_cannot_be_kept_is_an_error_and_spoils_nothing(tmp_path: Path) -> None:
    from ui.errors import FeedbackError

    (tmp_path / "file").write_text("x")
    with pytest.raises(FeedbackError, match="could not be kept"):
        Feedback(tmp_path / "file" / "feedback.jsonl").add(Opinion(question="x", verdict="good"))


def test_figures_count_requests_by_kind_and_never_by_path(http: httpx2.Client) -> None:
    http.get("/api/articles/no-such-article")
    figures = http.get("/metrics").text
    assert 'citewire_requests_total{kind="/api/articles",method="GET",status="404"}' in figures
    assert "no-such-article" not in figures
    assert "citewire_passages" in figures


def test_the_reference_lists_every_operation_and_runs_no_script(http: httpx2.Client) -> None:
    page = http.get("/api/docs")
    for path in http.get("/openapi.json").json()["paths"]:
        assert path in page.text
    assert "<script" not in page.text
    assert "http://" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_whatever_it_is_sent_the_api_is_what_its_openapi_says(own: Server) -> None:
    """A short run; benchmarks/fuzz.py goes on for as long as you like."""
    assert fuzz(own.url, examples=8) > 10
