"""Asking a running server, as `citewire ask` does when a server owns the library."""

from typing import Any

import httpx2

from ingest import CitewireError

_PATIENCE = 60.0  # seconds; a question takes a tenth of one, a server that is starting takes several


class ServerUnreachableError(CitewireError):
    """The server that owns the library does not answer, or refuses."""


def ask_server(url: str, question: str) -> dict[str, Any]:
    """The answer of the server at `url`, as `Answer.to_dict` gives it.

    Raises:
        ServerUnreachableError: it cannot be reached, or it refused; its own message then.
    """
    try:
        # trust_env: a proxy for the outside world must not get the question
        response = httpx2.post(f"{url}/api/ask", json={"question": question}, timeout=_PATIENCE, trust_env=False)
        body: dict[str, Any] = response.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise ServerUnreachableError(
            f"The server at {url} owns the library and does not answer ({type(error).__name__}): restart or stop it."
        ) from error
    if response.is_error:
        raise ServerUnreachableError(
            str(body.get("error", {}).get("message", f"The server answered {response.status_code}."))
        )
    return body
