"""The brute force of the benchmarks on a case of any kind; travel and neighbours are the case's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.brute_force.best_plan import BruteForce
from benchmarks.brute_force.region import region_of
from optimizer.tariffs.case import Case
from optimizer.tariffs.payments import area_payments

__all__ = ["brute_force", "least_cost"]


@dataclass(eq=False)
class CaseByForce(BruteForce):
    """Brute force that takes the settled tariff of areas with several prices from the case."""

    case: Case

    def payments(self, group: tuple[int, ...]) -> dict[int, float]:
        """What each town of an area pays."""
        return dict(zip(group, area_payments(self.case, np.array(group)).tolist(), strict=True))


def brute_force(case: Case) -> CaseByForce:
    """The values of areas and plans, of which travel, neighbours and payments are the case's."""
    pairs = case.reach.pairs
    places = zip(pairs["seat"].tolist(), pairs["town"].tolist(), strict=True)
    hours = dict(zip(places, pairs["hours"].tolist(), strict=True))
    borders = frozenset((int(a), int(b)) for a, b in case.reach.edges)
    return CaseByForce(region_of(case.instance, hours=hours, borders=borders), case)


def least_cost(case: Case) -> float:
    """The objective of the best plan; ``inf`` where none keeps every promise."""
    return brute_force(case).least_cost()
