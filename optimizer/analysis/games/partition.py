"""The cheapest way to split all players into groups.

Dynamic programme over subsets: the group of the first player that is still without one is chosen
among all subsets that hold it, so every partition is met once. 3**n / 2 steps in all, as numpy
products over the subsets of each set. Source: D. Y. Yeh, "A dynamic programming approach to the
complete set partitioning problem", BIT 26, 1986.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeAlias

import numpy as np
import numpy.typing as npt

from optimizer.analysis.games.characteristic import Cost, GameError, P, members_of, tabulate
from optimizer.arrays import Floats

__all__ = ["Partition", "best_partition"]

Masks: TypeAlias = npt.NDArray[np.int64]

_TIE = 1e-12  # of the largest cost: sums that differ by less are the same sum


@dataclass(frozen=True)
class Partition(Generic[P]):
    """A partition of the players into groups, each of which serves itself.

    Attributes
    ----------
    groups : tuple of frozenset
        In the order of their first players.
    cost : float
        Sum of the groups' costs, money.
    """

    groups: tuple[frozenset[P], ...]
    cost: float


def best_partition(
    cost: Cost[P],
    players: Iterable[P],
    groups: int | None = None,
    largest: int | None = None,
) -> Partition[P]:
    """Return the cheapest partition of the players into groups; exact.

    Parameters
    ----------
    cost : mapping or callable
        From a ``frozenset`` of players to money; infinite where a group cannot form.
    players : iterable of hashable
        At most 16.
    groups : int, optional
        Number of groups, exactly. By default any number.
    largest : int, optional
        Most players in one group. By default no limit.

    Returns
    -------
    Partition
        Among equally cheap ones, the first player's group is as large as possible, then holds
        the players listed earliest; then the same for the next player without a group, and so on.

    Raises
    ------
    GameError
        If no partition keeps the limits, or a cost is missing or not a number.

    Examples
    --------
    >>> cost = {frozenset("A"): 4, frozenset("B"): 3, frozenset("C"): 2, frozenset("AB"): 6,
    ...         frozenset("AC"): 6, frozenset("BC"): 3, frozenset("ABC"): 9}
    >>> best = best_partition(cost, "ABC")
    >>> [sorted(group) for group in best.groups], best.cost
    ([['A'], ['B', 'C']], 7.0)
    """
    game = tabulate(cost, players, infinite=True)
    count = len(game.players)
    most = count if largest is None else largest
    if most < 1 or (groups is not None and not 1 <= groups <= count):
        raise GameError(f"{count} players, groups={groups}, largest={largest}: limits below 1")
    if groups is not None and groups * most < count:
        raise GameError(f"{groups} groups of at most {most} cannot hold {count} players")
    best, first_group = _fill(game.costs, count, groups, most)
    layer = best.shape[1] - 1
    if not np.isfinite(best[-1, layer]):
        raise GameError("no partition: every one that keeps the limits has an infinite cost")
    masks, left = [], (1 << count) - 1
    while left:
        masks.append(int(first_group[left, layer]))
        left ^= masks[-1]
        layer -= groups is not None
    return Partition(
        groups=tuple(game.coalition(mask) for mask in masks),
        cost=float(sum(game.costs[mask] for mask in masks)),
    )


def _fill(costs: Floats, count: int, groups: int | None, largest: int) -> tuple[Floats, Masks]:
    """Return, per set and number of groups, the least cost and the group of its first player.

    Both of shape (2**count, layers): with ``groups`` layer k is "in exactly k groups", without
    there is the single layer "in any number".
    """
    layers = 1 if groups is None else groups + 1
    best = np.full((len(costs), layers), np.inf)
    best[0, 0] = 0.0
    first_group = np.zeros((len(costs), layers), dtype=np.int64)
    place, allowed = _places(count), members_of(count).sum(axis=1) <= largest
    target = slice(0, 1) if groups is None else slice(1, layers)
    source = slice(0, 1) if groups is None else slice(0, layers - 1)
    tie = _TIE * np.abs(costs[np.isfinite(costs)]).max()
    for whole in range(1, len(costs)):
        parts = _parts(whole)
        parts = parts[allowed[parts]]
        sums = costs[parts, None] + best[whole ^ parts, source]
        least = sums.min(axis=0)
        order = np.where(sums <= least + tie, place[parts, None], len(costs))
        best[whole, target] = least
        first_group[whole, target] = parts[order.argmin(axis=0)]
    return best, first_group


def _parts(whole: int) -> Masks:
    """Return the subsets of a set that hold its first player.

    >>> _parts(0b1101).tolist()
    [1, 5, 9, 13]
    """
    parts = np.array([whole & -whole], dtype=np.int64)
    rest = whole & (whole - 1)
    while rest:
        parts = np.concatenate([parts, parts | (rest & -rest)])
        rest &= rest - 1
    return parts


def _places(count: int) -> Masks:
    """Return the place of each bit mask among all: larger first, then earlier players first."""
    members = members_of(count)
    early = members @ (2.0 ** np.arange(count)[::-1])
    places = np.empty(1 << count, dtype=np.int64)
    places[np.lexsort((-early, -members.sum(axis=1)))] = np.arange(1 << count)
    return places
