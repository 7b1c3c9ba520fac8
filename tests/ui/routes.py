"""Every route that an app has, for what must hold on all of them."""

import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

# What stands for each parameter of a path. One that is not here fails: whoever adds a route says what it takes.
FILLED = {
    "api_name": "ask", "article_id": "one", "component_id": "1", "environment": "client", "event_id": "none",
    "ext": "ts", "file_name": "x.js", "id": "none", "job_id": "none", "key": "none", "path": "none", "path_or_url": "x",
    "rest": "nothing", "run": "1", "segment_id": "1", "session_hash": "none", "size": "1", "type": "component",
    "url_path": "x",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A route and what it takes: the names of parameters in its path, in its query and in its JSON body."""

    method: str
    template: str
    in_path: tuple[str, ...]
    in_query: tuple[str, ...]
    in_body: tuple[str, ...]

    def path(self, **values: str) -> str:
        """The path, with these values and the usual ones."""
        path = self.template
        for name in self.in_path:
            for written in (f"{{{name}}}", f"{{{name}:path}}"):
                path = path.replace(written, {**FILLED, **values}[name])
        return path


def every(app: FastAPI) -> list[Asked]:
    """The routes of an app, those of what is mounted and included in it too."""
    found = list(_walked(app.routes, ""))
    assert {"/api/ask", "/mcp", "/widget.js", "/gradio_api/queue/join"} <= {asked.template for asked in found}
    return found


def _walked(routes: Sequence[BaseRoute], prefix: str) -> Iterator[Asked]:
    for context in iter_route_contexts(routes):
        route = context.original_route
        if isinstance(route, Mount):
            if isinstance(route.app, StaticFiles):
                yield Asked("GET", f"{prefix}{route.path}/{{path:path}}", ("path",), (), ())
            else:
                assert route.routes, f"{route} is mounted, and nobody knows what is in it"
                yield from _walked(route.routes, prefix + route.path)
            continue
        assert isinstance(route, Route), f"{route} is a kind of route that is not walked"
        for method in sorted(context.methods or {"GET", "POST", "DELETE"}):
            query, body = _taken(route) if isinstance(route, APIRoute) else ((), ())
            yield Asked(method, prefix + (context.path or ""), tuple(route.param_convertors), query, body)


def _taken(route: APIRoute) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names in the query and in the body of a request."""
    kinds = [kind for part in route.dependant.body_params for kind in _models(part.field_info.annotation)]
    fields = [name for kind in kinds for name in kind.model_fields]
    return tuple(part.name for part in route.dependant.query_params), tuple(fields)


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in typing.get_args(annotation):
        yield from _models(part)
