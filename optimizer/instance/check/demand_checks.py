"""Checks of demand that responds: a menu that makes sense, and what it cannot stand beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.errors import Problem
from optimizer.instance.reading.findings import Findings
from optimizer.instance.schema.demand_fields import Demand
from optimizer.instance.schema.fields import Tariff
from optimizer.instance.schema.policy import Policy
from optimizer.instance.schema.year_fields import Horizon

if TYPE_CHECKING:
    from optimizer.instance.check.settings_checks import Place

__all__ = ["demand_checks", "saving_factors"]


def saving_factors(operator_models: pd.DataFrame) -> np.ndarray:
    """Return by how much each model's requirement falls per unit of operating cost avoided.

    Formula: ``e_m (1 + fee and margin on cost) / (1 - fee and margin on revenue)``.
    """
    share = operator_models[
        [
            "board_fee_share_cost",
            "margin_share_cost",
            "board_fee_share_revenue",
            "margin_share_revenue",
            "efficiency",
        ]
    ].to_numpy(dtype=float)
    factor = (1.0 + share[:, 0] + share[:, 1]) / (1.0 - share[:, 2] - share[:, 3])
    return np.asarray(factor * share[:, 4], dtype=np.float64)


def demand_checks(
    demand: Demand,
    *,
    policy: Policy,
    tariff: Tariff,
    operator_models: pd.DataFrame,
    horizon: Horizon | None,
    place: Place,
) -> list[Problem]:
    """Return what is wrong with the menu, and promises that demand cannot stand beside yet.

    Parameters
    ----------
    demand : Demand
        How consumption follows the price.
    policy : Policy
        Nothing is checked but the menu where it does not ask for ``demand_response``.
    tariff : Tariff
        Rules of the schedule.
    operator_models : pandas.DataFrame
        Columns of :class:`~optimizer.instance.schema.fields.OperatorModel`.
    horizon : Horizon or None
        The years of a tariff path.
    place : Place
        Where the settings stand.

    Examples
    --------
    >>> from optimizer.instance.check.settings_checks import Place
    >>> model = {"operator_model": ["m"], "efficiency": [1.0]}
    >>> shares = ["board_fee_share_cost", "margin_share_cost"]
    >>> shares += ["board_fee_share_revenue", "margin_share_revenue"]
    >>> models = pd.DataFrame(model | {name: [0.0] for name in shares})
    >>> found = demand_checks(
    ...     Demand(), policy=Policy(demand_response=True), tariff=Tariff(), horizon=None,
    ...     operator_models=models, place=Place("instance.toml"))
    >>> found[0].what
    'is asked for, and no shape is given'
    """
    found = Findings()
    _menu(demand, tariff, place, found)
    if horizon is not None and policy.tariff_spread_most > 1.0:
        what = "cannot stand beside [horizon] yet: a path has one level for an area or each town"
        remedy = "set it to 1, set tariff_scope to town, or remove [horizon]"
        line = place.line("policy", "tariff_spread_most")
        found.problem(place.file, line, "policy.tariff_spread_most", what, remedy)
    if policy.demand_response:
        _shape(demand, tariff, place, found)
        _beside(policy, operator_models, horizon, place, found)
    return found.problems


def _menu(demand: Demand, tariff: Tariff, place: Place, found: Findings) -> None:
    """Check levels, and that every shape is an admissible schedule."""
    steps = np.diff([0.0, *demand.levels])
    if (steps <= 0).any():
        what = f"{list(demand.levels)} do not rise from above 0"
        line = place.line("demand", "levels")
        found.problem(place.file, line, "demand.levels", what, "write factors in rising order")
    line, column = place.line("demand", "shapes"), "demand.shapes"
    if demand.shapes and tariff.shape is not None:
        what, remedy = "are given beside tariff.shape", "give one of the two"
        found.problem(place.file, line, column, what, remedy)
    if demand.shapes and any(c.has_own_prices for c in tariff.categories):
        what = "say nothing of categories with multiple_most"
        found.problem(place.file, line, column, what, "give those categories a factor instead")
    due = len(tariff.blocks_m3) + 2
    for shape in demand.shapes:
        what, remedy = "", "write the fixed charge, then the price of each block"
        if len(shape) != due:
            what = f"{list(shape)} has {len(shape)} numbers, the blocks need {due}"
        elif min(shape) < 0 or max(shape[1:]) <= 0:
            what = f"{list(shape)} has a negative price or none above 0"
        elif broken := _broken_rule(shape, tariff):
            what, remedy = f"{list(shape)} breaks {broken}", f"change the shape or tariff.{broken}"
        if what:
            found.problem(place.file, line, column, what, remedy)


def _broken_rule(shape: tuple[float, ...], tariff: Tariff) -> str:
    """Return the rule of free prices that a shape breaks, or nothing."""
    fixed, price = shape[0], np.array(shape[1:])
    if (np.diff(price) < -1e-9 * price[1:]).any() or price[-1] > tariff.ladder * price[0] * (
        1 + 1e-9
    ):
        return "ladder"
    edges = np.minimum([0.0, *tariff.blocks_m3, np.inf], tariff.reference_m3_month)
    bill = fixed + float(np.diff(edges) @ price)
    if fixed < tariff.fixed_charge_least_share * bill * (1 - 1e-9):
        return "fixed_charge_least_share"
    return "fixed_charge_share" if fixed > tariff.fixed_charge_share * bill * (1 + 1e-9) else ""


def _shape(demand: Demand, tariff: Tariff, place: Place, found: Findings) -> None:
    if tariff.shape is not None or demand.shapes:
        return
    line = place.line("policy", "demand_response")
    remedy = "give tariff.shape, or several in [demand] shapes: schedules are chosen from a menu"
    what = "is asked for, and no shape is given"
    found.problem(place.file, line, "policy.demand_response", what, remedy)


def _beside(
    policy: Policy,
    operator_models: pd.DataFrame,
    horizon: Horizon | None,
    place: Place,
    found: Findings,
) -> None:
    """Report promises that are not exact beside demand that responds, so they are refused."""
    named = {
        "household_support_share": policy.household_support_share > 0,
        "solidarity_balance": policy.solidarity_balance,
        "participation": policy.participation,
        "core": policy.core,
        "tariff_spread_most": policy.tariff_spread_most > 1.0,
    }
    column, remedy = "policy.demand_response", "set demand_response to no, or give up the other"
    line = place.line("policy", "demand_response")
    for name, asked in named.items():
        if asked:
            what = f"cannot stand beside {name} yet"
            found.problem(place.file, line, column, what, remedy)
    if horizon is not None:
        what = "cannot stand beside [horizon] yet: a path keeps today's consumption"
        found.problem(place.file, line, column, what, "set it to no, or remove [horizon]")
    factors = saving_factors(operator_models)
    if len(factors) and np.ptp(factors) > 1e-9 * factors.max():
        whole = {
            "tariff_scope = 'region'": policy.tariff_scope == "region",
            "subsidy_budget_year": policy.subsidy_budget_year is not None,
        }
        for name, asked in whole.items():
            if asked:
                what = f"cannot stand beside {name} where operator models differ in efficiency, "
                what += "fee or margin"
                found.problem(place.file, line, column, what, remedy)
