"""The reference of the API as a page: made from the OpenAPI on the server, without a script or a foreign word."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from ui.wording import words

_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 52rem; padding: 0 1rem; }
section { border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: .5rem 0 1rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .9rem; }
pre { overflow-x: auto; padding: .7rem; background: color-mix(in srgb, currentColor 7%, transparent); }
table { border-collapse: collapse; } td, th { padding: .2rem .9rem .2rem 0; text-align: left; vertical-align: top; }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; frame-ancestors 'none'"
_PAGE = Markup("""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>The API of Citewire</title><style>{}</style></head>
<body><main>
<h1>The API of Citewire</h1>
<p>Where a login is set, send <code>Authorization: Bearer KEY</code>. Every error has one shape:
<code>{{"error": {{"code", "message", "request_id"}}}}</code>.
For programs: <a href="/openapi.json">openapi.json</a>.</p>
{}
</main></body>
</html>
""")
_OPERATION = Markup("""<section><h2><code>{} {}</code></h2>
<p><strong>{}</strong></p>
<p>{}</p>
{}{}</section>
""")


def add_reference(app: FastAPI) -> None:
    """Add /api/docs to an app."""

    @app.get("/api/docs", include_in_schema=False)
    def reference() -> Response:
        return HTMLResponse(page(app.openapi()), headers={"Content-Security-Policy": _POLICY})


def page(described: Mapping[str, Any]) -> str:
    """The page of an OpenAPI description."""
    sections = Markup("").join(
        _OPERATION.format(
            method.upper(),
            path,
            operation.get("summary", ""),
            words(operation.get("description", "")),
            _parameters(operation),
            _body(operation, described),
        )
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    )
    return str(_PAGE.format(Markup(_STYLE), sections))  # noqa: S704 - our own


def _parameters(operation: Mapping[str, Any]) -> Markup:
    rows = Markup("").join(
        Markup("<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>").format(
            found["name"], found["in"], found.get("description", "")
        )
        for found in operation.get("parameters", ())
    )
    head = Markup("<table><tr><th>Parameter</th><th>In</th><th></th></tr>{}</table>")
    return head.format(rows) if rows else Markup("")


def _body(operation: Mapping[str, Any], described: Mapping[str, Any]) -> Markup:
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        name = content["schema"].get("$ref", "").rpartition("/")[2]
        schema = described["components"]["schemas"].get(name, {})
        example = json.dumps(dict(_examples(schema)), indent=2, ensure_ascii=False)
        return Markup("<p>Body: {}</p><pre>{}</pre>").format(kind, example)
    return Markup("")


def _examples(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, field in schema.get("properties", {}).items():
        if name in schema.get("required", ()) or "examples" in field:
            yield name, next(iter(field.get("examples", [])), field.get("enum", ["…"])[0])
