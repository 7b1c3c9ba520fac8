"""Follow-ups and small talk as the chat page and the widget show them, and as every protocol takes them."""

import json

import httpx2
from playwright.sync_api import BrowserContext, Page, expect

from qa import Answer, Turn
from tests.ui.browser import open_chat
from tests.ui.intranet import Intranet
from tests.ui.servers import Server
from ui import render, wording
from ui.client import Client
from ui.protocols import Completion
from ui.refusal import searched_instead
from ui.render import Exchange

FIRST = "How old is Yasushi Chimura?"
FOLLOW_UP, SEARCHED = "When was he abducted?", "When was Yasushi Chimura abducted?"
HISTORY = [{"question": FIRST, "answer": "He is 63."}]


def _told(text: str) -> Answer:
    return Answer("hi", "hi", found=True, text=text, short="", confidence=1.0, citations=(), kind="about")


def _ask(page: Page, field: str, question: str, number: int) -> None:
    page.locator(field).fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn").nth(number)).to_have_attribute("data-state", "answered")


def _hold_a_conversation(page: Page, field: str) -> None:
    """A follow-up says what was searched for; one press asks the words as they were typed; small talk stays small."""
    _ask(page, field, FIRST, 0)
    expect(page.locator(".searched")).to_have_count(0)
    _ask(page, field, FOLLOW_UP, 1)
    expect(page.locator(".turn").nth(1).locator(".searched")).to_contain_text(f"Searched for: {SEARCHED}")
    page.locator(".turn").nth(1).locator(".verbatim").click()
    expect(page.locator(".searched")).to_have_count(0)
    expect(page.locator(".turn").nth(1)).to_have_attribute("data-state", "answered")
    expect(page.locator(".turn").nth(1).locator(".question")).to_have_text(FOLLOW_UP)
    expect(page.locator(".turn")).to_have_count(2)
    _ask(page, field, "thanks", 2)
    small = page.locator(".turn").nth(2)
    expect(small.locator(".answer")).to_have_text("You are welcome.")
    expect(small.locator(".sources, .copy, .nearest, .chip")).to_have_count(0)


def test_the_chat_shows_what_was_searched_for_and_takes_it_back(context: BrowserContext, server: Server) -> None:
    _hold_a_conversation(open_chat(context, server.url), "#question textarea")


def test_the_widget_shows_what_was_searched_for_and_takes_it_back(
    page: Page, server: Server, intranet: Intranet
) -> None:
    page.goto(intranet.page(server.url, ""))
    page.locator(".launcher").click()
    _hold_a_conversation(page, "textarea")


def test_rest_takes_the_turns_and_without_them_the_words_as_they_are(server: Server) -> None:
    with httpx2.Client(base_url=server.url, timeout=60) as http:
        body = {"question": FOLLOW_UP, "history": HISTORY}
        assert http.post("/api/ask", json=body).json()["searched_for"] == SEARCHED
        assert http.post("/api/ask", json={"question": FOLLOW_UP}).json()["searched_for"] == FOLLOW_UP
        assert json.dumps(SEARCHED) in http.post("/api/ask/stream", json=body).text
        about = http.post("/api/ask", json={"question": "How many articles do you have?"}).json()
    assert (about["kind"], about["found"], about["citations"]) == ("about", True, [])


def test_the_client_sends_the_latest_turns(server: Server) -> None:
    turns = [Turn("Who is Nils Lund?")] * 60 + [Turn(FIRST, "He is 63.")]
    with Client(server.url) as client:
        assert client.ask(FOLLOW_UP, history=turns).searched_for == SEARCHED
        *_, last = client.stream(FOLLOW_UP, history=turns)
        assert last.searched_for == SEARCHED


def test_chat_completions_are_read_as_a_conversation() -> None:
    said = [("system", "Be brief."), ("user", FIRST), ("assistant", "He is 63."), ("user", "And?"), ("user", FOLLOW_UP)]
    messages = [{"role": role, "content": text} for role, text in said]
    asked = Completion.model_validate({"messages": messages}).asked
    assert asked == (FOLLOW_UP, [Turn(FIRST, "He is 63."), Turn("And?")])


def test_only_a_real_difference_is_shown() -> None:
    assert searched_instead("why  did it fail", "Why did it fail?") == ""
    assert searched_instead(FOLLOW_UP, SEARCHED) == SEARCHED


def test_what_the_assistant_says_of_itself_has_no_sources_and_nothing_to_copy() -> None:
    html = render.conversation([Exchange("hi", "answered", _told("Hello."))])
    assert "Hello." in html
    assert "sources" not in html
    assert "copy" not in html
    assert wording.plain(_told("Hello.")) == wording.markdown(_told("Hello.")) == "Hello."


def test_what_was_searched_for_cannot_become_markup() -> None:
    answer = Answer("and?", "<img src=x>?", found=False, text="", short="", confidence=0.0, citations=())
    html = render.conversation([Exchange("and?", "answered", answer)])
    assert "&lt;img src=x&gt;" in html
    assert "<img" not in html
