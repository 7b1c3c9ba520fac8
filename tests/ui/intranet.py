"""A page of another origin, with the widget in it and a policy as strict as it can be."""

import base64
import contextlib
import hashlib
import itertools
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DEMO = (Path(__file__).parents[2] / "ui/static/widget/demo.html").read_text("utf-8")
LINE = re.search(r"<script async src=.*?</script>", DEMO)[0]  # type: ignore[index]


class Intranet:
    """A web server for pages that are handed to it.

    Args:
        port: of 127.0.0.1, where it listens.
    """

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self._pages: dict[str, tuple[str, str, str]] = {}
        self._numbers = itertools.count()

    def page(self, server: str, attributes: str = "", html: str = DEMO, script: str = "widget.js") -> str:
        """The address of a page with the one line in it.

        Args:
            server: where the widget comes from, and the only address that the page's policy allows.
            attributes: of the line, in place of the demonstration's.
            html: the page, which has the demonstration's line where the line is to be.
            script: what the line names, when it is not the widget itself.
        """
        line = f'<script async src="{server}/{script}" {attributes}></script>'
        html = html.replace(LINE, line)
        style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style[1].encode() if style else b"").digest()).decode()
        policy = (
            f"default-src 'none'; script-src {server}; connect-src {server} {self.origin}; "
            f"style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )
        return self.serve(html, "text/html; charset=utf-8", policy)

    def serve(self, body: str, kind: str, policy: str = "default-src 'none'") -> str:
        """The address of anything at all."""
        path = f"/{next(self._numbers)}"
        self._pages[path] = (body, kind, policy)
        return self.origin + path

    def respond(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        body, kind, policy = self._pages.get(request.path.split("?")[0], ("", "text/plain", "default-src 'none'"))
        request.send_response(200 if body else 404)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Security-Policy", policy)
        request.end_headers()
        request.wfile.write(body.encode())


@contextlib.contextmanager
def listening() -> Iterator[Intranet]:
    """An intranet, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            intranet.respond(self)

        def log_message(self, *_: object) -> None:  # type: ignore[override]
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        intranet = Intranet(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield intranet
        server.shutdown()
        thread.join()
