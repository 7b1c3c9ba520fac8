"""Prose on the chat page, by a model that says what a test tells it to."""

import contextlib
import re
import threading
from collections.abc import Iterator

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.ingest import sites
from tests.provider import HANG, Provider
from tests.ui.browser import Watched, ask, open_chat, send, turns
from tests.ui.servers import STARTER, Server
from ui.refusal import nearest_note

HELD = "The ferry leaves at noon. [1] "
INVENTED = "It costs 9 crowns. [1] "
STANDARDS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
LIVE = (
    "img, picture, source, video, audio, iframe, object, embed, form, input, script, svg, link, style, base, meta, "
    "a[href^='javascript'], a[href^='data'], [style*='url'], [onerror], [onload], [onclick], [formaction]"
)
WATCH = f"""() => {{
    window.alive = [];
    const look = () => {{
        for (const part of document.querySelectorAll("#conversation .turn, #source"))
            for (const found of part.querySelectorAll({LIVE!r})) window.alive.push(found.outerHTML);
    }};
    new MutationObserver(look).observe(document.body, {{childList: true, subtree: true, attributes: true}});
}}"""


@pytest.fixture
def page(context: BrowserContext, writing: Server) -> Iterator[Page]:
    """The chat; at the end it has asked no other host for anything, complained of nothing and held nothing alive."""
    watched = Watched(context, writing.url)
    page = open_chat(context, writing.url)
    page.evaluate(WATCH)
    yield page
    assert watched.strangers == []
    assert watched.complaints == []
    assert page.is_closed() or page.evaluate("window.alive") == []


def test_quotes_stand_at_once_then_prose_with_its_chips_and_what_was_withheld(page: Page, provider: Provider) -> None:
    silent, held_up = threading.Event(), threading.Event()
    provider.says(silent, HELD, held_up, INVENTED)
    turn = send(page, STARTER)
    expect(turn.locator(".answer")).to_contain_text("The ferry leaves at noon.")
    expect(turn.locator(".answer .chip")).to_have_count(3)
    expect(turn.locator(".progress")).to_have_text("Writing")
    expect(turn.locator(".prose")).to_have_count(0)
    silent.set()
    chip = turn.locator(".prose .chip")
    expect(turn.locator(".prose")).to_contain_text("The ferry leaves at noon.")
    expect(chip).to_have_text("1")
    expect(turn.locator(".progress")).to_have_text("Writing")
    held_up.set()
    expect(turn).to_have_attribute("data-state", "answered")
    withheld = turn.locator(".withheld")
    expect(withheld.locator("summary")).to_have_text("1 sentence was withheld because the articles do not support it.")
    expect(withheld.locator("li")).to_be_hidden()
    withheld.locator("summary").click()
    expect(withheld.locator("li")).to_contain_text("It costs 9 crowns.")
    expect(withheld.locator("li")).to_contain_text("“9” is not in the quote.")
    expect(turn.locator(".prose + .byline, .byline").filter(has_text="Written by")).to_have_text(
        "Written by openai:m from the quotes, and checked against them. 100 tokens."
    )
    assert Axe().run(page, options=STANDARDS).response["violations"] == []
    chip.click()
    expect(page.locator("#source mark.pressed")).to_have_text("The ferry leaves at noon.")


def test_stop_while_the_model_writes_ends_its_request_and_keeps_what_is_there(page: Page, provider: Provider) -> None:
    provider.says(HELD, *HANG)
    turn = send(page, STARTER)
    expect(turn.locator(".prose")).to_contain_text("The ferry leaves at noon.")
    assert not provider.dropped.is_set()
    page.locator("#stop-button").click()
    expect(turn).to_have_attribute("data-state", "stopped")
    assert provider.dropped.wait(10)
    expect(turn.locator(".prose")).to_contain_text("The ferry leaves at noon.")
    expect(turn.locator(".answer .chip")).to_have_count(3)
    expect(turn.locator(".progress")).to_have_count(0)
    expect(turn.locator(".note")).to_have_text(["Stopped."])


def test_a_page_that_is_closed_while_the_model_writes_ends_its_request(page: Page, provider: Provider) -> None:
    provider.says(HELD, *HANG)
    expect(send(page, STARTER).locator(".prose")).to_contain_text("The ferry leaves at noon.")
    page.close()
    assert provider.dropped.wait(10)


def test_my_words_instead_replace_an_answer_that_is_still_growing(page: Page, provider: Provider) -> None:
    ask(page, STARTER)
    provider.says(HELD, *HANG)
    provider.answers.append([HELD, INVENTED])
    turn = send(page, "When does it leave?")
    expect(turn.locator(".prose")).to_contain_text("The ferry leaves at noon.")
    turn.locator(".verbatim").click()
    assert provider.dropped.wait(10)
    expect(turn).to_have_attribute("data-state", "answered")
    expect(turn.locator(".searched")).to_have_count(0)
    expect(turns(page)).to_have_count(2)
    page.wait_for_timeout(1500)  # a last word of the answer that was left would come by now
    expect(turn.locator(".withheld summary")).to_contain_text("1 sentence was withheld")


def test_a_model_s_failure_is_a_clear_sentence_above_the_quotes(page: Page, provider: Provider) -> None:
    provider.answers = [401]
    turn = ask(page, STARTER)
    expect(turn.locator(".note")).to_have_text(["The provider of openai:m refuses the key. Check CITEWIRE_MODEL_KEY."])
    expect(turn.locator(".answer .chip")).to_have_count(3)
    expect(turn.locator(".prose, .problem, .withheld")).to_have_count(0)


def test_a_model_that_finds_no_answer_is_followed_by_what_is_nearest(page: Page, provider: Provider) -> None:
    provider.says("NOT IN ", "THESE")
    turn = ask(page, STARTER)
    expect(turn.locator(".note").first).to_contain_text("The model finds no answer in these sentences")
    expect(turn.locator(".answer .chip")).to_have_count(3)
    expect(turn.locator(".note").last).to_have_text(nearest_note("", found=True))
    expect(page.locator("#source mark.pressed")).to_be_visible()  # of the first quote, by itself
    nearest = turn.locator(".nearest .passage")
    expect(turn.locator(".answer")).not_to_contain_text(nearest.inner_text())
    nearest.click()
    expect(page.locator("#source mark.pressed")).to_have_text(nearest.inner_text())


def test_case_2_an_article_s_images_that_a_model_echoes_ask_no_host_for_anything(
    page: Page, writing: Server, provider: Provider
) -> None:
    with sites.listening() as (port, connections):
        host = f"http://localhost:{port}"
        shown = (
            f"The harbour shows ![inline]({host}/inline) and ![by reference][there] and "
            f'<img src="{host}/src" srcset="{host}/srcset 2x"> and <p style="background: url({host}/css)">boats</p> '
            f'and <img src="/gradio_api/file={host}/file"> and file={host}/bare in its hall.'
        )
        with uploaded(writing, "harbour", f"The harbour\n\n{shown}\n\n[there]: {host}/reference\n"):
            said = f"{shown} [1-3]\n\n[there]: {host}/reference\n"
            provider.says(*(said[n : n + 7] for n in range(0, len(said), 7)))
            turn = ask(page, "What does the harbour show in its hall?")
            expect(turn.locator(".answer")).to_contain_text(f"![inline]({host}/inline)")
            expect(turn.locator(".prose")).to_contain_text(f"file={host}/bare in its hall.")
            expect(turn.locator(".withheld li")).to_contain_text(f"[there]: {host}/reference")
            turn.locator(".prose .chip[data-article*=harbour]").first.click()
            expect(page.locator("#source mark.pressed")).to_contain_text("srcset")
        assert connections == []


def test_case_3_forms_links_and_tags_split_over_the_stream_are_inert_text(
    page: Page, writing: Server, provider: Provider
) -> None:
    evil = (
        "The quay is long <form action=https://evil><input name=q><button>go</button></form>"
        "<script>hacked=1</script><svg onload=hacked=2></svg><iframe src=data:text/html,hi></iframe>"
        "<a href=javascript:hacked=3>here</a> [there](javascript:hacked=4) "
        "[data](data:text/html,<script>hacked=5</script>) and old."
    )
    with uploaded(writing, "quay", f"The quay\n\n{evil}\n"):
        said = f"{evil} [1-3] The quay is long and old. [1-3] {INVENTED}"
        provider.says(*(said[n : n + 3] for n in range(0, len(said), 3)))
        turn = ask(page, "How long and old is the quay?")
        expect(turn.locator(".answer")).to_contain_text("<form action=https://evil>")
        expect(turn.locator(".prose")).to_contain_text("The quay is long and old.")
        expect(turn.locator(".withheld li")).to_contain_text("It costs 9 crowns.")
        turn.locator(".prose .chip[data-article*=quay]").first.click()
        expect(page.locator("#source mark.pressed")).to_contain_text("<svg onload")
        expect(page.locator("#source a, #conversation a")).to_have_count(0)
        expect(turns(page).locator("button", has_text=re.compile("^go$"))).to_have_count(0)
        assert page.evaluate("window.hacked") is None


@contextlib.contextmanager
def uploaded(server: Server, name: str, text: str) -> Iterator[None]:
    """An article of the library, until the end of the block."""
    response = httpx2.post(f"{server.url}/api/articles", files={"file": (f"{name}.txt", text.encode())}, timeout=20)
    [article] = response.json()["added"]
    try:
        yield
    finally:
        httpx2.delete(f"{server.url}/api/articles/{article}", timeout=20)
