"""The ledger of an audit: what was checked, what failed, and how much may be rounding.

Tolerance, stated here once. Two figures agree when they differ by at most ``RELATIVE`` times the
larger of them, plus ``ABSOLUTE`` in their own unit. Plans come from linear programmes solved to
1e-7 and are then added up in double precision, so honest rounding stays below one part in a
million; a millionth of a unit of money lets zero equal zero. Where a figure is the small
difference of large ones (a cross-subsidy), the large ones set the scale. Travel by road is
computed by another algorithm on the same lines, with other choices where lines nearly meet:
there ``ROAD_SHARE`` or ``ROAD_HOURS`` is allowed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.audit.rules import Rule
from optimizer.messages.message import Message

__all__ = [
    "ABSOLUTE",
    "RELATIVE",
    "ROAD_HOURS",
    "ROAD_SHARE",
    "Ledger",
    "keys_where",
    "numbers",
    "slack",
    "texts",
]

RELATIVE = 1e-6
ABSOLUTE = 1e-6
ROAD_SHARE = 0.01
ROAD_HOURS = 0.01

COLUMNS = ("kind", "rule", "town", "service_area", "amount", "unit", "message")


def slack(*sizes: object) -> Floats:
    """Return how far two figures of these sizes may differ, in their own unit."""
    largest = np.zeros(1)
    for size in sizes:
        largest = np.maximum(largest, np.nan_to_num(np.abs(np.asarray(size, dtype=float))))
    finite = np.where(np.isfinite(largest), largest, 0.0)
    return np.asarray(RELATIVE * finite + ABSOLUTE, dtype=np.float64)


def texts(values: pd.Series) -> dict[str, str]:
    """Return a column of text by key."""
    return {str(k): str(v) for k, v in values.items()}


def numbers(values: pd.Series) -> dict[str, float]:
    """Return a column of numbers by key."""
    keys = [str(k) for k in values.index]
    return dict(zip(keys, values.to_numpy(dtype=float).tolist(), strict=True))


def keys_where(flags: pd.Series) -> list[str]:
    """Return the keys at which a column of flags is true."""
    return [str(k) for k in flags.index[flags.to_numpy(dtype=bool)]]


@dataclass
class Ledger:
    """Collects checks and failures while an audit runs."""

    rules: Mapping[str, Rule]
    checked: Counter[str] = field(default_factory=Counter)
    rows: list[tuple[str, str, str, str, float, str, Message]] = field(default_factory=list)

    def count(self, rule: str, checks: int = 1) -> None:
        """Note that a rule was checked so many times."""
        self.checked[self.rules[rule].name] += checks

    def fail(
        self, rule: str, message: Message, *, town: str = "", area: str = "", amount: float = np.nan
    ) -> None:
        """Note a failure; the amount is in the rule's unit, positive for too much."""
        known = self.rules[rule]
        self.rows.append((known.kind, rule, town, area, float(amount), known.unit, message))

    def compare(
        self,
        rule: str,
        what: str,
        actual: pd.Series,
        expected: object,
        *,
        towns: Sequence[str] | pd.Index | None = None,
        areas: Sequence[str] | pd.Index | None = None,
        scale: object = 0.0,
    ) -> None:
        """Compare figures with recomputed ones, one check each; two NaN agree.

        Parameters
        ----------
        rule : str
            Rule that a difference breaks.
        what : str
            Name of the figure in messages.
        actual : Series of float, length k
            Figures of the plan.
        expected : array-like of float, length k
            Recomputed figures.
        towns, areas : sequences of str, length k, optional
            Which town and area each figure belongs to.
        scale : array-like, optional
            Size of the larger figures of which these are differences.
        """
        found = actual.to_numpy(dtype=float)
        wanted = np.broadcast_to(np.asarray(expected, dtype=float), found.shape)
        with np.errstate(invalid="ignore"):
            differs = ~(np.abs(found - wanted) <= slack(found, wanted, scale))
        differs &= ~((found == wanted) | (np.isnan(found) & np.isnan(wanted)))
        self.count(rule, len(found))
        for k in np.flatnonzero(differs).tolist():
            message = Message(
                "{what} is {amount}, recomputed {limit}",
                what=what,
                amount=_number(found[k]),
                limit=_number(wanted[k]),
            )
            town = "" if towns is None else str(towns[k])
            area = "" if areas is None else str(areas[k])
            self.fail(rule, message, town=town, area=area, amount=found[k] - wanted[k])

    def same_text(
        self,
        what: str,
        actual: pd.Series,
        expected: Sequence[object],
        *,
        towns: Sequence[str] | pd.Index | None = None,
        areas: Sequence[str] | pd.Index | None = None,
    ) -> None:
        """Compare texts or flags with what they must be; a difference breaks ``tables``."""
        self.count("tables", len(actual))
        for k, (found, wanted) in enumerate(zip(actual, expected, strict=True)):
            if found != wanted:
                message = Message(
                    "{what} is {amount}, it should be {limit}",
                    what=what,
                    amount=repr(found),
                    limit=repr(wanted),
                )
                town = "" if towns is None else str(towns[k])
                area = "" if areas is None else str(areas[k])
                self.fail("tables", message, town=town, area=area)

    def failures(self) -> pd.DataFrame:
        """Return the failures as a table, arithmetic first."""
        table = pd.DataFrame(self.rows, columns=list(COLUMNS), dtype="object")
        kinds = {"amount": "float64", "message": "object"}  # a message keeps its values
        table = table.astype({c: kinds.get(c, "str") for c in COLUMNS})
        return table.sort_values("kind", kind="stable", ignore_index=True)


def _number(value: float) -> Message:
    if np.isnan(value):
        return Message("empty")
    return Message("{n:,.6g}" if abs(value) < 100 else "{n:,.2f}", n=value)
