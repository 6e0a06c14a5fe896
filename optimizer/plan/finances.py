"""The income statement of every service area."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from optimizer.economics.case import Case
from optimizer.economics.demand import Floats
from optimizer.plan.settle import Settlement

__all__ = ["finances_table"]


def finances_table(case: Case, settled: Sequence[Settlement]) -> pd.DataFrame:
    """Return the income statement, one row per service area, money per year."""
    billed = _billed_per_town(case, settled)
    rows = [_statement(case, area, billed) for area in settled]
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
    support = float((12.0 * case.classes.connections * area.support_month).sum())
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


def _billed_per_town(case: Case, settled: Sequence[Settlement]) -> tuple[Floats, Floats]:
    """Return what is billed to households and to other customers of each town, money per year."""
    classes = case.classes
    prices = np.zeros((case.towns, len(case.space.components)))
    for area in settled:
        prices[area.members] = area.prices
    bill = (case.space.bill * prices[classes.town]).sum(axis=1)
    billed = 12.0 * classes.connections * bill
    return (
        classes.total_per_town(np.where(classes.household, billed, 0.0), case.towns),
        classes.total_per_town(np.where(classes.household, 0.0, billed), case.towns),
    )
