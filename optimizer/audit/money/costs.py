"""Every cost recomputed: by town, by line of the income statement, and run alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, slack

__all__ = [
    "CostBooks",
    "alone_requirement",
    "check_costs",
    "operation_year",
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
    joins = (facts.areas["seat"].reindex(labels).to_numpy() != labels.index.to_numpy()).astype(
        float
    )
    lines = pd.DataFrame(
        {
            "operation_year": at["efficiency"] * operation_year(data),
            "replacement_year": replacement_year(data),
            "transition_year": data["transition_cost_year"] * joins,
            "travel_year": at["crew_hour_cost"] * 2.0 * hours * data["trips_year"],
        }
    )
    factor = requirement_factor(model)
    direct = lines.sum(axis=1) * factor.reindex(labels).to_numpy()
    size = facts.per_area(data["size"]).reindex(labels).to_numpy()
    overhead = (at["overhead_year"] * factor.reindex(labels).to_numpy()) * data["size"] / size
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
    sewer = facts.per_area(at["efficiency"] * _sewers(data)[0] + _sewers(data)[1])
    what, found = "finances: sewer_cost_year", facts.finances["sewer_cost_year"]
    ledger.compare("cost", what, found, sewer, areas=sewer.index)
    by_area = {name: facts.per_area(lines[name]) for name in lines.columns}
    requirement = _check_statement(facts, model, by_area, ledger)
    return CostBooks(requirement, direct + overhead)


def _check_statement(
    facts: Facts, model: pd.DataFrame, by_area: dict[str, pd.Series], ledger: Ledger
) -> pd.Series:
    """Check the cost lines of the income statements; return the requirement of each area."""
    cost = model["overhead_year"] + sum(by_area.values())
    requirement = cost * requirement_factor(model)
    statement = {
        "overhead_year": model["overhead_year"],
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


def operation_year(data: pd.DataFrame) -> pd.Series:
    """Return what operating each town costs before the operator's efficiency."""
    produced = 12.0 * data["billed_m3_month"] / (1.0 - data["non_revenue_water"])
    by_size = data["connection_cost_year"] * data["size"]
    water = data["fixed_cost_year"] + by_size + data["volume_cost_m3"] * produced
    return water + _sewers(data)[0]


def replacement_year(data: pd.DataFrame) -> pd.Series:
    """Return the replacement of each town's works, sewers included."""
    return data["replacement_cost_year"] + _sewers(data)[1]


def _sewers(data: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return operation and replacement of each town's sewers; a cost that is absent is 0."""
    names = ["fixed_cost_year", "connection_cost_year", "volume_cost_m3"]
    names.append("replacement_connection_year")
    price = data.reindex(columns=[f"sewer_{name}" for name in names]).fillna(0.0).astype(float)
    fixed, connection, volume, renewal = (price[name] for name in price.columns)
    count = data["sewer_connections"]
    operation = fixed.where(count > 0, 0.0) + connection * count
    return operation + 12.0 * volume * data["sewer_m3_month"], renewal * count


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
    columns = ["connections_least", "connections_most", "overhead_year", "efficiency", "factor"]
    for least, most, overhead, efficiency, factor in models[columns].to_numpy(float).tolist():
        fits = data["size"].between(least - room, most + room)
        cost = overhead + replacement_year(data) + efficiency * operation_year(data)
        best = best.where(~fits, (cost * factor).clip(upper=best))
    return best.where(np.isfinite(best))
