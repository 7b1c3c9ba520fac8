"""What comes bit by bit: a beat whenever nothing comes for a while, and an end as soon as nobody waits any more."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, TypeVar

_T = TypeVar("_T")
_Beat = TypeVar("_Beat")


async def beating(
    items: AsyncIterator[_T], beat: _Beat, every: float, left: asyncio.Future[Any] | None = None
) -> AsyncGenerator[_T | _Beat, None]:
    """The items, and `beat` after each `every` seconds without one.

    Args:
        items: left in the middle of what they do when this is closed.
        left: when it is done, this is at its end.
    """
    coming: asyncio.Future[_T] | None = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(anext(items))
            awaited = {coming, left} if left else {coming}
            await asyncio.wait(awaited, timeout=every, return_when=asyncio.FIRST_COMPLETED)
            if left and left.done():
                return
            if not coming.done():
                yield beat
                continue
            try:
                item = coming.result()
            except StopAsyncIteration:
                return
            coming = None
            yield item
    finally:
        if coming:
            coming.cancel()  # not awaited: a step in a thread ends by itself
