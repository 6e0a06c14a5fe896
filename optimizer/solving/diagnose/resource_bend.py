"""The limits of a sum over the towns of an area, bent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyomo.environ as pyo

from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.messages.message import Listed, Message
from optimizer.promises import AREA_RESOURCES
from optimizer.promises.kinds import AreaResource
from optimizer.promises.own import limited
from optimizer.solving.diagnose.elastic import Bend, Bent, Elastic
from optimizer.solving.diagnose.wording import named

__all__ = ["ResourceLimit", "resource_bends"]


class ResourceLimit(Bend):
    """Least widening of what the policy asks of a sum over the towns of an area."""

    def __init__(self, resource: AreaResource) -> None:
        self._resource = resource
        self.promise = resource.name

    def stated(self, instance: Instance) -> bool:
        """Return whether the policy limits the sum."""
        least, most = self._limits(instance)
        return least is not None or most is not None

    def relax(self, instance: Instance) -> Instance:
        """Return the region without the limits."""
        if self._resource.own:
            return instance.replace(policy=limited(instance.policy, self._resource, None, None))
        named_fields = (self._resource.least, self._resource.most)
        changes = {name: None for name in named_fields if name is not None}
        return instance.replace(policy=instance.policy.replace(**changes))

    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Keep every area within the limits, widened by one slack each way."""
        least, most = self._limits(e.stated)
        amount = self._amounts(e)
        short = pyo.Var(bounds=(0, least or 0.0))
        over = pyo.Var(bounds=(0, sum(amount.values())))
        rows = pyo.ConstraintList()
        for part, made in (("short", short), ("over", over), ("again", rows)):
            e.m.add_component(f"{self.promise}_{part}", made)
        everything = sum(amount.values())
        for j in e.data.seats:
            total = sum(amount[i] * e.serve(i, j) for i in e.data.towns)
            if least is not None:
                rows.add(total + short >= least * e.serve(j, j))
            if most is not None:
                rows.add(total - over <= most + everything * (1 - e.serve(j, j)))
        return short / max(1.0, least or 1.0) + over / max(1.0, most or 1.0)

    def read(self, e: Elastic) -> Bent:
        """Return the limits that the solved areas need."""
        least, most = self._limits(e.stated)
        amount = self._amounts(e)
        areas = {j: e.area_of(j) for j in e.data.seats}
        total = {j: sum(amount[i] for i in towns) for j, towns in areas.items() if towns}
        small, large = min(total, key=total.__getitem__), max(total, key=total.__getitem__)
        steps: list[tuple[str, float, float, str]] = []
        if least is not None and total[small] < least:
            steps.append((self._named("least"), least, total[small], small))
        if most is not None and total[large] > most:
            steps.append((self._named("most"), most, total[large], large))
        needs = {name: needed for name, _, needed, _ in steps}
        return Bent(
            amount=sum(abs(needed - stated) for _, stated, needed, _ in steps),
            unit=self._resource.unit,
            relative=sum(abs(needed - stated) / max(1.0, stated) for _, stated, needed, _ in steps),
            what=Message(
                "{parts}",
                parts=Listed(
                    tuple(
                        Message(
                            "{towns}: {n:,.0f}, {field} is {limit:,.0f}",
                            towns=named(e.stated, areas[j]),
                            n=needed,
                            field=name,
                            limit=stated,
                        )
                        for name, stated, needed, j in steps
                    ),
                    joined="; ",
                ),
            ),
            remedy=Message(
                "{steps}",
                steps=Listed(
                    tuple(
                        Message(
                            "change {field} from {n:,.0f} to {limit:,.0f}",
                            field=name,
                            n=stated,
                            limit=needed,
                        )
                        for name, stated, needed, _ in steps
                    )
                ),
            ),
            change=lambda instance: instance.replace(policy=self._changed(instance.policy, needs)),
        )

    def _named(self, limit: str) -> str:
        """Return what the planner calls a limit."""
        if self._resource.own:
            return f"{limit} of {self.promise}"
        return str(self._resource.least if limit == "least" else self._resource.most)

    def _changed(self, policy: Policy, needs: Mapping[str, float]) -> Policy:
        """Return the policy with the limits that areas need."""
        if self._resource.own:
            least, most = self._resource.stated
            least, most = (
                needs.get(self._named("least"), least),
                needs.get(self._named("most"), most),
            )
            return limited(policy, self._resource, least, most)
        kinds = {name: type(policy.model_dump()[name]) for name in needs}
        return policy.replace(**{name: kinds[name](needed) for name, needed in needs.items()})

    def _limits(self, instance: Instance) -> tuple[float | None, float | None]:
        if self._resource.own:
            return self._resource.stated
        policy = instance.policy.model_dump()
        named_fields = (self._resource.least, self._resource.most)
        least, most = (None if name is None else policy[name] for name in named_fields)
        return least, most

    def _amounts(self, e: Elastic) -> dict[str, float]:
        """Return what each town of the model adds."""
        if not self._resource.amount:
            return dict.fromkeys(e.data.towns, 1.0)
        if self._resource.amount == "connections":
            return dict(e.data.size)
        column = e.stated.towns[self._resource.amount].fillna(0.0)
        return {town: float(column[town]) for town in e.data.towns}


def resource_bends(policy: Policy) -> list[Bend]:
    """Return a bend of each sum over the towns of an area that the policy limits."""
    by_policy = [p for p in AREA_RESOURCES if p.least is not None or p.most is not None]
    own = [p for one in policy.own if isinstance(p := one.promise(), AreaResource)]
    return [ResourceLimit(promise) for promise in [*by_policy, *own]]
