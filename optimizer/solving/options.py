"""How hard to compute, and how progress is told."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from optimizer.errors import PolicyError

__all__ = ["Method", "Options", "Progress", "ProgressCallback", "wrong_options"]

Method = Literal["auto", "compact", "columns"]
THREADS_MOST, SEED_MOST = 1024, 2**31 - 1
REMEDIES = {
    "method": "choose auto, compact or columns",
    "gap": "give a share between 0 and 1, such as 0.01",
    "time_limit": "give seconds, more than 0, or leave it out",
    "threads": f"give a whole number from 1 to {THREADS_MOST}",
    "seed": f"give a whole number from 0 to {SEED_MOST}",
}


@dataclass(frozen=True)
class Options:
    """How hard to compute.

    Attributes
    ----------
    method : {"auto", "compact", "columns"}
        The compact Pyomo model, service areas as columns, or whichever serves better.
    gap : float
        Stop when the plan is proven to be within this share of the best; 0 asks for proof.
    time_limit : float or None
        Seconds after which the best plan so far is returned with its bound.
    threads : int
        Threads of each HiGHS run of the compact model; parts that the column engine works on side
        by side (its own HiGHS runs use one thread each). Its plan and bound depend on them only
        where a clock cuts a part short: the time limit, or the ten seconds of a window.
    seed : int
        Seed of everything random.
    log_file : str
        File for the log of the search, that of HiGHS with the compact model; empty for none.

    Raises
    ------
    PolicyError
        If a value is outside its bounds; it names every one.

    Examples
    --------
    >>> Options(gap=-1, threads=0)
    Traceback (most recent call last):
    optimizer.errors.PolicyError: gap -1: give a share between 0 and 1, such as 0.01; threads 0: \
give a whole number from 1 to 1024
    """

    method: Method = "auto"
    gap: float = 0.0
    time_limit: float | None = None
    threads: int = 1
    seed: int = 0
    log_file: str = ""

    def __post_init__(self) -> None:
        """Refuse values outside their bounds."""
        given = asdict(self)
        del given["log_file"]
        wrong = wrong_options(given)
        if wrong:
            lines = [f"{name} {words}" for name, words in wrong.items()]
            raise PolicyError("; ".join(lines))


@dataclass(frozen=True)
class Progress:
    """One line of progress.

    Attributes
    ----------
    seconds : float
        Since the computation began.
    phase : str
        What is being done.
    objective : float
        Best plan so far, money per year; ``inf`` before the first.
    bound : float
        No plan can be cheaper, money per year; ``-inf`` before the first.
    """

    seconds: float
    phase: str
    objective: float
    bound: float

    @property
    def gap(self) -> float:
        """Relative gap, ``inf`` while there is no plan or no bound."""
        if self.objective == float("inf") or self.bound == float("-inf"):
            return float("inf")
        if self.objective == 0:
            return 0.0
        return max(0.0, (self.objective - self.bound) / abs(self.objective))

    @property
    def words(self) -> str:
        """What is being done and how far it is.

        Examples
        --------
        >>> Progress(1.25, "compact model", 15.2e6, 15.1e6).words
        'compact model         best plan 15,200,000  proven bound 15,100,000  gap 0.66 %'
        """
        best = "none yet" if math.isinf(self.objective) else f"{self.objective:,.0f}"
        bound = "none yet" if math.isinf(self.bound) else f"{self.bound:,.0f}"
        gap = "" if math.isinf(self.gap) else f"  gap {100 * self.gap:.2f} %"
        return f"{self.phase:<20}  best plan {best}  proven bound {bound}{gap}"

    def __str__(self) -> str:
        return f"{self.seconds:7.1f} s  {self.words}"


ProgressCallback = Callable[[Progress], None]


def wrong_options(given: Mapping[str, object]) -> dict[str, str]:
    """Return, by the name of an option, its value and what to give instead, if it will not do.

    Examples
    --------
    >>> wrong_options({"gap": 0.01, "threads": 0})
    {'threads': '0: give a whole number from 1 to 1024'}
    """
    return {
        name: f"{_plain(value)}: {REMEDIES[name]}"
        for name, value in given.items()
        if not _fits(name, value)
    }


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _fits(name: str, value: object) -> bool:
    if name == "method":
        return value in get_args(Method)
    if name == "time_limit" and value is None:
        return True
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if name == "gap":
        return 0 <= value <= 1
    if name == "time_limit":
        return value > 0 and math.isfinite(value)
    least, most = (1, THREADS_MOST) if name == "threads" else (0, SEED_MOST)
    return isinstance(value, int) and least <= value <= most
