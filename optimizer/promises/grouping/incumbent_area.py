"""Operators that exist sit where they sit, and keep what they may not lose."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from optimizer.promises.kinds import PairFilter, Relaxation, Words

if TYPE_CHECKING:
    import pandas as pd

    from optimizer.instance.instance import Instance

__all__ = ["PROMISE"]

_SAID = {
    "may_grow": "may grow",
    "may_shrink": "may shrink",
    "may_be_replaced": "may be replaced",
}


def _opened(operator: str | None, lock: str | None) -> Relaxation:
    def change(region: Instance) -> Instance:
        models = region.operator_models.copy()
        rows = models.index if operator is None else [operator]
        for name in _SAID if lock is None else (lock,):
            models.loc[rows, name] = True
        return region.replace(operator_models=models)

    if operator is None:
        return Relaxation("dropped", change)
    if lock is None:
        return Relaxation(f"loosened: {operator} may do everything", change)
    return Relaxation(f"loosened: {operator} {_SAID[lock]}", change)


def _relaxations(region: Instance) -> list[Relaxation]:
    models = region.operator_models
    exist = models[models["seat"] != ""] if "seat" in models else models.iloc[:0]
    locks = [
        _opened(str(name), lock)
        for name, row in exist.iterrows()
        for lock in _SAID
        if not row[lock]
    ]
    several = [
        _opened(str(name), None) for name, row in exist.iterrows() if len(_SAID) - _free(row) > 1
    ]
    newcomers = [
        Relaxation(f"loosened: newcomers instead of {name}", _without(str(name)))
        for name in exist.index
        if len(models) > 1
    ]
    return [*([_opened(None, None), *locks] if locks else []), *several, *newcomers]


def _free(row: pd.Series) -> int:
    """Return how many of the things that an operator may do it may."""
    return sum(bool(row[lock]) for lock in _SAID)


def _without(operator: str) -> Callable[[Instance], Instance]:
    return lambda region: region.replace(
        operator_models=region.operator_models.drop(index=operator)
    )


PROMISE = PairFilter(
    name="incumbent_area",
    unit="towns",
    words=Words(
        "an operator that exists sits in its seat, keeps its towns and grows only as it may",
        "un operador que existe está en su sede, conserva sus localidades y crece solo si puede",
        "um operador que existe fica na sua sede, guarda as suas localidades e só cresce se puder",
    ),
    components=("PAIRS",),
    relaxations=_relaxations,
    source="SUNASS areas of service, OTASS integration of small towns",
)
