"""Promises about operators that may bend: what those that exist may do, and who may host."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from optimizer.instance.incumbents import LOCKS, incumbents_of
from optimizer.instance.instance import Instance
from optimizer.messages.message import Message
from optimizer.solving.diagnose.elastic import Bend, Bent, Elastic
from optimizer.solving.diagnose.wording import named

__all__ = ["HostTowns", "IncumbentArea"]


class IncumbentArea(Bend):
    """Fewest towns that an existing operator must lose, or take on."""

    promise: str = "incumbent_area"

    def stated(self, instance: Instance) -> bool:
        """Return whether some operator that exists may not do everything."""
        exist = incumbents_of(instance.operator_models)
        return any(one.kept or not one.may_grow for one in exist)

    def relax(self, instance: Instance) -> Instance:
        """Return the region in which existing operators may do everything."""
        free = instance.operator_models.assign(**dict.fromkeys(LOCKS, True))
        return instance.replace(operator_models=free)

    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Count the towns served by an operator that may not."""
        return sum(e.m.served_by[triple] for triple in self._barred(e)) / len(e.data.towns)

    def _barred(self, e: Elastic) -> list[tuple[str, ...]]:
        """Return the (town, seat, operator model) that a lock bars."""
        exist = incumbents_of(e.stated.operator_models)
        kept = {town: one.operator for one in exist for town in one.kept}
        still = {one.operator: set(one.today) for one in exist if not one.may_grow}
        return [
            (i, j, k)
            for i, j, k in e.data.triples
            if kept.get(i, k) != k or (k in still and i not in still[k])
        ]

    def read(self, e: Elastic) -> Bent:
        """Return the towns that go to another operator."""
        moved = [t for t in self._barred(e) if pyo.value(e.m.served_by[t]) > 0.5]
        towns, operators = {i for i, _, _ in moved}, {k for _, _, k in moved}

        def change(instance: Instance) -> Instance:
            models = instance.operator_models.copy()
            for one in incumbents_of(models):
                if one.operator in operators:
                    models.loc[one.operator, "may_grow"] = True
                if towns & set(one.kept):
                    models.loc[one.operator, ["may_shrink", "may_be_replaced"]] = True
            return instance.replace(operator_models=models)

        return Bent(
            amount=float(len(moved)),
            unit="towns",
            relative=len(moved) / len(e.stated.towns),
            what=Message(
                "{towns} can only be served by an operator that may not serve there",
                towns=named(e.stated, [i for i, _, _ in moved]),
            ),
            remedy=Message(
                "set may_grow of the operator that is to take them on, or may_shrink and "
                "may_be_replaced of the one that has them, to yes in operators.csv"
            ),
            change=change,
        )


class HostTowns(Bend):
    """Fewest towns served from a town that is no host."""

    promise: str = "host_towns"

    def stated(self, instance: Instance) -> bool:
        """Return whether only some towns may be hosts."""
        return bool(instance.policy.host_towns)

    def relax(self, instance: Instance) -> Instance:
        """Return the region in which every town may be a host."""
        return instance.replace(policy=instance.policy.replace(host_towns=()))

    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Count the towns served from a town that is no host."""
        return sum(e.m.serve[pair] for pair in self._barred(e)) / len(e.data.towns)

    def _barred(self, e: Elastic) -> list[tuple[str, ...]]:
        hosts = e.stated.policy.host_towns
        return [(i, j) for i, j in e.data.pairs if i != j and j not in hosts]

    def read(self, e: Elastic) -> Bent:
        """Return the further hosts."""
        moved = [pair for pair in self._barred(e) if pyo.value(e.m.serve[pair]) > 0.5]
        seats = list(dict.fromkeys(seat for _, seat in moved))

        def change(instance: Instance) -> Instance:
            hosts = tuple(dict.fromkeys([*instance.policy.host_towns, *seats]))
            return instance.replace(policy=instance.policy.replace(host_towns=hosts))

        return Bent(
            amount=float(len(moved)),
            unit="towns",
            relative=len(moved) / len(e.stated.towns),
            what=Message(
                "{towns} can only be served from {seat}, which is no host",
                towns=named(e.stated, [i for i, _ in moved]),
                seat=named(e.stated, seats),
            ),
            remedy=Message("add {seat} to host_towns", seat=named(e.stated, seats)),
            change=change,
        )
