"""The server's own pages: one look, and a policy under which nothing in them acts but what is named."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from fastapi.responses import HTMLResponse

_SHEET = Path(__file__).parent / "static" / "page.css"
_OURS = "<style></style>"
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def own_page(html: str, may: str = "", status: int = 200) -> HTMLResponse:
    """A page that nobody may frame or keep.

    Args:
        html: with its style sheet in it, or an empty one where ours is to be.
        may: the directives of its policy besides those for its style sheet and pictures in the page itself.
        status: of the response.
    """
    html = html.replace(_OURS, f"<style>{_sheet()}</style>", 1)
    style = _STYLE.search(html)
    digest = base64.b64encode(hashlib.sha256(style[1].encode() if style else b"").digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
    headers = {"Content-Security-Policy": f"{policy}; {may}" if may else policy, "Cache-Control": "no-store"}
    return HTMLResponse(html, status, headers)


@cache
def _sheet() -> str:
    return _SHEET.read_text("utf-8")
