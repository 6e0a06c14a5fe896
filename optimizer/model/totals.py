"""Sums over the areas of a plan, within limits: one row for each (kind ``plan total``)."""

from __future__ import annotations

import math

import numpy as np
import pyomo.environ as pyo

from optimizer.arrays import Floats
from optimizer.model.sets import ModelData

__all__ = ["add_plan_totals", "plan_total"]


def add_plan_totals(m: pyo.ConcreteModel, data: ModelData) -> None:
    """Add the limits of every total of the plan; nothing where none is limited."""
    totals = data.case.totals
    for k, promise in enumerate(totals.promises):
        limits = (float(totals.least[k]), float(totals.most[k]))
        low, high = (None if math.isinf(limit) else limit for limit in limits)
        total = plan_total(m, data, totals.served[:, :, k], totals.opened[:, :, k])
        m.add_component(promise.stem, pyo.Constraint(expr=(low, total, high)))


def plan_total(m: pyo.ConcreteModel, data: ModelData, served: Floats, opened: Floats) -> object:
    """Return a total of the plan as a sum of decisions.

    Parameters
    ----------
    served : array of shape (pairs, models)
        What each pair within reach adds, in the order of the case.
    opened : array of shape (towns, models)
        What each operator adds.
    """
    case = data.case
    place = {town: k for k, town in enumerate(data.towns)}
    model_at = {name: k for k, name in enumerate(data.models)}
    seat = np.repeat(np.arange(case.towns), np.diff(case.start))
    pair = {(int(t), int(s)): p for p, (t, s) in enumerate(zip(case.served, seat, strict=True))}
    terms = [
        float(served[pair[place[i], place[j]], model_at[k]]) * m.served_by[i, j, k]
        for i, j, k in data.triples
        if served[pair[place[i], place[j]], model_at[k]]
    ]
    terms += [
        float(opened[place[j], model_at[k]]) * m.operate[j, k]
        for j, k in data.operate_pairs
        if opened[place[j], model_at[k]]
    ]
    return sum(terms) if terms else 0.0 * m.operate[data.operate_pairs[0]]
