"""The widget: its script, the page that shows it at work, and the page that tells whoever embeds it what is missing."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from urllib.parse import parse_qs, urlsplit

import rjsmin
from anyio import to_thread
from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import Response

from ui.pages import own_page
from ui.wording import words

_STATIC = Path(__file__).parent / "static" / "widget"
# In the order in which they need each other
_PARTS = "words dom colour options client answer article card sheet conversation panel main".split()
# What the browser needs no word of: comments, indentation, and how the parts are tied together
_LEFT_OUT = re.compile(
    r"^[ \t]*//[^\n]*\n|[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*|^import [^;]+;\n|^export |^[ \t]+", re.MULTILINE | re.DOTALL
)
_CSS_SPACE = re.compile(r"/\*(?:(?!\*/).)*\*/|\s*\n\s*", re.DOTALL)
_BLANK = re.compile(r"\{(\w+)\}")
_CACHED = "public, max-age=600"


class Verdict(NamedTuple):
    """What is said of an origin or a token."""

    mark: Literal["good", "bad", "open"]
    text: str


def add_widget(app: FastAPI, origins: Collection[str], judge_token: Callable[[str], Verdict]) -> None:
    """Add /widget.js, /widget/demo and /widget/check to an app.

    Args:
        app: which also answers /api/ask/stream and /api/articles/{id}, by which the widget lives.
        origins: of the pages that may ask.
        judge_token: whether a token lets in whoever has it; for an empty one, whether there has to be one.
    """
    router = APIRouter(include_in_schema=False)

    @router.api_route("/widget.js", methods=["GET", "HEAD"])
    def widget(request: Request) -> Response:
        return _script_response(request)

    @router.api_route("/widget/demo", methods=["GET", "HEAD"])
    def demo() -> Response:
        return own_page((_STATIC / "demo.html").read_text("utf-8"), "script-src 'self'; connect-src 'self'")

    @router.get("/widget/check")
    def check(request: Request, origin: Annotated[str, Query(max_length=300)] = "") -> Response:
        return _check_page(request, _judge_origin(origin, origins), judge_token(""), origin)

    @router.post("/widget/check")
    async def check_token(request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        origin, token = (form.get(name, [""])[0].strip() for name in ("origin", "token"))
        of_token = await to_thread.run_sync(judge_token, token)  # it may have to fetch keys
        return _check_page(request, _judge_origin(origin, origins), of_token, origin)

    app.include_router(router)


@cache
def script() -> bytes:
    """The widget as one classic script: its parts in one scope, its style sheet in front of them."""
    sheet = json.dumps(_CSS_SPACE.sub(" ", (_STATIC / "widget.css").read_text("utf-8")), ensure_ascii=False)
    parts = "".join(_LEFT_OUT.sub("", (_STATIC / f"{name}.js").read_text("utf-8")) for name in _PARTS)
    small: str = rjsmin.jsmin(f'(() => {{\n"use strict";\nconst CSS_TEXT = {sheet};\n{parts}}})();\n')
    return small.encode()


@cache
def integrity() -> str:
    """The script's hash, for the `integrity` of its tag."""
    return "sha384-" + base64.b64encode(hashlib.sha384(script()).digest()).decode()


@cache
def _packed() -> bytes:
    return gzip.compress(script(), mtime=0)


def _script_response(request: Request) -> Response:
    tag = f'"{hashlib.sha256(script()).hexdigest()[:20]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": _CACHED,
        "Vary": "Accept-Encoding, Origin",  # what the CORS policy adds is for one origin alone
        "Cross-Origin-Resource-Policy": "cross-origin",  # pages of other origins run it; that is what it is for
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(_packed(), headers={**headers, "Content-Encoding": "gzip"}, media_type="text/javascript")
    return Response(script(), headers=headers, media_type="text/javascript")


def _judge_origin(origin: str, origins: Collection[str]) -> Verdict:
    if not origin:
        return Verdict("open", "Enter it below.")
    try:
        parts = urlsplit(origin)
        plain = f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        plain = ""
    if plain != origin or not origin.startswith(("http://", "https://")) or "@" in origin:
        return Verdict("bad", f"{origin} is not an origin: that is a scheme, a name and perhaps a port, nothing more.")
    if origin in origins:
        return Verdict("good", f"{origin} is allowed.")
    listed = ", ".join(json.dumps(known) for known in (*origins, origin))
    return Verdict("bad", f"{origin} is not allowed. Set origins = [{listed}] in citewire.toml and restart the server.")


def _check_page(request: Request, of_origin: Verdict, of_token: Verdict, origin: str) -> Response:
    secure = request.headers.get("x-forwarded-proto") == "https"  # only to be shown: whoever sends it reads it
    address = request.base_url.replace(scheme="https") if secure else request.base_url
    here = f"{address.scheme}://{address.netloc}"
    line = '<script async src="{}widget.js"{}></script>'
    shown = {
        "origin": origin,
        "origin_class": of_origin.mark,
        "origin_verdict": of_origin.text,
        "token_class": of_token.mark,
        "token_verdict": of_token.text,
        "line": line.format(address, ""),
        "sealed": line.format(address, f' integrity="{integrity()}" crossorigin="anonymous"'),
        "policy": f"script-src {here}; connect-src {here}",
    }
    html = (_STATIC / "check.html").read_text("utf-8")
    return own_page(_BLANK.sub(lambda blank: str(words(shown[blank[1]])), html), "form-action 'self'")
