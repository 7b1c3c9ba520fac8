"""Case 17, in a real browser: who may show our pages in a frame, and whose messages are heard."""

import contextlib
import json
from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.ui.intranet import Intranet
from tests.ui.servers import STARTER, Server

FRAME = '<!doctype html><html lang="en"><title>A frame</title><iframe src="{}" width="900" height="600"></iframe>'
MESSAGES = [
    "open", STARTER, {"type": "ask", "question": STARTER}, {"citewire": {"ask": STARTER}},
    {"method": "ask", "args": [STARTER]},
]  # fmt: skip
SENDER = """<!doctype html><html lang="en"><title>A stranger</title><p id="sent" hidden>Sent</p><script>
function send() {
  let times = 0;
  const timer = setInterval(() => {
    for (const message of %s) %s.postMessage(message, "*");
    if (++times === 6) { clearInterval(timer); document.getElementById("sent").hidden = false; }
  }, 100);
}
</script>%s"""
# What a widget might do that listens; the one in the repository does not
LISTENING = """;addEventListener("message", ({ data, origin }) => {
  const question = data.question ?? data.citewire?.ask;
  if (question && %s) window.citewire?.ask(question);
});"""


@contextlib.contextmanager
def refused(page: Page) -> Iterator[None]:
    """The browser says that it may not frame what is loaded here, and shows an error in its place."""
    with (
        page.expect_console_message(lambda said: "frame-ancestors" in said.text),
        page.expect_event("framenavigated", lambda frame: frame.url.startswith("chrome-error:")),
    ):
        yield


@pytest.mark.parametrize("path", ["/", "/widget/demo", "/widget/check", "/login", "/api/docs", "/api/articles"])
def test_case_17_the_browser_shows_no_page_in_a_frame_of_an_unlisted_host(
    page: Page, scripted: Server, intranet: Intranet, path: str
) -> None:
    address = intranet.serve(FRAME.format(scripted.url + path), "text/html", f"frame-src {scripted.url}")
    with refused(page):
        page.goto(address.replace("127.0.0.1", "localhost"))


def test_case_17_a_listed_host_may_frame_the_chat_and_not_the_login(
    page: Page, scripted: Server, intranet: Intranet
) -> None:
    page.goto(intranet.serve(FRAME.format(f"{scripted.url}/"), "text/html", f"frame-src {scripted.url}"))
    expect(page.frame_locator("iframe").locator("#question textarea")).to_be_visible()
    login = intranet.serve(FRAME.format(f"{scripted.url}/login"), "text/html", f"frame-src {scripted.url}")
    with refused(page):
        page.goto(login)


@pytest.mark.parametrize(
    ("listener", "heard"),
    [("", False), (LISTENING % "origin === location.origin", False), (LISTENING % "true", True)],
    ids=["as it is", "one that checks the origin", "one that does not"],
)
def test_case_17_a_message_from_another_origin_is_ignored_by_the_widget(
    page: Page, scripted: Server, intranet: Intranet, listener: str, heard: bool
) -> None:
    """With a script that hears whoever speaks the same test finds it out."""
    script = httpx2.get(f"{scripted.url}/widget.js", timeout=20).text
    page.route("**/widget.js", lambda route: route.fulfill(body=script + listener, content_type="text/javascript"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    stranger = intranet.serve(SENDER % (json.dumps(MESSAGES), "parent", ""), "text/html", "script-src 'unsafe-inline'")
    html = FRAME.format(stranger.replace("127.0.0.1", "localhost"))
    policy = f"script-src {scripted.url}; connect-src {scripted.url}; frame-src *"
    page.goto(intranet.serve(f'{html}<script async src="{scripted.url}/widget.js"></script>', "text/html", policy))
    expect(page.locator(".launcher")).to_be_attached()
    sent = page.frame_locator("iframe").locator("#sent")
    with page.expect_request("**/api/**") if heard else contextlib.nullcontext():
        sent.evaluate("() => send()")
        expect(sent).to_be_visible()
    expect(page.locator(".turn, .panel:visible")).to_have_count(0) if not heard else expect(
        page.locator(".turn").first
    ).to_be_visible()
    assert bool(asked) == heard


def test_case_17_a_message_to_the_chat_asks_nothing(page: Page, scripted: Server, intranet: Intranet) -> None:
    frame = f'<iframe src="{scripted.url}/" width="900" height="600"></iframe>'
    sender = SENDER % (json.dumps(MESSAGES), "frames[0]", frame)
    page.goto(intranet.serve(sender, "text/html", f"script-src 'unsafe-inline'; frame-src {scripted.url}"))
    chat = page.frame_locator("iframe")
    expect(chat.locator(".starter:visible").first).to_be_visible()
    page.evaluate("send()")
    expect(page.locator("#sent")).to_be_visible()
    page.wait_for_timeout(300)
    expect(chat.locator(".turn")).to_have_count(0)
    expect(chat.locator("#question textarea")).to_have_value("")
