"""What goes wrong at a provider, in our words. Theirs may hold the key, and differ; their classes are known by name."""

import contextlib
from typing import Any

from qa.errors import ModelError

_EXTRAS = ("anthropic", "local", "ollama", "openai")
_BY_NAME = {
    "AuthenticationError": 401,
    "PermissionDeniedError": 403,
    "NotFoundError": 404,
    "RateLimitError": 429,
    "InternalServerError": 500,
}
_TIMED_OUT = {"TimeoutError", "APITimeoutError", "TimeoutException", "StreamChunkTimeoutError"}
_UNREACHABLE = {"APIConnectionError", "ConnectError", "ConnectionError", "NetworkError", "ProtocolError"}


def missing_package(name: str) -> ModelError:
    """The package for a model's provider is not installed."""
    provider = name.partition(":")[0]
    extra = f"pip install 'citewire[{provider}]'" if provider in _EXTRAS else f"pip install langchain-{provider}"
    return ModelError(f"The package for {provider} models is not installed: {extra}")


def translated(error: Exception, name: str, patience: float) -> ModelError:
    """Any error of a provider's package as a ModelError.

    Args:
        error: whatever was raised.
        name: of the model, provider:name.
        patience: seconds that were waited.
    """
    names = {kind.__name__ for kind in type(error).__mro__}
    status = _status(error, names)
    if status:
        return _refused(status, error, name)
    if names & _TIMED_OUT:
        return ModelError(f"The model {name} did not answer within {patience:g} seconds.")
    if names & _UNREACHABLE:
        return ModelError(f"The model {name} cannot be reached. Is its server running?", passing=True)
    if "key" in str(error).lower():  # as each of them says before it has asked anybody
        return ModelError(f"The model {name} wants a key: set CITEWIRE_MODEL_KEY.")
    if isinstance(error, ValueError) and "provider" in str(error):
        return ModelError(f"The provider of {name} is not known. There are: {', '.join(_EXTRAS)}.")
    return ModelError(f"The model {name} failed ({type(error).__name__}).")


def _status(error: Exception, names: set[str]) -> int:
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and status > 0:
        return status
    return next((status for kind, status in _BY_NAME.items() if kind in names), 0)


def _refused(status: int, error: Exception, name: str) -> ModelError:
    if status == 401:
        return ModelError(f"The provider of {name} refuses the key. Check CITEWIRE_MODEL_KEY.")
    if status == 403:
        return ModelError(f"The key may not use the model {name}.")
    if status == 404:
        return ModelError(f"There is no model {name} there. Check CITEWIRE_MODEL and CITEWIRE_MODEL_URL.")
    if status == 429:
        message = f"The provider of {name} takes no more questions at the moment. Try again later."
        return ModelError(message, passing=True, wait=_wait(error))
    if status >= 500:
        return ModelError(f"The provider of {name} has a problem of its own ({status}).", passing=True)
    return ModelError(f"The provider of {name} refused the request ({status}).")


def _wait(error: Exception) -> float:
    response: Any = getattr(error, "response", None)
    with contextlib.suppress(AttributeError, TypeError, ValueError):
        return float(response.headers.get("retry-after", 0))
    return 0.0
