"""The JSON API: ask, the articles, and whether the server is ready."""

from http import HTTPStatus
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, FastAPI, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match

from ingest import ArticleNotFoundError, CitewireError, correction
from qa import Answer, QuestionError
from ui.errors import BusyError, NotReadyError
from ui.guard import error_response
from ui.readiness import Readiness

_AT_ONCE = 4  # questions answered at the same time
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_SHOWN = ("id", "title", "publisher", "published", "language", "author", "url", "text")  # of an article
_WAITING = 32  # questions that may wait; more are sent away
_STATUS: dict[type[CitewireError], tuple[int, str]] = {
    QuestionError: (422, "question"),
    ArticleNotFoundError: (404, "not_found"),
    NotReadyError: (503, "not_ready"),
    BusyError: (503, "busy"),
}


class Question(BaseModel):
    """What is asked."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(description="The question, in words.", examples=["Why did Japan drop co-sponsorship?"])


class CopyShown(BaseModel):
    """Another article that tells the same story in nearly the same words."""

    article_id: str
    title: str
    publisher: str | None
    published: str | None
    url: str | None


class CitationShown(BaseModel):
    """An exact quote and the place where it stands."""

    number: int
    article_id: str
    title: str
    publisher: str | None
    published: str | None
    url: str | None
    quote: str
    start: int = Field(description="Offset of the quote in the article's text, in Unicode code points.")
    end: int
    verified: bool = Field(description="The quote was compared with the stored text.")
    version: int = Field(description="Of the article. A changed text is the next one.")
    updated: str | None = Field(description="When this version's text came to be, where that is later than published.")
    correction: str | None = Field(description="The article's own correction notices.")
    also: list[CopyShown] = Field(description="Copies of the article, the earliest first. They confirm nothing.")


class AnswerShown(BaseModel):
    """What the articles say, or (found is false) that they do not say."""

    question: str
    searched_for: str
    found: bool
    text: str
    short: str
    confidence: float
    citations: list[CitationShown]
    conflicts: list[tuple[int, int]]
    nearest: list[CitationShown]
    reason: str = Field(description='When nothing was found: "nothing near" or "near, but not answering"; else empty.')
    took_ms: float


class ArticleListed(BaseModel):
    """An article without its text."""

    id: str
    title: str
    publisher: str | None
    published: str | None
    language: str | None


class ArticleShown(ArticleListed):
    """An article with its text."""

    author: str | None
    url: str | None
    text: str
    version: int
    latest: int = Field(description="The number of the version that stands now.")
    updated: str | None
    superseded: str | None = Field(description="When the next version took its place; null for the latest.")
    correction: str | None = Field(description="The article's own correction notices.")
    also: list[CopyShown]


class Problem(BaseModel):
    """What went wrong."""

    type: str
    message: str = Field(description="A sentence for people.")
    request_id: str


class ErrorShown(BaseModel):
    """The shape of every error."""

    error: Problem


class Ready(BaseModel):
    """How much there is to answer from."""

    ready: bool
    articles: int
    passages: int


class NotReady(BaseModel):
    """Why no questions are answered."""

    ready: bool
    reason: str


def add_api(app: FastAPI, readiness: Readiness) -> None:
    """Add the API's routes and the shape of its errors to an app."""
    _add_errors(app)
    app.include_router(_health(readiness))
    api = _api(readiness)
    app.include_router(api)

    @app.api_route("/api/{rest:path}", methods=_METHODS, include_in_schema=False)
    def nothing_here(request: Request) -> Response:
        # The chat is mounted at "/" and would answer for whatever is not ours.
        there = [route for route in api.routes if route.matches(request.scope)[0] is Match.PARTIAL]
        allowed = {method for route in there if isinstance(route, APIRoute) for method in route.methods or ()}
        if allowed:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})
        raise HTTPException(404)


def _api(readiness: Readiness) -> APIRouter:
    router = APIRouter(prefix="/api", responses={code: {"model": ErrorShown} for code in (404, 422, 500, 503)})
    limiter = CapacityLimiter(_AT_ONCE)

    @router.post("/ask", response_model=AnswerShown, summary="Ask the articles")
    async def ask(body: Question) -> JSONResponse:
        """The answer with its citations. found=false says that the articles do not say; it is not an error."""
        assistant = readiness.assistant()
        if limiter.statistics().tasks_waiting >= _WAITING:
            raise BusyError("Too many questions are waiting. Try again in a few seconds.")
        answer: Answer = await to_thread.run_sync(assistant.ask, body.question, limiter=limiter)
        return JSONResponse(answer.to_dict())

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
        status, kind = next((found for cls, found in _STATUS.items() if isinstance(error, cls)), (503, "library"))
        headers = {"Retry-After": "2"} if status == 503 else None
        return error_response(status, kind, str(error), request.state.request_id, headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"] if part != "body") or "The body"
        return error_response(422, "invalid", f"{where}: {problem['msg']}.", request.state.request_id)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        phrase = HTTPStatus(error.status_code).phrase
        kind = phrase.lower().replace(" ", "_")
        message = "There is nothing here." if error.status_code == 404 else f"{phrase}."
        return error_response(error.status_code, kind, message, request.state.request_id, dict(error.headers or {}))
