"""What a browser does while a test looks at a page, and the chat page as somebody uses it."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, expect


class Watched:
    """What a browser did: whom it asked, and what it complained of."""

    def __init__(self, context: BrowserContext, *origins: str) -> None:
        self.allowed, self.strangers, self.complaints = set(origins), [], []  # type: ignore[var-annotated]
        context.on("request", self._asked)
        context.on("page", self._opened)

    def _opened(self, page: Page) -> None:
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and f"{address.scheme}://{address.netloc}" not in self.allowed:
            self.strangers.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


def open_chat(context: BrowserContext, url: str, scheme: str = "light") -> Page:
    """The chat page, ready to be asked."""
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.goto(url)
    expect(page.locator("#question textarea")).to_be_visible()
    expect(page.locator("#announcer")).to_be_attached()  # Gradio draws the page a part at a time
    return page


def turns(page: Page) -> Locator:
    """The questions with their answers, as far as they have come."""
    return page.locator("#conversation .turn")


def send(page: Page, question: str) -> Locator:
    """Type a question and send it; the place where its answer will be."""
    number = turns(page).count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    return turns(page).nth(number)


def ask(page: Page, question: str, state: str = "answered") -> Locator:
    """Send a question and wait until its answer is complete."""
    turn = send(page, question)
    expect(turn).to_have_attribute("data-state", state)
    return turn
