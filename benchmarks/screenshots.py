"""Photograph the chat and the widget over corpus/: docs/images/ for the README and, into a folder, every state.

python -m benchmarks.screenshots           the README's
python -m benchmarks.screenshots FOLDER    and start, answering, answered, source, refused, failed, of the chat and of
                                            the widget (with its launcher and a quote's card);
                                            light and dark; 1280 and 390 wide; the widget right to left and 320 wide;
                                            and the pages around them: login, check, demonstration, reference
"""

import logging
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from ingest import Hit, Library, sync
from qa import Assistant, Evidence, Settings
from qa.reader import load_reader
from ui.server import create_app

ROOT = Path(__file__).parents[1]
EXAMPLE = "Why did Japan drop co-sponsorship?"
STARTERS = (
    EXAMPLE,
    "How many people marched for the maternity ward in Thornby?",
    "Why did the ferry Maren run aground?",
    "What did the flood cost?",
)
UNANSWERED = "Who won the Nobel Prize for chemistry in 1911?"
LISTED, UNLISTED = "https://intranet.example.org", "https://elsewhere.example.org"
SLOW, FAILING = "Which birds breed on Skerra again?", "When does the library open?"


class Staged:
    """The packaged reader, slow or broken on the questions that are to show it."""

    def __init__(self) -> None:
        self._reader = load_reader()
        self.threshold = self._reader.threshold
        self.fingerprint = self._reader.fingerprint

    def read(self, question: str, hits: Sequence[Hit]) -> list[Evidence]:
        """What the packaged reader reads."""
        if question == SLOW:
            time.sleep(2)
        if question == FAILING:
            raise RuntimeError("staged")
        return self._reader.read(question, hits)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The chat on a free port; gives its address."""
    library = Library.open(folder, create=True)
    sync([ROOT / "corpus"], library)
    with Assistant(library, Staged(), Settings(starters=STARTERS, origins=(LISTED,))) as assistant:
        config = uvicorn.Config(create_app(assistant), port=0, log_level="error", timeout_graceful_shutdown=1)
        listener = config.bind_socket()
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def open_page(browser: Browser, url: str, width: int, scheme: str) -> Page:
    """The chat's first screen."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.goto(url)
    expect(page.locator(".starter:visible").first).to_be_visible(timeout=20_000)
    return page


def ask(page: Page, question: str, state: str) -> None:
    """Ask in a cleared conversation, until the answer is in this state."""
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn").last).to_have_attribute("data-state", state)
    page.wait_for_timeout(500)


def photograph_states(browser: Browser, url: str, folder: Path) -> None:
    """One picture for each state, scheme and width."""
    for scheme in ("light", "dark"):
        for width in (1280, 390):
            page = open_page(browser, url, width, scheme)

            def shoot(state: str, page: Page = page, end: str = f"{scheme}-{width}.png") -> None:
                page.screenshot(path=folder / f"{state}-{end}")

            shoot("start")
            ask(page, EXAMPLE, "answered")
            shoot("answered")
            page.locator(".chip").first.click()
            page.wait_for_timeout(300)
            shoot("source")
            for state, question, shown in (
                ("two", STARTERS[1], "answered"),
                ("refused", UNANSWERED, "answered"),
                ("failed", FAILING, "failed"),
                ("answering", SLOW, "answering"),
            ):
                page.mouse.move(0, 0)
                ask(page, question, shown)
                shoot(state)
            page.close()


def open_widget(browser: Browser, url: str, width: int, scheme: str, direction: str = "ltr") -> Page:
    """The demonstration's page, with the widget closed."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")

    def turned(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("<html", f'<html dir="{direction}"'))

    page.route("**/widget/demo", turned)
    page.goto(f"{url}/widget/demo")
    expect(page.locator(".launcher")).to_be_visible()
    return page


def ask_widget(page: Page, question: str, state: str = "answered") -> None:
    """Ask, until the answer is in this state."""
    page.locator("textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn").last).to_have_attribute("data-state", state)
    page.wait_for_timeout(300)


def show_quote(page: Page) -> None:
    """Point at the first chip of the last answer, until its card is there."""
    page.locator(".turn").last.locator(".chip").first.hover()
    expect(page.locator(".card")).to_be_visible()


def photograph_widget(browser: Browser, url: str, folder: Path) -> None:
    """One picture for each state, scheme, width and direction."""
    for scheme, width, direction in (
        ("light", 1280, "ltr"), ("dark", 1280, "ltr"), ("light", 390, "ltr"), ("dark", 390, "ltr"),
        ("light", 1280, "rtl"), ("light", 320, "ltr"),
    ):  # fmt: skip
        page = open_widget(browser, url, width, scheme, direction)

        def shoot(state: str, page: Page = page, end: str = f"{scheme}-{width}-{direction}.png") -> None:
            page.screenshot(path=folder / f"widget-{state}-{end}")

        shoot("launcher")
        page.locator(".launcher").click()
        shoot("start")
        ask_widget(page, EXAMPLE)
        shoot("answered")
        show_quote(page)
        shoot("quote")
        page.locator(".chip").first.click()
        expect(page.locator("mark.pressed")).to_be_visible()
        shoot("source")
        page.keyboard.press("Escape")
        for state, question, shown in (
            ("refused", UNANSWERED, "answered"),
            ("failed", FAILING, "failed"),
            ("answering", SLOW, "answering"),
        ):
            ask_widget(page, question, shown)
            shoot(state)
        page.close()


def photograph_pages(browser: Browser, url: str, folder: Path) -> None:
    """One picture, as long as the page, of each page around the chat and the widget, for each scheme and width."""
    pages = {
        "login": "/login",
        "check": "/widget/check",
        "check-listed": f"/widget/check?origin={LISTED}",
        "check-unlisted": f"/widget/check?origin={UNLISTED}",
        "demo": "/widget/demo",
        "reference": "/api/docs",
    }
    typed = {"login-wrong": ("/login", "#credential"), "check-wrong": (pages["check-listed"], "#token")}
    for scheme in ("light", "dark"):
        for width in (1280, 320):
            page = browser.new_page(viewport={"width": width, "height": 800})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
            for name, path in pages.items():
                page.goto(url + path)
                page.wait_for_timeout(200)
                page.screenshot(path=folder / f"page-{name}-{scheme}-{width}.png", full_page=True)
            for name, (path, field) in typed.items():
                page.goto(url + path)
                page.locator(field).fill("cw_wrong")
                page.keyboard.press("Enter")
                expect(page.locator(".bad")).to_be_visible()
                page.screenshot(path=folder / f"page-{name}-{scheme}-{width}.png", full_page=True)
            page.close()


def main() -> None:
    """Take the pictures."""
    logging.getLogger("citewire").setLevel(logging.CRITICAL)  # the failure is staged
    with tempfile.TemporaryDirectory() as scratch, serving(Path(scratch) / "library") as url, sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        page = open_page(browser, url, 1280, "light")
        ask(page, EXAMPLE, "answered")
        picture = ROOT / "docs/images/chat.png"
        picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=picture)
        page = open_widget(browser, url, 1180, "light")
        page.set_viewport_size({"width": 1180, "height": 740})
        page.locator(".launcher").click()
        ask_widget(page, EXAMPLE)
        show_quote(page)
        page.screenshot(path=picture.with_name("widget.png"))
        if len(sys.argv) > 1:
            folder = Path(sys.argv[1])
            folder.mkdir(parents=True, exist_ok=True)
            photograph_states(browser, url, folder)
            photograph_widget(browser, url, folder)
            photograph_pages(browser, url, folder)
        browser.close()


if __name__ == "__main__":
    main()
