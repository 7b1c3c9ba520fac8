"""The pages around the chat and the widget: readable by everybody, in light and dark, and on a narrow screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.ui.servers import Server

STANDARDS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PATHS = ["/login", "/widget/check", "/widget/check?origin=https://elsewhere.example", "/widget/demo", "/api/docs"]
FITS = "document.documentElement.scrollWidth <= window.innerWidth"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_is_cut_off(page: Page, scripted: Server, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    for path in PATHS:
        page.goto(scripted.url + path)
        assert page.evaluate(FITS), path
        assert Axe().run(page, options=STANDARDS).response["violations"] == [], path
    page.goto(f"{scripted.url}/login")
    page.locator("#credential").fill("cw_wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("This key is not known, has expired or was revoked.")
    assert Axe().run(page, options=STANDARDS).response["violations"] == []
