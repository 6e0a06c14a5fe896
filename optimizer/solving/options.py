"""How hard to compute, and how progress is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Method", "Options", "Progress", "ProgressCallback"]

Method = Literal["auto", "compact", "columns"]


class Options(BaseModel):
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
        File for the solver's log; empty for none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    method: Method = "auto"
    gap: float = Field(default=0.0, ge=0, le=1)
    time_limit: float | None = Field(default=None, gt=0)
    threads: int = Field(default=1, ge=1, le=1024)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    log_file: str = ""


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


ProgressCallback = Callable[[Progress], None]
