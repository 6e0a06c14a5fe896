"""A plan made better by moving towns between areas, or exchanging two, while that saves.

The number of areas stays the same: of use where it may not change freely.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.problem.group_batch import Groups, listed
from optimizer.solving.branch_and_price.problem.group_value import values
from optimizer.solving.branch_and_price.problem.problem import Land

__all__ = ["moved"]

LEAST = 1e-9

Move = tuple[int, int, Ints, Ints]


def moved(land: Land, groups: Groups, *, stop: Callable[[], bool]) -> Groups:
    """Return the areas after all moves of one unit, and exchanges of two, that save.

    A unit is a town, or towns that must stay together. Each round makes the moves that save most,
    no two of them at one area.

    Parameters
    ----------
    groups : Groups
        Areas that can all be served.
    stop : callable
        Asked between rounds.

    Returns
    -------
    Groups
        As many areas, of no larger value.
    """
    areas = [groups.members(g) for g in range(len(groups))]
    for _ in range(land.parameters.primal.move_rounds):
        moves = _moves(land, areas)
        if stop() or not moves:
            break
        gain = _gain(land, areas, moves)
        touched: set[int] = set()
        for m in np.argsort(-gain, kind="stable"):
            a, b, new_a, new_b = moves[int(m)]
            if gain[m] <= 0:
                break
            if not touched & {a, b}:
                areas[a], areas[b] = new_a, new_b
                touched |= {a, b}
        if not touched:
            break
    return listed(areas)


def _value(land: Land, areas: list[Ints]) -> Floats:
    """Return the value of areas, money per year; ``inf`` where no operator can serve them."""
    requirement, money, _ = values(land, listed(areas))
    return requirement + land.money_price * money


def _gain(land: Land, areas: list[Ints], moves: list[Move]) -> Floats:
    """Return what each move saves, money per year; ``-inf`` where it saves next to nothing."""
    now = _value(land, areas)
    then = _value(land, [area for _, _, *new in moves for area in new]).reshape(-1, 2).sum(axis=1)
    before = np.array([now[a] + now[b] for a, b, *_ in moves])
    return np.asarray(np.where(then < (1 - LEAST) * before, before - then, -np.inf))


def _moves(land: Land, areas: list[Ints]) -> list[Move]:
    """Return all moves of a unit to an area that it shares a reach with, and all exchanges."""
    units = [_units(land, area) for area in areas]
    label = np.empty(land.towns, dtype=np.int64)
    for a, area in enumerate(areas):
        label[area] = a
    seat = land.pair_key // land.towns
    both = np.unique(label[seat] * len(areas) + label[land.served])
    moves: list[Move] = []
    for a, b in zip(*np.divmod(both, len(areas)), strict=True):
        if a == b:
            continue
        for unit in units[a]:
            rest, more = np.setdiff1d(areas[a], unit), np.union1d(areas[b], unit)
            if len(rest):
                moves.append((int(a), int(b), rest, more))
            if a < b and land.towns <= land.parameters.primal.exchange_towns:
                moves += [
                    (int(a), int(b), np.union1d(rest, other), np.setdiff1d(more, other))
                    for other in units[b]
                ]
    return moves


def _units(land: Land, area: Ints) -> list[Ints]:
    """Return the units of an area."""
    first = land.rules.first_of_unit[area]
    return [area[first == f] for f in np.unique(first)]
