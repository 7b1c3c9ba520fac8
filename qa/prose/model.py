"""Chat models through LangChain's init_chat_model. Nothing of a provider is imported before a model is first asked."""

import asyncio
import concurrent.futures
import functools
import queue
import random
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qa.errors import ModelError
from qa.prose.vendors import missing_package, translated
from qa.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_TRIES = 3
_FIRST_WAIT = 0.5  # seconds before the second try; twice that before the third
_LONGEST_WAIT = 8.0  # a provider that asks for more is not waited for
_TICK = 0.25  # seconds after which the one who waits is told that there is nothing yet
_WHOLE = 3  # times the patience that a whole answer may take
MAX_TOKENS = 400  # that a model may write
CHARACTERS_A_TOKEN = 4  # about, where the provider does not count


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of what a model says. The last one has the tokens read and written, where the provider counts them."""

    text: str
    tokens: int = 0
    cut: bool = False  # the provider ended it before the model did


class ChatModel:
    """A chat model that can be asked from any thread, and left at any moment.

    Args:
        name: for people: provider:name.
        make: the LangChain model; called when it is first asked.
        patience: seconds that it may be silent.
    """

    def __init__(self, name: str, make: "Callable[[], BaseChatModel]", patience: float = 60.0) -> None:
        self.name = name
        self._make = make
        self._patience = patience
        self._model: BaseChatModel | None = None
        self._under_way: set[concurrent.futures.Future[None]] = set()
        self._lock = threading.Lock()

    def stream(self, system: str, asked: str) -> Generator[Piece | None]:
        """What the model says, as it comes; None now and then while there is nothing.

        Closing the iterator ends the request to the provider at once.

        Raises:
            ModelError: the model cannot be asked, or broke off.
        """
        arriving: queue.SimpleQueue[Piece | ModelError | None] = queue.SimpleQueue()
        with self._lock:  # the import of a provider's package takes a second, once
            self._model = self._model or self._made()
        pump = self._pump(self._model, system, asked, arriving.put)
        work = asyncio.run_coroutine_threadsafe(pump, _running_loop())
        self._under_way.add(work)
        try:
            while True:
                try:
                    item = arriving.get(timeout=_TICK)
                except queue.Empty:
                    if work.cancelled():  # nothing more comes, not even an error
                        raise ModelError("The model was closed before it had answered.") from None
                    yield None
                    continue
                if isinstance(item, ModelError):
                    raise item
                if item is None:
                    return
                yield item
        finally:
            work.cancel()
            self._under_way.discard(work)

    def close(self) -> None:
        """End what is under way."""
        for work in list(self._under_way):
            work.cancel()

    def _made(self) -> "BaseChatModel":
        try:
            return self._make()
        except ModelError:
            raise
        except ImportError:
            raise missing_package(self.name) from None
        except Exception as error:  # noqa: BLE001 - vendors raise what they like; their words may hold the key
            raise translated(error, self.name, self._patience) from None

    async def _pump(
        self, model: "BaseChatModel", system: str, asked: str, put: Callable[[Piece | ModelError | None], None]
    ) -> None:
        for attempt in range(1, _TRIES + 1):
            begun = False
            end = time.monotonic() + _WHOLE * self._patience
            try:
                async with asyncio.timeout(_WHOLE * self._patience):
                    async for piece in _patiently(_pieces(model, system, asked), self._patience):
                        begun = True
                        put(piece)
                put(None)
                return
            except ModelError as error:
                failure = error
            except Exception as error:  # noqa: BLE001 - as above
                failure = translated(error, self.name, (_WHOLE if time.monotonic() >= end else 1) * self._patience)
            if begun or not failure.passing or attempt == _TRIES or failure.wait > _LONGEST_WAIT:
                put(failure)
                return
            backoff = _FIRST_WAIT * 2 ** (attempt - 1) * random.uniform(0.8, 1.2)
            await asyncio.sleep(max(failure.wait, backoff))


def open_model(settings: Settings) -> ChatModel | None:
    """The model that the settings name; None where they name none. It is made when it is first asked."""
    if not settings.model:
        return None
    return ChatModel(settings.model, lambda: _vendors(settings), settings.model_timeout)


def _vendors(settings: Settings) -> "BaseChatModel":
    """The LangChain model."""
    provider, _, name = (settings.model or "").partition(":")
    if provider == "local":
        from qa.prose.local import open_local  # only where it is asked for

        return open_local(name)
    from langchain.chat_models import init_chat_model  # slow: only where a model is set

    given: dict[str, Any] = {"base_url": settings.model_url, "api_key": settings.model_key, "temperature": 0}
    if provider == "ollama":
        given |= {"num_predict": MAX_TOKENS, "client_kwargs": {"timeout": settings.model_timeout}}
        if settings.model_key:
            given["client_kwargs"]["headers"] = {"Authorization": f"Bearer {settings.model_key}"}
        del given["api_key"]
    else:
        given |= {"max_tokens": MAX_TOKENS, "timeout": settings.model_timeout, "max_retries": 0}
    if provider == "openai":
        given["stream_usage"] = True
        if settings.model_url and not settings.model_key:
            given["api_key"] = "none"  # servers of one's own want none, the client wants some
    given = {key: value for key, value in given.items() if value is not None}
    model: BaseChatModel = init_chat_model(name, model_provider=provider, **given)
    return model


async def _pieces(model: "BaseChatModel", system: str, asked: str) -> AsyncIterator[Piece]:
    async for chunk in model.astream([("system", system), ("human", asked)]):
        usage: Any = getattr(chunk, "usage_metadata", None) or {}
        about = chunk.response_metadata
        reason = about.get("finish_reason") or about.get("stop_reason") or about.get("done_reason")
        yield Piece(str(chunk.text), usage.get("total_tokens", 0), reason in ("length", "max_tokens"))


async def _patiently(pieces: AsyncIterator[Piece], patience: float) -> AsyncIterator[Piece]:
    """The pieces; TimeoutError where the next one does not come in time."""
    try:
        while True:
            try:
                yield await asyncio.wait_for(anext(pieces), patience)
            except StopAsyncIteration:
                return
    finally:
        await pieces.aclose()  # type: ignore[attr-defined]  # a generator: closing it ends the request


@functools.cache
def _running_loop() -> asyncio.AbstractEventLoop:
    """One for the process: providers' packages share connections, which belong to the loop that they were opened in."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="chat models", daemon=True).start()
    return loop
