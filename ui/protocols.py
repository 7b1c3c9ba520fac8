"""The protocol of OpenAI's chat completions: the archive as a model, for whatever speaks to models."""

import time
import uuid
from collections.abc import AsyncIterator
from typing import Any, Literal

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from qa import Answer, Turn
from ui import wording
from ui.asking import Asking
from ui.errors import problem_of
from ui.shapes import ERRORS, EXAMPLE, Visible
from ui.sse import EventStream, event, events

MODEL = "citewire"


class Part(BaseModel):
    """A part of a message; only its text counts."""

    type: str
    text: str = ""


class Message(BaseModel):
    """One turn of a conversation."""

    role: str = Field(examples=["user"])
    content: str | list[Part] | None = Field(default=None, examples=[EXAMPLE])

    @property
    def words(self) -> str:
        """What is said in it."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class Completion(BaseModel):
    """What is asked. Settings of language models (temperature and so on) are accepted and change nothing."""

    model_config = ConfigDict(extra="ignore")

    model: Literal["citewire"] = "citewire"
    messages: list[Message] = Field(min_length=1, max_length=500)
    stream: bool = False

    @property
    def asked(self) -> tuple[str, list[Turn]]:
        """The last message of the user, and the turns before it."""
        turns: list[Turn] = []
        for message in self.messages:
            if message.role == "user":
                turns.append(Turn(message.words))
            elif message.role == "assistant" and turns and not turns[-1].answer:
                turns[-1] = Turn(turns[-1].question, message.words)
        return (turns[-1].question, turns[:-1]) if turns else ("", [])


def add_protocols(app: FastAPI, asking: Asking) -> None:
    """Add /v1/models and /v1/chat/completions to an app."""
    router = APIRouter(prefix="/v1", tags=["OpenAI-compatible"], responses=ERRORS)

    @router.get("/models", summary="List the models")
    def models() -> dict[str, Any]:
        """There is one: the archive."""
        return {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "citewire"}]}

    @router.post(
        "/chat/completions", response_model=None, responses=events("data: [DONE]\n\n"), summary="Complete a chat"
    )
    async def complete(body: Completion, request: Request, within: Visible) -> Response:
        """Answers the last message of the user. The citations stand in the text and in a field `citations`.

        A follow-up is made to stand alone from the turns before it. Instructions of the system cannot change what the
        articles say.
        """
        question, history = body.asked
        request_id = request.state.request_id
        if body.stream:
            answers = asking.stream(question, within, history, request_id=request_id)
            return EventStream(_chunks(answers, request_id, writes=asking.writes))
        answer = await asking.ask(question, within, history, request_id=request_id)
        tokens = answer.prose.tokens if answer.prose else 0
        usage = {"prompt_tokens": 0, "completion_tokens": tokens, "total_tokens": tokens}
        message = {"role": "assistant", "content": wording.markdown(answer)}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return JSONResponse(_envelope("chat.completion", [choice], usage=usage, citations=_citations(answer)))

    app.include_router(router)


async def _chunks(answers: AsyncIterator[Answer], request_id: str, *, writes: bool) -> AsyncIterator[str]:
    """The answer's sentences one by one, then its sources, then the end; with a model that writes, its sentences."""
    begun = _envelope("chat.completion.chunk", [])
    sent = ""

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return event(None, {**begun, "choices": [choice], **more})

    yield chunk({"role": "assistant", "content": ""})
    answer: Answer | None = None
    try:
        async for answer in answers:
            text = wording.markdown_text(answer)
            said = answer.prose.text if answer.prose else not writes
            if answer.found and said and text.startswith(sent):
                yield chunk({"content": text[len(sent) :]})
                sent = text
    except Exception as error:  # noqa: BLE001 - logged; the one who asks must not wait for ever
        yield event(None, problem_of(error, request_id))
        return
    if answer is not None:
        whole = wording.markdown(answer)
        yield chunk({"content": whole.removeprefix(sent) if whole.startswith(sent) else f"\n\n{whole}"})
        yield chunk({}, "stop", citations=_citations(answer))
    yield "data: [DONE]\n\n"


def _citations(answer: Answer) -> list[dict[str, Any]]:
    citations: list[dict[str, Any]] = answer.to_dict()["citations"]
    return citations


def _envelope(kind: str, choices: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": kind,
        "created": int(time.time()),
        "model": MODEL,
        "choices": choices,
        **more,
    }
