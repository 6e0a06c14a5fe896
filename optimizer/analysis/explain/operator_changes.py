"""Which towns stay with the operator that they have, join one that exists, or leave it."""

from __future__ import annotations

import pandas as pd

from optimizer.instance.incumbents import incumbents_of
from optimizer.plan.plan import Plan

__all__ = ["operator_changes"]


def operator_changes(plan: Plan) -> pd.DataFrame:
    """Return the towns that an existing operator serves today or in the plan.

    What each lock of those operators costs, and what newcomers in their place would do, says
    ``op.price_of(plan, "incumbent_area")``.

    Parameters
    ----------
    plan : Plan
        Any plan.

    Returns
    -------
    pandas.DataFrame
        Index ``town``; ``name``, ``operator_today`` (empty where none serves it), ``operator``
        (operator model in the plan), ``seat_name``, ``change`` (``stays``, ``joins``, ``leaves``),
        ``connections``, ``travel_hours``.

    Examples
    --------
    >>> import optimizer as op
    >>> line = op.read("instances/line")
    >>> models = line.operator_models
    >>> utility = models.iloc[[0]].assign(overhead_year=1.0, seat="uno", towns_today="dos")
    >>> utility.index = ["utility"]
    >>> region = line.replace(operator_models=pd.concat([models, utility]).rename_axis(
    ...     "operator_model"))
    >>> plan = op.evaluate(region, {"uno": "u", "tres": "u", "dos": "d", "cuatro": "e",
    ...     "cinco": "e"})
    >>> operator_changes(plan)[["operator_today", "change"]].to_dict()["change"]
    {'uno': 'stays', 'dos': 'leaves', 'tres': 'joins'}
    """
    exist = incumbents_of(plan.instance.operator_models)
    today = {town: one.operator for one in exist for town in one.today}
    names = {one.operator for one in exist}
    towns = pd.DataFrame(plan.towns.drop(columns="geometry"))
    kept = towns[towns.index.isin(today) | towns["operator_model"].isin(names)]
    before = [today.get(str(town), "") for town in kept.index]
    change = [
        "stays" if was == now else "joins" if now in names else "leaves"
        for was, now in zip(before, kept["operator_model"], strict=True)
    ]
    seats = towns["name"].reindex(kept["seat"]).to_numpy()
    return pd.DataFrame(
        {
            "name": kept["name"],
            "operator_today": before,
            "operator": kept["operator_model"],
            "seat_name": seats,
            "change": change,
            "connections": kept["connections"],
            "travel_hours": kept["travel_hours"],
        },
        index=kept.index,
    )
