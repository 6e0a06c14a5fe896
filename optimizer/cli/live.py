"""Progress of one search: best plan, proven bound, gap."""

from __future__ import annotations

import math
from types import TracebackType
from typing import Self

from rich.live import Live
from rich.text import Text

from optimizer.cli.voice import Voice
from optimizer.solving.options import Progress

__all__ = ["LiveProgress"]

LEAST_SECONDS = 2.0


class LiveProgress:
    """Shows progress: one line that changes on a terminal, a line now and then elsewhere.

    Parameters
    ----------
    voice : Voice
        Where it is said.
    currency : str
        Shown after amounts.
    """

    def __init__(self, voice: Voice, currency: str) -> None:
        self._voice, self._currency = voice, currency
        self._live: Live | None = None
        self._progress = Progress(0.0, "reading the data", math.inf, -math.inf)
        self._told = self._progress

    def __enter__(self) -> Self:
        """Begin to show progress."""
        self._voice.doing = "looking for the best plan, or for what stands in its way"
        if self._voice.console.is_terminal:
            self._live = Live(
                get_renderable=self._line, console=self._voice.console, refresh_per_second=4
            )
            self._live.start()
            self._voice.live = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the last line on the screen."""
        if self._live is not None:
            self._live.stop()
            self._voice.live = False
        self._voice.doing = "finishing: tariffs, audit and files"

    def __call__(self, progress: Progress) -> None:
        """Show one step of progress."""
        self._progress, told = progress, self._told
        self._voice.doing = self._words(progress)
        if self._live is not None:
            return
        news = progress.phase != told.phase or progress.objective < told.objective * (1 - 1e-6)
        if news or progress.seconds - told.seconds >= LEAST_SECONDS:
            self._voice.say(f"{progress.seconds:7.1f} s  {self._words(progress)}")
            self._told = progress

    def _line(self) -> Text:
        """Return the line of a terminal, with the seconds of now."""
        return Text(f"{self._voice.seconds:7.1f} s  {self._words(self._progress)}")

    def _words(self, progress: Progress) -> str:
        return f"{progress.words} {self._currency}, public money weighted"
