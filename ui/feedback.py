"""What readers say of answers: kept beside the library, one JSON object a line, for whoever runs the server."""

import json
import os
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from ingest import sentences
from ui.errors import FeedbackError
from ui.shapes import EXAMPLE

_TELLING = 20  # characters; a shorter sentence stands in many an answer
_Text = Annotated[str, Field(max_length=10_000)]


class Opinion(BaseModel):
    """What a reader says of an answer."""

    model_config = ConfigDict(extra="forbid")

    question: _Text = Field(examples=[EXAMPLE])
    answer: _Text = Field(default="", description="The answer's text, as it was shown.")
    verdict: Literal["good", "bad"]
    reason: Literal["wrong source", "out of date", "incomplete", "other"] | None = None
    comment: _Text = ""


class Stored(BaseModel):
    """It was kept."""

    stored: bool


def beside(library: Path, name: str) -> Path:
    """A file or folder of the server's own, beside the library that it serves."""
    place = library.expanduser().absolute()
    return place.with_name(f"{place.name}.{name}")


class Feedback:
    """The file of opinions.

    Args:
        path: where it is; made with the first opinion.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def add(self, opinion: Opinion) -> None:
        """Keep an opinion.

        Raises:
            FeedbackError: it cannot be written; what was kept before is intact.
        """
        line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), **opinion.model_dump()}) + "\n"
        with self._lock:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.touch()
                before = self._path.stat().st_size
                try:
                    with self._path.open("ab") as file:
                        file.write(line.encode())
                except OSError:
                    os.truncate(self._path, before)  # half a line would spoil the next; while open, it would be retried
                    raise
            except OSError as error:
                raise FeedbackError(f"The opinion could not be kept ({error.strerror}). Try again later.") from None

    def forget(self, texts: Sequence[str]) -> int:
        """Remove the opinions that quote one of these texts, by a sentence or more; how many there were.

        Raises:
            FeedbackError: they cannot be removed.
        """
        said = {_folded(text[start:end]) for text in texts for start, end in sentences(text)}
        telling = [sentence for sentence in said if len(sentence) >= _TELLING]
        with self._lock:
            kept = list(self.lines())
            left = [line for line in kept if not _quotes(line, telling)]
            if len(left) < len(kept):
                part = self._path.with_name(f"{self._path.name}.part")
                try:
                    part.write_text("".join(left), "utf-8")
                    part.replace(self._path)
                except OSError as error:
                    reason = f"The article is forgotten, but opinions that quote it are not ({error.strerror})"
                    raise FeedbackError(f"{reason}: remove them from {self._path}.") from None
        return len(kept) - len(left)

    def lines(self) -> Iterator[str]:
        """Each opinion as a line of JSON, the oldest first."""
        if self._path.exists():
            with self._path.open(encoding="utf-8") as file:
                yield from file


def _quotes(line: str, sentences_said: Sequence[str]) -> bool:
    try:
        opinion = json.loads(line)
    except ValueError:  # half a line, of a machine that went down
        opinion = {"comment": line}
    words = _folded(" ".join(str(opinion.get(key, "")) for key in ("question", "answer", "comment")))
    return any(sentence in words for sentence in sentences_said)


def _folded(text: str) -> str:
    return " ".join(text.split())


def router(feedback: Feedback) -> APIRouter:
    """The routes below /feedback."""
    routes = APIRouter(prefix="/feedback", tags=["Feedback"])

    @routes.post("", status_code=201, summary="Say what you think of an answer")
    def say(opinion: Opinion) -> Stored:
        """Kept for whoever runs the server."""
        feedback.add(opinion)
        return Stored(stored=True)

    @routes.get("", response_class=StreamingResponse, status_code=200, summary="Export what was said")
    def export() -> StreamingResponse:
        """One JSON object a line, the oldest first. Needs the scope admin."""
        headers = {"Content-Disposition": 'attachment; filename="feedback.jsonl"'}
        return StreamingResponse(feedback.lines(), media_type="application/x-ndjson", headers=headers)

    return routes
