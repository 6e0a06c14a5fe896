"""The coalition of one seat that gains most by leaving, as a small mixed-integer programme.

For a seat j, an operator model m and prices x (what each town pays now), choose members z and a
tariff p to

    max  sum_i (x_i - serve_ijm) z_i - open_m - lambda s
    s.t. s >= open_m + sum_i serve_ijm z_i - sum_ib revenue_ib u_ib        cover_cost
         u_ib <= p_b,  u_ib <= most_ib z_i                                 u = p z where z is 1
         weight_r p <= limit_r + M_r (1 - z_i)                             caps (below)
         cone p <= 0                                                       cone (below)
         least_m <= sum_i n_i z_i <= most_m                                viable_size
         z_j = 1,  keep_together, keep_apart, fixed_seats, connected

The caps are affordable_bill and participation, the cone tariff_ladder and fixed_charge_share.
``M_r = weight_r most_j - limit_r`` is enough: the seat's own limits bound every price by
``most_j``. ``connected`` is added as it is broken: a part C without the seat needs a neighbour,
``z_a <= sum of z over the neighbours of C`` for a in C. Money is in units of the largest price x,
prices p in units of ``most_j``. Household support is left out, so that with it the optimum is an
upper bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import networkx as nx
import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from optimizer.analysis.loyalty.coalitions.cost_game import AreaGame
from optimizer.analysis.loyalty.coalitions.tariff import no_tariff, tariff_of_leavers
from optimizer.arrays import Floats, Ints
from optimizer.tariffs.case import Case

__all__ = ["Branch", "best_of_branch", "branches_of"]

SECONDS = 20.0


@dataclass(frozen=True, eq=False)
class Branch:
    """Data of one seat and operator model.

    Attributes
    ----------
    place : int array of shape (r,)
        Places of the towns within reach among the area's towns; ``seat`` is one of these r.
    seat : int
        Position of the seat among the r towns.
    serve_year : array of shape (r,)
        What serving each town adds to the requirement, money per year.
    open_year : float
        Requirement of the operator's overhead, money per year.
    least, most : float
        Connections that the operator model may serve.
    rows, low, high : arrays
        The planner's rules on the r members: ``low <= rows @ z <= high``.
    """

    place: Ints
    seat: int
    serve_year: Floats
    open_year: float
    least: float
    most: float
    rows: Floats
    low: Floats
    high: Floats

    def most_gain(self, prices: Floats) -> float:
        """Return an upper bound on the gain: every town that adds less than it pays comes."""
        gains = prices[self.place] - self.serve_year
        own = float(gains[self.seat])
        rest = float(np.maximum(np.delete(gains, self.seat), 0.0).sum())
        return own + rest - self.open_year


def branches_of(game: AreaGame) -> list[Branch]:
    """Return every seat and operator model that may serve some coalition of the area."""
    case, found = game.case, []
    for seat in game.towns:
        reached, hours = case.reached_from(int(seat))
        place = np.flatnonzero(np.isin(game.towns, reached))
        towns = game.towns[place]
        if seat not in towns:
            continue
        near = hours[np.searchsorted(reached, towns)]
        serve = case.cost.serve_requirement(towns, near, towns != seat)
        rows, low, high = _rules(game, int(seat), towns)
        for model, overhead in enumerate(case.cost.open_requirement()):
            if not case.cost.sits[seat, model]:
                continue
            more, floor, ceiling = _limits(case, towns, model)
            found.append(
                Branch(
                    place=place,
                    seat=int(np.flatnonzero(towns == seat)[0]),
                    serve_year=serve[:, model],
                    open_year=float(overhead),
                    least=float(case.cost.least[model]),
                    most=float(case.cost.most[model]),
                    rows=np.concatenate([rows, more]),
                    low=np.concatenate([low, floor]),
                    high=np.concatenate([high, ceiling]),
                )
            )
    return found


def _limits(case: Case, towns: Ints, model: int) -> tuple[Floats, Floats, Floats]:
    """Return the rows of an operator model's limits on sums other than connections."""
    limits = case.resources
    amount, least, most = (
        limits.amount[towns, 1:].T,
        limits.least[model, 1:],
        limits.most[model, 1:],
    )
    unit = np.maximum(1.0, amount.sum(axis=1))
    bound = (least > 0) | np.isfinite(most)
    return (
        (amount / unit[:, None])[bound],
        (least / unit)[bound],
        (most / unit)[bound],
    )


def _rules(game: AreaGame, seat: int, towns: Ints) -> tuple[Floats, Floats, Floats]:
    """Return the rows of fixed_seats, keep_together, keep_apart and "not everybody"."""
    rules, unit = game.rules, np.eye(len(towns))
    rows, low, high = [unit[towns == seat][0]], [1.0], [1.0]

    def add(row: Floats, least: float, most: float) -> None:
        rows.append(row)
        low.append(least)
        high.append(most)

    for k in np.flatnonzero(rules.fixed_seats[towns] & (towns != seat)):
        add(unit[k], 0.0, 0.0)
    for together in rules.keep_together:
        inside = np.flatnonzero(np.isin(towns, together))
        for k in inside:
            whole = len(inside) == len(together)
            add(unit[k] - unit[inside[0]] if whole else unit[k], 0.0, 0.0)
    for apart in rules.keep_apart:
        add(np.isin(towns, apart).astype(float), 0.0, 1.0)
    if len(towns) == len(game.towns):
        add(np.ones(len(towns)), 0.0, len(towns) - 1.0)
    return np.array(rows), np.array(low), np.array(high)


def best_of_branch(
    game: AreaGame,
    branch: Branch,
    prices: Floats,
    *,
    least: float = -math.inf,
    seconds: float = SECONDS,
) -> tuple[Ints, float]:
    """Return the coalition with the largest gain, and an upper bound on the gain of any.

    Parameters
    ----------
    game : AreaGame
        The area's cost game.
    branch : Branch
        Seat and operator model.
    prices : array of shape (k,)
        What each town of the area pays, money per year.
    least : float
        Only coalitions that gain more than this are wanted, money per year.
    seconds : float
        Longest time of a programme (20 at most); what it proved by then is a bound all the same.

    Returns
    -------
    places : int array
        Places of the members among the area's towns; empty where none was found.
    bound : float
        No coalition of this seat and model gains more, money per year; ``-inf`` where none may
        be served or gains more than ``least``.
    """
    scale = float(np.abs(prices).max()) or 1.0
    programme = _programme(game, branch, prices / scale, scale)
    if math.isfinite(least):
        programme = programme.cheaper_than(-(least + branch.open_year) / scale)
    joined = _graph(game, branch)
    while True:
        result = milp(
            programme.cost,
            constraints=LinearConstraint(programme.rows, programme.low, programme.high),
            bounds=Bounds(np.zeros(len(programme.cost)), programme.most),
            integrality=programme.whole,
            options={"mip_rel_gap": 0.0, "time_limit": max(0.1, min(SECONDS, seconds))},
        )
        if result.status == 2:
            return np.zeros(0, dtype=np.int64), -math.inf
        dual = result.mip_dual_bound
        constant = branch.open_year / scale
        bound = math.inf if dual is None else -(float(dual) + constant) * scale
        if result.x is None:
            return np.zeros(0, dtype=np.int64), bound
        chosen = np.flatnonzero(result.x[: len(branch.place)] > 0.5)
        cuts = _cuts(joined, branch, chosen)
        if not len(cuts):
            return branch.place[chosen], bound
        programme = programme.with_rows(cuts)


@dataclass(frozen=True, eq=False)
class _Programme:
    """``min cost @ v : low <= rows @ v <= high, 0 <= v <= most``, some of v whole."""

    cost: Floats
    rows: Floats
    low: Floats
    high: Floats
    most: Floats
    whole: Ints

    def cheaper_than(self, most: float) -> _Programme:
        """Return the programme for solutions of at most this cost."""
        return replace(
            self,
            rows=np.vstack([self.rows, self.cost]),
            low=np.append(self.low, -np.inf),
            high=np.append(self.high, most),
        )

    def with_rows(self, rows: Floats) -> _Programme:
        """Return the programme with more rows ``rows @ z <= 0`` on the members."""
        wide = np.zeros((len(rows), len(self.cost)))
        wide[:, : rows.shape[1]] = rows
        return _Programme(
            self.cost,
            np.vstack([self.rows, wide]),
            np.concatenate([self.low, np.full(len(rows), -np.inf)]),
            np.concatenate([self.high, np.zeros(len(rows))]),
            self.most,
            self.whole,
        )


def _programme(game: AreaGame, branch: Branch, prices: Floats, scale: float) -> _Programme:
    """Return the programme; columns are members, subsidy, then prices and their products."""
    case, count = game.case, len(branch.place)
    policy = case.instance.policy
    serve = branch.serve_year / scale
    towns = game.towns[branch.place]
    size = case.cost.size[towns]
    weight = policy.public_money_price if game.measure == "value" else 0.0
    free = weight == 0 and policy.operating_subsidy
    tariff = no_tariff(count) if free else tariff_of_leavers(case, towns, branch.seat, scale)
    width = count + 1 + tariff.columns
    cover = np.concatenate([tariff.town_revenue - serve, [1.0], tariff.price_revenue])
    norm = max(1.0, branch.most if math.isfinite(branch.most) else float(size.sum()))
    rows = [
        _wide(branch.rows, width),
        _wide(size[None, :] / norm, width),
        cover[None, :],
        np.hstack([tariff.members, np.zeros((len(tariff.members), 1)), tariff.prices]),
    ]
    own_cost = -(prices[branch.place] - serve)
    return _Programme(
        cost=np.concatenate([own_cost, [weight], np.zeros(tariff.columns)]),
        rows=np.vstack(rows),
        low=np.concatenate(
            [
                branch.low,
                [branch.least / norm],
                [-np.inf if free else branch.open_year / scale],
                np.full(len(tariff.limits), -np.inf),
            ]
        ),
        high=np.concatenate([branch.high, [branch.most / norm], [np.inf], tariff.limits]),
        most=np.concatenate(
            [
                np.ones(count),
                [np.inf if policy.operating_subsidy else 0.0],
                np.ones(tariff.columns),
            ]
        ),
        whole=np.repeat(np.array([1, 0], dtype=np.int64), [count, 1 + tariff.columns]),
    )


def _wide(rows: Floats, width: int) -> Floats:
    return np.hstack([rows, np.zeros((len(rows), width - rows.shape[1]))])


def _graph(game: AreaGame, branch: Branch) -> nx.Graph[int] | None:
    """Return the adjacency of the branch's towns, by position, where areas must be connected."""
    if not game.rules.connected:
        return None
    towns = game.towns[branch.place]
    number = {int(town): k for k, town in enumerate(towns)}
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(towns)))
    graph.add_edges_from(
        (number[int(a)], number[int(b)])
        for a, b in game.rules.edges
        if int(a) in number and int(b) in number
    )
    return graph


def _cuts(graph: nx.Graph[int] | None, branch: Branch, chosen: Ints) -> Floats:
    """Return ``z_a - sum of z over the neighbours of C <= 0`` for every part C off the seat."""
    cuts: list[Floats] = []
    if graph is not None:
        for part in nx.connected_components(graph.subgraph(chosen.tolist())):
            if branch.seat in part:
                continue
            around = {b for a in part for b in graph.neighbors(a)} - set(part)
            for a in part:
                cut = np.zeros(len(branch.place))
                cut[list(around)] = -1.0
                cut[a] = 1.0
                cuts.append(cut)
    return np.array(cuts).reshape(-1, len(branch.place))
