"""The reference of the API as a page: made from the OpenAPI on the server, without a script or a foreign word."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.responses import Response
from markupsafe import Markup

from ui.pages import own_page
from ui.wording import words

_PAGE = Markup("""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>The API of Citewire</title><style></style></head>
<body><main>
<h1>The API of Citewire</h1>
<p>Where a login is set, send <code>Authorization: Bearer KEY</code>. Every error has one shape:
<code>{{"error": {{"code", "message", "request_id"}}}}</code>.
For programs: <a href="/openapi.json">openapi.json</a>.</p>
{}
</main></body>
</html>
""")
_OPERATION = Markup("""<section><h2>{}</h2>
<p><code>{} {}</code></p>
<p>{}</p>
{}{}</section>
""")


def add_reference(app: FastAPI) -> None:
    """Add /api/docs to an app."""

    @app.get("/api/docs", include_in_schema=False)
    def reference() -> Response:
        return own_page(page(app.openapi()))


def page(described: Mapping[str, Any]) -> str:
    """The page of an OpenAPI description."""
    sections = Markup("").join(
        _OPERATION.format(
            operation.get("summary", ""),
            method.upper(),
            path,
            _prose(operation.get("description", "")),
            _parameters(operation),
            _body(operation, described),
        )
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    )
    return str(_PAGE.format(sections))


def _prose(text: str) -> Markup:
    """A description; what stands between backticks is code."""
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else words(part)
        for place, part in enumerate(text.split("`"))
    )


def _parameters(operation: Mapping[str, Any]) -> Markup:
    rows = Markup("").join(
        Markup("<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>").format(
            found["name"], found["in"], _prose(found.get("description", ""))
        )
        for found in operation.get("parameters", ())
    )
    head = Markup("<table><tr><th>Parameter</th><th>In</th><th>What it is</th></tr>{}</table>")
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
