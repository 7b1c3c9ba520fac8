import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.provider import HANG, Provider
from tests.ui.browser import Watched
from tests.ui.intranet import DEMO, LINE, Intranet
from tests.ui.servers import EXAMPLE, HOSTILE_QUESTION, PICTURES, SHOWN_AS_TEXT, STARTER, TEMPLATES, Server, Waiter
from ui import widget

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "ui/static/widget"
UNANSWERABLE = "Who won the Nobel Prize for chemistry in 1911?"
Visit = Callable[..., Page]
CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}


@pytest.fixture
def watched(context: BrowserContext, intranet: Intranet, server: Server) -> Watched:
    return Watched(context, intranet.origin, server.url)


@pytest.fixture
def visit(context: BrowserContext, intranet: Intranet, server: Server, watched: Watched) -> Iterator[Visit]:
    """Opens an intranet page with the widget; at the end, no stranger was asked and nothing was complained of."""

    def open_page(attributes: str = "", *, to: Server = server, html: str = DEMO, scheme: str = "light") -> Page:
        watched.allowed.add(to.url)
        page = context.new_page()
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        page.goto(intranet.page(to.url, attributes, html))
        return page

    yield open_page
    assert watched.strangers == []
    assert watched.complaints == []


def opened(page: Page) -> Page:
    page.locator(".launcher").click()
    expect(page.locator("textarea")).to_be_focused()
    return page


def ask(page: Page, question: str, state: str = "answered") -> Locator:
    """Type a question, send it, and wait until its answer is complete."""
    turns = page.locator(".turn")
    number = turns.count()
    page.locator("textarea").fill(question)
    page.keyboard.press("Enter")
    expect(turns.nth(number)).to_have_attribute("data-state", state)
    return turns.nth(number)


def quote_of(server: Server, question: str, number: int = 1) -> str:
    answer = httpx2.post(f"{server.url}/api/ask", json={"question": question}, timeout=30).json()
    found = next(citation for citation in answer["citations"] if citation["number"] == number)
    return str(found["quote"])


def is_inside(page: Page, mark: Locator) -> bool:
    inside = """mark => {
        const view = mark.closest(".sheet-body").getBoundingClientRect(), own = mark.getBoundingClientRect();
        return own.top >= view.top && own.top < view.bottom;
    }"""
    return bool(mark.evaluate(inside))


# What it is for


def test_on_a_page_of_another_origin_it_answers_cites_and_opens_the_article_at_the_sentence(
    visit: Visit, server: Server
) -> None:
    page = opened(visit())
    turn = ask(page, EXAMPLE)
    quote = quote_of(server, EXAMPLE)
    expect(turn.locator(".answer")).to_contain_text(" ".join(quote.split()))
    expect(turn.locator(".sources li").first).to_contain_text("Example Wire, 13 Mar 2019")
    turn.locator(".chip").first.click()
    expect(page.locator(".sheet h2")).to_contain_text("Japan")
    expect(page.locator(".sheet h2")).to_be_focused()
    mark = page.locator("mark.pressed")
    expect(mark).to_have_text(quote)
    assert is_inside(page, mark)


def test_the_articles_own_page_is_offered_at_the_sentence(visit: Visit) -> None:
    page = opened(visit())
    ask(page, EXAMPLE).locator(".chip").first.click()
    link = page.locator(".away a")
    expect(link).to_have_text("Read at wire.example")
    expect(link).to_have_attribute(
        "href", re.compile(r"^https://wire\.example/2019/03/13/japan-rights-resolution#:~:text=The%20step%20is%20a%20")
    )
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_chips_lead_to_the_articles_own_pages_where_that_is_wanted(visit: Visit) -> None:
    turn = ask(opened(visit('data-articles="page"')), EXAMPLE)
    expect(turn.locator("a.chip").first).to_have_attribute("href", re.compile(r"^https://wire\.example/.*#:~:text="))


def test_answers_grow_while_they_come(visit: Visit, scripted: Server) -> None:
    page = opened(visit(to=scripted))
    page.evaluate("""() => {
        window.grown = [];
        const log = document.querySelector("citewire-widget").shadowRoot.querySelector(".log");
        new MutationObserver(() => window.grown.push(log.querySelectorAll(".chip").length))
            .observe(log, {childList: true, subtree: true});
    }""")
    chips = ask(page, "a slow ferry, a bridge and a tower").locator(".chip").count()
    grown = page.evaluate("window.grown")
    assert chips > 1
    assert grown == sorted(grown)
    assert {0, 1, chips} <= set(grown)


@pytest.mark.parametrize("how", ["hover", "focus"])
def test_a_chip_shows_its_exact_quote_with_publisher_and_date_and_escape_closes_it(
    visit: Visit, server: Server, how: str
) -> None:
    page = opened(visit())
    chip = ask(page, EXAMPLE).locator(".chip").first
    if how == "hover":
        chip.hover()
    else:
        page.keyboard.press("Shift+Tab")  # the last thing before the question
        page.evaluate("() => new Promise(requestAnimationFrame)")  # scrolling, which hides the card, is over
        chip.focus()
    card = page.locator(".card")
    expect(card.locator(".card-quote")).to_have_text(quote_of(server, EXAMPLE))
    expect(card.locator(".byline")).to_have_text("Example Wire, 13 Mar 2019")
    expect(chip).to_have_attribute("aria-describedby", "card")
    if how == "hover":
        card.hover()  # one may go over to it
        page.wait_for_timeout(400)
        expect(card).to_be_visible()
        page.locator("textarea").focus()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(page.locator(".panel")).to_be_visible()


def test_a_finger_gets_the_quote_first_and_the_article_next(
    visit: Visit, server: Server, new_context: Callable[..., BrowserContext], intranet: Intranet
) -> None:
    context = new_context(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 780})
    page = context.new_page()
    page.goto(intranet.page(server.url))
    page.locator(".launcher").tap()
    chip = ask(page, EXAMPLE).locator(".chip").first
    chip.tap()
    expect(page.locator(".card-quote")).to_have_text(quote_of(server, EXAMPLE))
    expect(page.locator(".card-open")).to_be_visible()
    expect(page.locator(".sheet")).to_be_hidden()
    page.locator(".card").tap()
    expect(page.locator("mark.pressed")).to_be_in_viewport()


def test_what_the_articles_do_not_say_is_refused_with_what_is_nearest(visit: Visit) -> None:
    page = opened(visit())
    turn = ask(page, UNANSWERABLE)
    expect(turn.locator(".none")).to_have_text("The articles don’t say.")
    expect(turn.locator(".chip")).to_have_count(0)
    turn.locator(".passage").first.click()
    expect(page.locator("mark.pressed").first).to_be_visible()


# When something is wrong


def test_a_failure_is_said_in_plain_words_with_its_request_id_and_to_whom_to_turn(
    visit: Visit, watched: Watched, scripted: Server
) -> None:
    page = opened(visit('data-contact="the IT desk"', to=scripted))
    turn = ask(page, "boom", state="failed")
    expect(turn.locator(".problem")).to_have_text("Something went wrong in the archive.")
    expect(turn).to_contain_text(re.compile(r"Request id [0-9a-f]{12}"))
    expect(turn).to_contain_text("turn to the IT desk")
    expect(turn).not_to_contain_text("The articles don’t say.")
    assert "secret" not in turn.inner_text()
    turn.locator(".retry").click()
    expect(page.locator(".turn")).to_have_count(2)
    ask(page, STARTER)  # and it goes on
    watched.complaints.clear()  # the browser's own note of the failure


def test_a_server_that_is_gone_is_said_with_the_page_that_checks(
    visit: Visit, watched: Watched, context: BrowserContext
) -> None:
    page = opened(visit())
    context.set_offline(True)
    turn = ask(page, EXAMPLE, state="failed")
    context.set_offline(False)
    expect(turn.locator(".problem")).to_contain_text("cannot be reached")
    expect(turn.get_by_role("link", name="Check this page")).to_have_attribute(
        "href", re.compile(r"/widget/check\?origin=http%3A%2F%2F127\.0\.0\.1%3A\d+$")
    )
    turn.locator(".retry").click()
    expect(page.locator(".turn").last).to_have_attribute("data-state", "answered")
    watched.complaints.clear()


def test_a_page_that_is_not_allowed_is_told_so_and_not_left_waiting(
    visit: Visit, watched: Watched, server: Server
) -> None:
    page = visit()
    page.goto(page.url.replace("127.0.0.1", "localhost"))  # an origin that is on no list
    watched.strangers.clear()
    page.locator(".launcher").click()
    turn = ask(page, EXAMPLE, state="failed")
    expect(turn.locator(".problem")).to_contain_text("may not be open to this page")
    watched.complaints.clear()


def test_stop_stops_and_retry_asks_again(visit: Visit, scripted: Server) -> None:
    page = opened(visit(to=scripted))
    page.locator("textarea").fill("stuck")
    page.keyboard.press("Enter")
    expect(page.locator(".waiting")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    turn = page.locator(".turn").first
    expect(turn).to_have_attribute("data-state", "stopped", timeout=8000)
    expect(turn).to_contain_text("Stopped.")
    expect(turn.get_by_role("button", name="Try again")).to_be_visible()
    expect(page.locator("textarea")).to_be_focused()
    ask(page, STARTER)


def test_a_question_asked_during_an_answer_is_what_is_looked_at_and_read_out(visit: Visit, scripted: Server) -> None:
    page = opened(visit(to=scripted))
    page.evaluate("""() => {
        window.said = [];
        const announcer = document.querySelector("citewire-widget").shadowRoot.querySelector("[role=status]");
        const note = () => window.said.push(announcer.textContent);
        new MutationObserver(note).observe(announcer, {childList: true});
    }""")
    page.locator("textarea").fill("stuck")
    page.keyboard.press("Enter")
    expect(page.locator(".waiting")).to_be_visible()
    ask(page, STARTER)
    expect(page.locator(".turn").first).to_have_attribute("data-state", "stopped")
    assert [text.split(":")[0] for text in page.evaluate("window.said") if text] == ["Answer with 3 sources"]


def test_stop_while_a_model_writes_ends_its_request_and_keeps_what_is_there(
    visit: Visit, writing: Server, provider: Provider
) -> None:
    provider.says("The ferry leaves at noon. [1] ", *HANG)
    page = opened(visit(to=writing))
    page.locator("textarea").fill(STARTER)
    page.keyboard.press("Enter")
    turn = page.locator(".turn")
    expect(turn.locator(".prose .chip")).to_have_text("1")
    expect(turn).to_contain_text("Writing …")
    page.get_by_role("button", name="Stop").click()
    expect(turn).to_have_attribute("data-state", "stopped")
    assert provider.dropped.wait(10)
    expect(turn.locator(".prose")).to_contain_text("The ferry leaves at noon.")
    expect(turn).not_to_contain_text("Writing …")


# The page around it


def test_the_page_does_not_move_by_a_pixel(visit: Visit) -> None:
    boxes = """() => [...document.querySelectorAll("body, body *")].map(element => {
        const box = element.getBoundingClientRect();
        return [element.tagName, box.x, box.y, box.width, box.height, getComputedStyle(element).font];
    }).concat([[document.documentElement.scrollWidth, document.documentElement.scrollHeight, scrollX, scrollY]])"""
    page = visit(html=DEMO.replace(LINE, f"{LINE}<p id=last>The end</p>"))
    expect(page.locator(".launcher")).to_be_visible()
    without = page.evaluate("() => { document.querySelector('citewire-widget').remove(); }") or page.evaluate(boxes)
    page.reload()
    expect(page.locator(".launcher")).to_be_visible()
    assert page.evaluate(boxes) == without
    ask(opened(page), EXAMPLE).locator(".chip").first.click()
    expect(page.locator("mark.pressed")).to_be_visible()
    assert page.evaluate(boxes) == without


def test_a_pages_styles_do_not_reach_in(visit: Visit) -> None:
    rude = """* { display: block !important; font: 40px monospace !important; color: red !important }
        citewire-widget { position: static !important; margin: 50px !important; transform: rotate(9deg) !important }"""
    page = visit(html=DEMO.replace("<style>", "<style>" + rude))
    expect(page.locator(".launcher")).to_be_visible()
    style = page.locator("citewire-widget").evaluate("host => ({...getComputedStyle(host)})")
    assert (style["position"], style["margin"], style["transform"]) == ("fixed", "0px", "none")
    launcher = page.locator(".launcher")
    assert launcher.evaluate("made => getComputedStyle(made).fontSize") == "15px"
    assert launcher.evaluate("made => getComputedStyle(made).display") in ("flex", "inline-flex")


def test_what_is_typed_does_not_reach_the_pages_shortcuts(visit: Visit) -> None:
    page = opened(visit())
    page.evaluate("() => { window.heard = []; document.addEventListener('keydown', e => window.heard.push(e.key)); }")
    page.keyboard.type("g/")
    expect(page.locator("textarea")).to_have_value("g/")
    assert page.evaluate("window.heard") == []


def test_only_the_launcher_is_there_until_it_is_opened(visit: Visit) -> None:
    page = visit()
    expect(page.locator(".launcher")).to_have_text("Ask the archive")
    expect(page.locator(".panel")).to_have_count(0)


@pytest.mark.parametrize("position", ["bottom-right", "bottom-left", "top-right", "top-left"])
def test_it_sits_in_the_corner_that_is_wanted(visit: Visit, position: str) -> None:
    page = visit(f'data-position="{position}"')
    for part in (".launcher", ".panel"):
        if part == ".panel":
            opened(page)
        box = page.locator(part).bounding_box() or {}
        assert ("bottom" in position) == (box["y"] + box["height"] == 720 - 20) or part == ".panel"
        assert ("top" in position) == (box["y"] == 20) or part == ".panel"
        assert ("right" in position) == (box["x"] + box["width"] == 1280 - 20)
        assert ("left" in position) == (box["x"] == 20)


def test_it_can_stand_in_the_page_itself(visit: Visit) -> None:
    page = visit('data-target="#ask"', html=DEMO.replace("</article>", '</article><div id="ask"></div>'))
    expect(page.locator("#ask .panel")).to_be_visible()
    expect(page.locator(".launcher")).to_have_count(0)
    assert page.evaluate("document.activeElement === document.body")  # it takes no focus
    turn = ask(page, EXAMPLE)
    turn.locator(".chip").first.click()
    expect(page.locator("mark.pressed")).to_be_visible()
    page.keyboard.press("Escape")
    expect(turn.locator(".chip").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_visible()


def test_the_conversation_goes_on_across_pages(visit: Visit) -> None:
    page = opened(visit())
    answer = ask(page, EXAMPLE).locator(".answer").inner_text()
    page.locator("textarea").fill("and wh")
    page.reload()
    expect(page.locator(".turn .answer")).to_have_text(answer)
    expect(page.locator("textarea")).to_have_value("and wh")
    assert page.evaluate("document.activeElement === document.body")  # it does not take the focus by itself
    page.locator(".chip").first.click()
    expect(page.locator("mark.pressed")).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("button", name="Close").click()
    page.reload()
    expect(page.locator(".launcher")).to_be_visible()
    opened(page)
    expect(page.locator(".turn")).to_have_count(0)


# By keyboard, ear, and on any screen


def test_everything_works_by_keyboard_and_the_focus_comes_back(visit: Visit) -> None:
    page = visit()
    launcher = page.locator(".launcher")
    for _ in range(10):
        page.keyboard.press("Tab")
        if launcher.evaluate("made => made.matches(':focus')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("textarea")).to_be_focused()
    page.keyboard.type(EXAMPLE)
    page.keyboard.press("Enter")
    turn = page.locator(".turn")
    expect(turn).to_have_attribute("data-state", "answered")
    chip = turn.locator(".chip").first
    for _ in range(10):
        page.keyboard.press("Shift+Tab")
        if chip.evaluate("made => made.matches(':focus')"):
            break
    expect(page.locator(".card")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".sheet h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(chip).to_be_focused()
    page.keyboard.press("Escape")  # the card, which came with the focus
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    expect(launcher).to_be_focused()


def test_an_answer_is_read_out_once_with_its_number_of_sources(visit: Visit) -> None:
    page = opened(visit())
    page.evaluate("""() => {
        window.said = [];
        const region = document.querySelector("citewire-widget").shadowRoot.querySelector("[role=status]");
        new MutationObserver(() => region.textContent && window.said.push(region.textContent))
            .observe(region, {childList: true, subtree: true});
    }""")
    sources = ask(page, EXAMPLE).locator(".sources li").count()
    said = page.evaluate("window.said")
    assert len(said) == 1
    assert said[0].startswith(f"Answer with {sources} source")
    assert "[1]" not in said[0]


@pytest.mark.parametrize("width", [320, 390, 700])
def test_narrow_screens_need_no_sideways_scrolling(visit: Visit, width: int) -> None:
    page = visit()
    page.set_viewport_size({"width": width, "height": 640})
    fits = """() => {
        const root = document.querySelector("citewire-widget").shadowRoot;
        return ["talk", "scroller", "sheet-body", "card"].every(name => {
            const part = root.querySelector(`.${name}`), box = part.getBoundingClientRect();
            return part.scrollWidth <= part.clientWidth && box.left >= 0 && box.right <= innerWidth;
        }) && document.documentElement.scrollWidth <= innerWidth;
    }"""
    turn = ask(opened(page), EXAMPLE)
    assert page.evaluate(fits)
    turn.locator(".chip").first.hover()
    expect(page.locator(".card")).to_be_visible()
    assert page.evaluate(fits)
    turn.locator(".chip").first.click()
    expect(page.locator("mark.pressed")).to_be_in_viewport()
    assert page.evaluate(fits)
    page.get_by_role("button", name="Back to the answer").click()
    expect(turn.locator(".chip").first).to_be_focused()
    ask(page, UNANSWERABLE + " " + "x" * 200)
    assert page.evaluate(fits)


def test_on_a_phone_nothing_behind_it_takes_the_focus(visit: Visit) -> None:
    page = visit()
    page.set_viewport_size({"width": 390, "height": 700})
    opened(page)
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("['BODY', 'CITEWIRE-WIDGET'].includes(document.activeElement.tagName)")
    page.locator("textarea").focus()
    page.keyboard.press("Escape")
    expect(page.locator(".launcher")).to_be_focused()


@pytest.mark.parametrize("attributes", ['data-theme="light"', 'data-theme="dark"', 'data-color="#ffd400"'])
def test_axe_finds_nothing_and_targets_are_large_enough(visit: Visit, attributes: str) -> None:
    page = visit(f'{attributes} data-starters="{EXAMPLE}"')
    standards = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}

    small = """host => [...host.shadowRoot.querySelectorAll("button, textarea")]
        .filter(target => target.checkVisibility({visibilityProperty: true}))
        .filter(target => Math.min(target.offsetWidth, target.offsetHeight) < 24)
        .map(target => target.outerHTML)"""

    def assert_clean() -> None:
        found = Axe().run(page, options=standards).response
        assert found["violations"] == []
        judged = [rule for rule in found["passes"] if rule["id"] == "color-contrast"]
        assert any(node["target"][0][0] == "citewire-widget" for rule in judged for node in rule["nodes"])
        assert page.locator("citewire-widget").evaluate(small) == []

    expect(page.locator(".launcher")).to_be_visible()
    page.evaluate("document.body.append(document.querySelector('citewire-widget'))")  # axe sees no colours outside body
    assert_clean()
    opened(page)
    assert_clean()
    chip = ask(page, EXAMPLE).locator(".chip").first
    chip.hover()
    expect(page.locator(".card")).to_be_visible()
    assert_clean()
    chip.click()
    expect(page.locator("mark.pressed")).to_be_visible()
    assert_clean()
    ask(page, UNANSWERABLE)
    assert_clean()


def test_it_follows_the_system_into_the_dark_and_back(visit: Visit, eventually: Waiter) -> None:
    page = opened(visit(scheme="dark"))

    def lightness() -> int:
        colour = page.locator(".panel").evaluate("panel => getComputedStyle(panel).backgroundColor")
        return max(int(part) for part in re.findall(r"\d+", colour)[:3])

    assert lightness() < 60
    page.emulate_media(color_scheme="light")
    eventually(lambda: lightness() > 200)


def test_a_right_to_left_page_is_mirrored_and_words_keep_their_own_direction(visit: Visit) -> None:
    page = opened(visit(html=DEMO.replace('<html lang="en">', '<html lang="ar" dir="rtl">')))
    close = page.get_by_role("button", name="Close").bounding_box() or {}
    panel = page.locator(".panel").bounding_box() or {}
    assert close["x"] - panel["x"] < 30
    answer = ask(page, EXAMPLE).locator(".answer")
    assert answer.evaluate("made => getComputedStyle(made).direction") == "ltr"


# Hostile words


def test_cases_2_3_4_and_19_a_hostile_article_is_inert_and_no_other_host_is_asked(visit: Visit) -> None:
    page = opened(visit())
    turn = ask(page, HOSTILE_QUESTION)
    chip = turn.locator(".chip[data-article*=zorblatt]").first
    chip.hover()
    expect(page.locator(".card-quote")).to_be_visible()
    chip.click()
    expect(page.locator(".sheet h2")).to_contain_text("Zorblatt")
    expect(page.locator(".sheet h2")).to_contain_text(TEMPLATES)
    expect(turn.locator(".sources")).to_contain_text(TEMPLATES)
    for part in SHOWN_AS_TEXT:
        expect(page.locator(".text")).to_contain_text(part)
    expect(page.locator("mark.pressed")).to_be_in_viewport()
    for part in (".log", ".sheet-body", ".card"):
        expect(page.locator(part).locator("img, script, form, iframe, #injected, svg[onload]")).to_have_count(0)
    expect(page.locator(".sheet a")).to_have_count(0)  # a javascript: address becomes no link
    assert page.evaluate("window.hacked") is None
    assert "\u202e" not in page.locator(".frame").inner_html()


def told(page: Page, *answers: dict[str, Any]) -> None:
    """The server answers whatever is asked with these, one growing into the next, with either kind of newline."""
    growing = [f"event: answer\r\ndata: {json.dumps(answer)}\r\n\r\n" for answer in answers]
    frames = f": beat\n\n{''.join(growing)}event: done\ndata: {json.dumps(answers[-1])}\n\n"
    headers = CORS | {"Content-Type": "text/event-stream"}
    page.route("**/api/ask/stream", lambda route: route.fulfill(body=frames, headers=headers))


def an_answer(**citation: Any) -> dict[str, Any]:
    cited = {
        "number": 1, "article_id": "one", "title": "T", "publisher": "P", "published": "2024-01-01",
        "url": "https://a.example/", "quote": "It is.", "start": 0, "end": 6, "verified": True,
    }  # fmt: skip
    return {
        "question": "q", "found": True, "text": "It is. [1]", "short": "", "citations": [cited | citation],
        "conflicts": [], "nearest": [],
    }  # fmt: skip


def test_a_source_is_shown_with_its_update_its_corrections_and_its_copies(visit: Visit, watched: Watched) -> None:
    page = opened(visit())
    copy = {"title": "Same", "publisher": "Gazette", "published": "2024-01-03", "url": None}
    told(page, an_answer(version=2, updated="2024-01-05", correction="The bridge is open.", also=[copy]))
    turn = ask(page, "What?")
    expect(turn.locator(".sources .byline")).to_have_text(
        ["P, 1 Jan 2024, updated on 5 Jan 2024", "Also in: Gazette, 3 Jan 2024", "The bridge is open."]
    )
    with page.expect_request("**/api/articles/**") as asked:
        turn.locator(".chip").click()
    assert asked.value.url.endswith("/api/articles/one?version=2")
    expect(page.locator(".sheet .problem")).to_contain_text("not in the archive any more")
    watched.complaints.clear()  # there is no such article, and the browser notes it


def test_case_3_a_tag_that_comes_in_pieces_never_comes_alive(visit: Visit) -> None:
    page = opened(visit())
    evil = PICTURES.partition("\n")[0]
    page.evaluate("""() => {
        window.made = new Set();
        new MutationObserver(() => {
            const root = document.querySelector("citewire-widget").shadowRoot;
            for (const tag of root.querySelectorAll(".log *")) window.made.add(tag.localName);
        }).observe(document.querySelector("citewire-widget").shadowRoot, {childList: true, subtree: true});
    }""")
    told(page, *(an_answer() | {"text": f"It is. [1] {evil[:end]}"} for end in range(0, len(evil) + 1, 7)))
    turn = ask(page, "What?")
    expect(turn.locator(".answer")).to_contain_text("![inline](https://evil.example/1.png)")
    assert not {"img", "link", "iframe", "script", "style", "form"} & set(page.evaluate("[...window.made]"))
    expect(turn.locator(".answer a")).to_have_count(0)


def test_what_a_model_said_beyond_the_quotes_is_struck_once_and_notes_are_sentences(visit: Visit) -> None:
    page = opened(visit())
    claims = [("It is.", "supported", ""), ("It costs 9 crowns.", "unsupported", "“9” is not in the quote.")]
    sentences = [{"text": text, "verdict": verdict, "citations": [1], "why": why} for text, verdict, why in claims]
    prose = {"text": "It is. [1]", "sentences": sentences, "strict": "strike", "done": True, "declined": False,
             "problem": "", "model": "m", "tokens": 9}  # fmt: skip
    told(page, an_answer() | {"prose": prose, "notes": ["spring was taken as March to May"]})
    turn = ask(page, "What?")
    expect(turn.locator("del")).to_have_text("It costs 9 crowns.")
    expect(turn.get_by_text("It costs 9 crowns.")).to_have_count(1)
    expect(turn.locator(".note")).to_have_text(
        [
            "Sentences struck because the articles do not support them: 1.",
            "Written by m from the quotes, and checked against them.",
            "Spring was taken as March to May.",
        ]
    )


def test_a_refusal_says_whether_anything_was_near(visit: Visit) -> None:
    page = opened(visit())
    answer = an_answer()
    answer |= {"found": False, "text": "", "nearest": answer["citations"], "citations": [], "reason": "nothing near"}
    told(page, answer)
    expect(ask(page, "What?")).to_contain_text("Nothing in them is about this.")


def test_a_model_that_finds_no_answer_is_followed_by_what_is_nearest(
    visit: Visit, writing: Server, provider: Provider
) -> None:
    provider.says("NOT IN THESE")
    turn = ask(opened(visit(to=writing)), STARTER)
    expect(turn).to_contain_text("The model finds no answer in these sentences")
    expect(turn.locator(".answer .chip")).to_have_count(3)
    expect(turn.locator(".note").last).to_have_text("The next nearest:")
    turn.locator(".nearest .passage").click()
    expect(turn.page.locator(".sheet mark")).to_have_text(turn.locator(".nearest .passage").text_content() or "?")


@pytest.mark.parametrize("where", ["title", "publisher", "url", "quote", "correction"])
def test_case_4_words_from_the_server_are_only_ever_text(visit: Visit, where: str) -> None:
    page = opened(visit())
    evil = 'javascript:alert(1)//"><svg onload=alert(1)>\u202e\x1b[31m {{7*7}} <img src=x onerror="alert(1)">'
    answer = an_answer(**{where: evil})
    if where == "quote":
        answer["text"] = f"{evil} [1] [9]"
    told(page, answer)
    turn = ask(page, "What?")
    turn.locator(".chip").hover()
    expect(page.locator(".card")).to_be_visible()
    shown = page.locator(".frame")
    expect(shown.locator(".log, .card").locator("img, script, svg")).to_have_count(0)
    expect(shown.locator("a[href^='javascript']")).to_have_count(0)
    assert not re.search("[\u202e\x1b]", shown.inner_html())
    if where != "url":
        expect(shown).to_contain_text("{{7*7}}")


# What whoever embeds it can do and see


def test_the_page_has_a_handle_and_hears_what_happens(visit: Visit) -> None:
    page = visit()
    page.evaluate("""() => {
        window.heard = [];
        for (const name of ["open", "close", "question", "answer", "source", "error", "stopped", "cleared"])
            document.addEventListener(`citewire:${name}`, event => window.heard.push([name, event.detail]));
    }""")
    expect(page.locator(".launcher")).to_be_visible()
    assert page.evaluate("Object.keys(window.citewire)") == ["open", "close", "ask", "destroy"]
    page.evaluate("question => window.citewire.ask(question)", EXAMPLE)
    expect(page.locator(".turn")).to_have_attribute("data-state", "answered")
    page.locator(".chip").first.click()
    expect(page.locator("mark.pressed")).to_be_visible()
    page.evaluate("window.citewire.close()")
    heard = page.evaluate("window.heard")
    assert [name for name, _ in heard] == ["open", "question", "answer", "source", "close"]
    assert heard[2][1]["answer"]["citations"][0]["verified"]
    page.evaluate("window.citewire.destroy()")
    expect(page.locator("citewire-widget")).to_have_count(0)
    assert page.evaluate("window.citewire") is None


def test_bad_options_are_named_on_the_console_and_break_nothing(visit: Visit, watched: Watched) -> None:
    page = opened(
        visit('data-colour="red" data-color="red" data-position="middle" data-target="#nowhere" data-model="x"')
    )
    page.evaluate("window.citewire.ask('')")
    with page.expect_request("**/api/ask/stream") as asked:
        ask(page, EXAMPLE)
    assert asked.value.post_data_json == {
        "question": EXAMPLE,
        "history": [],
        "filters": {},
    }  # no option reaches further
    said = "\n".join(watched.complaints)
    for named in ("data-colour is not an option", 'data-color="red"', 'data-position="middle"', "#nowhere", "ask()"):
        assert named in said
    watched.complaints.clear()


def test_options_change_what_is_seen(visit: Visit) -> None:
    page = visit(
        'data-title="Das Archiv" data-label="Fragen?" data-icon="§" data-language="de" data-greeting="Guten Tag!" '
        f'data-starters="{EXAMPLE}|Was noch?" data-open="true" data-color="#0a7d4f"'
    )
    expect(page.locator(".head h2")).to_have_text("Das Archiv")
    expect(page.locator(".welcome p")).to_have_text("Guten Tag!")
    expect(page.locator("textarea")).to_have_attribute("placeholder", "Die Artikel fragen")
    colour = page.locator(".send").first.evaluate("made => getComputedStyle(made).backgroundColor")
    assert colour == "rgb(10, 125, 79)"  # as it was given
    page.get_by_role("button", name="Schließen").click()
    expect(page.locator(".launcher")).to_have_text("§Fragen?")
    page.locator(".launcher").click()
    page.locator(".starter").first.click()
    expect(page.locator(".turn .sources .byline").first).to_have_text("Example Wire, 13. März 2019")


def test_a_publisher_filter_and_the_page_itself_are_asked_for(visit: Visit, server: Server) -> None:
    canonical = '<link rel="canonical" href="https://wire.example/2019/03/13/japan-rights-resolution">'
    page = opened(visit('data-page-aware="true"', html=DEMO.replace("</head>", f"{canonical}</head>")))
    turn = ask(page, EXAMPLE)
    expect(turn).to_contain_text("From the article on this page.")
    turn = ask(page, "Why is the maternity ward in Thornby to close?")  # not in it: the archive is asked
    expect(turn.locator(".chip").first).to_be_visible()
    expect(turn).not_to_contain_text("From the article on this page.")
    page = opened(visit('data-tag="none|other"'))
    expect(ask(page, EXAMPLE).locator(".none")).to_be_visible()
    page = opened(visit('data-publisher="Nobody|Example Wire"'))
    bylines = ask(page, EXAMPLE).locator(".sources .byline")
    assert {text.split(",")[0] for text in bylines.all_inner_texts()} == {"Example Wire"}


def test_a_token_comes_from_the_pages_own_server_and_a_stale_one_is_asked_for_again(
    visit: Visit, watched: Watched, intranet: Intranet
) -> None:
    tokens = intranet.serve(json.dumps({"token": "fresh"}), "application/json")
    page = opened(visit(f'data-token="stale" data-token-url="{tokens}"'))
    sent: list[str | None] = []
    problem = {"error": {"code": "unauthorized", "message": "No.", "request_id": "0123456789ab"}}

    def respond(route: Any) -> None:
        sent.append(route.request.headers.get("authorization"))
        route.fulfill(status=401, body=json.dumps(problem), headers=CORS)

    page.route("**/api/ask/stream", respond)
    turn = ask(page, EXAMPLE, state="failed")
    assert sent == ["Bearer stale", "Bearer fresh"]
    expect(turn.locator(".problem")).to_contain_text("not signed in")
    expect(turn).to_contain_text("Request id 0123456789ab")
    watched.complaints.clear()


# What is served


def test_the_demonstration_is_exactly_the_file_and_works(visit: Visit, context: BrowserContext, server: Server) -> None:
    assert httpx2.get(f"{server.url}/widget/demo", timeout=20).text == DEMO
    assert DEMO.count("<script") == 1
    page = context.new_page()
    page.goto(f"{server.url}/widget/demo")
    expect(ask(opened(page), EXAMPLE).locator(".chip").first).to_be_visible()


def test_the_script_is_small_cached_and_may_be_run_by_other_origins(server: Server, intranet: Intranet) -> None:
    plain = httpx2.get(f"{server.url}/widget.js", headers={"accept-encoding": "identity"}, timeout=20)
    assert plain.content == widget.script()
    assert len(gzip.compress(plain.content)) < 20_000
    assert plain.headers["cross-origin-resource-policy"] == "cross-origin"
    assert plain.headers["x-content-type-options"] == "nosniff"
    assert plain.headers["content-type"].startswith("text/javascript")
    packed = httpx2.get(f"{server.url}/widget.js", headers={"accept-encoding": "gzip"}, timeout=20)
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert {"accept-encoding", "origin"} <= set(plain.headers["vary"].lower().split(", "))
    again = httpx2.get(f"{server.url}/widget.js", headers={"if-none-match": plain.headers["etag"]}, timeout=20)
    assert again.status_code == 304


def test_the_check_page_says_what_is_missing_and_gives_a_line_that_works(
    context: BrowserContext, server: Server, intranet: Intranet, watched: Watched
) -> None:
    page = context.new_page()
    page.goto(f"{server.url}/widget/check?origin={intranet.origin}")
    expect(page.locator(".good")).to_have_text(f"{intranet.origin} is allowed.")
    script = httpx2.get(f"{server.url}/widget.js", timeout=20).content
    digest = base64.b64encode(hashlib.sha384(script).digest()).decode()
    line = page.locator("#sealed").inner_text()
    assert f'integrity="sha384-{digest}" crossorigin="anonymous"' in line
    policy = page.locator("#policy").inner_text()
    assert policy == f"script-src {server.url}; connect-src {server.url}"
    page.goto(
        intranet.serve(f"<!doctype html><title>x</title><p>Hello{line}", "text/html", f"default-src 'none'; {policy}")
    )
    expect(ask(opened(page), EXAMPLE).locator(".chip").first).to_be_visible()
    assert [said for said in watched.complaints if "favicon" not in said and "404" not in said] == []
    page.goto(f"{server.url}/widget/check?origin=https://intranet.example")
    expect(page.locator(".bad")).to_contain_text("https://intranet.example is not allowed. Set origins = ")
    assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize(
    "origin", ["javascript:alert(1)", "https://a.example/x", "http://u@h", "<b>{line}", "http://[", "null"]
)
def test_what_is_no_origin_is_said_to_be_none_and_stays_text(server: Server, origin: str) -> None:
    shown = httpx2.get(f"{server.url}/widget/check", params={"origin": origin}, timeout=20).text
    assert "is not an origin" in shown
    assert "<b>" not in shown
    assert "script-src 'none'" in shown or shown.count("<script") == 0


def test_the_check_page_judges_a_token_without_showing_it() -> None:
    app = FastAPI()
    verdicts = {"": widget.Verdict("open", "Needed."), "sesame": widget.Verdict("good", "It lets you in.")}
    widget.add_widget(
        app, ["https://a.example"], lambda token: verdicts.get(token, widget.Verdict("bad", "It has expired."))
    )
    with TestClient(app, base_url="http://ask.example") as http:
        asked = http.get("/widget/check", headers={"x-forwarded-proto": "https"})
        assert "Needed." in asked.text
        assert "src=&#34;https://ask.example/widget.js&#34;" in asked.text
        for token, verdict in (("sesame", "good"), ("stale-token", "bad")):
            told = http.post("/widget/check", data={"token": token, "origin": "https://a.example"})
            assert f'class="verdict {verdict}">{verdicts.get(token, ("", "It has expired."))[1]}' in told.text
            assert token not in told.text
            assert told.headers["cache-control"] == "no-store"


# The house


def test_every_option_handle_and_event_is_documented() -> None:
    written = (ROOT / "docs/widget.md").read_text("utf-8")
    table = re.search(r"const TABLE = \{(.*?)\n\};", (STATIC / "options.js").read_text("utf-8"), re.DOTALL)
    options = re.findall(r"^  (\w+): \[", table[1] if table else "", re.MULTILINE)
    assert len(options) >= 16
    for option in options:
        name = re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", option)
        assert f"| `data-{name}` |" in written, name
    assert set(re.findall(r"\| `data-([\w-]+)` \|", written)) == {
        re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", option) for option in options
    }
    told = {name for path in STATIC.glob("*.js") for name in re.findall(r'tell\("(\w+)"', path.read_text("utf-8"))}
    for event in told | {"ready"}:
        assert f"`citewire:{event}`" in written, event


def test_every_language_says_everything() -> None:
    words = (STATIC / "words.js").read_text("utf-8")
    english = re.search(r"const en = \{(.*?)\n\};", words, re.DOTALL)
    phrases = dict(re.findall(r'^  (\w+): "(.*)",$', english[1] if english else "", re.MULTILINE))
    for language in ("de", "fr", "es", "ja"):
        block = re.search(rf"^  {language}: \{{(.*?)^  \}}", words, re.MULTILINE | re.DOTALL)
        said = dict(re.findall(r'^    (\w+): "(.*)",$', block[1] if block else "", re.MULTILINE))
        assert set(said) == set(phrases), language
        for phrase, text in said.items():
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", phrases[phrase])), (language, phrase)


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_a_part_explains_itself_and_makes_no_markup(path: Path) -> None:
    source = path.read_text("utf-8")
    assert source.startswith("// ")
    assert len(source.splitlines()) <= 300
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", source)
