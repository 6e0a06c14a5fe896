"""Rule ``core``: areas of which some towns would do better alone, ruled out one by one.

What a town pays depends on the whole area, so that no few linear rows say which areas are stable.
The rows are added as the model proposes such an area.
"""

from __future__ import annotations

from collections.abc import Collection

import pyomo.environ as pyo

from optimizer.model.sets import ModelData

__all__ = ["add_core", "forbid_area"]


def add_core(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add the empty list ``core`` where the policy promises it; nothing otherwise."""
    if data.case.instance.policy.core:
        m.core = pyo.ConstraintList(doc="areas from which some towns would leave are not formed")


def forbid_area(m: pyo.ConcreteModel, data: ModelData, members: Collection[str]) -> None:
    """Add one row for each seat from which an area could be served, so that it is not formed.

    ``sum_{i in S} serve_ij - sum_{i not in S} serve_ij <= |S| - 1`` for every seat j of the area
    S that reaches all of it: every other area keeps the row.

    Parameters
    ----------
    m : ConcreteModel
        A compact model of a policy that promises ``core``.
    data : ModelData
        Its sets.
    members : collection of str
        Towns of the area.

    Examples
    --------
    >>> import optimizer as op
    >>> region = op.read("instances/pair")
    >>> built = op.build_model(region.replace(policy=region.policy.replace(core=True)))
    >>> forbid_area(built.model, built.data, {"alba", "brisa"})
    >>> len(built.model.core)
    2
    """
    allowed = set(data.pairs)
    others = [i for i in data.towns if i not in members]
    for j in sorted(members):
        if all((i, j) in allowed for i in members):
            inside = sum(m.serve[i, j] for i in sorted(members))
            outside = sum(m.serve[i, j] for i in others if (i, j) in allowed)
            m.core.add(inside - outside <= len(members) - 1)
