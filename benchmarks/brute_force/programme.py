"""The least public money of towns under one or several schedules: one plain linear programme.

Every row is one rule of ``formulation.md``, written for a given group and requirement. Nothing is
reduced beforehand: all protected customers, all supports and the subsidy are in it.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

from benchmarks.brute_force.bills import Floats
from benchmarks.brute_force.costs import stand_alone
from benchmarks.brute_force.region import Customers, Region

__all__ = ["Programme", "ProgrammeError", "least_public_money", "programme_of"]

TIGHT = {"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9}


class ProgrammeError(RuntimeError):
    """The linear programme was neither solved nor proven infeasible."""


@dataclass(eq=False)
class Programme:
    """Rows ``row @ x <= limit`` over prices, then the subsidy, then support of some customers.

    Money a year is in units of ``scale``.
    """

    at: dict[int, int]
    width: int
    prices: int
    supported: list[Customers]
    scale: float
    most_subsidy: float | None
    rows: list[Floats] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Number of variables."""
        return self.prices + 1 + len(self.supported)

    def row(self, town: int, weight: Floats) -> Floats:
        """Return a row with weights on the prices of a town."""
        made = np.zeros(self.size)
        made[self.at[town] : self.at[town] + self.width] = weight
        return made

    def add(self, row: Floats, limit: float) -> None:
        """Add a row, scaled so that its largest figure is 1."""
        unit = max(float(np.abs(row).max()), 1e-300)
        self.rows.append(row / unit)
        self.limits.append(limit / unit)

    def minimise(self, cost: Floats) -> Floats | None:
        """Return the best point, None where no point keeps all rows."""
        bounds = [(0.0, None)] * self.size
        bounds[self.prices] = (0.0, self.most_subsidy)
        found = linprog(
            cost,
            A_ub=np.array(self.rows),
            b_ub=np.array(self.limits),
            bounds=bounds,
            options=TIGHT,
        )
        if found.status == 2:
            return None
        if found.status != 0:
            raise ProgrammeError(found.message)
        return np.asarray(found.x, dtype=np.float64)


def least_public_money(region: Region, group: tuple[int, ...], need: float) -> float:
    """Return the least subsidy and support with which a group meets its requirement, a year."""
    programme = programme_of(region, group, need)
    cost = public_money(region, programme)
    point = programme.minimise(cost)
    return math.inf if point is None else float(cost @ point) * programme.scale


def public_money(region: Region, programme: Programme) -> Floats:
    """Return the row of public money a year, in units of the programme's scale."""
    cost = np.zeros(programme.size)
    cost[programme.prices] = 1.0
    for at, own in enumerate(programme.supported):
        paid = _paid_connections(region, own)
        cost[programme.prices + 1 + at] = 12.0 * paid / programme.scale
    return cost


def programme_of(region: Region, group: tuple[int, ...], need: float) -> Programme:
    """Return the programme of a group with a requirement, money a year."""
    policy, width = region.instance.policy, region.rules.width
    one_area = policy.tariff_scope == "service_area"
    apart = policy.tariff_scope == "town" or (one_area and policy.tariff_spread_most > 1.0)
    at = {town: k * width if apart else 0 for k, town in enumerate(group)}
    customers = region.of(group)
    programme = Programme(
        at=at,
        width=width,
        prices=width * len(group) if apart else width,
        supported=[own for own in customers if own.eligible],
        scale=max(need, 1.0),
        most_subsidy=None if policy.operating_subsidy else 0.0,
    )
    for town in group if apart else group[:1]:
        for weight in _admissible(region):
            programme.add(programme.row(town, weight), 0.0)
    if apart and one_area:
        for one, other in itertools.permutations(group, 2):
            for price in np.eye(width):
                dear, cheap = programme.row(one, price), programme.row(other, price)
                programme.add(dear - policy.tariff_spread_most * cheap, 0.0)
    _affordable(region, programme, customers)
    _cover(region, programme, group, need)
    if policy.solidarity_balance:
        row = np.zeros(programme.size)
        for own in customers:
            beyond = own.bill - own.domestic_bill
            row -= 12.0 * own.connections * programme.row(own.town, beyond) / programme.scale
        row[programme.prices] = -1.0
        programme.add(row, 0.0)
    return programme


def _admissible(region: Region) -> list[Floats]:
    """Return the rows of ``tariff_ladder``, ``fixed_charge_share`` and ``sewer_share``."""
    tariff, width = region.instance.tariff, region.rules.width
    if tariff.shape is not None:
        return []
    last = len(tariff.blocks_m3) + 1
    unit = np.eye(width)
    rows = [unit[b] - unit[b + 1] for b in range(1, last)]
    if last > 1:
        rows.append(unit[last] - tariff.ladder * unit[1])
    reference = np.zeros(width)
    reference[0] = 1.0
    edges = (0.0, *tariff.blocks_m3, math.inf)
    for b in range(1, last + 1):
        reference[b] = max(0.0, min(tariff.reference_m3_month, edges[b]) - edges[b - 1])
    rows.append(unit[0] - tariff.fixed_charge_share * reference)
    rows.append(tariff.fixed_charge_least_share * reference - unit[0])
    rows += _multiples(region, reference)
    if region.rules.sewer_prices:
        sewer = unit[last + 1] + tariff.reference_m3_month * unit[last + 2]
        rows.append(unit[last + 1] - tariff.fixed_charge_share * sewer)
        rows.append(sewer - tariff.sewer_most_share * reference)
    return rows


def _multiples(region: Region, reference: Floats) -> list[Floats]:
    """Return the rows of ``category_multiple``, and ladder and fixed charge of such categories."""
    tariff, rules, rows = region.instance.tariff, region.rules, []
    unit, mean = np.eye(rules.width), reference / tariff.reference_m3_month
    for own in rules.priced:
        first, last = rules.first(own), rules.first(own) + len(rules.edges(own)) - 1
        use = tariff.reference_m3_month if own.multiple_at_m3 is None else own.multiple_at_m3
        bill = np.zeros(rules.width)
        bill[first] = 1.0
        for b, (low, high) in enumerate(itertools.pairwise(rules.edges(own)), first + 1):
            bill[b] = max(0.0, min(use, high) - low)
        rows += [unit[b] - unit[b + 1] for b in range(first + 1, last)]
        rows.append(unit[last] - tariff.ladder * unit[first + 1])
        rows.append(unit[first] - tariff.fixed_charge_share * bill)
        rows.append(tariff.fixed_charge_least_share * bill - unit[first])
        rows.append((own.multiple_least or 0.0) * mean - bill / use)
        rows.append(bill / use - (own.multiple_most or 0.0) * mean)
    return rows


def _affordable(region: Region, programme: Programme, customers: list[Customers]) -> None:
    """Add ``affordable_bill`` and ``household_support``."""
    place = {id(own): programme.prices + 1 + k for k, own in enumerate(programme.supported)}
    for own in customers:
        if not own.protected:
            continue
        row = programme.row(own.town, own.bill)
        if own.eligible:
            row[place[id(own)]] = -1.0
            share = region.instance.policy.household_support_share
            most = programme.row(own.town, -share * own.supported_bill)
            most[place[id(own)]] = 1.0
            programme.add(most, 0.0)
        programme.add(row, own.limit)


def _cover(region: Region, programme: Programme, group: tuple[int, ...], need: float) -> None:
    """Add ``cover_cost`` and ``participation``."""
    total = np.zeros(programme.size)
    for town in group:
        weight = sum(12.0 * own.connections * own.bill for own in region.customers[town])
        revenue = programme.row(town, region.collection[town] * weight / programme.scale)
        total -= revenue
        alone = stand_alone(region, town)
        if region.instance.policy.participation and math.isfinite(alone):
            programme.add(revenue, alone / programme.scale)
    total[programme.prices] = -1.0
    programme.add(total, -need / programme.scale)


def _paid_connections(region: Region, own: Customers) -> float:
    """Return how many connections get each unit of support due to some customers."""
    policy = region.instance.policy
    homes = [each for each in region.customers[own.town] if each.household]
    due = sum(each.connections for each in homes if each.eligible)
    others = sum(each.connections for each in homes if not each.eligible)
    strayed = policy.household_support_leak_share * others / due
    return own.connections * (1.0 - policy.household_support_missed_share + strayed)
