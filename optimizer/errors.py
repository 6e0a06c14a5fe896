"""The exception tree: everything that the library raises on purpose.

::

    OptimizerError
    ├── InstanceError      the input cannot be used; carries every problem found
    ├── PolicyError        a promise contradicts itself or names something unknown
    ├── InfeasibleError    no plan keeps every promise
    ├── UnconfirmedError   figures of a plan do not bear out what was found
    ├── NoPlanError        the computation stopped before any plan was found
    ├── AuditError         a plan breaks a rule
    └── StoreError         a folder of results cannot be read or written
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "AuditError",
    "InfeasibleError",
    "InstanceError",
    "NoPlanError",
    "OptimizerError",
    "PolicyError",
    "Problem",
    "StoreError",
    "UnconfirmedError",
]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input, and what to do about it.

    Attributes
    ----------
    file : str
        File name inside the instance folder, for example ``"towns.csv"``.
    line : int or None
        Line in that file, counted from 1 with the header as line 1.
    column : str
        Column or key, empty when the whole file is meant.
    what : str
        What is wrong, with the value found.
    remedy : str
        What the planner can do.
    """

    file: str
    line: int | None
    column: str
    what: str
    remedy: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        if self.column:
            place = f"{place} [{self.column}]"
        return f"{place}: {self.what}; {self.remedy}"


class OptimizerError(Exception):
    """Anything that the library raises on purpose."""


class InstanceError(OptimizerError):
    """The input cannot be used; ``problems`` lists everything found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        count = len(self.problems)
        head = "1 problem" if count == 1 else f"{count} problems"
        super().__init__("\n".join([f"{head} in the instance:", *map(str, self.problems)]))


class PolicyError(OptimizerError):
    """A promise contradicts itself or names something that the instance does not have."""


class InfeasibleError(OptimizerError):
    """No plan keeps every promise; the text says which promise must bend, and by how much."""


class NoPlanError(OptimizerError):
    """The computation stopped (time limit, interrupt) before any plan was found."""


class UnconfirmedError(OptimizerError):
    """A search found what its own figures do not bear out; the text says which figures fail."""


class AuditError(OptimizerError):
    """A plan breaks at least one rule when everything is computed afresh."""


class StoreError(OptimizerError):
    """A folder of results cannot be read or written."""
