"""The door: lets a request in when its sender may do what it wants, and not too often."""

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ingest import CitewireError
from ui.access import Access, needed_scope
from ui.errors import NotSignedInError, RateLimitedError, headers_of, status_of
from ui.guard import error_response
from ui.limits import RateLimit
from ui.login import login_page

_FAILURES = 30  # attempts a minute from one address with what lets nobody in
_FREE = ("/health/", "/citewire/", "/widget.js", "/assets/", "/static/", "/svelte/")


class Door:
    """ASGI middleware inside the CORS policy, so that a page of an allowed origin can read why it was refused.

    `scope["state"]` gets `caller`, who asks, and `within`, the part of the library that they may see.

    Args:
        app: what is behind the door.
        access: who may do what.
    """

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app, self._access = app, access
        self._rate = RateLimit(access.rate)
        self._failures = RateLimit(_FAILURES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or say why not."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # nothing here speaks websockets
            await send({"type": "websocket.close", "code": 1008})
            return
        try:
            await self._admit(scope)
        except CitewireError as error:
            await _refused(scope, error)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _admit(self, scope: Scope) -> None:
        path = scope["path"]
        if needed_scope(scope["method"], path) is None:
            if scope["method"] == "POST":  # somebody tries a key
                self._count(self._failures, self._access.address(scope))
            return
        try:
            caller = await self._access.caller(scope)
        except NotSignedInError:
            self._count(self._failures, self._access.address(scope))
            raise
        scope["state"]["caller"] = caller
        scope["state"]["within"] = self._access.within(caller)
        self._access.check(caller, scope)
        if not path.startswith(_FREE):
            self._count(self._rate, caller.name)

    def _count(self, limit: RateLimit, name: str) -> None:
        if seconds := limit.wait(name):
            raise RateLimitedError(seconds)


def _refused(scope: Scope, error: CitewireError) -> Response:
    status, code = status_of(error)
    wants_page = scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")
    if status == 401 and wants_page:
        return login_page(status=401, back=scope["path"])
    return error_response(status, code, str(error), scope["state"]["request_id"], headers_of(error))
