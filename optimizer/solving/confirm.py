"""The last word on every solve: a status stands only where the plan's own figures confirm it.

A method says what it found, at what value, and how sure it is. Here the settled plan is asked: its
figures are numbers, no public money is paid that the policy forbids, its areas sum to the
objective, and objective and bound are as near each other as the status claims. Where nothing was
found although a simple plan keeps every promise, or no promise has to bend, that is not confirmed
either. Such a result has the status ``unconfirmed`` and says which figure fails.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimizer.plan.draws import expected_objective
from optimizer.plan.plan import Plan
from optimizer.solving.compact.savings import savings_plan
from optimizer.solving.group_rules import group_rules
from optimizer.solving.solution import ROUNDING
from optimizer.tariffs.case import Case
from optimizer.tariffs.group_value import group_value
from optimizer.tariffs.plan_value import keeps_totals, plan_value

__all__ = ["confirmed", "refuted"]

FEW_TOWNS = 60
"""Towns up to which a plan is sought once more by merging where none is said to exist."""

MONEY = {
    "cost_year": "the cost",
    "requirement_year": "the revenue requirement",
    "revenue_year": "the revenue",
    "operating_subsidy_year": "the operating subsidy",
    "transfer_year": "the transfer",
    "household_support_year": "the household support",
    "value_year": "the weighted cost",
}
"""Columns of areas that hold money, in words."""

CLAIMS = {"optimal": "proven best", "within_gap": "proven within the gap that was asked for"}
"""What a status says of a plan, in words."""


def confirmed(plan: Plan, *, gap: float) -> Plan:
    """Return a plan as it is, or with the status ``unconfirmed`` and the figures that fail.

    Parameters
    ----------
    plan : Plan
        A settled plan of a search.
    gap : float
        Relative gap that was asked for.

    Examples
    --------
    >>> import optimizer as op
    >>> plan = op.solve(op.read("instances/pair"))
    >>> forged = replace(plan, outcome=replace(plan.outcome, bound=100_000.0))
    >>> print(confirmed(forged, gap=0.0).outcome.broken_promises[0])
    the plan is called proven best, but costs 53,000.00 a year more than the bound of 100,000.00
    (public money weighted)
    """
    outcome = plan.outcome
    wrong = [*_not_numbers(plan), *_forbidden_money(plan), *_value(plan), *_proof(plan, gap)]
    if wrong:
        outcome = replace(outcome, status="unconfirmed", broken_promises=tuple(wrong))
        return replace(plan, outcome=outcome)
    bound = min(outcome.bound, outcome.objective)
    return replace(plan, outcome=replace(outcome, bound=bound))


def refuted(case: Case, reasons: tuple[str, ...], *, stop: Callable[[], bool]) -> str:
    """Return in words why an answer that no plan exists is not confirmed; empty where it is.

    Parameters
    ----------
    case : Case
        The instance as arrays.
    reasons : tuple of str
        Promises that must bend, as the diagnosis found them.
    stop : callable
        Whether time is up, so that the diagnosis may have been cut short.
    """
    rules = group_rules(case)
    alone = [(town,) for town in range(case.towns)]
    plans = []
    if all(rules.allows(town) for town in alone):
        plans.append([group_value(case, town) for town in alone])
    if case.towns <= FEW_TOWNS:
        plans.append(list(savings_plan(case, stop=stop) or ()))
    for areas in [] if case.instance.policy.core else plans:
        if areas and keeps_totals(case, areas):
            value = plan_value(case, areas).value_year
            found = f"one with {len(areas)} service areas does, at {value:,.2f} a year"
            return f"the search found no plan that keeps every promise, but {found}"
    if not reasons and not stop():
        return "the search found no plan that keeps every promise, but none that would have to bend"
    return ""


def _not_numbers(plan: Plan) -> list[str]:
    """Say which figures are no numbers."""
    named = {"weighted cost of the plan": plan.objective, "bound of its proof": plan.bound}
    wrong = [
        f"the {name} is no number ({value})"
        for name, value in named.items()
        if not math.isfinite(value)
    ]
    for column, words in MONEY.items():
        money = plan.areas[column].to_numpy(dtype=float)
        wrong += [
            f"{words} of the area of {plan.areas.index[k]} is no number ({money[k]})"
            for k in np.flatnonzero(~np.isfinite(money))[:1]
        ]
    return wrong


def _forbidden_money(plan: Plan) -> list[str]:
    """Say what public money is paid that the policy forbids."""
    policy, areas = plan.instance.policy, plan.areas
    subsidy, support = areas["operating_subsidy_year"], areas["household_support_year"]
    room = ROUNDING * (1.0 + areas["requirement_year"].sum())
    wrong, barred = [], "which the policy does not allow"
    if not policy.operating_subsidy and subsidy.sum() > room:
        wrong.append(f"it pays an operating subsidy of {subsidy.sum():,.2f} a year, {barred}")
    if policy.household_support_share == 0 and support.sum() > room:
        wrong.append(f"it pays household support of {support.sum():,.2f} a year, {barred}")
    budget, public = policy.subsidy_budget_year, float(subsidy.sum() + support.sum())
    if plan.draws is not None:
        paid = plan.draws[["operating_subsidy_year", "household_support_year"]].sum(axis=1)
        public = float(paid.groupby(level="draw").sum().mean())
    if budget is not None and public > budget + room:
        wrong.append(
            f"it takes {public:,.2f} of public money a year, above the budget of {budget:,.2f}"
        )
    return wrong


def _value(plan: Plan) -> list[str]:
    """Say where the areas do not sum to the objective."""
    objective = plan.objective
    if plan.draws is not None:
        value = expected_objective(plan.draws, plan.instance.policy.public_money_price)
        if abs(value - objective) <= _room(value, objective):
            return []
        return [f"the objective is {objective:,.2f}, but its draws have a mean of {value:,.2f}"]
    value = float(plan.areas["value_year"].sum()) + plan.outcome.refined_saving_year
    if not math.isfinite(value) or abs(value - objective) <= _room(value, objective):
        return []
    told = f"the search says that the plan costs {objective:,.2f} a year"
    return [f"{told}, but its areas sum to {value:,.2f} (public money weighted)"]


def _proof(plan: Plan, gap: float) -> list[str]:
    """Say where objective and bound are not what the status claims."""
    objective, bound, status = plan.objective, plan.bound, plan.status
    if not (math.isfinite(objective) and math.isfinite(bound)):
        return []
    room = _room(objective, bound)
    if bound > objective + room:
        told = f"no plan is said to cost less than {bound:,.2f} a year"
        return [f"{told}, but this one costs {objective:,.2f} (public money weighted)"]
    claimed = {"optimal": 0.0, "within_gap": gap * abs(objective)}
    if status not in claimed or objective - bound <= claimed[status] + room:
        return []
    more = f"costs {objective - bound:,.2f} a year more than the bound of {bound:,.2f}"
    return [f"the plan is called {CLAIMS[status]}, but {more} (public money weighted)"]


def _room(*figures: float) -> float:
    return ROUNDING * (1.0 + max(abs(figure) for figure in figures))
