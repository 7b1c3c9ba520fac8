"""The JSON API: ask, the articles, and whether the server is ready."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Match

from ingest import CitewireError
from qa import Answer
from ui import articles, feedback, jobs
from ui.asking import Asking
from ui.errors import NotReadyError, headers_of, problem_of, status_of
from ui.feedback import Feedback
from ui.guard import error_response
from ui.jobs import Writing
from ui.readiness import Readiness
from ui.reference import add_reference
from ui.shapes import ERRORS, EXAMPLE, AnswerShown, NotReady, PassageShown, Question, Ready, Visible
from ui.sse import EventStream, event, events

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def add_api(app: FastAPI, readiness: Readiness, asking: Asking, writing: Writing, notes: Feedback) -> None:
    """Add the API's routes and the shape of its errors to an app."""
    _add_errors(app)
    app.include_router(_health(readiness))
    routers = (_asking(asking), articles.router(readiness, writing), jobs.router(writing), feedback.router(notes))
    api = APIRouter(prefix="/api", responses=ERRORS)
    for router in routers:
        api.include_router(router)
    app.include_router(api)
    add_reference(app)

    @app.api_route("/api/{rest:path}", methods=_METHODS, include_in_schema=False)
    def nothing_here(request: Request, rest: str) -> Response:
        # The chat is mounted at "/" and would answer for whatever is not ours.
        scope = {**request.scope, "path": f"/{rest}", "root_path": ""}
        routes = [route for router in routers for route in router.routes]
        there = [route for route in routes if route.matches(scope)[0] is Match.PARTIAL]
        allowed = {method for route in there if isinstance(route, APIRoute) for method in route.methods or ()}
        if allowed:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})
        raise HTTPException(404)


def _asking(asking: Asking) -> APIRouter:
    router = APIRouter(tags=["Ask"])

    @router.post("/ask", response_model=AnswerShown, summary="Ask the articles")
    async def ask(body: Question, request: Request, within: Visible) -> JSONResponse:
        """The answer with its citations. found=false says that the articles do not say; it is not an error."""
        part, request_id = body.filters.within(within), request.state.request_id
        return JSONResponse((await asking.ask(body.question, part, body.turns, request_id=request_id)).to_dict())

    @router.post(
        "/ask/stream",
        status_code=200,
        response_class=EventStream,
        responses=events('event: done\ndata: {"found": true}\n\n'),
        summary="Ask, and watch the answer grow",
    )
    async def ask_stream(body: Question, request: Request, within: Visible) -> EventStream:
        """Server-sent events: `answer` as often as it grows, each as /api/ask gives it, then `done` or `error`.

        `done` has the whole answer, `error` the shape of every error. Lines that begin with a colon keep the connection
        alive.
        """
        part, request_id = body.filters.within(within), request.state.request_id
        return EventStream(_told(asking.stream(body.question, part, body.turns, request_id=request_id), request_id))

    @router.get("/search", summary="Find passages")
    async def search(
        within: Visible,
        q: Annotated[str, Query(max_length=1000, description="What to look for.", examples=[EXAMPLE])],
        limit: Annotated[int, Query(ge=1, le=50)] = 10,
    ) -> list[PassageShown]:
        """The passages that match by words or by meaning, best first; nothing is read or judged."""
        return [PassageShown.of(hit) for hit in await asking.search(q, limit, within)]

    return router


async def _told(answers: AsyncIterator[Answer], request_id: str) -> AsyncIterator[str]:
    """The events of an answer. What goes wrong on the way is an event too: the status has been sent long ago."""
    answer: Answer | None = None
    try:
        async for answer in answers:
            yield event("answer", answer.to_dict())
    except Exception as error:  # noqa: BLE001 - logged; the one who asks must not wait for ever
        yield event("error", problem_of(error, request_id))
    else:
        yield event("done", answer.to_dict() if answer else None)


def _health(readiness: Readiness) -> APIRouter:
    router = APIRouter(prefix="/health", tags=["Server"])

    @router.get("/live", summary="Is the process alive?")
    async def live() -> dict[str, bool]:
        return {"live": True}

    @router.get("/ready", response_model=Ready, responses={503: {"model": NotReady}}, summary="Are questions answered?")
    def ready() -> Ready | JSONResponse:
        try:
            library = readiness.assistant().library
        except NotReadyError as error:
            return JSONResponse({"ready": False, "reason": str(error)}, 503, {"Retry-After": "2"})
        return Ready(ready=True, articles=library.count_articles(), passages=len(library))

    return router


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(CitewireError)
    async def known(request: Request, error: CitewireError) -> Response:
        status, code = status_of(error)
        return error_response(status, code, str(error), request.state.request_id, headers_of(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"] if part != "body") or "The body"
        return error_response(422, "invalid", f"{where}: {problem['msg']}.", request.state.request_id)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        phrase = HTTPStatus(error.status_code).phrase
        code = phrase.lower().replace(" ", "_")
        message = "There is nothing here." if error.status_code == 404 else f"{phrase}."
        return error_response(error.status_code, code, message, request.state.request_id, dict(error.headers or {}))
