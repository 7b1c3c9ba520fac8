"""What is uploaded is read, never served: no page, picture or document of somebody else's comes from our origin."""

import json
from collections.abc import Iterator

import httpx2

from tests.ingest.documents import docx, paragraph
from tests.ui.servers import Server

SCRIPT = "<script>window.hacked=1</script>"
WORDS = "The heron stands at the weir in Thornby every morning and waits there for the eels that come down at night."
PAGE = f"<!doctype html><html><head><title>Heron {SCRIPT}</title></head><body><article><p>{WORDS}</p></article>"
PICTURE = f'<svg xmlns="http://www.w3.org/2000/svg" onload="hacked=1">{SCRIPT}<text>The heron again.</text></svg>'


def upload(http: httpx2.Client, name: str, content: bytes, media_type: str) -> httpx2.Response:
    return http.post("/api/articles", files={"file": (name, content, media_type)})


def harmless(response: httpx2.Response) -> None:
    """A browser that is led here shows nothing of it as a page, and runs nothing."""
    kind = response.headers["content-type"].partition(";")[0]
    assert kind in ("application/json", "text/event-stream", "text/plain", "application/x-ndjson"), kind
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in response.headers["content-security-policy"]
    assert "default-src 'none'" in response.headers["content-security-policy"]


def reading_routes(http: httpx2.Client, article_id: str) -> Iterator[httpx2.Response]:
    """Everything that gives something back, by the server's own description of itself."""
    ask = {"question": "Where does the heron stand?"}
    bodies = {
        "/api/ask": ask,
        "/api/ask/stream": ask,
        "/v1/chat/completions": {"messages": [{"role": "user", "content": ask["question"]}]},
    }
    for path, operations in http.get("/openapi.json").json()["paths"].items():
        if "get" in operations:
            yield http.get(path.replace("{article_id}", article_id), params={"q": "heron"})
        elif path in bodies:
            yield http.post(path, json=bodies[path])


def test_case_5_what_is_uploaded_never_comes_back_as_a_page(own: Server, own_http: httpx2.Client) -> None:
    uploads = {
        "heron.html": (PAGE.encode(), "text/html"),
        "heron.txt": (PICTURE.encode(), "image/svg+xml"),  # a picture by its content and its stated type
        "heron.docx": (docx(paragraph(WORDS)), "application/vnd.openxmlformats"),
    }
    made = {name: upload(own_http, name, *sent) for name, sent in uploads.items()}
    refused = upload(own_http, "heron.svg", PICTURE.encode(), "image/svg+xml")
    assert refused.status_code == 422
    harmless(refused)
    for response in made.values():
        assert response.status_code == 201, response.text
        harmless(response)
        [article_id] = response.json()["added"]
        answers = list(reading_routes(own_http, article_id))
        shown = [answer for answer in answers if "heron" in answer.text.lower()]
        assert len(shown) >= 4  # listed, read, searched, asked
        for answer in shown:
            harmless(answer)
    page = own_http.get(f"/api/articles/{made['heron.html'].json()['added'][0]}").json()
    assert page["text"].startswith(WORDS)
    assert "<" not in page["text"]
    # The files themselves are kept, and given to nobody
    folder = own.library.with_name("library.uploads")
    assert sorted(path.name for path in folder.iterdir()) == sorted(uploads)
    for name in uploads:
        for place in (f"/file={folder / name}", f"/gradio_api/file={folder / name}", f"/citewire/{name}", f"/{name}",
                      f"/citewire/%2e%2e/{folder.name}/{name}", f"/api/articles/{name}"):  # fmt: skip
            answer = own_http.get(place)
            assert answer.status_code == 404, place
            assert SCRIPT not in answer.text
            assert json.loads(answer.text), "a plain error"


def test_case_11_the_server_answers_after_a_hostile_pdf(own_http: httpx2.Client) -> None:
    refused = upload(own_http, "bad.pdf", b"%PDF-1.7\n1 0 obj << /Kids [1 0 R] >> endobj\n", "application/pdf")
    assert refused.status_code == 422
    assert "bad.pdf could not be read" in refused.json()["error"]["message"]
    assert own_http.post("/api/ask", json={"question": "ferry"}).json()["found"]
