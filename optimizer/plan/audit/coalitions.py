"""What a coalition of towns would cost by itself, for the check of the promise ``core``.

Every figure comes from the instance's tables: the cheapest seat and operator model under the
planner's rules, and by a linear programme the least public money that a tariff of its own leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linprog

from optimizer.plan.audit.bills import block_volumes
from optimizer.plan.audit.costs import operation_year, replacement_year, requirement_factor
from optimizer.plan.audit.facts import Facts
from optimizer.plan.audit.layout import layout_of
from optimizer.plan.audit.support import supported_m3

__all__ = ["Coalitions", "coalitions_of"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Coalitions:
    """The towns of one area, and what any of them would need together by themselves.

    Attributes
    ----------
    facts : Facts
        The plan and its instance.
    towns : list of str
        Towns of the area.
    hours : array of shape (towns, towns)
        Travel hours from each seat (row) to each town; ``inf`` where no operator may sit or the
        town is out of reach or in another zone.
    graph : networkx.Graph or None
        Neighbours, where areas must be connected.
    """

    facts: Facts
    towns: list[str]
    hours: Floats
    graph: nx.Graph[str] | None

    def requirement_year(self, member: Bools) -> Floats:
        """Return the least requirement of coalitions, shape (g,); ``inf`` where none may serve.

        Rules ``reach``, ``same_zone``, ``seat_allowed``, ``fixed_seats``, ``viable_size``,
        ``keep_together`` and ``keep_apart``; ``connected`` is asked for by :meth:`connected`.
        """
        data, models = self.facts.data.loc[self.towns], self.facts.instance.operator_models
        fixed = np.isin(self.towns, self.facts.instance.policy.fixed_seats)
        size = member @ data["size"].to_numpy(dtype=float)
        models = models.assign(factor=requirement_factor(models))
        least = np.full(len(member), np.inf)
        for seat in range(len(self.towns)):
            near = np.isfinite(self.hours[seat])
            able = member[:, seat] & ~(member & ~near).any(axis=1)
            able &= (member & fixed).sum(axis=1) - fixed[seat] * member[:, seat] == 0
            if not able.any():
                continue
            joins = np.arange(len(self.towns)) != seat
            road = np.where(near, self.hours[seat], 0.0) * 2.0 * data["trips_year"].to_numpy()
            own = replacement_year(data) + data["transition_cost_year"] * joins
            for model in models.to_dict(orient="records"):
                each = model["efficiency"] * operation_year(data) + own
                each = each.to_numpy(dtype=float) + model["crew_hour_cost"] * road
                need = (model["overhead_year"] + member @ each) * model["factor"]
                room = 1e-9 * size
                fits = size >= model["connections_least"] - room
                fits &= size <= model["connections_most"] + room
                least = np.where(able & fits, np.minimum(least, need), least)
        return np.where(self._keeps_sets(member), least, np.inf)

    def _keeps_sets(self, member: Bools) -> Bools:
        policy = self.facts.instance.policy
        kept = np.ones(len(member), dtype=bool)
        for group in policy.keep_together:
            inside = member[:, np.isin(self.towns, group)].sum(axis=1)
            kept &= (inside == 0) | (inside == len(set(group)))
        for group in policy.keep_apart:
            kept &= member[:, np.isin(self.towns, group)].sum(axis=1) <= 1
        return kept

    def names(self, member: Bools) -> list[str]:
        """Return the towns of one coalition."""
        return [town for town, inside in zip(self.towns, member, strict=True) if inside]

    def connected(self, member: Bools) -> bool:
        """Return whether one coalition is in one piece, where that is asked for."""
        return self.graph is None or nx.is_connected(self.graph.subgraph(self.names(member)))

    def public_money_year(self, member: Bools, requirement_year: float) -> float:
        """Return the least subsidy and support of one coalition; ``inf`` where none is allowed.

        One programme over prices p, subsidy s and support h of each protected class:
        ``min s + sum 12 n h`` with ``revenue(p) + s >= requirement``, ``bill(p) - h <= alpha I``,
        ``h <= sigma bill(p)`` of the supported volume (n without those missed, with others who
        get it), the limits on the shape of a tariff, and participation.
        """
        programme = _programme(self.facts, self.names(member), requirement_year)
        found = linprog(programme.cost, programme.rows, programme.limits, bounds=programme.bounds)
        if found.fun is None or found.status != 0:
            return np.inf
        return float(found.fun) * requirement_year


@dataclass(frozen=True, eq=False)
class _Programme:
    """``min cost @ v : rows @ v <= limits``, money in units of the requirement."""

    cost: Floats
    rows: Floats
    limits: Floats
    bounds: list[tuple[float, float | None]]


def _programme(facts: Facts, towns: list[str], requirement_year: float) -> _Programme:
    policy = facts.instance.policy
    classes = facts.classes[facts.classes["town"].isin(towns)]
    weight = _bill_weights(facts, classes)
    width, shared = weight.shape[1], policy.tariff_scope != "town"
    place = {town: 0 if shared else k * width for k, town in enumerate(towns)}
    prices = width if shared else width * len(towns)
    start = classes["town"].map(place).to_numpy(dtype=int)
    wide = np.zeros((len(classes), prices))
    for b in range(width):
        wide[np.arange(len(classes)), start + b] = weight[:, b]
    count = classes["connections"].to_numpy(dtype=float)
    rate = facts.data["collection_rate"].reindex(classes["town"]).to_numpy(dtype=float)
    billed = 12.0 * (rate * count)[:, None] * wide
    guarded = np.flatnonzero(classes["protected"].to_numpy(dtype=bool))
    income = classes["income_month"].to_numpy(dtype=float)[guarded]
    unit = np.eye(len(guarded))
    supported = _bill_weights(facts, supported_m3(facts, classes))
    helped = np.zeros((len(classes), prices))
    for b in range(width):
        helped[np.arange(len(classes)), start + b] = supported[:, b]
    helped[~classes["eligible"].to_numpy(dtype=bool)] = 0.0
    none = np.zeros((len(guarded), 1))
    shape = _shape_rows(facts, prices, width)
    rows = [
        np.hstack([-billed.sum(axis=0), [-requirement_year], np.zeros(len(guarded))])[None, :],
        np.hstack([wide[guarded], none, -unit]),
        np.hstack([-policy.household_support_share * helped[guarded], none, unit]),
        np.hstack([shape, np.zeros((len(shape), 1 + len(guarded)))]),
    ]
    limits = [
        np.array([-requirement_year]),
        policy.affordable_share * income,
        np.zeros(len(guarded) + len(shape)),
    ]
    if policy.participation:
        alone = facts.towns["alone_requirement_year"].reindex(towns).to_numpy(dtype=float)
        for k in np.flatnonzero(np.isfinite(alone)).tolist():
            own = billed[(classes["town"] == towns[k]).to_numpy()].sum(axis=0)
            rows.append(np.hstack([own, np.zeros(1 + len(guarded))])[None, :])
            limits.append(alone[[k]])
    paid = _paid_for(facts, classes)
    most: list[tuple[float, float | None]] = [(0.0, None)] * prices
    most += [(0.0, None if policy.operating_subsidy else 0.0)] + [(0.0, None)] * len(guarded)
    cost = np.concatenate([np.zeros(prices), [1.0], 12.0 * paid[guarded] / requirement_year])
    return _Programme(cost, np.vstack(rows), np.concatenate(limits), most)


def _paid_for(facts: Facts, classes: pd.DataFrame) -> Floats:
    """Return the connections that get each unit of support: not missed, or by error."""
    policy = facts.instance.policy
    eligible = classes["eligible"].to_numpy(dtype=bool)
    count = classes["connections"].to_numpy(dtype=float)
    town, home = classes["town"], classes["household"].to_numpy(dtype=bool)
    due = pd.Series(count * eligible).groupby(town.to_numpy()).sum()
    other = pd.Series(count * (home & ~eligible)).groupby(town.to_numpy()).sum()
    per_due = (other / due.where(due > 0)).reindex(town).fillna(0.0).to_numpy(dtype=float)
    right = count * (1.0 - policy.household_support_missed_share)
    wrong = count * policy.household_support_leak_share * per_due
    return np.where(eligible, right + wrong, count)


def _bill_weights(facts: Facts, classes: pd.DataFrame) -> Floats:
    """Return each class's bill per unit of each domestic price, or of the level of a shape."""
    layout = layout_of(facts.instance.tariff)
    lines = classes[["category", "consumption_m3_month"]].reset_index(drop=True)
    lines = lines.rename(columns={"consumption_m3_month": "billed_m3"})
    lines = lines.reset_index(names="class").merge(layout, on="category", how="left")
    volume = block_volumes(lines)
    if facts.instance.tariff.shape is not None:
        amount = pd.Series(volume.to_numpy() * lines["shape"].to_numpy(dtype=float))
        total = amount.groupby(lines["class"].to_numpy()).sum()
        return np.asarray(total.to_numpy(dtype=float)[:, None])
    width = len(facts.instance.tariff.blocks_m3) + 2
    weight = np.zeros((len(classes), width))
    at = lines["position"].to_numpy(dtype=int)
    weight[lines["class"], at] = volume.to_numpy() * lines["factor"].to_numpy(dtype=float)
    return weight


def _shape_rows(facts: Facts, prices: int, width: int) -> Floats:
    """Return the rows of ``tariff_ladder`` and ``fixed_charge_share`` for every schedule."""
    tariff = facts.instance.tariff
    if tariff.shape is not None:
        return np.zeros((0, prices))
    blocks, rows = width - 1, []
    for start in range(0, prices, width):
        for b in range(1, blocks):
            row = np.zeros(prices)
            row[start + b], row[start + b + 1] = 1.0, -1.0
            rows.append(row)
        last = np.zeros(prices)
        last[start + blocks] += 1.0
        last[start + 1] -= tariff.ladder
        edges = [0.0, *tariff.blocks_m3, np.inf]
        filled = np.diff(np.minimum(edges, tariff.reference_m3_month))
        fixed = np.zeros(prices)
        fixed[start] = 1.0 - tariff.fixed_charge_share
        fixed[start + 1 : start + width] = -tariff.fixed_charge_share * filled
        rows += [last, fixed]
    return np.array(rows)


def coalitions_of(
    facts: Facts, towns: list[str], hours: Floats, graph: nx.Graph[str] | None
) -> Coalitions:
    """Return the coalitions of one area.

    Parameters
    ----------
    facts : Facts
        The plan and its instance.
    towns : list of str
        Towns of the area.
    hours : array of shape (towns, towns)
        Travel hours from each seat (row) to each town, ``nan`` where no way is known.
    graph : networkx.Graph or None
        Neighbours, where areas must be connected.
    """
    instance = facts.instance
    near = hours <= instance.policy.reach_hours * (1.0 + 1e-9)
    data = instance.towns.loc[towns]
    near &= data["seat_allowed"].to_numpy(dtype=bool)[:, None]
    if instance.policy.same_zone:
        zone = data["zone"].to_numpy()
        near &= zone[:, None] == zone[None, :]
    return Coalitions(facts, towns, np.where(near, hours, np.inf), graph)
