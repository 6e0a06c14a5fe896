"""Where demand responds and no plan exists: the grouping first, then what the menu cannot pay.

The promises on the grouping do not depend on demand, so they are diagnosed without it. Where they
can be kept, money is in the way: the least public money and the least affordable share with which
a plan exists are found by solving the region with that promise bent.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from optimizer.errors import PolicyError
from optimizer.instance.instance import Instance
from optimizer.messages.message import Message
from optimizer.solving.branch_and_price.solver import solve_columns
from optimizer.solving.clock import Clock
from optimizer.solving.diagnose.diagnosis import Diagnosis
from optimizer.solving.diagnose.probe import Limits
from optimizer.solving.diagnose.wording import money_text, reason, round_money, short
from optimizer.solving.options import Options
from optimizer.tariffs.case import case_of
from optimizer.tariffs.plan_value import plan_value

__all__ = ["demand_findings", "without_demand"]

DEAR = 1000.0
SHARE_STEP = 1e-3
SHARE_FACTOR = 5.0


def without_demand(instance: Instance) -> Instance:
    """Return a region whose consumption stays, and whose areas may be given any subsidy."""
    free = instance.policy.replace(
        demand_response=False, operating_subsidy=True, subsidy_budget_year=None
    )
    return instance.replace(policy=free)


def demand_findings(instance: Instance, limits: Limits) -> list[Diagnosis]:
    """Return what may bend in a region whose grouping has a plan as long as it is paid for."""
    return [finding for finding in _findings(instance, limits) if finding is not None]


def _findings(instance: Instance, limits: Limits) -> Iterator[Diagnosis | None]:
    yield _subsidy(instance, limits)
    yield _share(instance, limits)


def _subsidy(instance: Instance, limits: Limits) -> Diagnosis | None:
    """Return the least public money with which a plan exists, or nearly so."""
    policy = instance.policy
    free = policy.replace(operating_subsidy=True, subsidy_budget_year=None, public_money_price=DEAR)
    spent = _public_money(instance.replace(policy=free), limits)
    if not math.isfinite(spent):
        return None
    amount = round_money(spent)
    money = money_text(amount, instance)
    unit, whole = f"{instance.currency}/year", max(1.0, amount)
    if not policy.operating_subsidy:
        words = reason(
            "operating_subsidy",
            Message("no schedule of the menu covers every area at the consumption that results"),
            Message("set operating_subsidy to yes ({amount} would do)", amount=money),
        )
        bent = instance.replace(policy=policy.replace(operating_subsidy=True))
        return Diagnosis("operating_subsidy", amount, unit, words, 1.0, proven=False, bent=bent)
    budget = policy.subsidy_budget_year or 0.0
    words = reason(
        "subsidy_budget",
        Message("at the consumption that results a plan needs {amount}", amount=money),
        Message("raise subsidy_budget_year to that"),
    )
    bent = instance.replace(policy=policy.replace(subsidy_budget_year=amount))
    relative = (amount - budget) / whole
    name = "subsidy_budget"
    return Diagnosis(name, amount - budget, unit, words, relative, proven=False, bent=bent)


def _share(instance: Instance, limits: Limits) -> Diagnosis | None:
    """Return the least affordable share, to a tenth of a per cent, with which a plan exists."""
    stated = instance.policy.affordable_share
    low, high = stated, min(1.0, SHARE_FACTOR * stated)

    def bent(share: float) -> Instance:
        return instance.replace(policy=instance.policy.with_affordable_share(share))

    if not _has_plan(bent(high), limits):
        return None
    while high - low > SHARE_STEP and not limits.over:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if _has_plan(bent(middle), limits) else (middle, high)
    share = math.ceil(high / SHARE_STEP - 1e-9) * SHARE_STEP
    step = Message(
        "raise {field} from {n} to {limit}",
        field="affordable_share",
        n=short(stated),
        limit=short(share),
    )
    words = reason("affordable_bill", step)
    relative = (share - stated) / stated
    bend = share - stated
    name = "affordable_bill"
    return Diagnosis(name, bend, "share 0-1", words, relative, proven=False, bent=bent(share))


def _has_plan(instance: Instance, limits: Limits) -> bool:
    return math.isfinite(_public_money(instance, limits, gap=1.0))


def _public_money(instance: Instance, limits: Limits, *, gap: float = 0.0) -> float:
    """Return the public money of the best plan, ``inf`` where none was found."""
    options = Options(gap=gap, time_limit=limits.seconds_each)
    try:
        case = case_of(instance)
        with Clock(options) as clock:
            areas = solve_columns(case, clock).areas
    except PolicyError:
        return math.inf
    if not areas:
        return math.inf
    total = plan_value(case, areas)
    return total.subsidy_year + total.support_year
