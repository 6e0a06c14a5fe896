"""The objective recomputed, and what bound and status say about it."""

from __future__ import annotations

import math

import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import RELATIVE, Ledger, slack
from optimizer.audit.money.costs import CostBooks

__all__ = ["check_proof"]


def check_proof(facts: Facts, costs: CostBooks, forgone: pd.Series, ledger: Ledger) -> None:
    """Check the value of every area, the objective, the bound and the status.

    Parameters
    ----------
    facts : Facts
        The plan and its instance.
    costs : CostBooks
        Recomputed costs.
    forgone : Series
        Recomputed requirement of the water that is no longer used, by area.
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
    _refined(facts, saved, ledger)
    ledger.count("objective")
    if not abs(found - due) <= slack(found, due)[0]:
        message = f"the objective is {found:,.2f}, recomputed {due:,.2f}"
        ledger.fail("objective", message, amount=found - due)
    _bound(facts, ledger)
    _status(facts, ledger)


def _refined(facts: Facts, saved: float, ledger: Ledger) -> None:
    """Check that refined schedules are no worse than the menu's, and exist only with a menu."""
    most = slack(facts.plan.outcome.objective)[0]
    if not facts.instance.policy.demand_response and saved != 0.0:
        message = f"a saving of {saved:,.2f} by refined schedules without a menu"
        ledger.fail("objective", message, amount=saved)
    elif not saved >= -most:
        message = f"the refined schedules cost {-saved:,.2f} more than those of the menu"
        ledger.fail("objective", message, amount=-saved)


def _bound(facts: Facts, ledger: Ledger) -> None:
    outcome = facts.plan.outcome
    ledger.count("bound")
    over = outcome.bound - outcome.objective
    if over > slack(outcome.objective, outcome.bound)[0]:
        message = f"the bound {outcome.bound:,.2f} is above the objective {outcome.objective:,.2f}"
        ledger.fail("bound", message, amount=over)
    if math.isnan(outcome.bound) != (outcome.status == "evaluated"):
        words = "has a bound" if outcome.status == "evaluated" else "has no bound"
        ledger.fail("bound", f"a plan with status {outcome.status} {words}", amount=outcome.bound)


def _status(facts: Facts, ledger: Ledger) -> None:
    outcome = facts.plan.outcome
    ledger.count("status")
    short = outcome.objective - outcome.bound
    if outcome.status == "optimal" and not short <= slack(outcome.objective)[0]:
        message = f"optimal is claimed with a gap of {outcome.gap:.2g}, {RELATIVE:g} is the most"
        ledger.fail("status", message, amount=short)
    if outcome.status == "within_gap" and not math.isfinite(outcome.bound):
        ledger.fail("status", "within_gap is claimed without a finite bound", amount=short)
    if outcome.status == "infeasible":
        ledger.fail("status", "an infeasible problem has no plan")
    if outcome.status == "unconfirmed":
        ledger.fail("status", "the figures of the plan do not bear out what was found")
