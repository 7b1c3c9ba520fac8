import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.ui import servers
from tests.ui.browser import Watched, ask, open_chat, send, turns
from tests.ui.servers import EXAMPLE, HOSTILE_QUESTION, SHOWN_AS_TEXT, STARTER, TEMPLATES, Server
from ui.refusal import NOT_FOUND

UNANSWERABLE = "Who won the Nobel Prize for chemistry in 1911?"
Opener = Callable[..., Page]


@pytest.fixture
def opened(context: BrowserContext, server: Server) -> Iterator[Opener]:
    """Opens the chat; at the end, no page may have asked another host for anything or complained."""
    watched = Watched(context)

    def open_page(url: str = server.url, scheme: str = "light") -> Page:
        watched.allowed.add(url)
        return open_chat(context, url, scheme)

    yield open_page
    assert watched.strangers == []
    assert watched.complaints == []


def assert_in_the_panels_view(page: Page, mark: Locator) -> None:
    expect(mark).to_be_in_viewport()
    inside = """mark => {
        const view = document.getElementById("source").getBoundingClientRect(), own = mark.getBoundingClientRect();
        return own.top >= view.top && own.top < view.bottom;
    }"""
    assert mark.evaluate(inside)


def test_the_example_is_answered_and_its_chip_opens_the_article_at_the_sentence(opened: Opener) -> None:
    page = opened()
    turn = ask(page, EXAMPLE)
    chip = turn.locator(".chip").first
    quote = chip.get_attribute("data-quote")
    expect(turn.locator(".answer")).to_contain_text(" ".join((quote or "?").split()))
    chip.click()
    expect(page.locator("#source-title")).to_contain_text("Japan")
    expect(page.locator("#source-title")).to_be_focused()
    mark = page.locator("#source mark.pressed")
    expect(mark).to_have_text(quote or "?")
    assert_in_the_panels_view(page, mark)
    expect(turn.locator(".sources li").first).to_contain_text("Example Wire, 13 Mar 2019")


def test_an_answer_shows_its_first_source_by_itself_and_leaves_the_focus_where_it_was(opened: Opener) -> None:
    page = opened()
    turn = ask(page, EXAMPLE)
    quote = turn.locator(".chip").first.get_attribute("data-quote")
    expect(page.locator("#source mark.pressed")).to_have_text(quote or "?")
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator("#question textarea")).to_have_value("")


def test_every_quoted_sentence_of_the_article_is_marked(opened: Opener, scripted: Server) -> None:
    page = opened()
    turn = ask(page, EXAMPLE)
    chips = turn.locator(".chip")
    article = chips.first.get_attribute("data-article")
    same = turn.locator(f'.chip[data-article="{article}"]').count()
    expect(page.locator("#source mark")).to_have_count(same)


def test_a_starter_question_asks_itself(opened: Opener) -> None:
    page = opened()
    starters = page.locator(".starter:visible")
    expect(starters).to_have_text([EXAMPLE])  # the one without an answer is not offered
    starters.first.click()
    expect(turns(page).locator(".question")).to_have_text(EXAMPLE)
    expect(turns(page)).to_have_attribute("data-state", "answered")
    expect(page.locator("#question textarea")).to_be_focused()


def test_what_the_articles_do_not_say_is_refused_with_what_is_nearest(opened: Opener) -> None:
    page = opened()
    turn = ask(page, UNANSWERABLE)
    expect(turn.locator(".not-found")).to_have_text(NOT_FOUND)
    expect(turn.locator(".chip")).to_have_count(0)
    expect(page.locator("#source mark")).to_have_count(0)  # nothing beside it looks like its source
    nearest = turn.locator(".passage").first
    nearest.click()
    expect(page.locator("#source mark.pressed").first).to_be_in_viewport()


def test_a_failure_is_not_shown_as_a_refusal(opened: Opener, scripted: Server) -> None:
    page = opened(scripted.url)
    turn = ask(page, "boom", state="failed")
    expect(turn.locator(".problem")).to_have_text(re.compile(r"^Something went wrong\. Request id [0-9a-f]{12}\.$"))
    expect(turn).not_to_contain_text(NOT_FOUND)
    turn = ask(page, "why " * 5000, state="failed")
    expect(turn.locator(".problem")).to_contain_text("question")
    expect(turn).not_to_contain_text(NOT_FOUND)
    ask(page, STARTER)  # and it goes on


def test_an_empty_question_asks_nothing(opened: Opener) -> None:
    page = opened()
    page.locator("#question textarea").fill("   ")
    page.locator("#ask-button").click()
    ask(page, EXAMPLE)
    expect(turns(page)).to_have_count(1)


def test_a_question_sent_while_another_is_answered_is_asked_after_it(opened: Opener, scripted: Server) -> None:
    page = opened(scripted.url)
    page.locator("#question textarea").fill("a very slow ferry")
    page.keyboard.press("Enter")
    expect(turns(page).locator(".progress")).to_be_visible()
    page.locator("#question textarea").fill(STARTER)
    page.keyboard.press("Enter")
    expect(turns(page)).to_have_count(2)
    expect(turns(page).last).to_have_attribute("data-state", "answered")
    expect(turns(page).first).to_have_attribute("data-state", "answered")


def test_stop_stops(opened: Opener, scripted: Server) -> None:
    page = opened(scripted.url)
    expect(send(page, "stuck").locator(".progress")).to_be_visible()
    page.locator("#stop-button").click()
    expect(turns(page)).to_have_attribute("data-state", "stopped", timeout=8000)
    expect(page.locator("#stop-button")).to_be_hidden()
    ask(page, STARTER)
    expect(turns(page).first).to_have_attribute("data-state", "stopped")


def test_what_is_asked_the_moment_that_another_was_stopped_is_answered(opened: Opener, scripted: Server) -> None:
    page = opened(scripted.url)
    for stopped in range(3):
        expect(send(page, "stuck").locator(".progress")).to_be_visible()
        page.locator("#question textarea").fill(STARTER)
        expect(page.locator("#stop-button")).to_be_visible()
        page.evaluate("document.querySelector('#stop-button').click()")
        page.keyboard.press("Enter")
        expect(turns(page).nth(2 * stopped)).to_have_attribute("data-state", "stopped", timeout=8000)
        expect(turns(page).nth(2 * stopped + 1)).to_have_attribute("data-state", "answered")


def test_clear_leaves_an_answer_that_is_under_way(opened: Opener, scripted: Server) -> None:
    page = opened(scripted.url)
    expect(send(page, "stuck").locator(".progress")).to_be_visible()
    page.locator("#clear-button").click()
    expect(turns(page)).to_have_count(0)
    ask(page, STARTER)
    expect(turns(page)).to_have_count(1)


def test_clear_begins_anew(opened: Opener) -> None:
    page = opened()
    ask(page, EXAMPLE)
    page.locator("#clear-button").click()
    expect(turns(page)).to_have_count(0)
    expect(page.locator("#source mark")).to_have_count(0)
    expect(page.locator(".starter:visible")).to_have_text([EXAMPLE])


def test_the_chips_of_older_answers_keep_working(opened: Opener) -> None:
    page = opened()
    older = ask(page, EXAMPLE).locator(".chip").first
    ask(page, "Why is the maternity ward in Thornby to close?")
    expect(page.locator("#source-title")).not_to_contain_text("Japan")
    older.click()
    expect(page.locator("#source-title")).to_contain_text("Japan")
    expect(page.locator("#source mark.pressed")).to_have_text(older.get_attribute("data-quote") or "?")


def test_everything_works_by_keyboard(opened: Opener) -> None:
    page = opened()
    page.locator("#question textarea").focus()
    page.keyboard.type(EXAMPLE)
    page.keyboard.press("Enter")
    chip = turns(page).locator(".chip").first
    expect(chip).to_be_visible()
    expect(turns(page)).to_have_attribute("data-state", "answered")
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if chip.evaluate("chip => chip === document.activeElement"):
            break
    expect(chip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#source-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(chip).to_be_focused()


def test_an_answer_is_read_out_once_with_its_number_of_sources(opened: Opener) -> None:
    page = opened()
    page.evaluate(
        """() => {
            window.said = [];
            const note = () => window.said.push(document.getElementById("announcer").textContent);
            new MutationObserver(note).observe(document.getElementById("announcer"), {childList: true, subtree: true});
        }"""
    )
    count = ask(page, EXAMPLE).locator(".sources li").count()
    expect(page.locator("#announcer")).to_contain_text(f"Answer with {count} source")
    assert len(page.evaluate("window.said")) == 1


@pytest.mark.parametrize("width", [320, 390, 640])
def test_narrow_screens_need_no_sideways_scrolling(opened: Opener, width: int) -> None:
    page = opened()
    page.set_viewport_size({"width": width, "height": 640})

    def fits() -> bool:
        return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))

    assert fits()
    turn = ask(page, EXAMPLE)
    assert fits()
    turn.locator(".chip").first.click()
    expect(page.locator("#source mark.pressed")).to_be_in_viewport()
    assert fits()
    page.get_by_role("button", name="Back to the answer").click()
    expect(turn.locator(".chip").first).to_be_focused()
    expect(turn.locator(".chip").first).to_be_in_viewport()
    ask(page, UNANSWERABLE + " " + "x" * 200)
    assert fits()


def test_the_citation_of_an_old_answer_opens_the_old_version_marked_as_superseded(
    opened: Opener, small_copy: Path
) -> None:
    with servers.scripted(small_copy) as started:
        page = opened(started.url)
        chips = ask(page, STARTER).locator(".chip")
        before = chips.filter(has=page.locator("xpath=self::*[@data-article='one']"))
        expect(page.locator("#source .superseded")).to_have_count(0)
        ask(page, "Is it revised?")
        after = ask(page, STARTER)
        expect(after.locator(".answer")).to_contain_text("The ferry leaves at one.")
        expect(after.locator(".sources")).to_contain_text("updated on")
        before.click()
        expect(page.locator("#source .superseded")).to_contain_text("This is version 1 of the article, superseded on")
        expect(page.locator("#source mark.pressed")).to_have_text("The ferry leaves at noon.")
        assert Axe().run(page).response["violations"] == []
        page.get_by_role("button", name="Show the current version").click()
        expect(page.locator("#source .superseded")).to_have_count(0)
        expect(page.locator("#source .article-text")).to_contain_text("The ferry leaves at one.")
        expect(page.locator("#source .byline")).to_contain_text("updated on")
        page.keyboard.press("Escape")
        expect(before).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened: Opener, scheme: str) -> None:
    page = opened(scheme=scheme)
    expect(page.locator(".starter:visible")).to_have_text([EXAMPLE])
    standards = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    assert Axe().run(page, options=standards).response["violations"] == []
    ask(page, EXAMPLE)
    expect(page.locator("#source mark.pressed")).to_be_visible()
    assert Axe().run(page, options=standards).response["violations"] == []
    ask(page, UNANSWERABLE)
    assert Axe().run(page, options=standards).response["violations"] == []


def test_dark_mode_is_dark(opened: Opener) -> None:
    page = opened(scheme="dark")
    expect(page.locator(".masthead")).to_be_visible()
    colour = page.locator("#masthead").evaluate("element => getComputedStyle(element).backgroundColor")
    assert max(int(part) for part in re.findall(r"\d+", colour)[:3]) < 60


def test_cases_2_3_4_and_19_a_hostile_article_is_inert_and_its_quote_is_found(opened: Opener) -> None:
    page = opened()
    turn = ask(page, HOSTILE_QUESTION)
    chip = turn.locator(".chip[data-article*=zorblatt]").first
    chip.click()
    expect(page.locator("#source-title")).to_contain_text("Zorblatt")
    expect(page.locator("#source-title")).to_contain_text(TEMPLATES)
    expect(page.locator("#source .byline")).to_contain_text(TEMPLATES)
    expect(turn.locator(".sources")).to_contain_text(TEMPLATES)
    for part in SHOWN_AS_TEXT:
        expect(page.locator("#source .article-text")).to_contain_text(part)
    expect(page.locator("#source mark.pressed")).to_have_text(chip.get_attribute("data-quote") or "?")
    expect(page.locator("#source, #conversation").locator("svg, img, script, form, iframe, #injected")).to_have_count(0)
    expect(page.locator("#source a")).to_have_count(0)
    assert page.evaluate("window.hacked") is None
    assert "\u202e" not in turn.inner_html()


def test_two_visitors_do_not_share_a_conversation(opened: Opener, server: Server) -> None:
    one, other = opened(), opened()
    ask(one, EXAMPLE)
    ask(other, UNANSWERABLE)
    expect(turns(one)).to_have_count(1)
    expect(turns(other).locator(".question")).to_have_text([UNANSWERABLE])
    expect(turns(one).locator(".question")).to_have_text([EXAMPLE])
    third = opened()
    expect(third.locator(".starter:visible")).to_have_text([EXAMPLE])
    expect(turns(third)).to_have_count(0)


def test_the_masthead_says_what_the_library_holds(opened: Opener) -> None:
    page = opened()
    expect(page.locator(".holdings")).to_have_text(re.compile(r"^\d+ articles, \d+ \w+ 2019 to \d+ \w+ 2024$"))


def test_copy_gives_the_answer_with_its_sources(opened: Opener, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened()
    turn = ask(page, EXAMPLE)
    turn.locator(".copy").click()
    expect(turn.locator(".copy")).to_have_text("Copied")
    turn.locator(".copy").click()
    expect(turn.locator(".copy")).to_have_text("Copy with sources")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "[1]" in copied
    assert "Example Wire, 13 Mar 2019" in copied
