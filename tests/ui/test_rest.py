"""The rest of the API: search, uploads, syncs, feedback, figures, the reference, and nothing that breaks it."""

import json
import resource
from pathlib import Path

import httpx2
import pytest

from benchmarks.fuzz import fuzz
from tests.ui import servers
from tests.ui.servers import HOSTILE_QUESTION, Server, Waiter
from ui.errors import FeedbackError, UploadError
from ui.feedback import Feedback, Opinion
from ui.jobs import Writing
from ui.readiness import Readiness


def upload(http: httpx2.Client, name: str, content: bytes) -> httpx2.Response:
    return http.post("/api/articles", files={"file": (name, content)})


def test_search_gives_passages_that_stand_in_their_articles(own_http: httpx2.Client) -> None:
    [first, *_] = own_http.get("/api/search", params={"q": "ferry", "limit": 2}).json()
    text = own_http.get(f"/api/articles/{first['article_id']}").json()["text"]
    assert text[first["start"] : first["end"]] == first["text"]
    assert own_http.get("/api/search", params={"q": "ferry", "limit": 0}).status_code == 422


def test_an_upload_is_in_the_library_at_once_and_gone_when_it_is_removed(own: Server, own_http: httpx2.Client) -> None:
    made = upload(own_http, "../../moor.txt", b"The moor\n\nTwelve turbines stand on the moor.")
    assert made.status_code == 201
    [article] = made.json()["added"]
    kept = own.library.with_name("library.uploads") / "moor.txt"
    assert kept.exists()
    assert "turbines" in own_http.post("/api/ask", json={"question": "turbines moor"}).text
    assert upload(own_http, "moor.txt", b"The moor\n\nThirteen turbines stand there.").json()["changed"] == [article]
    assert own_http.delete(f"/api/articles/{article}").status_code == 204
    assert not kept.exists()
    assert own_http.get(f"/api/articles/{article}").status_code == 404
    assert own_http.delete(f"/api/articles/{article}").status_code == 404


@pytest.mark.parametrize(
    ("name", "content"), [("x.exe", b"MZ"), ("", b"x"), ("x.txt", b""), (".txt", b"x"), ("x.jsonl", b"{")]
)
def test_an_upload_that_is_no_article_is_a_422_and_leaves_nothing(
    own: Server, own_http: httpx2.Client, name: str, content: bytes
) -> None:
    response = upload(own_http, name, content)
    assert response.status_code == 422
    assert str(own.library.parent) not in response.text
    folder = own.library.with_name("library.uploads")
    assert not folder.exists() or not list(folder.iterdir())


def test_of_a_file_of_several_articles_what_can_be_read_is_kept_and_the_rest_is_named(
    own: Server, own_http: httpx2.Client
) -> None:
    lines = [json.dumps({"id": name, "title": name, "text": f"The {name} is open."}) for name in ("mill", "weir")]
    made = upload(own_http, "b.jsonl", "\n".join([*lines, "{"]).encode())
    assert made.status_code == 201
    assert len(made.json()["failed"]) == 1
    mill, weir = made.json()["added"]
    kept = own.library.with_name("library.uploads") / "b.jsonl"
    assert own_http.delete(f"/api/articles/{mill}").status_code == 204
    assert kept.exists()  # the other one came from it
    assert own_http.delete(f"/api/articles/{weir}").status_code == 204
    assert not kept.exists()


def test_a_long_name_in_any_script_is_cut(own_http: httpx2.Client) -> None:
    made = upload(own_http, f"{'記' * 120}.md", b"The mole\n\nThe mole is closed.")
    assert made.status_code == 201
    [article] = made.json()["added"]
    assert own_http.delete(f"/api/articles/{article}").status_code == 204


def test_an_upload_for_which_there_is_no_room_leaves_the_earlier_one(small_copy: Path, tmp_path: Path) -> None:
    with servers.open_scripted(small_copy) as assistant:
        writing = Writing(Readiness(assistant), tmp_path / "uploads", ())
        writing.upload("a.txt", b"The pier\n\nThe pier is open.")
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limit[1]))
        try:
            with pytest.raises(UploadError, match="cannot be kept"):
                writing.upload("a.txt", b"The pier\n\n" + b"The pier is shut. " * 9000)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        [kept] = (tmp_path / "uploads").iterdir()
        assert kept.read_bytes() == b"The pier\n\nThe pier is open."


def test_a_sync_runs_in_the_background_and_says_how_far_it_is(own_http: httpx2.Client, eventually: Waiter) -> None:
    started = own_http.post("/api/sync")
    assert started.status_code == 202
    place = f"/api/sync/{started.json()['id']}"
    eventually(lambda: own_http.get(place).json()["state"] == "done")
    assert len(own_http.get(place).json()["report"]["added"]) == 1
    assert own_http.delete(place).json()["state"] == "done"
    assert own_http.get("/api/sync/none").status_code == 404


def test_feedback_is_kept_and_exported(own_http: httpx2.Client) -> None:
    opinion = {"question": HOSTILE_QUESTION, "verdict": "bad", "reason": "out of date", "comment": "</script>\n\u2028"}
    assert own_http.post("/api/feedback", json=opinion).status_code == 201
    assert own_http.post("/api/feedback", json={**opinion, "verdict": "perhaps"}).status_code == 422
    exported = own_http.get("/api/feedback")
    assert exported.headers["content-disposition"].startswith("attachment")
    assert json.loads(exported.text.splitlines()[-1])["comment"] == opinion["comment"]


def test_feedback_that_cannot_be_kept_is_an_error_and_spoils_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(FeedbackError, match="could not be kept"):
        Feedback(tmp_path / "file" / "feedback.jsonl").add(Opinion(question="x", verdict="good"))


def test_feedback_that_a_full_disk_cuts_off_leaves_no_half_line(tmp_path: Path) -> None:
    feedback, opinion = Feedback(tmp_path / "feedback.jsonl"), Opinion(question="Is it full?", verdict="good")
    feedback.add(opinion)
    kept = list(feedback.lines())
    _, most = limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(kept[0]) + 20, most))  # bytes that a file may have
    try:
        with pytest.raises(FeedbackError, match="could not be kept"):
            feedback.add(opinion)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(feedback.lines()) == kept
    feedback.add(opinion)
    assert len(list(feedback.lines())) == 2


def test_half_a_line_of_feedback_is_no_hindrance_to_forgetting(tmp_path: Path) -> None:
    path = tmp_path / "feedback.jsonl"
    feedback = Feedback(path)
    half = ['{"question": "When does the fer\n', '{"answer": "The ferry leaves at noon. It is bl\n']
    path.write_text("".join(half), "utf-8")
    assert feedback.forget(["The ferry leaves at noon."]) == 1
    assert list(feedback.lines()) == half[:1]


def test_figures_count_requests_by_kind_and_never_by_path(own_http: httpx2.Client) -> None:
    own_http.get("/api/articles/no-such-article")
    figures = own_http.get("/metrics").text
    assert 'citewire_requests_total{kind="/api/articles",method="GET",status="404"}' in figures
    assert "no-such-article" not in figures
    assert "citewire_passages" in figures


def test_the_reference_lists_every_operation_and_runs_no_script(own_http: httpx2.Client) -> None:
    page = own_http.get("/api/docs")
    for path in own_http.get("/openapi.json").json()["paths"]:
        assert path in page.text
    assert "<script" not in page.text
    assert "http://" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_whatever_it_is_sent_the_api_is_what_its_openapi_says(own: Server) -> None:
    """A short run; benchmarks/fuzz.py goes on for as long as you like."""
    assert fuzz(own.url, examples=8) > 10
