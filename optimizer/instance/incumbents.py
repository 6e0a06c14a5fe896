"""Operators that exist: operator models with a seat, what they serve today, what binds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

__all__ = [
    "LOCKS",
    "OWN_COLUMNS",
    "Incumbent",
    "by_key",
    "incumbents_of",
    "keys_in",
    "served_today",
]

LOCKS = ("may_grow", "may_shrink", "may_be_replaced")
"""What an existing operator may do; each that it may not is a lock."""
OWN_COLUMNS: Mapping[str, object] = {"seat": "", "towns_today": "", **dict.fromkeys(LOCKS, True)}
"""Columns of operator models that only existing operators fill, with what the others have."""


@dataclass(frozen=True)
class Incumbent:
    """An operator that exists.

    Attributes
    ----------
    operator : str
        Its operator model.
    seat : str
        Town of its seat.
    today : tuple of str
        Towns that it serves today, that of the seat first.
    may_grow, may_shrink, may_be_replaced : bool
        Whether it may serve more towns, lose some, lose that of its seat.
    """

    operator: str
    seat: str
    today: tuple[str, ...]
    may_grow: bool
    may_shrink: bool
    may_be_replaced: bool

    @property
    def kept(self) -> tuple[str, ...]:
        """Towns that no other operator may serve."""
        if not self.may_shrink:
            return self.today
        return () if self.may_be_replaced else (self.seat,)


def incumbents_of(operator_models: pd.DataFrame) -> tuple[Incumbent, ...]:
    """Return the operators that exist, in the order of the table.

    Parameters
    ----------
    operator_models : pandas.DataFrame
        Index ``operator_model``.

    Examples
    --------
    >>> models = pd.DataFrame(
    ...     {"seat": ["", "A"], "towns_today": ["", "A; B"], "may_shrink": [True, False]},
    ...     index=["board", "utility"])
    >>> [(one.operator, one.today, one.kept) for one in incumbents_of(models)]
    [('utility', ('A', 'B'), ('A', 'B'))]
    """
    if "seat" not in operator_models.columns:
        return ()
    rows = operator_models[operator_models["seat"].fillna("") != ""]
    return tuple(
        Incumbent(
            str(name),
            str(row["seat"]),
            tuple(dict.fromkeys([str(row["seat"]), *keys_in(str(row.get("towns_today", "")))])),
            *(bool(row.get(lock, True)) for lock in LOCKS),
        )
        for name, row in rows.iterrows()
    )


def keys_in(text: str) -> list[str]:
    """Return the keys between semicolons.

    Examples
    --------
    >>> keys_in(" A;B ; ")
    ['A', 'B']
    """
    return [part.strip() for part in text.split(";") if part.strip()]


def served_today(operator_models: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    """Return the (seat, town) that operators that exist serve today, seats themselves left out.

    Examples
    --------
    >>> models = pd.DataFrame({"seat": ["A"], "towns_today": ["B; C"]}, index=["utility"])
    >>> served_today(models)
    (('A', 'B'), ('A', 'C'))
    """
    exist = incumbents_of(operator_models)
    return tuple((one.seat, town) for one in exist for town in one.today[1:])


def by_key(operator_models: pd.DataFrame, keyed: Callable[[str], str]) -> pd.DataFrame:
    """Return the operator models with seats and towns of today by their keys.

    Parameters
    ----------
    operator_models : pandas.DataFrame
        Columns ``seat`` and ``towns_today`` may call towns by their names.
    keyed : callable
        Returns the key of a town that a text means, the text itself where that is open.

    Examples
    --------
    >>> models = pd.DataFrame({"seat": ["Lamas"], "towns_today": ["Sauce; B"]})
    >>> by_key(models, {"Lamas": "0101", "Sauce": "0102", "B": "B"}.__getitem__).iloc[0].tolist()
    ['0101', '0102; B']
    """
    if "seat" not in operator_models.columns:
        return operator_models
    seats = [keyed(seat) if seat else "" for seat in operator_models["seat"]]
    towns = ["; ".join(map(keyed, keys_in(text))) for text in operator_models["towns_today"]]
    return operator_models.assign(seat=seats, towns_today=towns)
