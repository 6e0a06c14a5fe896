"""What areas cost and may charge, as arrays made from the instance by the audit's own formulas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import networkx as nx
import numpy as np
from scipy.optimize import linprog

from optimizer.arrays import Bools, Floats, Ints
from optimizer.audit.facts import Facts
from optimizer.audit.geography.neighbours import neighbours
from optimizer.audit.geography.travel import TripTable
from optimizer.audit.loyalty.coalition_tariff import CoalitionTariff, coalition_tariff, shape_rows
from optimizer.audit.money.category_prices import filled, multiples_of, schedule_rows
from optimizer.audit.money.cost_lines import (
    joining_year,
    operation_year,
    overhead_year,
    replacement_year,
    steady_year,
)
from optimizer.audit.money.costs import requirement_factor
from optimizer.audit.promises.incumbent_area import (
    has_moved,
    may_serve,
    may_sit,
    served_today,
)

__all__ = ["Region", "region_of"]


@dataclass(frozen=True, eq=False)
class Region:
    """Arrays of a region: n towns, m operator models, r rays of admissible prices, c limits.

    Attributes
    ----------
    facts : Facts
        The plan and its instance.
    towns : list of str
        Towns.
    near : bool array of shape (n, n)
        Whether an operator in the row's town may serve the column's.
    serve : array of shape (m, n, n)
        What serving a town from a seat adds to the requirement, money per year.
    open : array of shape (m,)
        Requirement of the overhead.
    size : array of shape (n,)
        Connections.
    least, most : arrays of shape (m,)
        Connections that a model takes.
    sits, serves : bool arrays of shape (m, n)
        Where each model may sit, and which towns it may serve.
    revenue : array of shape (n, r)
        Revenue of each town per unit of each ray, money per year.
    cap, cap_town : arrays of shape (c, r) and (c,)
        Share of each limit that a unit of each ray uses, and its town.
    own_best : array of shape (n,)
        The most that each town brings by itself, money per year.
    tariff : CoalitionTariff
        The exact least public money of a group.
    """

    facts: Facts
    towns: list[str]
    near: Bools
    serve: Floats
    open: Floats
    size: Floats
    least: Floats
    most: Floats
    sits: Bools
    serves: Bools
    revenue: Floats
    cap: Floats
    cap_town: Ints
    own_best: Floats
    tariff: CoalitionTariff

    @cached_property
    def rank(self) -> Ints:
        """Towns from the one whose limits let the region raise least to the widest."""
        allowed = np.full(len(self.towns), np.inf)
        total = self.revenue.sum(axis=0)
        np.minimum.at(allowed, self.cap_town, most_raised(total[None, :], self.cap))
        return np.argsort(allowed, kind="stable")

    @cached_property
    def graph(self) -> nx.Graph[str] | None:
        """Neighbours, where areas must be connected."""
        if not self.facts.instance.areas_connected:
            return None
        together = self.facts.towns.assign(service_area="all")
        return neighbours(Facts(**{**vars(self.facts), "towns": together}))

    def keeps_rules(self, members: Ints, seat: int) -> bool:
        """Return whether an area keeps the planner's rules on its towns."""
        policy = self.facts.instance.policy
        names = {self.towns[i] for i in members}
        for group in policy.keep_together:
            if names & set(group) and not set(group) <= names:
                return False
        if any(len(names & set(group)) > 1 for group in policy.keep_apart):
            return False
        if (names & set(policy.fixed_seats)) - {self.towns[seat]}:
            return False
        return self.graph is None or nx.is_connected(self.graph.subgraph(names))

    def revenue_most(self, member: Bools) -> Floats:
        """Return an upper bound on the revenue of groups, shape (g,)."""
        apart = member @ self.own_best
        if self.facts.instance.policy.tariff_scope != "service_area":
            return np.asarray(apart, dtype=np.float64)
        together, best = member @ self.revenue, apart
        spread = self.facts.instance.policy.tariff_spread_most
        for cap, town in zip(self.cap, self.cap_town, strict=True):
            raised = most_raised(together, cap[None, :])
            if spread > 1.0:
                each = np.minimum(self.own_best, spread * most_raised(self.revenue, cap[None, :]))
                raised = np.asarray(member @ each, dtype=np.float64)
            best = np.where(member[:, town], np.minimum(best, raised), best)
        return np.asarray(best, dtype=np.float64)


def most_raised(revenue: Floats, cap: Floats) -> Floats:
    """Return the most that one limit lets each row raise: ``max_e revenue_e / cap_e``."""
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(revenue > 0, revenue / cap, 0.0)
    return np.asarray(np.where(np.isnan(each), np.inf, each).max(axis=1), dtype=np.float64)


def region_of(facts: Facts) -> Region:
    """Return the arrays of a region."""
    instance, policy = facts.instance, facts.instance.policy
    towns = [str(t) for t in facts.data.index]
    data, models = facts.data, instance.operator_models
    trips = TripTable(instance)
    today = served_today(models)
    most = np.inf if today else policy.reach_hours
    hours = np.array(
        [trips.from_seat(seat, towns, hours_most=most)["hours"].to_numpy(float) for seat in towns]
    )
    near = hours <= policy.reach_hours * (1.0 + 1e-9)
    near &= data["seat_allowed"].to_numpy(dtype=bool)[:, None]
    if policy.same_zone:
        zone = data["zone"].to_numpy()
        near &= zone[:, None] == zone[None, :]
    here = np.array([[(seat, town) in today for town in towns] for seat in towns], dtype=bool)
    near |= here & data["seat_allowed"].to_numpy(dtype=bool)[:, None]
    if policy.host_towns:
        near &= np.isin(towns, policy.host_towns)[:, None] | np.eye(len(towns), dtype=bool)
    factor = requirement_factor(models).to_numpy(dtype=float)
    moved = [
        np.array(
            [has_moved(models, str(name), towns, [seat] * len(towns)) for seat in towns],
            dtype=float,
        )
        for name in models.index
    ]
    road = np.where(near, hours, 0.0) * 2.0 * data["trips_year"].to_numpy(dtype=float)
    steady = (replacement_year(data) + steady_year(data)).to_numpy(dtype=float)
    joining = joining_year(data).to_numpy(dtype=float)
    work = operation_year(data).to_numpy(dtype=float)
    serve = np.array(
        [
            f * (e * work[None, :] + steady + joining * moves + crew * road)
            for f, e, crew, moves in zip(
                factor, models["efficiency"], models["crew_hour_cost"], moved, strict=True
            )
        ]
    )
    tariff = coalition_tariff(facts, towns)
    rays, caps, cap_town, revenue = _limits(facts, towns, tariff)
    return Region(
        facts=facts,
        towns=towns,
        near=np.asarray(near, dtype=np.bool_),
        serve=serve,
        open=factor * overhead_year(models).to_numpy(dtype=float),
        size=data["size"].to_numpy(dtype=float),
        least=models["connections_least"].to_numpy(dtype=float),
        most=models["connections_most"].to_numpy(dtype=float),
        sits=np.array([may_sit(row, towns) for row in models.to_dict(orient="records")]),
        serves=np.array([may_serve(models, str(name), towns) for name in models.index]),
        revenue=revenue @ rays.T,
        cap=caps @ rays.T,
        cap_town=cap_town,
        own_best=_own_best(facts, revenue, caps, cap_town),
        tariff=tariff,
    )


def _cone(facts: Facts) -> Floats:
    """Return the rows ``row @ p <= 0`` of admissible prices, those above 0 included."""
    rows = shape_rows(facts.instance.tariff, sewer=bool(facts.classes["sewer"].any()))
    return np.vstack([rows, -np.eye(rows.shape[1])])


def _limits(
    facts: Facts, towns: list[str], tariff: CoalitionTariff
) -> tuple[Floats, Floats, Ints, Floats]:
    """Return the rays, the limits (a share of each per unit of price), their towns, the revenue.

    Household support widens the limit of those who may get it: ``bill - share x bill <= limit``.
    """
    classes, place = tariff.classes, {town: k for k, town in enumerate(towns)}
    at = classes["town"].map(place).to_numpy(dtype=np.int64)
    count = classes["connections"].to_numpy(dtype=float)
    rate = facts.data["collection_rate"].to_numpy(dtype=float)[at]
    revenue = np.zeros((len(towns), tariff.weight.shape[1]))
    np.add.at(revenue, at, 12.0 * (rate * count)[:, None] * tariff.weight)
    limit = (classes["affordable_share"] * classes["income_month"]).to_numpy(dtype=float)
    guarded = classes["protected"].to_numpy(dtype=bool) & np.isfinite(limit)
    share = facts.instance.policy.household_support_share
    bill = tariff.weight - share * tariff.supported
    caps = np.maximum(bill, 0.0)[guarded] / np.maximum(limit[guarded], 1e-9)[:, None]
    lead = revenue.shape[1] - sum(len(o.limits) + 2 for o in multiples_of(facts.instance.tariff))
    return (
        _rays(_lead_cone(facts, lead)),
        caps[:, :lead],
        at[guarded],
        _reduced(facts, revenue, lead),
    )


def _lead_cone(facts: Facts, lead: int) -> Floats:
    """Return the rows of the cone that speak of the domestic prices alone."""
    cone = _cone(facts)
    return cone[~cone[:, lead:].any(axis=1)][:, :lead]


def _reduced(facts: Facts, revenue: Floats, lead: int) -> Floats:
    """Return revenue per unit of the domestic prices, every category at each town's best.

    A category's prices are its largest multiple of the domestic mean price times a point of a
    small cone; nothing else limits them.
    """
    tariff = facts.instance.tariff
    use, start, found = tariff.reference_m3_month, lead, revenue[:, :lead].copy()
    for own in multiples_of(tariff):
        width = len(own.limits) + 2
        cone = np.vstack([schedule_rows(tariff, own.limits, own.use), -np.eye(width)])
        points = _rays(cone)
        points = points / (points @ filled(own.limits, own.use) / own.use)[:, None]
        best = own.most * (revenue[:, start : start + width] @ points.T).max(axis=1)
        domestic = filled(tariff.blocks_m3, use) / use
        found[:, : len(domestic)] += best[:, None] * domestic
        start += width
    return found


def _rays(rows: Floats) -> Floats:
    """Return the extreme rays of the cone ``rows @ p <= 0``: where all but one price are tied."""
    width = rows.shape[1]
    if width == 1:
        return np.ones((1, 1))
    found: list[Floats] = []
    for tight in combinations(range(len(rows)), width - 1):
        values = np.linalg.svd(rows[list(tight)])
        if values[1][-1] < 1e-12 * max(1.0, values[1][0]):
            continue
        ray = values[2][-1]
        for one in (ray, -ray):
            if (rows @ one <= 1e-9 * np.abs(rows).max()).all():
                unit = np.maximum(one, 0.0) / np.abs(one).max()
                if not any(np.allclose(unit, other, atol=1e-9) for other in found):
                    found.append(unit)
    return np.array(found)


def _own_best(facts: Facts, revenue: Floats, caps: Floats, cap_town: Ints) -> Floats:
    """Return the most revenue of each town by itself, ``inf`` where nothing limits it."""
    best = np.full(len(revenue), np.inf)
    cone = _lead_cone(facts, revenue.shape[1])
    for town in range(len(revenue)):
        mine = caps[cap_town == town]
        rows = np.vstack([cone, mine])
        limits = np.concatenate([np.zeros(len(cone)), np.ones(len(mine))])
        scale = max(float(revenue[town].max(initial=0.0)), 1e-9)
        found = linprog(-revenue[town] / scale, rows, limits, bounds=(None, None))
        if found.status == 0 and found.fun is not None:
            best[town] = -float(found.fun) * scale * (1.0 + 1e-9)
    return best
