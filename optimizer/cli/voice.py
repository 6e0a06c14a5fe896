"""What the commands say while they work: on standard error, and at least every few seconds."""

from __future__ import annotations

import _thread
import threading
import time
from collections.abc import Callable
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Voice"]

SILENCE_SECONDS = 4.0


def _nothing() -> str:
    return "stopped before any plan was found"


class Voice:
    """Speaks on standard error, and says that it still works where nothing else is said.

    A screen that is gone or full never ends a computation.

    Parameters
    ----------
    doing : str
        What is being done, in a planner's words.
    time_limit : float, optional
        Seconds after which the command is stopped, as Ctrl-C would; nothing that is being written
        is lost.

    Attributes
    ----------
    at_stop : callable
        Called when Ctrl-C ends the command: keeps what is known, and says where it is.
    """

    def __init__(self, doing: str = "working", *, time_limit: float | None = None) -> None:
        self.doing, self._limit = doing, time_limit
        self.at_stop: Callable[[], str] = _nothing
        self.live = False
        self._begin = self._last = time.monotonic()
        self._over = threading.Event()
        self._beat = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        """Begin to watch for silence."""
        self._beat.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop watching."""
        self._over.set()

    @property
    def seconds(self) -> float:
        """Seconds since the command began."""
        return time.monotonic() - self._begin

    def say(self, line: str) -> None:
        """Say one line, as it is."""
        self._last = time.monotonic()
        try:
            self.console.print(line, markup=False)
        except OSError:
            self.console.quiet = True

    @cached_property
    def console(self) -> Console:
        """Where it is said; made when something is."""
        from rich.console import Console  # slow to load

        return Console(stderr=True, highlight=False, soft_wrap=True)

    @property
    def late(self) -> bool:
        """Whether the time limit is over."""
        return self._limit is not None and self.seconds >= self._limit

    def does(self, words: str) -> None:
        """Take what is being done now; it is said where nothing else is."""
        self.doing = words

    def _watch(self) -> None:
        stopped = False
        while not self._over.wait(0.2):
            if self.late and not stopped:
                stopped = True
                _thread.interrupt_main()
            if not self.live and time.monotonic() - self._last >= SILENCE_SECONDS:
                self.say(f"{self.seconds:7.1f} s  {self.doing}")
