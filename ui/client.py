"""A client of a remote server: the same questions, the same answers as from an assistant in this process."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from types import TracebackType
from typing import Any, Self

import httpx2

from ingest import Article, ArticleNotFoundError, CitewireError, Copy
from qa import Answer, Citation, Prose, QuestionError, Sentence, Turn

_PATIENCE = 60.0  # seconds; a question takes a tenth of one, a server that is starting takes several
_TURNS = 20  # of a conversation that are sent, the latest
_KINDS: dict[str, type[CitewireError]] = {"question": QuestionError}


class ServerUnreachableError(CitewireError):
    """The server does not answer, or refuses; the message is its own where it gave one."""


class Client:
    """Asks a server.

        with Client("https://ask.example.org", key="cw_...") as client:
            answer = client.ask("Why did Japan drop co-sponsorship?")
            print(answer.text, answer.citations[0].quote)

    Args:
        url: the server's address.
        key: an API key or a signed token, where the server wants one.
        timeout: seconds that it may be silent.
    """

    def __init__(self, url: str, key: str | None = None, timeout: float = _PATIENCE) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._url = url.rstrip("/")
        # trust_env: a proxy for the outside world must not get the question
        self._http = httpx2.Client(base_url=self._url, headers=headers, timeout=timeout, trust_env=False)

    def ask(self, question: str, filters: Mapping[str, Any] | None = None, history: Sequence[Turn] = ()) -> Answer:
        """What the articles on the server say to a question.

        Args:
            question: in words.
            filters: as `POST /api/ask` takes them: publishers, tags, since, until, url.
            history: the turns before, the oldest first.

        Raises:
            QuestionError: the question is empty or too long.
            ServerUnreachableError: the server cannot be reached, or refused.
        """
        return _answer(self._request("POST", "/api/ask", json=_body(question, filters, history)))

    def stream(
        self, question: str, filters: Mapping[str, Any] | None = None, history: Sequence[Turn] = ()
    ) -> Iterator[Answer]:
        """The answer as it grows; the last one is what `ask` returns, and the errors are the same."""
        body = _body(question, filters, history)
        try:
            with self._http.stream("POST", "/api/ask/stream", json=body) as response:
                if response.is_error:
                    response.read()
                    raise self._refused(response)
                yield from _growing(response.iter_lines())
        except httpx2.HTTPError as error:
            raise self._unreachable(error) from error

    def article(self, article_id: str) -> Article:
        """An article with its text; where on the server it was read from stays there.

        Raises:
            ArticleNotFoundError: there is none that you may see.
            ServerUnreachableError: the server cannot be reached, or refused.
        """
        found = self._request("GET", f"/api/articles/{article_id}")
        return Article(source=f"{self._url}/api/articles/{article_id}", **_known(Article, found))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _request(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            response = self._http.request(method, path, **more)
            if response.is_error:
                raise self._refused(response)
            body: dict[str, Any] = response.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise self._unreachable(error) from error
        return body

    def _refused(self, response: httpx2.Response) -> CitewireError:
        try:
            error = _error(response.json()["error"])
        except (ValueError, KeyError, TypeError):  # a proxy's page, or somebody else's JSON
            return ServerUnreachableError(f"{self._url} answered {response.status_code}. Is it a Citewire server?")
        if response.status_code == 404 and "/articles/" in str(response.url):
            return ArticleNotFoundError(str(error))
        return error

    def _unreachable(self, error: Exception) -> ServerUnreachableError:
        return ServerUnreachableError(f"{self._url} does not answer ({type(error).__name__}). Is the server running?")


def _body(question: str, filters: Mapping[str, Any] | None, history: Sequence[Turn]) -> dict[str, Any]:
    turns = [asdict(turn) for turn in history[-_TURNS:]]
    return {"question": question, "filters": dict(filters or {}), "history": turns}


def _growing(lines: Iterator[str]) -> Iterator[Answer]:
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            data = json.loads(line.removeprefix("data: "))
            if name == "error":
                raise _error(data["error"])
            if name == "answer":  # `done` repeats the last one
                yield _answer(data)
            else:
                return
    raise ServerUnreachableError("The server broke off in the middle of an answer.")


def _error(problem: Mapping[str, str]) -> CitewireError:
    return _KINDS.get(problem["code"], ServerUnreachableError)(problem["message"])


def _answer(body: Mapping[str, Any]) -> Answer:
    values = _known(Answer, body)
    for name in ("citations", "nearest"):
        values[name] = tuple(_citation(citation) for citation in body[name])
    values["notes"] = tuple(body.get("notes", ()))
    values["conflicts"] = tuple(tuple(pair) for pair in body["conflicts"])
    values["prose"] = _prose(body["prose"]) if body.get("prose") else None
    return Answer(**values)


def _prose(body: Mapping[str, Any]) -> Prose:
    values = _known(Prose, body)
    values["sentences"] = tuple(
        Sentence(**_known(Sentence, sentence) | {"citations": tuple(sentence["citations"])})
        for sentence in body["sentences"]
    )
    return Prose(**values)


def _citation(body: Mapping[str, Any]) -> Citation:
    values = _known(Citation, body)
    values["also"] = tuple(Copy(**_known(Copy, copy)) for copy in body["also"])
    return Citation(**values)


def _known(kind: type[Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """What this release knows of a value; a newer server may say more."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in body.items() if name in names}
