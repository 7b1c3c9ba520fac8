"""The fence around Gradio: only the routes that the chat needs, and of a conversation only one's own.

Gradio shows a conversation to whoever knows the name of its session.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.guard import error_response

_BELOW = "/gradio_api/"
# The chat and gradio_client live by these; the others read or write files, fetch from elsewhere or show the insides.
_CLOSED = re.compile(
    r"/gradio_api/(?!(api|app_id|call|cancel|heartbeat|info|queue|reset|run|startup-events|theme\.css)(/|$))"
    r"|(/gradio_api)?/(file[=/]|proxy=|monitoring|deep_link)"
)
_NAMED_BY = ("session_hash", "event_id")
_IN_PATH = re.compile(r"/gradio_api/(?:heartbeat|call(?:/v2)?/[^/]+)/([^/]+)")
_KEPT = 20_000  # names; the oldest are forgotten first
_LONGEST = 100  # characters of a name; Gradio's have 32


class Fence:
    """ASGI middleware inside the door: what is closed, and the sessions and events of other callers, are not there.

    Args:
        app: the app that Gradio is mounted in.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._owners: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer 404."""
        if scope["type"] == "http" and _CLOSED.match(scope["path"]):
            await _nothing_here(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith(_BELOW):
            await self._own(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _own(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through that names nothing of another's, and keep whose the names are that it brings up."""
        caller = scope["state"]["caller"]
        owner = "" if caller.anonymous else caller.name  # an address may change between two requests of one page
        messages = [message async for message in _whole(receive)] if scope["method"] == "POST" else []
        body = b"".join(message.get("body", b"") for message in messages)
        names = set(_names(scope["query_string"], body))
        if scope["method"] == "GET" and (found := _IN_PATH.fullmatch(scope["path"])):
            names.add(found[1])
        if any(len(name) > _LONGEST or self._owners.get(name, owner) != owner for name in names):
            await _nothing_here(scope, receive, send)
            return
        self._keep(names, owner)

        async def again() -> Message:
            return messages.pop(0) if messages else await receive()

        async def watched(message: Message) -> None:
            if scope["method"] == "POST" and message["type"] == "http.response.body":
                self._keep(set(_names(b"", message.get("body", b""))), owner)  # the name of an event is made there
            await send(message)

        await self.app(scope, again, watched)

    def _keep(self, names: set[str], owner: str) -> None:
        for name in names:
            self._owners.setdefault(name, owner)
        while len(self._owners) > _KEPT:
            del self._owners[next(iter(self._owners))]


async def _nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    response = error_response(404, "not_found", "There is nothing here.", scope["state"]["request_id"])
    await response(scope, receive, send)


async def _whole(receive: Receive) -> AsyncIterator[Message]:
    more = True
    while more:
        message = await receive()
        more = message.get("more_body", False)
        yield message


def _names(query: bytes, body: bytes) -> Iterator[str]:
    """The sessions and events that a request or a response names."""
    yield from (value for key, value in parse_qsl(query.decode("latin-1")) if key in _NAMED_BY)
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):  # lists in lists without end
        return
    if isinstance(said, dict):
        yield from (value for key in _NAMED_BY if isinstance(value := said.get(key), str))
