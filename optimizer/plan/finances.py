"""The income statement of every service area."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.costs.area_cost import sewer_cost
from optimizer.plan.tariff_design import Settlement
from optimizer.tariffs.case import Case
from optimizer.tariffs.price_space import domestic_bills, sewer_bills

__all__ = ["finances_table"]


def finances_table(case: Case, settled: Sequence[Settlement], *, today: Case) -> pd.DataFrame:
    """Return the income statement, one row per service area, money per year.

    Parameters
    ----------
    case, today : Case
        The case at the consumption that results, and at that of today.
    settled : sequence of Settlement
        The areas.
    """
    billed, solidarity = _billed_per_town(case, settled), _solidarity_per_town(case, settled)
    sewer = _sewer_per_town(case, settled)
    rows = [
        _statement(case, area, billed)
        | _balance(area, solidarity)
        | _sewer(area, sewer)
        | _forgone_water(case, today, area)
        for area in settled
    ]
    return pd.DataFrame(rows).set_index("service_area")


def _statement(
    case: Case, area: Settlement, billed: tuple[Floats, Floats]
) -> dict[str, float | str]:
    model, terms, cost = area.choice.model, area.terms, case.cost
    households = float(billed[0][area.members].sum())
    customers = float(billed[1][area.members].sum())
    revenue = float(area.revenue_year.sum())
    income = revenue + area.subsidy_year + area.transfer_year
    need = area.requirement_year
    support = float(case.support.year(area.support_month).sum())
    return {
        "service_area": area.choice.label,
        "billed_households_year": households,
        "billed_customers_year": customers,
        "uncollected_year": households + customers - revenue,
        "revenue_year": revenue,
        "operating_subsidy_year": area.subsidy_year,
        "transfer_year": area.transfer_year,
        "income_year": income,
        "overhead_year": terms.overhead_year,
        "operation_year": terms.operation_year,
        "replacement_year": terms.replacement_year,
        "transition_year": terms.transition_year,
        "travel_year": terms.travel_year,
        "cost_year": terms.cost_year,
        "board_fee_year": cost.fee_cost[model] * terms.cost_year + cost.fee_revenue[model] * need,
        "margin_year": cost.margin_cost[model] * terms.cost_year
        + cost.margin_revenue[model] * need,
        "requirement_year": need,
        "result_year": income - need,
        "household_support_year": support,
    }


def _balance(area: Settlement, solidarity: tuple[Floats, Floats]) -> dict[str, float | str]:
    given, taken = (float(part[area.members].sum()) for part in solidarity)
    return {
        "solidarity_contribution_year": given,
        "solidarity_subsidy_year": taken,
        "solidarity_balance_year": given - taken,
    }


def _forgone_water(case: Case, today: Case, area: Settlement) -> dict[str, float | str]:
    """Return what the area would require more at today's consumption, money per year.

    Formula: ``k_m e_m sum_i (operation_i(q_0) - operation_i(q))``; negative where more is used.
    """
    model, cost = area.choice.model, case.cost
    avoided = today.cost.operation_year[area.members] - cost.operation_year[area.members]
    factor = float(cost.requirement_factor[model] * cost.efficiency[model])
    return {"forgone_water_year": factor * float(avoided.sum())}


def _sewer(area: Settlement, sewer: tuple[Floats, Floats]) -> dict[str, float | str]:
    billed, cost = (float(part[area.members].sum()) for part in sewer)
    return {"billed_sewer_year": billed, "sewer_cost_year": cost}


def _sewer_per_town(case: Case, settled: Sequence[Settlement]) -> tuple[Floats, Floats]:
    """Return what each town is billed for sewerage, and what its sewers cost."""
    classes = case.classes
    bill = sewer_bills(case.instance.tariff, classes) * _prices(case, settled)[classes.town]
    billed = 12.0 * classes.connections * bill.sum(axis=1)
    efficiency = np.ones(case.towns)
    for area in settled:
        efficiency[area.members] = case.cost.efficiency[area.choice.model]
    return (
        classes.total_per_town(billed, case.towns),
        sewer_cost(case.instance, classes, efficiency),
    )


def _solidarity_per_town(case: Case, settled: Sequence[Settlement]) -> tuple[Floats, Floats]:
    """Return what each town's customers are billed above and below the domestic schedule.

    Formula: ``12 n_k max(0, bill_k - domestic_k)`` and ``12 n_k max(0, domestic_k - bill_k)``,
    money per year. Source: Colombia's contributions and subsidies, Law 142 of 1994.
    """
    classes = case.classes
    beyond = case.space.bill - domestic_bills(case.instance.tariff, classes)
    extra = 12.0 * classes.connections * (beyond * _prices(case, settled)[classes.town]).sum(axis=1)
    return (
        classes.total_per_town(np.maximum(extra, 0.0), case.towns),
        classes.total_per_town(np.maximum(-extra, 0.0), case.towns),
    )


def _prices(case: Case, settled: Sequence[Settlement]) -> Floats:
    """Return the prices in each town, shape (towns, components)."""
    prices = np.zeros((case.towns, len(case.space.components)))
    for area in settled:
        prices[area.members] = area.prices
    return prices


def _billed_per_town(case: Case, settled: Sequence[Settlement]) -> tuple[Floats, Floats]:
    """Return what is billed to households and to other customers of each town, money per year."""
    classes = case.classes
    bill = (case.space.bill * _prices(case, settled)[classes.town]).sum(axis=1)
    billed = 12.0 * classes.connections * bill
    return (
        classes.total_per_town(np.where(classes.household, billed, 0.0), case.towns),
        classes.total_per_town(np.where(classes.household, 0.0, billed), case.towns),
    )
