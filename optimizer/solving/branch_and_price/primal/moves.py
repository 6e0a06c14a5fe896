"""A plan made better by moving towns between areas, or exchanging two, while that saves.

The number of areas stays the same: of use where it may not change freely.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch, listed
from optimizer.solving.branch_and_price.problem.group_value import values
from optimizer.solving.branch_and_price.problem.problem import Problem

__all__ = ["moved"]

LEAST = 1e-9

Move = tuple[int, int, Ints, Ints]


def moved(problem: Problem, groups: GroupBatch, *, stop: Callable[[], bool]) -> GroupBatch:
    """Return the areas after all moves of one unit, and exchanges of two, that save.

    A unit is a town, or towns that must stay together. Each round makes the moves that save most,
    no two of them at one area.

    Parameters
    ----------
    groups : GroupBatch
        Areas that can all be served.
    stop : callable
        Asked between rounds.

    Returns
    -------
    Groups
        As many areas, of no larger value.
    """
    areas = [groups.members(g) for g in range(len(groups))]
    for _ in range(problem.parameters.primal.move_rounds):
        moves = _moves(problem, areas)
        if stop() or not moves:
            break
        gain = _gain(problem, areas, moves)
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


def _value(problem: Problem, areas: list[Ints]) -> Floats:
    """Return the value of areas, money per year; ``inf`` where no operator can serve them."""
    requirement, money, _ = values(problem, listed(areas))
    return requirement + problem.money_price * money


def _gain(problem: Problem, areas: list[Ints], moves: list[Move]) -> Floats:
    """Return what each move saves, money per year; ``-inf`` where it saves next to nothing."""
    now = _value(problem, areas)
    then = (
        _value(problem, [area for _, _, *new in moves for area in new]).reshape(-1, 2).sum(axis=1)
    )
    before = np.array([now[a] + now[b] for a, b, *_ in moves])
    return np.asarray(np.where(then < (1 - LEAST) * before, before - then, -np.inf))


def _moves(problem: Problem, areas: list[Ints]) -> list[Move]:
    """Return all moves of a unit to an area that it shares a reach with, and all exchanges."""
    units = [_units(problem, area) for area in areas]
    label = np.empty(problem.towns, dtype=np.int64)
    for a, area in enumerate(areas):
        label[area] = a
    seat = problem.pair_key // problem.towns
    both = np.unique(label[seat] * len(areas) + label[problem.served])
    moves: list[Move] = []
    for a, b in zip(*np.divmod(both, len(areas)), strict=True):
        if a == b:
            continue
        for unit in units[a]:
            rest, more = np.setdiff1d(areas[a], unit), np.union1d(areas[b], unit)
            if len(rest):
                moves.append((int(a), int(b), rest, more))
            if a < b and problem.towns <= problem.parameters.primal.exchange_towns:
                moves += [
                    (int(a), int(b), np.union1d(rest, other), np.setdiff1d(more, other))
                    for other in units[b]
                ]
    return moves


def _units(problem: Problem, area: Ints) -> list[Ints]:
    """Return the units of an area."""
    first = problem.rules.first_of_unit[area]
    return [area[first == f] for f in np.unique(first)]
