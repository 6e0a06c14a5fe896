"""Values in the mean over draws: seat and model are decided before, the tariff in each draw.

The value of a group with a seat and an operator model is

    mean over draws of  C_d + lambda M_d(C_d)

with the requirement ``C_d`` and the least public money ``M_d`` under the tariff that is best in the
draw. It is bounded with the revenue that extreme rays of the prices allow in each draw, and exact
from one small programme a draw.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.listing.drawn_bound import DrawnItems, mean_bounds, needs
from optimizer.solving.branch_and_price.listing.seat_items import SeatItems
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.problem.programmed_money import programmed_money
from optimizer.solving.branch_and_price.problem.tariff_rays import ray_caps
from optimizer.tariffs.case import Case
from optimizer.tariffs.kinks.least_money import PriceRows, least_money
from optimizer.tariffs.kinks.price_rows import price_rows
from optimizer.tariffs.prices.own_prices import reduced
from optimizer.tariffs.revenue import best_revenue, town_best_prices
from optimizer.uncertainty.values import DrawnValues

__all__ = ["ListedDraws"]


@dataclass(frozen=True, eq=False)
class ListedDraws:
    """Groups in the mean over draws.

    Attributes
    ----------
    problem : Problem
        The case at its given figures.
    values : DrawnValues
        Its draws.
    """

    problem: Problem
    values: DrawnValues
    _items: dict[int, DrawnItems] = field(default_factory=dict, init=False)

    @property
    def one_seat(self) -> bool:
        """Which seat is best is not told by the mean of its requirement."""
        return False

    @property
    def programmed(self) -> bool:
        """Whether public money is more than what the best revenue leaves open."""
        return self.problem.case.programmed

    @property
    def bounds_are_exact(self) -> bool:
        """Whether the rays tell the best revenue of each draw exactly."""
        rays = self.problem.rays.shape[0]
        return not self.programmed and (rays == 1 or not self.problem.shared_tariff)

    def bounds(self, items: SeatItems, bits: Ints, fits: Bools) -> tuple[Floats, Floats, Bools]:
        """Return means of requirement and public money of the model that is best by its bound."""
        drawn = self._drawn(items)
        need, money = mean_bounds(drawn, bits, np.ascontiguousarray(fits), self.values.price)
        return need, money, np.full(len(bits), self.bounds_are_exact)

    def exact(
        self, items: SeatItems, bits: Ints, groups: GroupBatch, requirement: Floats
    ) -> tuple[Floats, Floats]:
        """Return means of the best model of each group, from a programme for each draw."""
        del requirement
        resources = self.problem.case.resources
        fits = resources.admits(groups.total_of(resources.amount), items.seat) & items.models
        need = needs(self._drawn(items), bits)
        own = [groups.total_of(best) for best in self._own]
        best = np.stack(own) if self.programmed else self._best_revenue(groups)
        bound = np.maximum(0.0, need - best).mean(axis=1)
        value = np.where(fits.T, need.mean(axis=1) + self.values.price * bound, np.inf)
        if not self.programmed:
            model, each = value.argmin(axis=0), np.arange(len(bits))
            return need.mean(axis=1)[model, each], bound[model, each]
        return self._programmed(groups, need, value)

    def _programmed(self, groups: GroupBatch, need: Floats, bound: Floats) -> tuple[Floats, Floats]:
        """Value models in the order of their bounds, until the next one cannot be better."""
        count = len(groups)
        order = np.argsort(bound, axis=0, kind="stable")
        best = np.full((3, count), np.inf)
        for rank in order:
            todo = np.flatnonzero(bound[rank, np.arange(count)] < best[0])
            if not len(todo):
                break
            some, model = groups.take(todo), rank[todo]
            total = need[model, :, todo]
            money = np.mean(
                [
                    programmed_money(case, rows, some, np.ascontiguousarray(total[:, d]))
                    for d, (case, rows) in enumerate(self._programmes)
                ],
                axis=0,
            )
            mean = total.mean(axis=1)
            found = np.stack([mean + self.values.price * money, mean, money])
            better = found[0] < best[0, todo]
            best[:, todo[better]] = found[:, better]
        return best[1], np.where(np.isfinite(best[1]), best[2], 0.0)

    def _best_revenue(self, groups: GroupBatch) -> Floats:
        """Return the most revenue of each group in each draw, shape (draws, groups)."""
        if not self.problem.shared_tariff:
            return np.stack([groups.total_of(own) for own in self._own])
        most = np.stack([groups.total_of(own) for own in self._own]) * 2.0 + 1.0
        found = np.empty_like(most)
        for d, (case, rows) in enumerate(zip(self.values.cases, self._plain_rows, strict=True)):
            money = least_money(groups.town, groups.start, most[d], rows, False, True)  # noqa: FBT003
            found[d] = most[d] - money.subsidy
            for g in np.flatnonzero(~money.solved):
                members = groups.members(int(g))
                everyone = np.ones((1, len(members)), dtype=bool)
                found[d, g] = best_revenue(case, members, everyone)[0]
        return found

    def _drawn(self, items: SeatItems) -> DrawnItems:
        """Return the items of a seat in every draw."""
        if items.seat not in self._items:
            self._items[items.seat] = self._of_seat(items)
        return self._items[items.seat]

    def _of_seat(self, items: SeatItems) -> DrawnItems:
        drawn, given, town = self.values.drawn, self.problem.case, items.town
        reached, hours = given.reached_from(items.seat)
        road = 2.0 * drawn.trips_year[:, town] * hours[np.searchsorted(reached, town)]
        cost, factor = given.cost, given.cost.requirement_factor
        moves = cost.moves(town, town != items.seat).astype(np.float64)
        steady = (drawn.steady_operation_year + drawn.replacement_year)[:, town]
        each = steady[:, :, None] + drawn.transition_year[:, town, None] * moves
        serve = drawn.operation_year[:, town, None] * cost.efficiency + each
        serve = factor * (serve + road[:, :, None] * drawn.crew_hour_cost[:, None, :])
        revenue, most = self._rays
        order = np.argsort(items.item, kind="stable")
        caps = most.shape[1] if self.problem.shared_tariff else 0
        count = np.bincount(items.item, minlength=len(items)) * caps
        rows = most[town[order]].reshape(-1, *most.shape[2:]) if caps else most[:0, 0]
        shared = revenue[town] if caps else revenue[town][:, :0]
        return DrawnItems(
            serve=np.ascontiguousarray(items.per_item(np.moveaxis(serve, 0, 2))),
            opened=np.ascontiguousarray((factor * drawn.overhead_year).T),
            own=items.per_item(np.ascontiguousarray(self._own[:, town].T)),
            revenue=items.per_item(np.ascontiguousarray(shared)),
            most=np.ascontiguousarray(rows),
            start=np.concatenate([[0], np.cumsum(count)]).astype(np.int64),
        )

    @cached_property
    def _own(self) -> Floats:
        """Most revenue of each town by itself, shape (draws, towns)."""
        towns = np.arange(self.problem.towns)
        cases = self.values.cases
        return np.array(
            [(c.revenue_year * town_best_prices(c, towns).point).sum(axis=1) for c in cases]
        )

    @cached_property
    def _rays(self) -> tuple[Floats, Floats]:
        """Revenue by ray, shape (towns, rays, draws), and what each limit allows of a ray."""
        space, rays, cases = self.problem.case.space, self.problem.rays, self.values.cases
        revenue = [reduced(space.own, c.revenue_year, space.lead) @ rays.T for c in cases]
        caps = [ray_caps(case, rays) for case in cases]
        width = max(cap.shape[1] for cap in caps)
        with np.errstate(divide="ignore"):
            most = [
                np.minimum(1.0 / np.pad(c, ((0, 0), (0, width - c.shape[1]), (0, 0))), 1e300)
                for c in caps
            ]
        return np.stack(revenue, axis=2), np.stack(most, axis=3)

    @cached_property
    def _programmes(self) -> list[tuple[Case, PriceRows | None]]:
        """Case and rows of each draw; without a shared tariff programmes are solved alone."""
        shared = self.problem.shared_tariff
        return [(case, price_rows(case) if shared else None) for case in self.values.cases]

    @cached_property
    def _plain_rows(self) -> list[PriceRows]:
        """The same without household support: what bills can bring within the limits."""
        rows = [price_rows(case) for case in self.values.cases]
        return [
            r._replace(kinks=r.kinks[:0], kinks_start=np.zeros_like(r.kinks_start)) for r in rows
        ]
