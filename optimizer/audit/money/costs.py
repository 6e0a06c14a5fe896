"""Every cost recomputed: by town, by line of the income statement, and run alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, slack, texts
from optimizer.audit.money.cost_lines import (
    joining_year,
    operation_year,
    overhead_year,
    replacement_year,
    road_hour,
    sewer_year,
    steady_year,
)
from optimizer.audit.promises.incumbent_area import has_moved, may_sit

__all__ = [
    "CostBooks",
    "alone_requirement",
    "check_costs",
    "requirement_factor",
]


@dataclass(frozen=True, eq=False)
class CostBooks:
    """Recomputed costs, money per year: one per area, one per town."""

    requirement_area: pd.Series
    cost_town: pd.Series


def check_costs(facts: Facts, hours: pd.Series, ledger: Ledger) -> CostBooks:
    """Check every cost of towns and areas against the instance.

    Parameters
    ----------
    facts : Facts
        The plan and its instance.
    hours : Series
        Travel hours of each town.
    ledger : Ledger
        Receives checks and failures.

    Returns
    -------
    CostBooks
        The recomputed requirement of each area and cost of each town.
    """
    data, areas = facts.data, facts.areas
    labels = facts.area_of
    model = facts.instance.operator_models.reindex(areas["operator_model"]).set_axis(areas.index)
    at = model.reindex(labels).set_axis(labels.index)
    joins = _moved(facts)
    lines = pd.DataFrame(
        {
            "operation_year": at["efficiency"] * operation_year(data) + steady_year(data),
            "replacement_year": replacement_year(data),
            "transition_year": joining_year(data) * joins,
            "travel_year": road_hour(at) * 2.0 * hours * data["trips_year"],
        }
    )
    factor = requirement_factor(model)
    direct = lines.sum(axis=1) * factor.reindex(labels).to_numpy()
    size = facts.per_area(data["size"]).reindex(labels).to_numpy()
    overhead = (overhead_year(at) * factor.reindex(labels).to_numpy()) * data["size"] / size
    town_figures = {
        "direct_cost_year": direct,
        "overhead_share_year": overhead,
        "cost_year": direct + overhead,
    }
    for column, value in town_figures.items():
        ledger.compare(
            "cost",
            f"towns: {column}",
            facts.towns[column],
            value,
            towns=labels.index,
            areas=list(labels),
        )
    sewer = facts.per_area(sewer_year(data, at["efficiency"]))
    what, found = "finances: sewer_cost_year", facts.finances["sewer_cost_year"]
    ledger.compare("cost", what, found, sewer, areas=sewer.index)
    by_area = {name: facts.per_area(lines[name]) for name in lines.columns}
    requirement = _check_statement(facts, model, by_area, ledger)
    return CostBooks(requirement, direct + overhead)


def _moved(facts: Facts) -> pd.Series:
    """Return 1 for each town whose operator changes in the plan, else 0."""
    models = facts.instance.operator_models
    operators, seats = texts(facts.areas["operator_model"]), texts(facts.areas["seat"])
    members: dict[str, list[str]] = {}
    for town, area in texts(facts.area_of).items():
        members.setdefault(area, []).append(town)
    moved: dict[str, float] = {}
    for area, towns in members.items():
        found = has_moved(models, operators[area], towns, [seats[area]] * len(towns))
        moved |= dict(zip(towns, found.astype(float).tolist(), strict=True))
    return pd.Series(moved, dtype="float64").reindex(facts.area_of.index)


def _check_statement(
    facts: Facts, model: pd.DataFrame, by_area: dict[str, pd.Series], ledger: Ledger
) -> pd.Series:
    """Check the cost lines of the income statements; return the requirement of each area."""
    cost = overhead_year(model) + sum(by_area.values())
    requirement = cost * requirement_factor(model)
    statement = {
        "overhead_year": overhead_year(model),
        **by_area,
        "cost_year": cost,
        "board_fee_year": model["board_fee_share_cost"] * cost
        + model["board_fee_share_revenue"] * requirement,
        "margin_year": model["margin_share_cost"] * cost
        + model["margin_share_revenue"] * requirement,
        "requirement_year": requirement,
    }
    index = facts.areas.index
    for column, value in statement.items():
        ledger.compare("cost", f"finances: {column}", facts.finances[column], value, areas=index)
    for column in ("cost_year", "requirement_year"):
        value = statement[column]
        ledger.compare("cost", f"areas: {column}", facts.areas[column], value, areas=index)
    return requirement


def requirement_factor(model: pd.DataFrame) -> pd.Series:
    """Return the requirement per unit of cost: fee and margin on cost and on revenue."""
    on_cost = 1.0 + model["board_fee_share_cost"] + model["margin_share_cost"]
    return on_cost / (1.0 - model["board_fee_share_revenue"] - model["margin_share_revenue"])


def alone_requirement(facts: Facts) -> pd.Series:
    """Return each town's requirement when run by itself with the best operator model.

    NaN where no operator model is made for a town of its size.
    """
    data = facts.data
    best = pd.Series(np.inf, index=data.index)
    room = slack(data["size"])
    factors = requirement_factor(facts.instance.operator_models)
    models = facts.instance.operator_models.assign(factor=factors)
    models = models.assign(overhead=overhead_year(models))
    columns = ["connections_least", "connections_most", "overhead", "efficiency", "factor"]
    whole, scaled = replacement_year(data) + steady_year(data), operation_year(data)
    keys = [str(town) for town in data.index]
    for name, row in models.to_dict(orient="index").items():
        least, most, overhead, efficiency, factor = (float(row[column]) for column in columns)
        fits = data["size"].between(least - room, most + room) & may_sit(row, keys)
        left = has_moved(models, str(name), keys, keys)
        cost = overhead + whole + efficiency * scaled + joining_year(data) * left
        best = best.where(~fits, (cost * factor).clip(upper=best))
    return best.where(np.isfinite(best))
