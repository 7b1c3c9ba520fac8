"""The JSON API: ask, the articles, and whether the server is ready."""

import logging
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Match

from ingest import CitewireError, correction
from qa import Answer
from ui.asking import Asking
from ui.errors import NotReadyError, status_of
from ui.guard import error_response, problem
from ui.readiness import Readiness
from ui.shapes import AnswerShown, ArticleListed, ArticleShown, CopyShown, ErrorShown, NotReady, Question, Ready
from ui.sse import EventStream, event

_log = logging.getLogger("citewire")
_SHOWN = ("id", "title", "publisher", "published", "language", "author", "url", "text")  # of an article
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/event-stream": {"schema": {"type": "string"}, "example": 'event: done\ndata: {"found": true}\n\n'}
        }
    }
}


def add_api(app: FastAPI, readiness: Readiness, asking: Asking) -> None:
    """Add the API's routes and the shape of its errors to an app."""
    _add_errors(app)
    app.include_router(_health(readiness))
    api = _api(readiness, asking)
    app.include_router(api)

    @app.api_route("/api/{rest:path}", methods=_METHODS, include_in_schema=False)
    def nothing_here(request: Request) -> Response:
        # The chat is mounted at "/" and would answer for whatever is not ours.
        there = [route for route in api.routes if route.matches(request.scope)[0] is Match.PARTIAL]
        allowed = {method for route in there if isinstance(route, APIRoute) for method in route.methods or ()}
        if allowed:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})
        raise HTTPException(404)


def _api(readiness: Readiness, asking: Asking) -> APIRouter:
    router = APIRouter(prefix="/api", responses={code: {"model": ErrorShown} for code in (404, 422, 500, 503)})

    @router.post("/ask", response_model=AnswerShown, summary="Ask the articles")
    async def ask(body: Question) -> JSONResponse:
        """The answer with its citations. found=false says that the articles do not say; it is not an error."""
        return JSONResponse((await asking.ask(body.question, body.filters.within())).to_dict())

    @router.post(
        "/ask/stream",
        status_code=200,
        response_class=EventStream,
        responses=_EVENTS,
        summary="Ask, and watch the answer grow",
    )
    async def ask_stream(body: Question, request: Request) -> EventStream:
        """Server-sent events: `answer` as often as it grows, each as /api/ask gives it, then `done` or `error`.

        `done` has the whole answer, `error` the shape of every error. Lines that begin with a colon keep the connection
        alive.
        """
        asking.admit()
        answers = asking.stream(body.question, body.filters.within())
        return EventStream(_told(answers, request.state.request_id))

    @router.get("/articles", summary="List the articles")
    def articles() -> list[ArticleListed]:
        """Every article, newest first, without the texts."""
        entries = readiness.assistant().library.entries()
        return [ArticleListed.model_validate(entry, from_attributes=True) for entry in entries]

    @router.get("/articles/{article_id}", summary="Read an article")
    def article(
        article_id: Annotated[str, Path(max_length=200)],
        version: Annotated[int | None, Query(ge=1, le=2**31, description="The latest where none is named.")] = None,
    ) -> ArticleShown:
        """One article with its text, to which the offsets of citations of the same version refer."""
        library = readiness.assistant().library
        edition = library.edition(article_id, version)
        return ArticleShown(
            **{name: getattr(edition.article, name) for name in _SHOWN},
            version=edition.version,
            latest=edition.latest,
            updated=edition.since,
            superseded=edition.until,
            correction=correction(edition.article),
            also=[CopyShown.model_validate(copy, from_attributes=True) for copy in library.copies(article_id)],
        )

    return router


async def _told(answers: AsyncIterator[Answer], request_id: str) -> AsyncIterator[str]:
    """The events of an answer. What goes wrong on the way is an event too: the status has been sent long ago."""
    answer: Answer | None = None
    try:
        async for answer in answers:
            yield event("answer", answer.to_dict())
    except CitewireError as error:
        _, code = status_of(error)
        yield event("error", problem(code, str(error), request_id))
    except Exception:  # noqa: BLE001 - logged; the one who asks must not wait for ever
        _log.exception("Request %s failed while it was answered.", request_id)
        yield event("error", problem("internal", f"Something went wrong. Request id {request_id}.", request_id))
    else:
        yield event("done", answer.to_dict() if answer else None)


def _health(readiness: Readiness) -> APIRouter:
    router = APIRouter(prefix="/health")

    @router.get("/live", summary="Is the process alive?")
    async def live() -> dict[str, bool]:
        return {"live": True}

    @router.get("/ready", response_model=Ready, responses={503: {"model": NotReady}}, summary="Are questions answered?")
    def ready() -> Ready | JSONResponse:
        try:
            library = readiness.assistant().library
        except NotReadyError as error:
            return JSONResponse({"ready": False, "reason": str(error)}, 503, {"Retry-After": "2"})
        return Ready(ready=True, articles=len(library.entries()), passages=len(library))

    return router


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(CitewireError)
    async def known(request: Request, error: CitewireError) -> Response:
        status, code = status_of(error)
        headers = {"Retry-After": "2"} if status == 503 else None
        return error_response(status, code, str(error), request.state.request_id, headers)

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
