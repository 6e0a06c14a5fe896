"""Labels that an earlier one of the same step makes needless; compiled.

Two labels of one branch at one step have decided the same towns, so the same towns can follow.
Where one has no more connections and costs less, by at least what subset rows may cost it more
later, every group that can come of the other costs at least as much as the same continuation of it.

Source: S. Martello and P. Toth, Knapsack Problems (1990), 2.6 (dominance in dynamic programming);
duals of subset rows after M. Jepsen, B. Petersen, S. Spoorendonk and D. Pisinger (2008), 4.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.jit import compiled
from optimizer.solving.branch_and_price.pricing.compiled.cut_penalties import Pairs
from optimizer.solving.branch_and_price.pricing.compiled.extra import Extra, spares

__all__ = ["Guards", "guard", "needless", "no_guards"]


class Guards(NamedTuple):
    """Labels that were looked at, some for each step.

    Attributes
    ----------
    pairs : Pairs
        Subset rows.
    step_of : int array of shape (k + 1,)
        Step at which the town of each place is decided, -1 where that is done.
    value : array of shape (n + 1, g, 4)
        Cost without and with public money, connections and lack of revenue.
    member : bool array of shape (n + 1, g, k + 1)
        Their towns.
    held : array of shape (n + 1, g, e)
        Their resources other than connections.
    seen : int array of shape (n + 1,)
        How many there were at each step; the last ones are kept.
    extra : Extra
        Limits of these resources.
    coming : array of shape (n + 1, e)
        What may still be added to them after each step.
    """

    pairs: Pairs
    step_of: Ints
    value: Floats
    member: Bools
    held: Floats
    seen: Ints
    extra: Extra
    coming: Floats


@compiled
def no_guards(
    pairs: Pairs,
    places: Ints,
    width: int,
    resources: tuple[Extra, Floats],
    most: int,
) -> Guards:
    """Return room for labels that decide the towns at some places one by one.

    ``most`` are kept at each step.
    """
    steps = len(places)
    step_of = np.full(width, -1)
    step_of[places] = np.arange(steps)
    value = np.empty((steps + 1, most, 4))
    member = np.empty((steps + 1, most, width), dtype=np.bool_)
    extra, coming = resources
    held = np.empty((steps + 1, most, len(extra.root)))
    seen = np.zeros(steps + 1, dtype=np.int64)
    return Guards(pairs, step_of, value, member, held, seen, extra, coming)


@compiled
def _spare(guard: Floats, now: Floats, ahead: Floats) -> float:
    """Return by how much a label is at least cheaper than another, whatever follows.

    The value of a group is the larger of its costs without and with public money; the first alone
    counts where revenue suffices whatever follows, the second where it never does.
    """
    if guard[2] > now[2]:
        return -math.inf
    if guard[3] + ahead[2] <= 0:
        return float(now[0] - guard[0])
    if guard[3] + ahead[1] >= 0:
        return float(now[1] - guard[1])
    return float(min(now[0] - guard[0], now[1] - guard[1]))


@compiled
def _triples_cost(guards: Guards, one: Bools, other: Bools, step: int, spare: float) -> bool:
    """Return whether subset rows may cost one label more than another later, and spare.

    A subset row may where the one holds one of its towns, the other none or two, and one is still
    to be decided: the one then pays for it, and the other not, or it has paid before.
    """
    more = 0.0
    for t in range(len(guards.pairs.cost)):
        mine, its, later = 0, 0, 0
        for c in range(3):
            place = guards.pairs.town[t, c]
            mine += one[place]
            its += other[place]
            later += guards.step_of[place] >= step
        if mine == 1 and its != 1 and later > 0:
            more += guards.pairs.cost[t]
            if more > spare:
                return True
    return False


@compiled
def needless(
    guards: Guards, step: int, label: tuple[Floats, Floats], ahead: Floats, member: Bools
) -> bool:
    """Return whether an earlier label of the same step makes this one needless.

    Parameters
    ----------
    label : tuple of arrays of shape (4,) and (e,)
        Its cost without and with public money, connections and lack of revenue; and its other
        resources.
    ahead : array of shape (3,)
        Connections still to come and how far the lack can still fall and rise.
    member : bool array of shape (k + 1,)
        Its towns.
    """
    now, here = label
    for j in range(min(guards.seen[step], guards.value.shape[1])):
        spare = _spare(guards.value[step, j], now, ahead)
        if not spares(guards.extra, guards.held[step, j], here, guards.coming[step]):
            continue
        if spare >= 0.0 and not _triples_cost(guards, guards.member[step, j], member, step, spare):
            return True
    return False


@compiled
def guard(guards: Guards, step: int, label: tuple[Floats, Floats], member: Bools) -> None:
    """Keep a label that may make later ones needless."""
    if not guards.value.shape[1]:
        return
    at = guards.seen[step] % guards.value.shape[1]
    guards.value[step, at] = label[0]
    guards.held[step, at] = label[1]
    guards.member[step, at] = member
    guards.seen[step] += 1
