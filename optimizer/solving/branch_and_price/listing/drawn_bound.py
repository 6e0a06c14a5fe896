"""Means over draws of what groups of a seat need, and of the public money at least; compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.jit import compiled, inlined

__all__ = ["DrawnItems", "mean_bounds", "needs"]


class DrawnItems(NamedTuple):
    """Items of a seat in every draw.

    Attributes
    ----------
    serve : array of shape (items, models, draws)
        Requirement that serving the item adds, money per year.
    opened : array of shape (models, draws)
        Requirement of the overhead, money per year.
    own : array of shape (items, draws)
        Most revenue of the item's towns with a tariff each, money per year.
    revenue : array of shape (items, rays, draws)
        Revenue per unit of each extreme ray of the admissible prices, money per year.
    most : array of shape (caps, rays, draws), start : int array of shape (items + 1,)
        Units of each ray that each limit of the item's towns allows; no caps where the towns of an
        area do not limit each other.
    """

    serve: Floats
    opened: Floats
    own: Floats
    revenue: Floats
    most: Floats
    start: Ints


@compiled
def mean_bounds(items: DrawnItems, bits: Ints, fits: Bools, price: float) -> Floats:
    """Return mean requirement and least mean public money of each group with its best model.

    Parameters
    ----------
    bits : int array of shape (g,)
        Groups of the seat.
    fits : bool array of shape (g, models)
        Operator models that may run each.
    price : float
        Weight of public money.

    Returns
    -------
    array of shape (2, g)
        Money per year.
    """
    count, models, draws = items.serve.shape
    found = np.empty((2, len(bits)))
    total, most, raised = np.empty(draws), np.empty(draws), np.empty(draws)
    together = np.empty((items.revenue.shape[1], draws))
    for g in range(len(bits)):
        held = bits[g] << 1 | 1
        _raise_most(items, held, together, raised, most)
        best = np.inf
        for m in range(models):
            if not fits[g, m]:
                continue
            total[:] = items.opened[m]
            for i in range(count):
                if held >> i & 1:
                    total += items.serve[i, m]
            need, money = 0.0, 0.0
            for d in range(draws):
                need += total[d] / draws
                money += max(0.0, total[d] - most[d]) / draws
            if need + price * money < best:
                best = need + price * money
                found[0, g], found[1, g] = need, money
    return found


@inlined
def _raise_most(
    items: DrawnItems, held: int, together: Floats, raised: Floats, most: Floats
) -> None:
    """Fill ``most`` with a bound on the revenue of a group in each draw, money per year."""
    draws, rays = len(most), len(together)
    most[:] = 0.0
    together[:] = 0.0
    for i in range(len(items.own)):
        if held >> i & 1:
            most += items.own[i]
            together += items.revenue[i]
    for i in range(len(items.own)):
        if held >> i & 1:
            for c in range(items.start[i], items.start[i + 1]):
                raised[:] = 0.0
                for e in range(rays):
                    for d in range(draws):
                        raised[d] = max(raised[d], together[e, d] * items.most[c, e, d])
                for d in range(draws):
                    most[d] = min(most[d], raised[d])


@compiled
def needs(items: DrawnItems, bits: Ints) -> Floats:
    """Return the requirement of each group in each draw by each model, shape (models, draws, g)."""
    count, models, draws = items.serve.shape
    found = np.empty((models, draws, len(bits)))
    for g in range(len(bits)):
        held = bits[g] << 1 | 1
        found[:, :, g] = items.opened
        for i in range(count):
            if held >> i & 1:
                found[:, :, g] += items.serve[i]
    return found
