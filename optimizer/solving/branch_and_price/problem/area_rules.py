"""Rules that one group keeps or breaks by itself, checked for many groups at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from optimizer.arrays import Bools, Ints
from optimizer.instance.incumbents import incumbents_of
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.tariffs.case import Case

__all__ = ["OwnRules", "keeps_rules", "narrow", "neighbour_entries", "own_rules"]


@dataclass(frozen=True, eq=False)
class OwnRules:
    """The planner's rules on one group, as positions of towns.

    Attributes
    ----------
    keep_together, keep_apart : tuples of int arrays
        Sets of towns that share an operator, those that an operator that exists may not lose among
        them; sets of which no two share one.
    first_of_unit : int array of shape (towns,)
        First of the towns that must share an operator with each town: often itself.
    fixed_seats : bool array of shape (towns,)
        Towns in which an operator must sit.
    connected : bool
        Whether areas must be connected.
    edges : int array of shape (m, 2)
        Neighbouring towns, each pair once.
    neighbour_start, neighbour : int arrays
        Neighbours of town i are ``neighbour[neighbour_start[i]:neighbour_start[i + 1]]``.
    """

    keep_together: tuple[Ints, ...]
    keep_apart: tuple[Ints, ...]
    first_of_unit: Ints
    fixed_seats: Bools
    connected: bool
    edges: Ints
    neighbour_start: Ints
    neighbour: Ints

    @property
    def free(self) -> bool:
        """Whether every group of units within reach of a seat keeps these rules."""
        return not (self.keep_apart or self.connected)


def own_rules(case: Case) -> OwnRules:
    """Return the planner's rules of a case, towns as positions."""
    policy = case.instance.policy
    place = {town: i for i, town in enumerate(case.reach.towns)}
    fixed = np.zeros(case.towns, dtype=bool)
    fixed[[place[town] for town in policy.fixed_seats]] = True
    edges = np.asarray(case.reach.edges, dtype=np.int64).reshape(-1, 2)
    both = np.concatenate([edges, edges[:, ::-1]])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]

    def sets(named: tuple[tuple[str, ...], ...]) -> tuple[Ints, ...]:
        return tuple(np.array(sorted({place[t] for t in s}), dtype=np.int64) for s in named)

    exist = incumbents_of(case.instance.operator_models)
    kept = tuple(one.kept for one in exist if len(one.kept) > 1)
    together = sets((*policy.keep_together, *kept))
    return OwnRules(
        keep_together=together,
        keep_apart=sets(policy.keep_apart),
        first_of_unit=_first_of_unit(case.towns, together),
        fixed_seats=fixed,
        connected=case.instance.areas_connected,
        edges=edges,
        neighbour_start=np.searchsorted(both[:, 0], np.arange(case.towns + 1)).astype(np.int64),
        neighbour=both[:, 1],
    )


def _first_of_unit(towns: int, together: tuple[Ints, ...]) -> Ints:
    """Return the first of the towns that share an operator with each town; sets may overlap."""
    first = np.arange(towns)
    for _ in together:
        for inside in together:
            first[inside] = first[inside].min()
    return first


def narrow(case: Case, rules: OwnRules, seat: Ints) -> Bools:
    """Return which pairs within reach (``case.served`` from ``seat``) any group may hold.

    A pair falls away when the seat is not within its own reach (it may not be a seat), when the
    town is a fixed seat of its own, is to be kept apart from the seat, belongs to towns that
    the seat cannot reach together, or no chain of neighbours within reach joins it to the seat.
    """
    town = case.served
    keep = ~(rules.fixed_seats[town] & (town != seat))
    for apart in rules.keep_apart:
        keep &= ~(np.isin(town, apart) & np.isin(seat, apart) & (town != seat))
    while True:
        before = int(keep.sum())
        for together in rules.keep_together:
            inside = keep & np.isin(town, together)
            whole = np.bincount(seat[inside], minlength=case.towns) == len(together)
            keep &= ~np.isin(town, together) | whole[seat]
        if rules.connected:
            keep &= _joined(case.towns, rules, seat, town, keep)
        own = np.zeros(case.towns, dtype=bool)
        own[seat[keep & (town == seat)]] = True
        keep &= own[seat]
        if int(keep.sum()) == before:
            return np.asarray(keep, dtype=np.bool_)


def _joined(towns: int, rules: OwnRules, seat: Ints, town: Ints, keep: Bools) -> Bools:
    """Return which kept pairs are joined to their seat by neighbours within its reach."""
    where = np.flatnonzero(keep)
    if not len(where):
        return keep
    count = np.bincount(seat[where], minlength=towns)
    used = np.flatnonzero(count)
    reached = GroupBatch(town[where], np.concatenate([[0], np.cumsum(count[used])]))
    part = _parts(rules, reached)
    own = np.full(towns, -1)
    mine = town[where] == seat[where]
    own[seat[where][mine]] = part[mine]
    joined = np.zeros(len(seat), dtype=bool)
    joined[where] = part == own[seat[where]]
    return joined


def keeps_rules(rules: OwnRules, groups: GroupBatch) -> Bools:
    """Return which groups keep the rules keep_together, keep_apart, connected, fixed_seats."""
    kept = np.ones(len(groups), dtype=bool)
    if not len(groups):
        return kept
    for together in rules.keep_together:
        inside = groups.total(np.isin(groups.town, together).astype(np.int64))
        kept &= (inside == 0) | (inside == len(together))
    for apart in rules.keep_apart:
        kept &= groups.total(np.isin(groups.town, apart).astype(np.int64)) <= 1
    if rules.fixed_seats.any():
        kept &= groups.total(rules.fixed_seats[groups.town].astype(np.int64)) <= 1
    if rules.connected:
        kept &= is_connected(rules, groups)
    return kept


def is_connected(rules: OwnRules, groups: GroupBatch) -> Bools:
    """Return which groups are connected in the adjacency graph."""
    part = _parts(rules, groups)
    first = part[groups.start[:-1]][groups.owner]
    return np.asarray(groups.total((part == first).astype(np.int64)) == groups.count)


def _parts(rules: OwnRules, groups: GroupBatch) -> Ints:
    """Return, for each entry of the groups, the connected part that it belongs to.

    One graph holds all groups side by side: its nodes are the entries of ``groups.town``.
    """
    entry, other = neighbour_entries(rules, groups.owner, groups.town)
    count = len(groups.town)
    graph = coo_array((np.ones(len(entry)), (entry, other)), shape=(count, count))
    _, part = connected_components(graph, directed=False)
    return np.asarray(part, dtype=np.int64)


def neighbour_entries(rules: OwnRules, owner: Ints, town: Ints) -> tuple[Ints, Ints]:
    """Return the pairs of entries of one owner whose towns are neighbours, both ways round.

    Parameters
    ----------
    owner, town : int arrays of shape (n,)
        Entries, rising by owner and then by town.
    """
    width = len(rules.neighbour_start)
    key = owner * width + town
    degree = np.diff(rules.neighbour_start)[town]
    entry = np.repeat(np.arange(len(town)), degree)
    first = np.repeat(rules.neighbour_start[town], degree)
    step = np.arange(len(entry)) - np.repeat(np.cumsum(degree) - degree, degree)
    wanted = owner[entry] * width + rules.neighbour[first + step]
    place = np.minimum(np.searchsorted(key, wanted), max(0, len(key) - 1))
    found = key[place] == wanted
    return entry[found], place[found]
