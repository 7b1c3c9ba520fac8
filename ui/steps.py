"""An answer that grows in other threads, and can be left at any moment."""

import threading
from collections.abc import Generator

from qa import Answer


class Steps:
    """Takes an answer's steps one at a time, in whichever thread.

    Args:
        answers: as `Assistant.stream` gives them; closed when somebody leaves, which ends the request to a model.
    """

    def __init__(self, answers: Generator[Answer]) -> None:
        self._answers = answers
        self._running = threading.Lock()
        self._left = False

    def next(self) -> Answer | None:
        """The answer as it is after one more step; None when there is none."""
        with self._running:
            answer = next(self._answers, None)
        if self._left:
            self.close()
        return answer

    def close(self) -> None:
        """Leave, without waiting: a step that is under way, which nothing can stop, is the last one."""
        self._left = True
        if self._running.acquire(blocking=False):  # else the thread of that step comes here after it
            try:
                self._answers.close()
            finally:
                self._running.release()
