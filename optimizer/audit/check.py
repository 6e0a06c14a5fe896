"""The audit: every rule recomputed from the instance's tables and the plan's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.audit.claims import check_claims, check_filled
from optimizer.audit.expected import check_draws
from optimizer.audit.facts import facts_of
from optimizer.audit.geography.neighbours import check_connected
from optimizer.audit.geography.travel import check_travel
from optimizer.audit.ledger import Ledger
from optimizer.audit.loyalty.alone import check_alone
from optimizer.audit.loyalty.core import check_core
from optimizer.audit.money.bills import check_bills
from optimizer.audit.money.costs import check_costs
from optimizer.audit.money.demand import check_consumption, check_forgone_water
from optimizer.audit.money.money import check_money
from optimizer.audit.money.tariffs import check_tariffs
from optimizer.audit.promises import check_grouping, rules_of
from optimizer.audit.proof import check_proof
from optimizer.audit.result import Audit, audit_of
from optimizer.instance.schema.plan_tables import check_columns
from optimizer.messages.message import Message

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["audit"]

NO_PLAN = {
    "infeasible": Message("no plan keeps every promise; there is nothing to audit"),
    "unconfirmed": Message("what was found is not confirmed; there is nothing to audit"),
}


def audit(plan: Plan) -> Audit:
    """Recompute everything that a plan claims, and name every rule that it breaks.

    Nothing is shared with the code that makes plans: the instance's tables and the plan's
    decisions (who is served from where, prices, support, subsidies, transfers) are the only
    input, and every other figure of the plan is computed afresh and compared.

    Parameters
    ----------
    plan : Plan
        Any plan, computed, evaluated or read from a folder.

    Returns
    -------
    Audit
        Failures and number of checks. Nothing is raised for a bad plan; see
        :meth:`~optimizer.audit.Audit.raise_for_failures`.

    Examples
    --------
    >>> import optimizer as op
    >>> plan = op.evaluate(op.read("instances/pair"), grouping="alone")
    >>> audit(plan).sound
    True
    """
    ledger = Ledger(rules_of(plan.instance))
    problems = check_columns(plan)
    ledger.count("tables", 5)
    for problem in problems:
        ledger.fail("tables", problem)
    if not problems:
        check_filled(plan, ledger)
        _recompute(plan, ledger)
        check_claims(plan, ledger)
    return audit_of(ledger)


def _recompute(plan: Plan, ledger: Ledger) -> None:
    if plan.outcome.status in NO_PLAN and plan.areas.empty:
        ledger.count("status")
        ledger.fail("status", NO_PLAN[plan.outcome.status])
        return
    facts = facts_of(plan, ledger)
    if facts.areas.empty or facts.towns.empty:
        return
    hours = check_travel(facts, ledger)
    check_grouping(facts, hours, ledger)
    check_connected(facts, ledger)
    prices = check_tariffs(facts, ledger)
    there = check_consumption(facts, prices, ledger)
    costs = check_costs(there, hours, ledger)
    bills = check_bills(there, prices, ledger)
    money = check_money(there, costs, bills, ledger)
    forgone = check_forgone_water(facts, there, ledger)
    check_alone(facts, money, ledger)
    check_core(facts, costs, money, ledger)
    means = check_draws(facts, ledger)
    check_proof(facts, costs, forgone, means, ledger)
