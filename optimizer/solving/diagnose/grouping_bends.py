"""The planner's own rules that may bend: sets of towns, fixed seats, number of operators."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any, ClassVar

import pyomo.environ as pyo

from optimizer.instance.instance import Instance
from optimizer.messages.message import Listed, Message
from optimizer.solving.diagnose.elastic import Bend, Bent, Elastic
from optimizer.solving.diagnose.wording import named

__all__ = ["FixedSeats", "KeepApart", "KeepTogether", "OperatorCount"]

Sets = tuple[tuple[str, ...], ...]


class KeepTogether(Bend):
    """Fewest sets of ``keep_together`` to give up."""

    promise: str = "keep_together"

    def stated(self, instance: Instance) -> bool:
        """Return whether any towns must stay together."""
        return bool(instance.policy.keep_together)

    def relax(self, instance: Instance) -> Instance:
        """Return the region without ``keep_together``, its parts still joined."""
        return instance.replace(policy=instance.policy.replace(keep_together=()))

    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Let towns of a set share their seat unless the set is given up."""
        sets = _inside(e, e.stated.policy.keep_together)
        e.m.together_dropped = pyo.Var(range(len(sets)), domain=pyo.Binary)
        e.m.together_again = pyo.ConstraintList()
        for s, group in enumerate(sets):
            for a, b in pairwise(group):
                for j in e.data.seats:
                    if (a, j) in e.m.PAIRS or (b, j) in e.m.PAIRS:
                        apart = e.serve(a, j) - e.serve(b, j)
                        e.m.together_again.add(apart <= e.m.together_dropped[s])
                        e.m.together_again.add(-apart <= e.m.together_dropped[s])
        return _share(e.m.together_dropped, len(sets))

    def read(self, e: Elastic) -> Bent:
        """Return the sets given up."""
        given = e.stated.policy.keep_together
        sets = _dropped(e.m.together_dropped, _inside(e, given))
        listed = Listed(tuple(named(e.stated, group) for group in sets), joined=" / ")
        return Bent(
            amount=float(len(sets)),
            unit="sets",
            relative=len(sets) / len(given),
            what=Message("no plan keeps {towns} under one operator", towns=listed),
            remedy=_sets_given_up(len(sets), "keep_together"),
            change=lambda instance: instance.replace(
                policy=instance.policy.replace(keep_together=_without(given, sets))
            ),
        )


class KeepApart(Bend):
    """Fewest sets of ``keep_apart`` to give up."""

    promise: str = "keep_apart"

    def stated(self, instance: Instance) -> bool:
        """Return whether any towns must stay apart."""
        return bool(instance.policy.keep_apart)

    def relax(self, instance: Instance) -> Instance:
        """Return the region without ``keep_apart``."""
        return instance.replace(policy=instance.policy.replace(keep_apart=()))

    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Let no two towns of a set share a seat unless the set is given up."""
        sets = _inside(e, e.stated.policy.keep_apart)
        e.m.apart_dropped = pyo.Var(range(len(sets)), domain=pyo.Binary)
        e.m.apart_again = pyo.ConstraintList()
        for s, group in enumerate(sets):
            for a, b in combinations(group, 2):
                for j in e.data.seats:
                    if (a, j) in e.m.PAIRS and (b, j) in e.m.PAIRS:
                        both = e.m.serve[a, j] + e.m.serve[b, j]
                        e.m.apart_again.add(both <= 1 + e.m.apart_dropped[s])
        return _share(e.m.apart_dropped, len(sets))

    def read(self, e: Elastic) -> Bent:
        """Return the sets given up."""
        given = e.stated.policy.keep_apart
        sets = _dropped(e.m.apart_dropped, _inside(e, given))
        listed = Listed(tuple(named(e.stated, group) for group in sets), joined=" / ")
        return Bent(
            amount=float(len(sets)),
            unit="sets",
            relative=len(sets) / len(given),
            what=Message("no plan keeps {towns} under different operators", towns=listed),
            remedy=_sets_given_up(len(sets), "keep_apart"),
            change=lambda instance: instance.replace(
                policy=instance.policy.replace(keep_apart=_without(given, sets))
            ),
        )


class FixedSeats(Bend):
    """Fewest fixed seats to give up."""

    promise: str = "fixed_seats"

    def stated(self, instance: Instance) -> bool:
        """Return whether any seat is fixed."""
        return bool(instance.policy.fixed_seats)

    def relax(self, instance: Instance) -> Instance:
        """Return the region without fixed seats."""
        return instance.replace(policy=instance.policy.replace(fixed_seats=()))

    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Require an operator in each fixed seat unless it is given up."""
        seats = [town for town in e.stated.policy.fixed_seats if town in e.data.towns]
        e.m.seat_dropped = pyo.Var(seats, domain=pyo.Binary)
        e.m.fixed_again = pyo.ConstraintList()
        for town in seats:
            e.m.fixed_again.add(e.serve(town, town) + e.m.seat_dropped[town] >= 1)
        return _share(e.m.seat_dropped, len(seats))

    def read(self, e: Elastic) -> Bent:
        """Return the seats given up."""
        given = e.stated.policy.fixed_seats
        lost = [town for town in e.m.seat_dropped if pyo.value(e.m.seat_dropped[town]) > 0.5]
        kept = tuple(town for town in given if town not in lost)
        return Bent(
            amount=float(len(lost)),
            unit="seats",
            relative=len(lost) / len(given),
            what=Message("no plan has an operator sitting in {towns}", towns=named(e.stated, lost)),
            remedy=Message(
                "give up {n} fixed seat" if len(lost) == 1 else "give up {n} fixed seats",
                n=len(lost),
            ),
            change=lambda instance: instance.replace(
                policy=instance.policy.replace(fixed_seats=kept)
            ),
        )


class OperatorCount(Bend):
    """Least change of ``operators_least`` or ``operators_most``."""

    promise: str = "operator_count"
    total: ClassVar[bool] = True

    def stated(self, instance: Instance) -> bool:
        """Return whether the number of operators is limited."""
        policy = instance.policy
        return policy.operators_least > 0 or policy.operators_most is not None

    def relax(self, instance: Instance) -> Instance:
        """Return the region with any number of operators."""
        policy = instance.policy.replace(operators_least=0, operators_most=None)
        return instance.replace(policy=policy)

    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Limit the number of service areas, less or plus the slack."""
        policy, count = e.stated.policy, len(e.data.towns)
        most = count if policy.operators_most is None else policy.operators_most
        e.m.too_few = pyo.Var(bounds=(0, count))
        e.m.too_many = pyo.Var(bounds=(0, count))
        areas = sum(e.m.operate[pair] for pair in e.m.OPERATE)
        e.m.count_least_again = pyo.Constraint(expr=areas >= policy.operators_least - e.m.too_few)
        e.m.count_most_again = pyo.Constraint(expr=areas <= most + e.m.too_many)
        return e.m.too_few / max(1, policy.operators_least) + e.m.too_many / most

    def read(self, e: Elastic) -> Bent:
        """Return the number of operators that is possible."""
        policy = e.stated.policy
        areas = round(sum(pyo.value(e.m.operate[pair]) for pair in e.m.OPERATE))
        if areas < policy.operators_least:
            field, stated = "operators_least", policy.operators_least
            one, many = "no plan has more than {n} operator", "no plan has more than {n} operators"
        else:
            field, stated = "operators_most", policy.operators_most or areas
            one = "no plan has fewer than {n} operator"
            many = "no plan has fewer than {n} operators"
        return Bent(
            amount=float(abs(areas - stated)),
            unit="operators",
            relative=abs(areas - stated) / max(1, stated),
            what=Message(one if areas == 1 else many, n=areas),
            remedy=Message(
                "change {field} from {n} to {limit}", field=field, n=stated, limit=areas
            ),
            change=lambda instance: instance.replace(
                policy=instance.policy.replace(**{field: areas})
            ),
        )


def _inside(e: Elastic, groups: Sets) -> list[tuple[str, ...]]:
    """Return the sets reduced to the towns of the model."""
    towns = set(e.data.towns)
    kept = (tuple(town for town in group if town in towns) for group in groups)
    return [group for group in kept if len(group) > 1]


def _dropped(flags: pyo.Var, sets: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [group for s, group in enumerate(sets) if pyo.value(flags[s]) > 0.5]


def _without(given: Sets, sets: list[tuple[str, ...]]) -> Sets:
    """Return the given sets but those whose towns in the model were given up."""
    return tuple(g for g in given if not any(set(s) <= set(g) for s in sets))


def _share(flags: pyo.Var, count: int) -> Any:  # noqa: ANN401 - a Pyomo expression
    return sum(flags[key] for key in flags) / max(1, count)


def _sets_given_up(number: int, field: str) -> Message:
    return Message(
        "give up {n} set of {field}" if number == 1 else "give up {n} sets of {field}",
        n=number,
        field=field,
    )
