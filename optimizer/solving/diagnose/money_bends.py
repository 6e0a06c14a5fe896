"""Promises about money that may bend: affordability, budget, subsidy, participation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyomo.environ as pyo

from optimizer.customers import affordable_shares
from optimizer.instance.instance import Instance
from optimizer.messages.message import Listed, Message
from optimizer.model.sets import THOUSAND
from optimizer.solving.diagnose.elastic import Bend, Bent, Elastic, total_requirement
from optimizer.solving.diagnose.wording import (
    at_least_share,
    money_text,
    named,
    round_money,
    short,
)

__all__ = ["AffordableBill", "OperatingSubsidy", "Participation", "SubsidyBudget"]


@dataclass(frozen=True)
class AffordableBill(Bend):
    """Least increase of ``affordable_share``, and of ``affordable_share_both`` by as much.

    Attributes
    ----------
    share_most : float
        Largest share that is tried; it bounds the prices of the relaxed model.
    """

    share_most: float = 1.0
    promise: str = "affordable_bill"
    money: ClassVar[bool] = True

    def stated(self, instance: Instance) -> bool:
        """Return whether the share can be raised."""
        return instance.policy.affordable_share < self.share_most

    def relax(self, instance: Instance) -> Instance:
        """Return the region with the largest share that is tried."""
        return instance.replace(policy=instance.policy.with_affordable_share(self.share_most))

    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Limit bills to the stated share plus the slack, of every protected income.

        A town that is not served from a seat is charged nothing there, so the slack needs no
        product with the grouping.
        """
        share = e.stated.policy.affordable_share
        m, data = e.m, e.data
        incomes, shares = _protected(e)
        m.share_over = pyo.Var(bounds=(0, self.share_most - share))
        m.affordable_again = pyo.ConstraintList()
        for key in m.BILLS:
            town, group = key[0], key[-1]
            income, own = incomes[town, group], shares[town, group]
            price = m.price if len(key) == 2 else {b: m.charged[*key[:2], b] for b in m.COMPONENTS}
            served = 1 if len(key) == 2 else m.serve[key[:2]]
            bill = sum(data.bill[town, group, b] * price[b] for b in data.components)
            limit = own * income * served + income * m.share_over
            m.affordable_again.add(bill - m.support[key] <= limit)
        return m.share_over / share

    def read(self, e: Elastic) -> Bent:
        """Return the share that is needed."""
        share = e.stated.policy.affordable_share
        needed = at_least_share(share + pyo.value(e.m.share_over))
        drained = bool(e.data.case.classes.sewer.any())
        return Bent(
            amount=round(needed - share, 10),
            unit="share of income",
            relative=(needed - share) / share,
            what=Message(
                "bills within {share} of income cannot bring in what the operators require with "
                "the public money allowed",
                share=short(share),
            ),
            remedy=Message(
                "raise {field} from {n} to {limit}, and affordable_share_both by as much"
                if drained
                else "raise {field} from {n} to {limit}",
                field="affordable_share",
                n=short(share),
                limit=short(needed),
            ),
            change=lambda instance: instance.replace(
                policy=instance.policy.with_affordable_share(needed)
            ),
        )


def _protected(e: Elastic) -> tuple[dict[tuple[str, str], float], dict[tuple[str, str], float]]:
    """Return income and stated affordable share of each protected class, by town and label."""
    classes, towns = e.data.case.classes, e.data.case.reach.towns
    stated = affordable_shares(e.stated.policy, classes.sewer)
    kept = np.flatnonzero(classes.protected)
    keys = [(towns[classes.town[k]], classes.label[k]) for k in kept]
    incomes = dict(zip(keys, classes.income_month[kept].tolist(), strict=True))
    return incomes, dict(zip(keys, stated[kept].tolist(), strict=True))


class SubsidyBudget(Bend):
    """Least public money with which a plan exists."""

    promise: str = "subsidy_budget"
    money: ClassVar[bool] = True
    total: ClassVar[bool] = True

    def stated(self, instance: Instance) -> bool:
        """Return whether there is a budget."""
        return instance.policy.subsidy_budget_year is not None

    def relax(self, instance: Instance) -> Instance:
        """Return the region without a budget."""
        return instance.replace(policy=instance.policy.replace(subsidy_budget_year=None))

    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Limit public money to the budget plus the slack."""
        budget = (e.stated.policy.subsidy_budget_year or 0.0) / THOUSAND
        e.m.budget_over = pyo.Var(domain=pyo.NonNegativeReals)
        spent = e.m.total_subsidy + e.m.total_support
        e.m.budget_again = pyo.Constraint(expr=spent <= budget + e.m.budget_over)
        return e.m.budget_over / max(budget, 0.01 * total_requirement(e))

    def read(self, e: Elastic) -> Bent:
        """Return the budget that is needed."""
        budget = e.stated.policy.subsidy_budget_year or 0.0
        needed = round_money(budget + THOUSAND * pyo.value(e.m.budget_over))
        scale = max(budget, 10.0 * total_requirement(e))
        return Bent(
            amount=needed - budget,
            unit=f"{e.stated.currency}/year",
            relative=(needed - budget) / scale,
            what=Message(
                "a plan needs {amount} of public money", amount=money_text(needed, e.stated)
            ),
            remedy=Message(
                "raise {field} from {n:,.0f} to {limit:,.2f}",
                field="subsidy_budget_year",
                n=budget,
                limit=needed,
            ),
            change=lambda instance: instance.replace(
                policy=instance.policy.replace(subsidy_budget_year=needed)
            ),
        )


class OperatingSubsidy(Bend):
    """Least operating subsidy where none is allowed."""

    promise: str = "operating_subsidy"
    money: ClassVar[bool] = True

    def stated(self, instance: Instance) -> bool:
        """Return whether operating subsidies are ruled out."""
        return not instance.policy.operating_subsidy

    def relax(self, instance: Instance) -> Instance:
        """Return the region with operating subsidies."""
        return instance.replace(policy=instance.policy.replace(operating_subsidy=True))

    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Measure the operating subsidy against what the operators require."""
        return e.m.total_subsidy / total_requirement(e)

    def read(self, e: Elastic) -> Bent:
        """Return the operating subsidy that is needed, and the areas that need it."""
        paid = {fund: THOUSAND * pyo.value(e.m.subsidy[fund]) for fund in e.m.FUNDS}
        needed = round_money(sum(paid.values()))
        most = max(paid.values(), default=0.0)
        funds = [fund for fund, money in paid.items() if money > 1e-6 * most and money > 0]
        everywhere = funds == ["region"]
        return Bent(
            amount=needed,
            unit=f"{e.stated.currency}/year",
            relative=needed / (THOUSAND * total_requirement(e)),
            what=Message(
                "tariffs within the limits leave a gap of {amount}"
                if everywhere
                else "tariffs within the limits leave a gap of {amount} (areas of {towns})",
                amount=money_text(needed, e.stated),
                towns=Listed(()) if everywhere else named(e.stated, funds),
            ),
            remedy=Message("set operating_subsidy to yes"),
            change=lambda instance: instance.replace(
                policy=instance.policy.replace(operating_subsidy=True)
            ),
        )


class Participation(Bend):
    """Least total that towns pay above their stand-alone cost."""

    promise: str = "participation"
    money: ClassVar[bool] = True

    def stated(self, instance: Instance) -> bool:
        """Return whether no town may pay more than its stand-alone cost."""
        return instance.policy.participation

    def relax(self, instance: Instance) -> Instance:
        """Return the region without the promise."""
        return instance.replace(policy=instance.policy.replace(participation=False))

    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Limit what a town pays to its stand-alone cost plus its slack."""
        m, data = e.m, e.data
        m.paid_over = pyo.Var(list(data.stand_alone), domain=pyo.NonNegativeReals)
        m.participation_again = pyo.ConstraintList()
        pooled = e.stated.policy.tariff_scope == "region"
        keys = [(i,) for i in data.towns] if pooled else list(data.pairs)
        for key in keys:
            town = key[0]
            if town not in data.stand_alone:
                continue
            paid = sum(
                data.revenue[town, b] * (m.price[b] if pooled else m.charged[*key, b])
                for b in data.components
            )
            served = 1 if pooled else m.serve[key]
            limit = data.stand_alone[town] * served + m.paid_over[town]
            m.participation_again.add(paid <= limit)
        return sum(m.paid_over[town] for town in data.stand_alone) / total_requirement(e)

    def read(self, e: Elastic) -> Bent:
        """Return who pays more than alone, and how much."""
        over = {i: THOUSAND * pyo.value(e.m.paid_over[i]) for i in e.data.stand_alone}
        paying = [i for i, money in over.items() if money > 1e-6 * max(over.values())]
        total = round_money(sum(over.values()))
        return Bent(
            amount=total,
            unit=f"{e.stated.currency}/year",
            relative=total / (THOUSAND * total_requirement(e)),
            what=Message(
                "{towns} would have to pay {amount} more than alone",
                towns=named(e.stated, paying),
                amount=money_text(total, e.stated),
            ),
            remedy=Message("set participation to no, or grant that sum"),
            change=lambda instance: instance.replace(
                policy=instance.policy.replace(participation=False)
            ),
        )
