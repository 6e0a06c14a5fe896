"""The tables of a comparison: differences per town, winners and losers, moves, savings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from optimizer.analysis.compare.grouping_difference import moved_towns
from optimizer.plan.plan import Plan
from optimizer.plan.statistics import statistics

__all__ = ["moves_table", "savings_table", "town_differences", "winners_table"]

SAME_BILL = 0.01
FIGURES = (
    "requirement_year",
    "public_money_year",
    "burden_worst",
    "bill_mean_month",
    "travel_hours_mean",
    "travel_hours_most",
    "operators",
    "people_over_limit",
)
"""Key figures of a plan that a comparison shows with their change."""


def town_differences(plans: Mapping[str, Plan], baseline: str) -> pd.DataFrame:
    """Return every town under every other plan, beside the baseline.

    Returns
    -------
    pandas.DataFrame
        Index ``(plan, town)``. ``seat``, ``operator_model``, ``bill_month``, ``burden_worst`` and
        ``public_money_year`` (operating subsidy and household support) each with ``_before``
        (baseline) and ``_after``; numbers with ``_change``. ``moves``: the town leaves its area,
        see ``grouping_difference.moved_towns``. ``outcome``: ``gains``, ``loses`` or
        ``same``, by the bill at 1 % of the baseline's.
    """
    before = _facts(plans[baseline])
    parts = {
        name: _beside(before, _facts(plan)) for name, plan in plans.items() if name != baseline
    }
    if not parts:
        return _beside(before, before).iloc[:0].pipe(_with_plan)
    return pd.concat(parts, names=["plan"])


def _with_plan(table: pd.DataFrame) -> pd.DataFrame:
    return pd.concat({"": table}, names=["plan"])


def _facts(plan: Plan) -> pd.DataFrame:
    towns = pd.DataFrame(plan.towns)
    public = towns["operating_subsidy_year"] + towns["household_support_year"]
    columns = [
        "name",
        "service_area",
        "population",
        "connections",
        "seat",
        "operator_model",
        "bill_month",
        "burden_worst",
    ]
    return towns[columns].assign(public_money_year=public)


def _beside(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    after = after.loc[before.index]
    table = before[["name", "population"]].copy()
    for column in ("service_area", "seat", "operator_model"):
        table[f"{column}_before"] = before[column]
        table[f"{column}_after"] = after[column]
    for column in ("bill_month", "burden_worst", "public_money_year"):
        table[f"{column}_before"] = before[column]
        table[f"{column}_after"] = after[column]
        table[f"{column}_change"] = after[column] - before[column]
    table["moves"] = moved_towns(
        before["service_area"], after["service_area"], before["connections"]
    )
    change, small = table["bill_month_change"], SAME_BILL * before["bill_month"]
    table["outcome"] = np.select(
        [change.abs() <= small, change < 0], ["same", "gains"], default="loses"
    ).astype(str)
    return table


def winners_table(differences: pd.DataFrame) -> pd.DataFrame:
    """Return winners and losers of every plan, counted and named.

    Returns
    -------
    pandas.DataFrame
        Index ``(plan, outcome)`` with all three outcomes of every plan; ``towns``, ``population``,
        ``names`` (the largest change of bill first).
    """
    rows = []
    for plan, table in differences.groupby(level="plan", sort=False):
        order = table["bill_month_change"].abs().sort_values(ascending=False, kind="stable").index
        ordered = table.loc[order]
        for outcome in ("gains", "loses", "same"):
            found = ordered[ordered["outcome"] == outcome]
            rows.append(
                {
                    "plan": plan,
                    "outcome": outcome,
                    "towns": len(found),
                    "population": float(found["population"].sum()),
                    "names": ", ".join(found["name"].astype(str)),
                }
            )
    columns = ["plan", "outcome", "towns", "population", "names"]
    return pd.DataFrame(rows, columns=columns).set_index(["plan", "outcome"])


def moves_table(differences: pd.DataFrame) -> pd.DataFrame:
    """Return who moves from which area to which.

    Returns
    -------
    pandas.DataFrame
        Index ``(plan, service_area_before, service_area_after)``, only areas between which towns
        move; ``towns``, ``population``, ``names``.
    """
    moving = differences[differences["moves"]].reset_index()
    keys = ["plan", "service_area_before", "service_area_after"]
    grouped = moving.groupby(keys, sort=False)
    return grouped.agg(
        towns=("town", "size"),
        population=("population", "sum"),
        names=("name", ", ".join),
    )


def savings_table(
    plans: Mapping[str, Plan], baseline: str, differences: pd.DataFrame
) -> pd.DataFrame:
    """Return the key figures of every plan and what changes against the baseline.

    Returns
    -------
    pandas.DataFrame
        Index ``plan``, the baseline included. ``requirement_saved_year`` and
        ``public_money_saved_year`` are positive where the plan needs less; ``*_saved_share`` is
        a share of the baseline's. ``towns_moved`` counts towns that leave their area.
    """
    figures = statistics(plans).droplevel("unit").T[["objective", "gap", *FIGURES]]
    figures.index.name, figures.columns.name = "plan", None
    first = figures.loc[baseline]
    table = figures.copy()
    table.insert(0, "status", [plan.status for plan in plans.values()])
    for column in ("requirement_year", "public_money_year"):
        saved = first[column] - figures[column]
        stem = column.removesuffix("_year")
        table[f"{stem}_saved_year"] = saved
        table[f"{stem}_saved_share"] = saved / first[column] if first[column] else np.nan
    for column in ("burden_worst", "bill_mean_month", "travel_hours_mean", "operators"):
        table[f"{column}_change"] = figures[column] - first[column]
    moved = differences["moves"].groupby(level="plan").sum()
    table["towns_moved"] = moved.reindex(table.index, fill_value=0).astype("int64")
    return table
