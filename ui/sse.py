"""Server-sent events: an answer that grows, kept alive by comments, that ends when its reader goes away."""

import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Send

from ui.beating import beating

_BEAT = 10.0  # seconds; proxies close what is silent for thirty or sixty
HEARTBEAT = ": still here\n\n"


def event(name: str | None, data: Any) -> str:
    """One event; `data` becomes one line of JSON."""
    kind = f"event: {name}\n" if name else ""
    return f"{kind}data: {json.dumps(data, ensure_ascii=False)}\n\n"


def events(example: str) -> dict[int | str, dict[str, Any]]:
    """What the API's description says of a route that gives a stream."""
    return {200: {"content": {"text/event-stream": {"example": example}}}}


class EventStream(StreamingResponse):
    """Events as they come, and a comment whenever there is none for a while. Proxies are asked not to hold them back.

    Args:
        events: closed as soon as the reader has gone or the stream is at its end.
    """

    def __init__(self, events: AsyncIterator[str]) -> None:
        self._beating = beating(events, HEARTBEAT, _BEAT)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(self._beating, media_type="text/event-stream", headers=headers)

    async def stream_response(self, send: Send) -> None:
        """Send the events."""
        try:
            await super().stream_response(send)
        finally:
            await self._beating.aclose()
