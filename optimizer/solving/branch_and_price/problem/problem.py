"""A case as the column engine sees it: who each seat may serve, at what cost, for what revenue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.parameters import Parameters
from optimizer.solving.branch_and_price.problem.area_rules import OwnRules, narrow, own_rules
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch, Keys, town_keys
from optimizer.solving.branch_and_price.problem.tariff_rays import (
    allowed_revenue,
    ray_caps,
    with_mixes,
)
from optimizer.tariffs.case import Case
from optimizer.tariffs.kinks.least_money import PriceRows
from optimizer.tariffs.kinks.price_rows import price_rows
from optimizer.tariffs.plan_totals import PlanTotals
from optimizer.tariffs.prices.extreme_rays import extreme_rays
from optimizer.tariffs.prices.own_prices import reduced
from optimizer.tariffs.revenue import town_best_prices

__all__ = ["USUAL", "Problem", "make_problem"]

USUAL = Parameters()


@dataclass(frozen=True, eq=False)
class Problem:
    """Arrays by pair (seat, town), by town and by operator model.

    Attributes
    ----------
    case : Case
        The instance.
    rules : OwnRules
        The planner's rules on one group.
    start, served : int arrays
        Towns that seat j may serve are ``served[start[j]:start[j + 1]]``, rising, j included;
        empty where j may not be a seat.
    pair_key : int array
        ``seat * towns + town`` of each pair, rising.
    serve : array of shape (pairs, models)
        Requirement that serving the town from the seat adds, money per year.
    open : array of shape (models,)
        Requirement of the overhead, money per year.
    least : array of shape (models,)
        Connections below which a model need not be looked at: its own least size, or the size up
        to which another model is never dearer.
    rays : array of shape (rays, domestic components)
        Extreme rays of the cone of admissible domestic prices.
    ray_revenue : array of shape (towns, rays)
        Revenue per unit of each, the prices of other categories at the town's best, money per year.
    ray_cap : array of shape (towns, caps, rays)
        Share of each of the town's limits that a unit of the ray uses.
    ray_bound : array of shape (towns, caps and mixes, rays)
        The same with mixes of limits, which bound revenue better than each limit alone.
    own_best : array of shape (towns,)
        Most revenue of each town by itself (with what it avoids, where demand responds), money per
        year.
    rank : int array of shape (towns,)
        Order of the towns from the tightest affordability to the widest: by how much the limits of
        each allow the whole region to raise.
    key : array of shape (towns,)
        Random numbers that identify groups.
    totals : PlanTotals
        What pairs and operators add to the totals of a plan.
    parameters : Parameters
        Numbers that tune the computation.
    price_rows : PriceRows or None
        Where public money needs a programme for each group and these are solved all together.
    """

    case: Case
    rules: OwnRules
    start: Ints
    served: Ints
    pair_key: Ints
    serve: Floats
    open: Floats
    least: Floats
    rays: Floats
    ray_revenue: Floats
    ray_cap: Floats
    ray_bound: Floats
    own_best: Floats
    rank: Ints
    key: Keys
    totals: PlanTotals
    parameters: Parameters
    price_rows: PriceRows | None = None

    @property
    def towns(self) -> int:
        """Number of towns."""
        return self.case.towns

    @property
    def pooled(self) -> bool:
        """Whether the whole region shares one balance, so that a group's value is its cost."""
        return self.case.instance.policy.tariff_scope == "region"

    @property
    def debt(self) -> Floats:
        """By how much public money of a town may exceed its requirement, money per year.

        Where demand responds, low prices may make a town use more than today, and need more.
        """
        response = self.case.response
        if response is None:
            return np.zeros(self.towns)
        least = response.net_year.min(axis=(1, 2, 3))
        return np.asarray(np.maximum(0.0, -least), dtype=np.float64)

    @property
    def shared_tariff(self) -> bool:
        """Whether the towns of an area limit each other's tariff."""
        return self.case.instance.policy.tariff_scope == "service_area"

    @property
    def spread(self) -> float:
        """Largest ratio between the same price in two towns of an area."""
        return self.case.instance.policy.spread

    @property
    def spread_alone(self) -> bool:
        """Whether only the spread between towns' free prices asks for a programme of a group."""
        policy = self.case.instance.policy
        plain = policy.household_support_share == 0.0 and not policy.solidarity_balance
        return plain and self.case.separable and 1.0 < policy.spread < np.inf

    @property
    def supported(self) -> bool:
        """Whether the public money of a group needs a programme of its own."""
        return self.case.programmed and not self.pooled

    @property
    def subsidised(self) -> bool:
        """Whether public money may close an operator's gap."""
        return self.case.instance.policy.operating_subsidy or self.pooled

    @property
    def money_price(self) -> float:
        """Weight of public money in a group's value (lambda)."""
        return 0.0 if self.pooled else self.case.instance.policy.public_money_price

    def revenue_by_ray(self, groups: GroupBatch) -> Floats:
        """Return the revenue of each group per unit of each ray, money per year, exactly."""
        space = self.case.space
        if not space.own:
            return groups.total(self.ray_revenue[groups.town])
        together = groups.total_of(self.case.revenue_year)
        return reduced(space.own, together, space.lead) @ self.rays.T

    def pairs_of(self, seat: Ints, town: Ints) -> tuple[Ints, Bools]:
        """Return the pair of each seat and town, and whether there is one."""
        key = seat * self.towns + town
        place = np.searchsorted(self.pair_key, key)
        place = np.minimum(place, max(0, len(self.pair_key) - 1))
        found = (
            self.pair_key[place] == key if len(self.pair_key) else np.zeros(key.shape, dtype=bool)
        )
        return place, found


def make_problem(case: Case, parameters: Parameters | None = None) -> Problem:
    """Return the arrays of a case that the column engine works with.

    ``parameters`` tune the computation; :data:`USUAL` where absent.
    """
    parameters = USUAL if parameters is None else parameters
    seat = np.repeat(np.arange(case.towns), np.diff(case.start))
    rules = own_rules(case)
    keep = narrow(case, rules, seat)
    seat, served, hours = seat[keep], case.served[keep], case.hours[keep]
    serve = case.cost.serve_requirement(served, hours, served != seat)
    response = case.response
    space = case.space
    rays = extreme_rays(space.lead_cone, space.lead)
    revenue = reduced(space.own, case.revenue_year, space.lead) @ rays.T
    cap, pair_key = ray_caps(case, rays), seat * case.towns + served
    bound = with_mixes(cap, revenue, pair_key)
    rank = np.empty(case.towns, dtype=np.int64)
    rank[np.argsort(allowed_revenue(bound, revenue.sum(axis=0)), kind="stable")] = np.arange(
        case.towns
    )
    own = np.zeros(case.towns)
    if response is not None:
        own = response.own_net_year.max(axis=1)
        order = np.lexsort((response.most.mean(axis=1), response.place.mean(axis=1)))
        rank[order] = np.arange(case.towns)
    elif case.instance.policy.tariff_scope != "region":
        prices = town_best_prices(case, np.arange(case.towns)).point
        own = np.asarray((case.revenue_year * prices).sum(axis=1), dtype=float)
    return Problem(
        case=case,
        rules=rules,
        start=np.searchsorted(seat, np.arange(case.towns + 1)).astype(np.int64),
        served=served,
        pair_key=pair_key,
        serve=serve,
        open=case.cost.open_requirement(),
        least=_needed_from(case, serve),
        rays=rays,
        ray_revenue=revenue,
        ray_cap=cap,
        ray_bound=bound,
        own_best=own,
        rank=rank,
        key=town_keys(case.towns),
        totals=case.totals.of_pairs(np.flatnonzero(keep)),
        parameters=parameters,
        price_rows=_price_rows(case, parameters),
    )


def _price_rows(case: Case, parameters: Parameters) -> PriceRows | None:
    """Return the rows of programmes, where there are many of them: the compiler takes seconds."""
    policy = case.instance.policy
    wanted = case.programmed and policy.tariff_scope == "service_area"
    many = case.towns >= parameters.problem.programmes_compiled_towns
    shared = not case.instance.policy.own_schedules
    return price_rows(case) if wanted and many and shared and case.response is None else None


def _needed_from(case: Case, serve: Floats) -> Floats:
    """Return the size from which each operator model can be the cheapest.

    Model m is not needed up to the largest size of a model that admits all smaller sizes of m, is
    as wide in every other resource, and is never dearer, neither in its overhead nor for any pair.
    Where totals of the plan are limited, every model may be needed for what it adds to them.
    """
    cost, limits = case.cost, case.resources
    opened = cost.open_requirement()
    least = cost.least.astype(float).copy()
    if len(case.totals):
        return least
    for m in range(len(opened)):
        for r in range(len(opened)):
            never_dearer = opened[r] <= opened[m] and (serve[:, r] <= serve[:, m]).all()
            same = opened[r] == opened[m] and (serve[:, r] == serve[:, m]).all()
            wider = (limits.least[r] <= limits.least[m]).all()
            wider &= (limits.most[r, 1:] >= limits.most[m, 1:]).all()
            wider &= (limits.sits[:, r] >= limits.sits[:, m]).all()
            if r == m or not never_dearer or not wider or (same and r > m):
                continue
            least[m] = max(least[m], cost.most[r])
    return least
