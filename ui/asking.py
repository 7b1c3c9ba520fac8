"""Asking from the server: a few questions at a time, a queue that ends, and work that stops with its asker."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from ingest import Hit, Within
from ingest.within import EVERYTHING
from qa import Answer, Assistant, Turn
from qa.question import checked
from ui.errors import BusyError
from ui.logs import log_question
from ui.readiness import Readiness
from ui.steps import Steps

_AT_ONCE = 4  # questions answered at the same time
_WAITING = 32  # questions that may wait; more are sent away
_T = TypeVar("_T")


class Asking:
    """What the chat and every protocol of the server ask through: one queue, one count, one log of what is asked.

    Args:
        readiness: gives the assistant once there is one.
    """

    def __init__(self, readiness: Readiness) -> None:
        self._readiness = readiness
        self._limiter = CapacityLimiter(_AT_ONCE)
        self._begun = CapacityLimiter(_AT_ONCE)  # an answer that has begun to grow does not queue again for each step
        self.running = 0

    @property
    def waiting(self) -> int:
        """How many questions wait for their turn."""
        return self._limiter.statistics().tasks_waiting

    @property
    def writes(self) -> bool:
        """Whether a chat model writes prose from the quotes.

        Raises:
            NotReadyError: the library is not open.
        """
        return self._readiness.assistant().writes

    def _admitted(self) -> Assistant:
        """The assistant, if there is a place in the queue.

        Raises:
            BusyError: too many questions wait already.
            NotReadyError: the library is not open.
        """
        assistant = self._readiness.assistant()
        if self.waiting >= _WAITING:
            raise BusyError("Too many questions are waiting. Try again in a few seconds.")
        return assistant

    async def ask(
        self, question: str, within: Within = EVERYTHING, history: Sequence[Turn] = (), *, request_id: str
    ) -> Answer:
        """The whole answer.

        Args:
            question, within, history: as `Assistant.ask` takes them.
            request_id: under which the question is logged, where the settings want that.

        Raises:
            BusyError: too many questions wait already.
            NotReadyError: the library is not open.
            CitewireError: what the assistant raises.
        """
        *_, last = [answer async for answer in self.stream(question, within, history, request_id=request_id)]
        return last

    async def search(self, question: str, limit: int, within: Within = EVERYTHING) -> list[Hit]:
        """Passages, best first.

        Raises:
            BusyError: too many questions wait already.
            NotReadyError: the library is not open.
        """
        search = partial(self._admitted().library.search, question, limit, within)
        return await _in_turn(search, self._limiter)

    def stream(
        self, question: str, within: Within = EVERYTHING, history: Sequence[Turn] = (), *, request_id: str
    ) -> AsyncIterator[Answer]:
        """The answer as it grows. What can be refused is refused by this call, before anything is sent.

        When the one who asks goes away, a question that waits is never begun, and one being answered stops after
        its present step.

        Args:
            question, within, history, request_id: as `ask` takes them.

        Raises:
            QuestionError: the question is empty or too long.
            BusyError: too many questions wait already.
            NotReadyError: the library is not open.
            CitewireError: what the assistant raises, while the answer grows.
        """
        log_question(request_id, question)
        assistant = self._admitted()
        checked(question)
        return self._growing(Steps(assistant.stream(question, within, history)))

    async def _growing(self, steps: Steps) -> AsyncIterator[Answer]:
        limiter, told = self._limiter, None
        self.running += 1
        try:
            while (answer := await _in_turn(steps.next, limiter)) is not None:
                if answer != told:  # while a model is silent, the same comes again
                    yield answer
                limiter, told = self._begun, answer
        finally:
            self.running -= 1
            steps.close()


async def _in_turn(work: Callable[[], _T], turns: CapacityLimiter) -> _T:
    """What work gives, done in a thread when its turn has come.

    Whoever leaves while it waits gives up the turn; once it has begun, the turn is over when the thread is through,
    whoever has left: nothing can stop a thread.
    """
    turn = object()
    await turns.acquire_on_behalf_of(turn)
    working = asyncio.ensure_future(to_thread.run_sync(work))
    working.add_done_callback(lambda _: turns.release_on_behalf_of(turn))
    return await asyncio.shield(working)
