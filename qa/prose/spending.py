"""Tokens that a chat model used today, kept beside the library so that a restart does not forget them."""

import json
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from qa.errors import ModelError


class Spending:
    """Counts tokens by the day (UTC).

    Args:
        file: where they are kept.
        limit: tokens a day; None for no limit.
        today: the day, as ISO writes it.
    """

    def __init__(
        self, file: Path, limit: int | None = None, today: Callable[[], str] = lambda: f"{datetime.now(UTC):%Y-%m-%d}"
    ) -> None:
        self._file = file
        self._limit = limit
        self._today = today
        self._lock = threading.Lock()

    @property
    def used(self) -> int:
        """Tokens used today."""
        try:
            kept = json.loads(self._file.read_text("utf-8"))
            return int(kept["tokens"]) if kept["day"] == self._today() else 0
        except (OSError, ValueError, KeyError, TypeError):  # none yet, or not ours: nothing is known of today
            return 0

    def check(self) -> None:
        """Whether the model may be asked.

        Raises:
            ModelError: the day's limit is used up.
        """
        if self._limit is not None and self.used >= self._limit:
            raise ModelError(f"Today’s {self._limit:,} tokens for the model are used up.")

    def add(self, tokens: int) -> None:
        """Count tokens. Where the disk does not take them, they are not counted: an answer is worth more."""
        with self._lock:
            text = json.dumps({"day": self._today(), "tokens": self.used + tokens})
            draft = self._file.with_suffix(".new")
            try:
                draft.write_text(text, "utf-8")
                os.replace(draft, self._file)  # noqa: PTH105 - atomic, as its name says
            except OSError:
                draft.unlink(missing_ok=True)
