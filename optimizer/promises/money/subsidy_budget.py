"""All public money together is within the budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.promises.kinds import PlanTotal, Relaxation, Words
from optimizer.promises.relax import policy
from optimizer.record import Row, unit_field

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["PROMISE"]


class Fields(Row):
    """Fields of the policy."""

    subsidy_budget_year: float | None = unit_field(
        "money/year", "most public money in the whole plan", default=None, ge=0
    )


def _relaxations(region: Instance) -> list[Relaxation]:
    budget = region.policy.subsidy_budget_year
    if budget is None:
        return []
    more = 1.1 * budget
    found = [policy("dropped", subsidy_budget_year=None)]
    if budget > 0:
        found.append(policy(f"loosened to {more:,.0f}", subsidy_budget_year=more))
    return found


PROMISE = PlanTotal(
    name="subsidy_budget",
    unit="money/year",
    words=Words(
        "all public money together is within the budget",
        "todo el dinero público junto está dentro del presupuesto",
        "todo o dinheiro público junto está dentro do orçamento",
    ),
    components=("subsidy_budget",),
    fields=Fields,
    relaxations=_relaxations,
)
