"""A category's own prices are within multiples of the domestic ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.promises.kinds import Relaxation, TariffSpace, Words
from optimizer.promises.relax import tariff

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["PROMISE"]


MULTIPLE_MOST = 100.0


def _relaxations(region: Instance) -> list[Relaxation]:
    rules = region.tariff
    own = [c for c in rules.categories if c.has_own_prices]
    if rules.shape is not None or not own:
        return []
    changes = {"multiple_least": 0.0, "multiple_most": MULTIPLE_MOST}
    free = tuple(c.model_copy(update=changes) if c.has_own_prices else c for c in rules.categories)
    return [tariff("dropped", categories=free)]


PROMISE = TariffSpace(
    name="category_multiple",
    unit="money/m3",
    words=Words(
        "the mean price of a category is within its multiples of the domestic one",
        "el precio medio de una categoría está dentro de sus múltiplos del doméstico",
        "o preço médio de uma categoria está dentro dos seus múltiplos do residencial",
    ),
    components=("category_multiple",),
    relaxations=_relaxations,
    source="26 schedules in force: shops pay 1.35-2.8 times the domestic price in small Peruvian "
    "utilities, 1.3-2.6 times in Brazil",
)
