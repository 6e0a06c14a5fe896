"""Tables whose columns have new names: who asks for an old name is told the new one."""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["WEIGHTED", "Renamed"]

WEIGHTED = "weighted_sum_year"
"""The column of the objective where a study is printed."""

OLD_NAMES = {
    "alone_change_year": "alone_weighted_change_year",
    "cost_year": WEIGHTED,
    "next_best_change_year": "next_best_weighted_change_year",
    "objective_change_year": "weighted_change_year",
    "regret_year": "weighted_regret_year",
    "saves_year": "weighted_saves_year",
    "saving_year": "weighted_saving_year",
    "saving_certain_year": "weighted_saving_certain_year",
    "saving_most_year": "weighted_saving_most_year",
    "step_year": "weighted_step_year",
    "total_change_year": "weighted_change_year",
    "total_year": WEIGHTED,
}
"""Columns of studies that hold cost with public money weighted, and had names of money."""


class Renamed(pd.DataFrame):
    """A table that answers a column of before with its name of today.

    Examples
    --------
    >>> Renamed({"weighted_saving_year": [900.0]})["saving_year"]
    Traceback (most recent call last):
    KeyError: 'saving_year is now weighted_saving_year, for public money is weighted in it'
    """

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        """What is made of the table is a plain table."""
        return pd.DataFrame

    def __getitem__(self, key: object) -> Any:  # noqa: ANN401 - as pandas has it
        """Return a column; one of before is a ``KeyError`` that names the one of today."""
        if isinstance(key, str) and key in OLD_NAMES and key not in self.columns:
            message = f"{key} is now {OLD_NAMES[key]}, for public money is weighted in it"
            raise KeyError(message)
        return super().__getitem__(key)
