"""Sites on loopback: one that is scripted, and one that speaks raw bytes."""

import contextlib
import hashlib
import socket
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ingest.addresses import AddressRules

PUBLIC = "93.184.216.34"


class PretendPublic(AddressRules):
    """The real rules, for which 127.0.0.1 is an address of the public internet; ::1 stays what it is."""

    def check(self, host, addresses):
        shown = [PUBLIC if address == "127.0.0.1" else address for address in addresses]
        return ["127.0.0.1" if address == PUBLIC else address for address in super().check(host, shown)]


class Site:
    """A site whose pages are values: bytes or text, (status, headers, body), or a function from a request to those.

    Attributes:
        pages: by path.
        asked: how often each path was asked for.
        statuses: (path, status) of every answer.
    """

    def __init__(self):
        self.pages, self.asked, self.statuses, self.requests = {}, Counter(), [], []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                site.asked[self.path] += 1
                site.requests.append(self.headers)
                page = site.pages.get(self.path, (404, {}, b"not here"))
                page = page(self.headers) if callable(page) else page
                status, headers, body = page if isinstance(page, tuple) else (200, {}, page)
                site.statuses.append((self.path, status))
                body = body.encode() if isinstance(body, str) else body
                self.send_response(status)
                for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_):
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def fetched(self, status=200):
        """The paths that were answered with this status since it was last asked, sorted; robots.txt left out."""
        found = sorted(path for path, answered in self.statuses if answered == status and path != "/robots.txt")
        self.statuses = [one for one in self.statuses if one[1] != status]
        return found

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextlib.contextmanager
def listening(answer=None, host="127.0.0.1"):
    """A raw server: calls answer(connection) for each connection. Yields its port and the list of connections seen."""
    listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    seen, stop = [], threading.Event()

    def work(connection):
        with connection, contextlib.suppress(OSError):
            data = connection.recv(65536)
            if b"/robots.txt" in data:
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            elif answer:
                answer(connection, stop)

    def accept():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                seen.append(connection)
                threading.Thread(target=work, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], seen
    finally:
        stop.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(2)
        for connection in seen:
            connection.close()


def kept(body):
    """A page with an ETag, answered with 304 to whoever has it."""
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:8]}"'

    def answer(headers):
        if headers["If-None-Match"] == etag:
            return 304, {"ETag": etag}, b""
        return 200, {"ETag": etag}, body

    return answer


def urlset(urls, lastmod=None):
    entries = "".join(
        f"<url><loc>{url}</loc>{f'<lastmod>{lastmod[url]}</lastmod>' if lastmod and url in lastmod else ''}</url>"
        for url in urls
    )
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
