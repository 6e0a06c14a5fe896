"""The objective recomputed, and what bound and status say about it."""

from __future__ import annotations

import math

import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import RELATIVE, Ledger, slack
from optimizer.audit.money.costs import CostBooks
from optimizer.messages.message import Message

__all__ = ["check_proof"]


def check_proof(
    facts: Facts,
    costs: CostBooks,
    forgone: pd.Series,
    means: pd.Series | None,
    ledger: Ledger,
) -> None:
    """Check the value of every area, the objective, the bound and the status.

    Parameters
    ----------
    facts : Facts
        The plan and its instance.
    costs : CostBooks
        Recomputed costs.
    forgone : Series
        Recomputed requirement of the water that is no longer used, by area.
    means : Series or None
        Recomputed means over the draws, where the objective is one.
    ledger : Ledger
        Receives checks and failures.
    """
    public = facts.finances["operating_subsidy_year"] + facts.finances["household_support_year"]
    value = costs.requirement_area + forgone + facts.instance.policy.public_money_price * public
    index = facts.areas.index
    what = "areas: value_year"
    ledger.compare("objective", what, facts.areas["value_year"], value, areas=index)
    outcome = facts.plan.outcome
    saved = outcome.refined_saving_year
    due, found = float(value.sum()) + saved, outcome.objective
    if means is not None:
        price = facts.instance.policy.public_money_price
        public_mean = means["operating_subsidy_year"] + means["household_support_year"]
        due = float(means["requirement_year"] + price * public_mean)
        _budget(facts, float(public_mean), ledger)
    _refined(facts, saved, ledger)
    ledger.count("objective")
    if not abs(found - due) <= slack(found, due)[0]:
        message = Message(
            "the objective is {amount:,.2f}, recomputed {limit:,.2f}", amount=found, limit=due
        )
        ledger.fail("objective", message, amount=found - due)
    _bound(facts, ledger)
    _status(facts, ledger)


def _budget(facts: Facts, public: float, ledger: Ledger) -> None:
    """Check the budget of public money, which limits the mean over the draws."""
    budget = facts.instance.policy.subsidy_budget_year
    if budget is None:
        return
    ledger.count("subsidy_budget")
    if public > budget + slack(public, budget)[0]:
        message = Message(
            "public money of {amount:,.2f} a year, the budget is {limit:,.2f}",
            amount=public,
            limit=budget,
        )
        ledger.fail("subsidy_budget", message, amount=public - budget)


def _refined(facts: Facts, saved: float, ledger: Ledger) -> None:
    """Check that refined schedules are no worse than the menu's, and exist only with a menu."""
    most = slack(facts.plan.outcome.objective)[0]
    if not facts.instance.policy.demand_response and saved != 0.0:
        message = Message(
            "a saving of {amount:,.2f} by refined schedules without a menu", amount=saved
        )
        ledger.fail("objective", message, amount=saved)
    elif not saved >= -most:
        message = Message(
            "the refined schedules cost {amount:,.2f} more than those of the menu", amount=-saved
        )
        ledger.fail("objective", message, amount=-saved)


def _bound(facts: Facts, ledger: Ledger) -> None:
    outcome = facts.plan.outcome
    ledger.count("bound")
    over = outcome.bound - outcome.objective
    if over > slack(outcome.objective, outcome.bound)[0]:
        message = Message(
            "the bound {amount:,.2f} is above the objective {limit:,.2f}",
            amount=outcome.bound,
            limit=outcome.objective,
        )
        ledger.fail("bound", message, amount=over)
    if math.isnan(outcome.bound) != (outcome.status == "evaluated"):
        message = Message(
            "a plan with status {status} has a bound"
            if outcome.status == "evaluated"
            else "a plan with status {status} has no bound",
            status=outcome.status,
        )
        ledger.fail("bound", message, amount=outcome.bound)


def _status(facts: Facts, ledger: Ledger) -> None:
    outcome = facts.plan.outcome
    ledger.count("status")
    short = outcome.objective - outcome.bound
    if outcome.status == "optimal" and not short <= slack(outcome.objective)[0]:
        message = Message(
            "optimal is claimed with a gap of {gap:.2g}, {limit:g} is the most",
            gap=outcome.gap,
            limit=RELATIVE,
        )
        ledger.fail("status", message, amount=short)
    if outcome.status == "within_gap" and not math.isfinite(outcome.bound):
        ledger.fail("status", Message("within_gap is claimed without a finite bound"), amount=short)
    if outcome.status == "infeasible":
        ledger.fail("status", Message("an infeasible problem has no plan"))
    if outcome.status == "unconfirmed":
        message = Message("the figures of the plan do not bear out what was found")
        ledger.fail("status", message)
