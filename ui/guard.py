"""What stands before every route: request ids, security headers, refusals, and an answer where something broke."""

import ipaddress
import re
import time
import uuid
from collections.abc import Callable, Collection, Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.errors import problem, unforeseen
from ui.logs import log_request

MAX_BODY = 1_000_000  # bytes; a question is a few hundred
MAX_UPLOAD = 20_000_000

# A name or address with an optional port. Anything else ("x/?") would end up in links and redirects.
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\.?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")

# The page is Gradio's: it has inline scripts without nonces, and compiles its HTML templates with Function().
_PAGE = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; form-action 'self'; object-src 'none'; "
    "base-uri 'self'; frame-ancestors {}"
)
_DATA = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def error_response(
    status: int, code: str, message: str, request_id: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    """An error as a response."""
    return JSONResponse(problem(code, message, request_id), status, headers)


class Guard:
    """ASGI middleware around everything, Gradio's streams included (so it must not buffer).

    Args:
        app: what is guarded. `scope["state"]["request_id"]` is set for it.
        hosts: the names, in small letters, by which the server may be called, besides any address; None for any.
        observe: told of each request its method, path, status and seconds.
        origins: of other sites whose pages may read what is said here, and may frame our pages.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Collection[str] | None = None,
        origins: Collection[str] = (),
        observe: Callable[[str, str, int, float], None] = lambda *_: None,
    ) -> None:
        self.app, self._hosts, self._origins, self._observe = app, hosts, origins, observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, whatever happens."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex[:12]
        scope.setdefault("state", {})["request_id"] = request_id
        sent = _Sent(scope, self._origins, send)
        try:
            response: ASGIApp | None = _refusal(scope, request_id, self._hosts)
            await (response or self.app)(scope, _limited(receive, _most(scope)), sent)
        except _TooLargeError:
            await _unless_started(sent, scope, receive, _too_large(scope, request_id))
        except Exception:  # noqa: BLE001 - logged; without this the answer would lack its headers and its shape
            message = unforeseen(request_id, f"{scope['method']} {scope['path']!r}")
            await _unless_started(sent, scope, receive, error_response(500, "internal", message, request_id))
        log_request(
            request_id=request_id,
            method=scope["method"],
            path=scope["path"],
            status=sent.status,
            ms=round(sent.elapsed(), 1),
            caller=getattr(scope["state"].get("caller"), "name", None),
        )
        self._observe(scope["method"], scope["path"], sent.status, sent.elapsed() / 1000)


class _TooLargeError(Exception):
    pass


class _Sent:
    """Adds the headers to whatever is sent, and remembers whether something was."""

    def __init__(self, scope: Scope, origins: Collection[str], send: Send) -> None:
        data = scope["path"].startswith(("/api/", "/health/", "/v1/", "/mcp", "/metrics"))
        self._csp = _DATA if data else _PAGE.format(" ".join(("'self'", *origins)) if origins else "'none'")
        self._headers = {**_HEADERS, "X-Request-Id": scope["state"]["request_id"]}
        if origins and not data:
            del self._headers["X-Frame-Options"]  # it knows no list; frame-ancestors does
        origin = Headers(scope=scope).get("origin")
        self._reader = origin if origin in origins else None
        self._send = send
        self._start = time.perf_counter()
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers[name] = value
            if self._reader:  # what is refused out here does not pass the CORS policy
                headers.setdefault("Access-Control-Allow-Origin", self._reader)
                headers.add_vary_header("Origin")
            headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")  # the widget's script is for others
            headers.setdefault("Content-Security-Policy", self._csp)
            if "server" in headers:
                del headers["server"]
        await self._send(message)

    def elapsed(self) -> float:
        return (time.perf_counter() - self._start) * 1000


async def _unless_started(sent: _Sent, scope: Scope, receive: Receive, response: Response) -> None:
    if not sent.status:
        await response(scope, receive, sent)


def _refusal(scope: Scope, request_id: str, hosts: Collection[str] | None) -> Response | None:
    headers = Headers(scope=scope)
    if not _is_host(headers.getlist("host")):
        return error_response(400, "bad_host", "The Host header is not a host name.", request_id)
    if hosts is not None and not _is_ours(headers["host"], hosts):
        message = f"This server does not go by the name {headers['host']}: add it to CITEWIRE_HOSTS if it should."
        return error_response(400, "unknown_host", message, request_id)
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > _most(scope):
        return _too_large(scope, request_id)
    return None


def _is_ours(host: str, hosts: Collection[str]) -> bool:
    """Whether a host is one of these names, or an address: no other site can make a browser send an address of ours."""
    name = (host.rpartition(":")[0] if re.search(r":\d+$", host) else host).strip("[]").rstrip(".").lower()
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return name in hosts


def _is_host(hosts: Iterable[str]) -> bool:
    given = list(hosts)
    return len(given) == 1 and _HOST.fullmatch(given[0]) is not None


def _most(scope: Scope) -> int:
    return MAX_UPLOAD if scope["path"] == "/api/articles" else MAX_BODY


def _too_large(scope: Scope, request_id: str) -> Response:
    return error_response(413, "too_large", f"A request may have {_most(scope):,} bytes at most.", request_id)


def _limited(receive: Receive, most: int) -> Receive:
    """Counts what comes in, for bodies that do not say their length."""
    received = 0

    async def limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise _TooLargeError
        return message

    return limited
