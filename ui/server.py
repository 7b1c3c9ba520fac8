"""The server: the chat and the API behind one door."""

import asyncio
import contextlib
import errno
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.middleware import Middleware
from fastapi.middleware.cors import CORSMiddleware
from fastapi.staticfiles import StaticFiles

from qa import Assistant, Settings
from ui import logs
from ui.access import Access
from ui.api import add_api
from ui.asking import Asking
from ui.door import Door
from ui.errors import NotSignedInError, ServerError
from ui.feedback import Feedback, beside
from ui.fence import Fence
from ui.guard import Guard
from ui.jobs import Writing
from ui.login import add_login
from ui.metrics import Metrics
from ui.protocols import add_protocols
from ui.readiness import Readiness
from ui.syncing import Upkeep
from ui.widget import Verdict, add_widget

_log = logging.getLogger("citewire")
_STATIC = Path(__file__).parent / "static"
_CORS: dict[str, Any] = {
    "allow_methods": ["GET", "POST"],
    "allow_headers": ["Authorization", "Content-Type"],
    "expose_headers": ["X-Request-Id", "Retry-After"],
}
_OPEN = "No token is needed: whoever reaches this server may ask."
_PATIENCE = 3  # seconds that open requests are given when the server stops


def create_app(source: Assistant | Readiness, settings: Settings | None = None) -> FastAPI:
    """The ASGI app: the chat at /, the JSON API at /api, and /health/live and /health/ready.

    Args:
        source: an open assistant, which stays open; or a Readiness, which the app's lifespan begins and ends.
        settings: who may ask, and from where; None for those of an assistant, or the defaults.

    Raises:
        ServerError: others than whoever sits at this machine could ask, and nothing says who may.
        SettingsError: a way to log in is set up in a way that cannot work.
    """
    from ui import chat  # gradio takes seconds to import, and a port in use should be said at once

    settings = settings or (source.settings if isinstance(source, Assistant) else Settings.model_validate({}))
    access = Access(settings)
    readiness = source if isinstance(source, Readiness) else Readiness(source)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        readiness.begin()
        try:
            async with tools():
                yield
        finally:
            await asyncio.to_thread(readiness.end)

    # Gradio echoes any Origin, with credentials, unless the app around it has a CORS policy: ours has a list.
    metrics = Metrics()
    middleware = [
        Middleware(Guard, hosts=access.hosts, origins=settings.origins, observe=metrics.observe),
        Middleware(CORSMiddleware, allow_origins=list(settings.origins), **_CORS),
        Middleware(Door, access=access),
        Middleware(Fence),
    ]
    app = FastAPI(title="Citewire", docs_url=None, redoc_url=None, lifespan=lifespan, middleware=middleware)
    asking = Asking(readiness)
    writing = Writing(readiness, beside(settings.library, "uploads"), settings.sync_paths)
    add_api(app, readiness, asking, writing, Feedback(beside(settings.library, "feedback.jsonl")))
    metrics.add_to(app, readiness, asking)
    add_protocols(app, asking)
    tools = _tools(app, readiness, asking)
    add_login(app, access)
    add_widget(app, settings.origins, lambda token: _judged(access, token))
    app.mount("/citewire", StaticFiles(directory=_STATIC), name="static")
    return chat.mount(app, readiness, asking)


def _tools(app: FastAPI, readiness: Readiness, asking: Asking) -> Callable[[], AbstractAsyncContextManager[Any]]:
    """Add the tools for assistants, where their extra is installed; what the app's lifespan must be inside of."""
    try:
        from ui.tools import mount_tools
    except ModuleNotFoundError:
        return contextlib.nullcontext
    return mount_tools(app, readiness, asking)


def _judged(access: Access, token: str) -> Verdict:
    if not token:
        needed = "A token is needed: your server makes one for each visitor."
        return Verdict("open", _OPEN if access.open else needed)
    try:
        caller = access.holder(token)
    except NotSignedInError as error:
        return Verdict("bad", str(error))
    return Verdict("good", f"It lets in {caller.name}.")


def serve(settings: Settings, on_ready: Callable[[str], None] | None = None) -> None:
    """Serve the chat and the API until SIGINT or SIGTERM; then close the library. Its sources are kept up to date.

    Args:
        settings: which library, where to listen.
        on_ready: called with the server's address once questions are answered.

    Raises:
        ServerError: the address cannot be listened on, or nothing says who may ask there.
        CitewireError: the library cannot be opened or holds nothing; until then /health/ready says why.
    """
    failures: list[Exception] = []
    Access(settings)  # refuses before anything is opened
    logs.set_up(settings.log)
    upkeep = Upkeep(settings)
    with contextlib.closing(_listen(settings.host, settings.port)) as listener:
        url = _url(settings.host, listener.getsockname()[1])

        def ready(assistant: Assistant) -> None:
            assistant.library.announce("answering questions", url)
            upkeep.begin(assistant.library)
            if on_ready:
                on_ready(url)

        def failed(error: Exception) -> None:
            failures.append(error)
            server.should_exit = True

        readiness = Readiness(lambda: Assistant.open(settings), on_ready=ready, on_failure=failed, on_end=upkeep.end)
        config = uvicorn.Config(
            create_app(readiness, settings),
            log_level="warning",
            access_log=False,
            proxy_headers=False,  # whose headers are believed is for `access` to say
            server_header=False,
            timeout_graceful_shutdown=_PATIENCE,
        )
        server = uvicorn.Server(config)
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
    if failures:
        raise failures[0]


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ServerError(_not_listening(error, host, port)) from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise ServerError(_not_listening(error, host, port)) from None
    return listener


def _not_listening(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use: stop the other program, or choose another with --port."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"Port {port} is reserved for the system: choose one above 1023 with --port."
    return f"{host} is not an address of this machine ({error.strerror}): choose another with --host."


def _url(host: str, port: int) -> str:
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104 - what a person may have set
    shown = anywhere.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"
