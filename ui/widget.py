"""The widget: its script, the page that shows it at work, and the page that tells whoever embeds it what is missing."""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from ui.render import words

_STATIC = Path(__file__).parent / "static" / "widget"
# In the order in which they need each other
_PARTS = "words dom colour options client answer article card sheet conversation panel main".split()
# What the browser needs no word of: comments, indentation, and how the parts are tied together
_LEFT_OUT = re.compile(
    r"^[ \t]*//[^\n]*\n|[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*|^import [^;]+;\n|^export |^[ \t]+", re.MULTILINE | re.DOTALL
)
_CSS_SPACE = re.compile(r"/\*(?:(?!\*/).)*\*/|\s*\n\s*", re.DOTALL)
_CACHED = "public, max-age=3600"


@cache
def script() -> bytes:
    """The widget as one classic script: its parts in one scope, its style sheet in front of them."""
    sheet = json.dumps(_CSS_SPACE.sub(" ", (_STATIC / "widget.css").read_text("utf-8")), ensure_ascii=False)
    parts = "".join(_LEFT_OUT.sub("", (_STATIC / f"{name}.js").read_text("utf-8")) for name in _PARTS)
    return f'(() => {{\n"use strict";\nconst CSS_TEXT = {sheet};\n{parts}}})();\n'.encode()


@cache
def integrity() -> str:
    """The script's hash, for the `integrity` of its tag."""
    return "sha384-" + base64.b64encode(hashlib.sha384(script()).digest()).decode()
