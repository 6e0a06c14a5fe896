"""Default ranges where a region states none: by kind of datum, and by how it is known.

A figure of the region's own is *given*; one that was computed from others (an annuity, incomes from
a poverty rate) is *derived*; one that stands in for all towns (``[costs]``, ``[incomes]``), or is
about an operator that does not exist yet, is *assumed*. Part of the error of a figure that stands
in for all towns is common to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pandas as pd

from optimizer.cost_terms.factors import FACTORS
from optimizer.instance.instance import Instance
from optimizer.instance.schema.uncertainty_fields import Uncertain

__all__ = ["RANGES", "Quality", "Range", "qualities", "ranges", "stated_or_default"]

Quality = Literal["given", "derived", "assumed"]
TOGETHER = 0.25
"""Share of the variance of a figure that stands in for all towns which is common to them."""


@dataclass(frozen=True)
class Range:
    """Default distributions of one datum.

    Attributes
    ----------
    given, derived, assumed : Uncertain
        By how the datum is known.
    """

    given: Uncertain
    derived: Uncertain
    assumed: Uncertain


def _around(given: float, derived: float, assumed: float, *, towns: bool = True) -> Range:
    """Return lognormal factors with median 1."""

    def spread(sd: float, together: float) -> Uncertain:
        if not towns:
            return Uncertain(distribution="lognormal", sd=sd)
        return Uncertain(distribution="lognormal", sd=sd, each="town", common_share=together)

    return Range(spread(given, 0.0), spread(derived, TOGETHER), spread(assumed, TOGETHER))


def _within(*bounds: tuple[float, float], towns: bool = True) -> Range:
    """Return uniform factors: given, derived, assumed."""

    def spread(low: float, high: float, together: float) -> Uncertain:
        if not towns:
            return Uncertain(distribution="uniform", low=low, high=high)
        return Uncertain(
            distribution="uniform", low=low, high=high, each="town", common_share=together
        )

    given, derived, assumed = bounds
    return Range(spread(*given, 0.0), spread(*derived, TOGETHER), spread(*assumed, TOGETHER))


RANGES: Mapping[str, Range] = MappingProxyType(
    {
        "overhead": _around(0.2, 0.35, 0.5, towns=False),
        "operation": _around(0.1, 0.2, 0.35),
        "replacement": _around(0.1, 0.2, 0.35),
        "transition": _within((0.8, 1.3), (0.7, 2.0), (0.5, 3.0), towns=False),
        "trips": _within((0.9, 1.1), (0.75, 1.5), (0.5, 2.0), towns=False),
        "hours": _around(0.1, 0.15, 0.25, towns=False),
        "collection_rate": _within((0.95, 1.05), (0.8, 1.1), (0.7, 1.12)),
        "non_revenue_water": _within((0.9, 1.1), (0.8, 1.2), (0.7, 1.43)),
        "consumption": _within((0.95, 1.05), (0.85, 1.15), (0.73, 1.27)),
        "income": _around(0.05, 0.15, 0.25),
    }
)
"""Half of small providers of a country lie within a factor of 0.68 to 1.78 of a fitted cost (SNIS
2021, local providers): 0.35 is the spread that is left for one of known size and service.
Collection of small towns is 0.6 to 0.95 where it is not measured, losses 0.25 to 0.5, use 11 to 19
m3 a month: the bounds are those over the usual stand-ins of 0.85, 0.35 and 15."""


def qualities(region: Instance) -> dict[str, Quality]:
    """Return how each datum of the default ranges is known: given, derived or assumed.

    Examples
    --------
    >>> import optimizer as op
    >>> found = qualities(op.read("instances/san_martin"))
    >>> found["operation"], found["income"], found["hours"]
    ('assumed', 'derived', 'given')
    """
    return {name: _quality(region, name) for name in RANGES}


def _quality(region: Instance, name: str) -> Quality:
    if name == "hours":
        return "derived" if region.travel_table is None else "given"
    columns = FACTORS[name]
    if all(table == "operator_models" for table, _ in columns):
        return "assumed"
    told = [str(d.how) for d in region.derived if d.count and (d.table, d.column) in columns]
    if any("[costs]" in how or "from [incomes]" in how for how in told):
        return "assumed"
    return "derived" if told else "given"


def stated_or_default(region: Instance) -> dict[str, Uncertain]:
    """Return the distributions of a region: the stated ones, or the default ones if none is."""
    if region.uncertainty.data:
        return dict(region.uncertainty.data)
    by_quality = {
        name: {"given": r.given, "derived": r.derived, "assumed": r.assumed}
        for name, r in RANGES.items()
    }
    return {name: by_quality[name][quality] for name, quality in qualities(region).items()}


def ranges(region: Instance) -> pd.DataFrame:
    """Return what is drawn, how each datum is known, and whether its range was stated.

    Examples
    --------
    >>> import optimizer as op
    >>> ranges(op.read("instances/san_martin")).loc["overhead"].tolist()
    ['assumed', 'default', 'x lognormal, median 1, sd 0.5']
    """
    known = qualities(region)
    stated = "stated" if region.uncertainty.data else "default"
    rows = {
        name: (known.get(name, ""), stated, record.words)
        for name, record in stated_or_default(region).items()
    }
    columns = ["known", "range", "distribution"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.rename_axis("datum")
