"""Progress on the screen: best plan, proven bound, gap; on standard error."""

from __future__ import annotations

import math
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from optimizer.solving.options import Progress

__all__ = ["LiveProgress"]

LEAST_SECONDS = 2.0


class LiveProgress:
    """Shows progress: one line that changes on a terminal, a line now and then elsewhere.

    Parameters
    ----------
    currency : str
        Shown after amounts.
    quiet : bool
        Show nothing.
    """

    def __init__(self, currency: str, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True, quiet=quiet, highlight=False, soft_wrap=True)
        self._currency = currency
        self._live: Live | None = None
        self._last = (-math.inf, "", math.inf)

    def __enter__(self) -> Self:
        """Begin to show progress."""
        if self._console.is_terminal:
            self._live = Live(console=self._console, refresh_per_second=8, transient=False)
            self._live.start()
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

    def __call__(self, progress: Progress) -> None:
        """Show one step of progress."""
        line = progress_line(progress, self._currency)
        if self._live is not None:
            self._live.update(Text(line))
            return
        seconds, phase, objective = self._last
        news = progress.phase != phase or progress.objective < objective * (1 - 1e-6)
        if news or progress.seconds - seconds >= LEAST_SECONDS:
            self._console.print(line, markup=False)
            self._last = (progress.seconds, progress.phase, progress.objective)


def progress_line(progress: Progress, currency: str) -> str:
    """Return one line of progress.

    Examples
    --------
    >>> progress_line(Progress(1.25, "compact model", 15.2e6, 15.1e6), "PEN")
    '    1.2 s  compact model         best plan 15,200,000  proven bound 15,100,000  gap 0.66 % PEN'
    """
    best = "none yet" if math.isinf(progress.objective) else f"{progress.objective:,.0f}"
    bound = "none yet" if math.isinf(progress.bound) else f"{progress.bound:,.0f}"
    gap = "" if math.isinf(progress.gap) else f"  gap {100 * progress.gap:.2f} %"
    return (
        f"{progress.seconds:7.1f} s  {progress.phase:<20}  best plan {best}  "
        f"proven bound {bound}{gap} {currency}"
    )
