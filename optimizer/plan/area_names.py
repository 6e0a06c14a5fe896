"""Service areas as people call them: by the name of their seat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from optimizer.errors import PolicyError
from optimizer.instance.reading.findings import plain

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["area_key", "area_name", "area_names"]


def area_name(plan: Plan, area: str) -> str:
    """Return the name of the seat of one area; see :func:`area_names`."""
    return plan.instance.town_names.label(str(plan.areas["seat"].loc[area]))


def area_names(plan: Plan) -> pd.Series[str]:
    """Return the name of the seat of each area, with zone or key where towns share it.

    Examples
    --------
    >>> import optimizer as op
    >>> area_names(op.solve(op.read("instances/pair"))).to_dict()
    {'alba': 'Alba'}
    """
    towns = plan.instance.town_names
    return pd.Series(
        [towns.label(str(seat)) for seat in plan.areas["seat"]],
        index=plan.areas.index,
        name="area",
        dtype="str",
    )


def area_key(plan: Plan, text: str) -> str:
    """Return the key of the area that a text means: its own, or a town of it, by key or name.

    Raises
    ------
    PolicyError
        If no area, or several, are called so; what to choose from is told.

    Examples
    --------
    >>> import optimizer as op
    >>> area_key(op.solve(op.read("instances/pair")), "Brisa")
    'alba'
    """
    names = area_names(plan)
    if text in names.index:
        return text
    seated = [str(key) for key, name in names.items() if plain(name) == plain(text)]
    if len(seated) == 1:
        return seated[0]
    towns = plan.instance.town_names
    if found := towns.meant(text):
        homes = list(dict.fromkeys(str(plan.towns["service_area"].loc[town]) for town in found))
        if len(homes) == 1:
            return homes[0]
        towns.key(text)
    shown = ", ".join(names.iloc[:12]) + (" ..." if len(names) > 12 else "")
    raise PolicyError(f"there is no area {text!r}; {towns.hint(text)}areas are {shown}")
