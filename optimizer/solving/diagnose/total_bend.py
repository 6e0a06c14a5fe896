"""The limits of a sum over the areas of a plan, bent."""

from __future__ import annotations

from typing import Any, ClassVar

import pyomo.environ as pyo

from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.messages.message import Message
from optimizer.model.totals import plan_total
from optimizer.promises import promises_of
from optimizer.promises.kinds import PlanTotal
from optimizer.promises.own import limited
from optimizer.solving.diagnose.elastic import Bend, Bent, Elastic
from optimizer.tariffs.case import make_case

__all__ = ["TotalLimit", "total_bends"]

ROUNDING = 1e-6


class TotalLimit(Bend):
    """Least widening of what the policy asks of a sum over the areas of a plan."""

    total: ClassVar[bool] = True

    def __init__(self, promise: PlanTotal) -> None:
        self._promise = promise
        self.promise = promise.name

    def stated(self, instance: Instance) -> bool:
        """Return whether the policy limits the sum."""
        return self._promise.limits(instance.policy) != (None, None)

    def relax(self, instance: Instance) -> Instance:
        """Return the region without the limits."""
        return instance.replace(policy=self._changed(instance.policy, None, None))

    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Keep the sum within the limits, widened by one slack each way."""
        least, most = self._promise.limits(e.stated.policy)
        total = self._total(e)
        short, over = pyo.Var(bounds=(0, max(0.0, least or 0.0))), pyo.Var(bounds=(0, None))
        rows = pyo.ConstraintList()
        for part, made in (("short", short), ("over", over), ("again", rows)):
            e.m.add_component(f"{self.promise}_{part}", made)
        if least is not None:
            rows.add(total + short >= least)
        if most is not None:
            rows.add(total - over <= most)
        return short / max(1.0, abs(least or 1.0)) + over / max(1.0, abs(most or 1.0))

    def read(self, e: Elastic) -> Bent:
        """Return the limit that the solved plan needs."""
        least, most = self._promise.limits(e.stated.policy)
        needed = round(float(pyo.value(self._total(e))), 6)
        low = least is not None and needed < least - ROUNDING
        stated = float((least if low else most) or 0.0)
        name = self._named("least" if low else "most")
        amount = abs(needed - stated)
        new = (needed, most) if low else (least, needed)
        return Bent(
            amount=amount,
            unit=self._promise.unit,
            relative=amount / max(1.0, abs(stated)),
            what=Message(
                "no plan comes to more than {n:,.6g}, {field} is {limit:,.6g}"
                if low
                else "no plan comes to less than {n:,.6g}, {field} is {limit:,.6g}",
                n=needed,
                field=name,
                limit=stated,
            ),
            remedy=Message(
                "change {field} from {n:,.6g} to {limit:,.6g}", field=name, n=stated, limit=needed
            ),
            change=lambda instance: instance.replace(policy=self._changed(instance.policy, *new)),
        )

    def _total(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Return the sum in the relaxed model, which knows the promise no longer."""
        case = e.data.case
        totals = make_case(e.stated, case.reach).totals
        k = [promise.name for promise in totals.promises].index(self.promise)
        return plan_total(e.m, e.data, totals.served[:, :, k], totals.opened[:, :, k])

    def _named(self, limit: str) -> str:
        """Return what the planner calls a limit."""
        if self._promise.own:
            return f"{limit} of {self.promise}"
        return str(self._promise.least if limit == "least" else self._promise.most)

    def _changed(self, policy: Policy, least: float | None, most: float | None) -> Policy:
        """Return the policy with other limits."""
        if self._promise.own:
            return limited(policy, self._promise, least, most)
        fields = {self._promise.least: least, self._promise.most: most}
        return policy.replace(**{name: limit for name, limit in fields.items() if name})


def total_bends(policy: Policy) -> list[Bend]:
    """Return the bends of all sums over a plan, a planner's own too."""
    promises = promises_of(policy).values()
    return [TotalLimit(p) for p in promises if isinstance(p, PlanTotal) and p.is_summed]
