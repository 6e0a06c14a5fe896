"""The promises that a plan must keep."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import create_model, model_validator

from optimizer.errors import PolicyError
from optimizer.instance.schema.changed import changed
from optimizer.promises import PROMISES
from optimizer.promises.own import OwnPromise
from optimizer.record import TOWNS, unit_field, unit_of

if TYPE_CHECKING:
    from optimizer.promises.grouping import (
        connected,
        fixed_seats,
        host_towns,
        keep_apart,
        keep_together,
        operator_count,
        reach,
        same_zone,
    )
    from optimizer.promises.money import (
        core,
        household_support,
        operating_subsidy,
        participation,
        solidarity_balance,
        subsidy_budget,
    )
    from optimizer.promises.tariff import affordable_bill, demand_response, tariff_spread_most

__all__ = ["Objective", "Policy", "TariffScope"]

TariffScope = Literal["service_area", "town", "region"]
Objective = Literal["given", "expected"]


if TYPE_CHECKING:

    class _Promised(
        affordable_bill.Fields,
        reach.Fields,
        same_zone.Fields,
        connected.Fields,
        keep_together.Fields,
        keep_apart.Fields,
        fixed_seats.Fields,
        host_towns.Fields,
        operator_count.Fields,
        demand_response.Fields,
        tariff_spread_most.Fields,
        participation.Fields,
        core.Fields,
        solidarity_balance.Fields,
        operating_subsidy.Fields,
        household_support.Fields,
        subsidy_budget.Fields,
    ):
        """What a type checker knows of the promises' fields."""

else:
    _Promised = create_model(
        "_Promised",
        __base__=tuple(p.fields for p in reversed(PROMISES.values()) if p.fields is not None),
    )


class Policy(_Promised):
    """The promises: affordability, reach, budget, and the planner's own rules.

    Every promise brings its own fields (:mod:`optimizer.promises`). Frozen; :meth:`replace` returns
    a changed copy that has been validated again.

    Examples
    --------
    >>> Policy(affordable_share=0.05).replace(reach_hours=1.0).reach_hours
    1.0
    """

    where: ClassVar[str] = "instance.toml [policy]"
    tariff_scope: TariffScope = unit_field(
        "text",
        "one schedule per service_area, per town, or for the region",
        default="service_area",
    )
    public_money_price: float = unit_field(
        "factor",
        "weight of a unit of public money against a unit of cost (lambda)",
        default=3.0,
        ge=0,
        le=1000,
    )

    objective: Objective = unit_field(
        "text",
        "least at the given figures, or least on average over the draws of [uncertainty]: areas, "
        "seats and operator models are decided before the data are known, tariffs and public money "
        "are set again in each draw",
        default="given",
    )
    own: tuple[OwnPromise, ...] = unit_field(
        "list", "promises of the planner's own, each in [[policy.own]]", default=()
    )

    @model_validator(mode="after")
    def _own_names_are_new(self) -> Self:
        names = [own.name for own in self.own]
        taken = [name for name in names if name in PROMISES or names.count(name) > 1]
        if taken:
            message = f"own: {taken[0]!r} is the name of another promise; choose a new one"
            raise ValueError(message)
        return self

    def with_towns(self, keyed: Callable[[str], str]) -> Policy:
        """Return a copy in which every town is called as a function says: by its key.

        Examples
        --------
        >>> Policy(keep_apart=(("Alba", "c"),)).with_towns(str.lower).keep_apart
        (('alba', 'c'),)
        """
        given = self._town_fields()
        named = {name: _renamed(towns, keyed) for name, towns in given.items()}
        changes = {name: towns for name, towns in named.items() if towns != given[name]}
        return self.replace(**changes) if changes else self

    def towns_named(self) -> set[str]:
        """Return the towns that promises name, as they call them."""
        return set(_leaves(self._town_fields().values()))

    def _town_fields(self) -> dict[str, Any]:
        """Return the fields that name towns, where they name any."""
        return {name: towns for name in _TOWN_FIELDS if (towns := vars(self)[name])}

    @property
    def own_schedules(self) -> bool:
        """Whether every town has a schedule, by the scope or because prices may differ."""
        apart = self.tariff_scope == "service_area" and self.tariff_spread_most > 1.0
        return self.tariff_scope == "town" or apart

    @property
    def spread(self) -> float:
        """Largest ratio between the same price in two towns of an area; infinite by town."""
        if self.tariff_scope == "service_area":
            return self.tariff_spread_most
        return math.inf if self.tariff_scope == "town" else 1.0

    def with_affordable_share(self, share: float) -> Policy:
        """Return a copy with another affordable share, and both services' share as much higher.

        Examples
        --------
        >>> raised = Policy().with_affordable_share(0.04)
        >>> raised.affordable_share, round(raised.affordable_share_both, 12)
        (0.04, 0.06)
        """
        both = min(1.0, self.affordable_share_both + share - self.affordable_share)
        return self.replace(affordable_share=share, affordable_share_both=both)

    def refuse_response(self, question: str) -> None:
        """Refuse a question that has no exact answer yet where demand responds.

        Raises
        ------
        PolicyError
            If the policy asks for ``demand_response``.

        Examples
        --------
        >>> Policy().refuse_response("stability")
        """
        if self.demand_response:
            message = f"{question} is not known yet where demand responds; set it to no"
            raise PolicyError(message)

    def replace(self, **changes: Any) -> Policy:  # noqa: ANN401 - any policy field
        """Return a copy with the given fields changed, validated again.

        Raises
        ------
        PolicyError
            If a name is not a policy field or a value is outside its bounds.
        """
        stated = {p.name: list(p.fields.model_fields) for p in PROMISES.values() if p.fields}
        return changed(self, changes, stated=stated)


_TOWN_FIELDS = tuple(name for name in Policy.model_fields if unit_of(Policy, name) == TOWNS)
"""Fields that list towns, or sets of them."""


def _renamed(towns: Any, keyed: Callable[[str], str]) -> Any:  # noqa: ANN401 - one or nested
    """Return a town, or towns in sets, by their keys."""
    return keyed(towns) if isinstance(towns, str) else tuple(_renamed(t, keyed) for t in towns)


def _leaves(towns: Any) -> Iterator[str]:  # noqa: ANN401 - one or nested
    """Yield the towns of nested lists."""
    if isinstance(towns, str):
        yield towns
    else:
        for part in towns:
            yield from _leaves(part)
