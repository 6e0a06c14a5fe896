"""The fields of demand: how consumption follows the price, and the menu of schedules.

Part of the one table of fields (``schema.fields``). They count where the policy
asks for ``demand_response``; otherwise consumption stays what it is today.
"""

from __future__ import annotations

from typing import Any, ClassVar

from optimizer.instance.schema.changed import changed
from optimizer.record import Row, unit_field

__all__ = ["Demand"]


class Demand(Row):
    """How metered consumption follows the price, and from which schedules is chosen.

    Frozen; :meth:`replace` returns a changed copy that has been validated again.

    Examples
    --------
    >>> Demand(price_elasticity=-0.1).replace(change_most=0.2).price_elasticity
    -0.1
    """

    where: ClassVar[str] = "instance.toml [demand]"
    price_elasticity: float = unit_field(
        "per cent per per cent",
        "change of metered consumption when its average price rises by 1 %, where households.csv "
        "and customers.csv say none; -0.1 to -0.4 in most studies",
        default=-0.2,
        gt=-1,
        le=0,
    )
    change_most: float = unit_field(
        "share 0-1",
        "largest change of consumption, up or down; an elasticity says nothing far from today",
        default=0.3,
        ge=0,
        lt=1,
    )
    bill_today_month: float | None = unit_field(
        "money/month",
        "mean household bill today of towns for which targets.csv says none; without either the "
        "town's consumption stays as it is",
        default=None,
        gt=0,
        le=1e9,
    )
    levels: tuple[float, ...] = unit_field(
        "factor",
        "levels of the menu, factors on a shape; left out: every town's largest affordable one",
        default=(),
    )
    levels_most: int = unit_field(
        "count",
        "most levels of the menu where they are left out; of more towns some levels are skipped",
        default=600,
        ge=1,
        le=10_000,
    )
    shapes: tuple[tuple[float, ...], ...] = unit_field(
        "money",
        "shapes of the menu where tariff.shape is left out: fixed charge per month, then the price "
        "per m3 of each block; the first is today's",
        default=(),
    )

    def replace(self, **changes: Any) -> Demand:  # noqa: ANN401 - any field of demand
        """Return a copy with the given fields changed, validated again.

        Raises
        ------
        PolicyError
            If a name is not a field of demand or a value is outside its bounds.
        """
        return changed(self, changes, place="demand.")
