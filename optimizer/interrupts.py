"""Ctrl-C and requests to end: one mechanism, from the first import to the last file written.

A signal means something else at each stage of a computation:

- nothing is known yet, or nothing here asks: leave at once (:meth:`Interrupts.at_once`);
- a search runs: the first is a wish, which the search asks for; the next one leaves it
  (:meth:`Interrupts.asking`);
- a plan is known and being finished or written: it is only noted (:meth:`Interrupts.kept`).
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import Enum
from types import FrameType, TracebackType
from typing import Self

__all__ = ["ENDINGS", "Interrupts"]

ENDINGS = tuple(
    signal.Signals[name]
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if name in signal.Signals.__members__
)
"""Ctrl-C, a polite request to end, and the loss of the terminal, where the system has them."""


class _Stage(Enum):
    AT_ONCE = "at once"
    ASKING = "asking"
    KEPT = "kept"


WORDS = {
    _Stage.ASKING: "stopping: the best plan so far is kept; once more to stop at once",
    _Stage.KEPT: "a moment: the plan is being finished",
}


class Interrupts:
    """Listens to signals inside its context, in the main thread; a context within it is itself.

    Parameters
    ----------
    signals : sequence of signal numbers
        Ctrl-C by default, all that a library may take; signals that are ignored stay ignored.
    tell : callable, optional
        Called with a line for the person who pressed Ctrl-C.

    Examples
    --------
    >>> with Interrupts() as interrupts, interrupts.asking():
    ...     signal.raise_signal(signal.SIGINT)
    ...     interrupts.asked
    1
    """

    def __init__(
        self,
        signals: Sequence[signal.Signals] = (signal.SIGINT,),
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.asked = 0
        self._signals, self._tell = signals, tell
        self._stage = _Stage.AT_ONCE
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        """Listen, or return those who listen already."""
        if threading.current_thread() is not threading.main_thread():
            return self
        outer = signal.getsignal(signal.SIGINT)
        if isinstance(outer, type(self)):
            return outer
        for number in self._signals:
            before = signal.getsignal(number)
            if before is not signal.SIG_IGN:
                self._before[number] = before
                signal.signal(number, self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the signals back to those who had them."""
        for number, before in self._before.items():
            signal.signal(number, before)  # type: ignore[arg-type]
        self._before = {}

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Take one signal."""
        del number, frame
        self.asked += 1
        if self._stage is _Stage.AT_ONCE or (self._stage is _Stage.ASKING and self.asked > 1):
            raise KeyboardInterrupt
        if self._tell is not None:
            self._tell(WORDS[self._stage])

    def at_once(self) -> AbstractContextManager[None]:
        """Raise ``KeyboardInterrupt`` at every signal: nothing in this context asks."""
        return self._while(_Stage.AT_ONCE)

    def asking(self) -> AbstractContextManager[None]:
        """Note the first signal in ``asked``; raise ``KeyboardInterrupt`` at the next."""
        return self._while(_Stage.ASKING)

    def kept(self) -> AbstractContextManager[None]:
        """Only note signals: what is done in this context may not be lost."""
        return self._while(_Stage.KEPT)

    @contextmanager
    def _while(self, stage: _Stage) -> Iterator[None]:
        before, self._stage = self._stage, stage
        try:
            yield
        finally:
            self._stage = before
