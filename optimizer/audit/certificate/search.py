"""Every area of a seat whose reduced cost may be below a width, town by town.

Partial groups are lists of towns decided in one order, from the town whose limits let the region
raise least. For multipliers ``t`` in 0..1 of ``public money >= requirement - revenue`` and a limit
``c`` of the first town taken, the reduced cost of every completion is at least

    open (1 + w t) - area + sum over towns of (serve_i - dual_i + w t (serve_i - R_ie / cap_ce))

with revenue R per unit of each ray, for the ray e that makes it least; the negative terms of the
undecided towns therefore bound it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.audit.certificate.region import Region

__all__ = ["Found", "Worth", "found_of_seat"]

SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
FORCED = (2.0, 5.0)
"""Shares of the weight of public money; above 1 only where no subsidy may be paid."""


@dataclass(frozen=True, eq=False)
class Worth:
    """Duals as arrays over the region's towns; triples as positions of three towns."""

    town: Floats
    area: float
    weight: float
    triple: Ints
    triple_price: Floats
    subsidised: bool

    def penalty(self, member: Bools) -> Floats:
        """Return what groups pay for triples of which they hold two towns or more."""
        total = np.zeros(len(member))
        for towns, price in zip(self.triple, self.triple_price, strict=True):
            total += price * (member[:, towns].sum(axis=1) >= 2)
        return total


@dataclass(frozen=True, eq=False)
class Found:
    """Areas of one seat.

    Attributes
    ----------
    member : bool array of shape (g, towns)
        Their towns.
    model : int array of shape (g,)
        Operator models.
    complete_to : float
        Every area of the seat that is not listed has at least this reduced cost.
    """

    member: Bools
    model: Ints
    complete_to: float


def found_of_seat(region: Region, worth: Worth, seat: int, *, width: float, most: int) -> Found:
    """Return all areas of a seat whose reduced cost may be below ``width``.

    Parameters
    ----------
    region, worth
        The region and its duals.
    seat : int
        Position of the seat.
    width : float
        Money per year.
    most : int
        Most partial groups at once; beyond it ``complete_to`` falls to the least bound given up.
    """
    parts: list[tuple[Bools, int]] = []
    complete = width
    if not region.near[seat, seat]:
        return Found(np.zeros((0, len(region.towns)), dtype=bool), np.zeros(0, int), math.inf)
    order = np.array([i for i in region.rank if region.near[seat, i]], dtype=np.int64)
    shared = region.facts.instance.policy.tariff_scope == "service_area"
    firsts = range(int(np.flatnonzero(order == seat)[0]) + 1) if shared else [-1]
    for model in range(len(region.open)):
        able = region.serves[model]
        if not (region.sits[model, seat] and able[seat]):
            continue
        for at in firsts:
            first = seat if at < 0 else int(order[at])
            after = order[order != seat] if at < 0 else order[at + 1 :]
            after = after[(after != seat) & able[after]]
            if not able[first]:
                continue
            search = _Search(region, worth, (seat, model, first if shared else -1), width)
            member, left = search.run(first, after, most)
            complete = min(complete, left)
            if len(member):
                parts.append((member, model))
    if not parts:
        return Found(np.zeros((0, len(region.towns)), dtype=bool), np.zeros(0, int), complete)
    member = np.concatenate([m for m, _ in parts])
    models = np.concatenate([np.full(len(m), model) for m, model in parts])
    return Found(member, models, complete)


class _Search:
    """The search of one seat, operator model and first town (-1: none limits the others)."""

    def __init__(
        self, region: Region, worth: Worth, place: tuple[int, int, int], width: float
    ) -> None:
        self.region, self.worth, self.width = region, worth, width
        self.seat, self.model, self.first = place
        serve = region.serve[self.model, self.seat]
        most = [region.own_best[:, None]]
        if self.first >= 0:
            mine = region.cap[region.cap_town == self.first]
            with np.errstate(divide="ignore", invalid="ignore"):
                raised = region.revenue[:, None, :] / mine[None, :, :]
            most += [np.where(np.isnan(raised[:, c]), 0.0, raised[:, c]) for c in range(len(mine))]
            spread = region.facts.instance.policy.tariff_spread_most
            if spread > 1.0:  # towns may be at different prices, each within the spread
                each = [spread * one.max(axis=1) for one in most[1:]]
                most = [np.minimum(region.own_best, one)[:, None] for one in each]
        shares = SHARES if worth.subsidised else SHARES + FORCED
        weight = max(worth.weight, 0.0 if worth.subsidised else 1.0)
        tracks, group, base = [], [], []
        number = 0
        for revenue in most:
            for share in shares:
                if share > 0 and not np.isfinite(revenue[serve > 0]).all():
                    continue
                mult = weight * share
                if share > 0 or number == 0:
                    own = np.where(np.isfinite(revenue), revenue, 0.0) if share > 0 else 0.0
                    each = serve[:, None] - worth.town[:, None] + mult * (serve[:, None] - own)
                    each = each if share > 0 else each[:, :1]
                    tracks.append(each)
                    group += [number] * each.shape[1]
                    base += [region.open[self.model] * (1.0 + mult) - worth.area] * each.shape[1]
                    number += 1
        self.each = np.concatenate(tracks, axis=1)
        self.base, self.start = np.array(base), np.flatnonzero(np.diff([-1, *group]))

    def bound(self, total: Floats, rest: Floats) -> Floats:
        """Return the bound of partial groups: the best of all multipliers and limits."""
        whole = total + rest[None, :] + self.base[None, :]
        return np.asarray(np.minimum.reduceat(whole, self.start, axis=1).max(axis=1), dtype=float)

    def run(self, first: int, after: Ints, most: int) -> tuple[Bools, float]:
        """Return the groups, and what the reduced cost of all others is at least."""
        region, worth = self.region, self.worth
        ahead = np.minimum(self.each[after], 0.0)
        rest = np.vstack([np.cumsum(ahead[::-1], axis=0)[::-1], np.zeros(self.each.shape[1])])
        sizes = np.append(np.cumsum(region.size[after][::-1])[::-1], 0.0)
        begun = np.unique([first, self.seat])
        member = np.zeros((1, len(region.towns)), dtype=bool)
        member[0, begun] = True
        total = self.each[begun].sum(axis=0)[None, :]
        size, paid = np.array([region.size[begun].sum()]), worth.penalty(member)
        low, high = region.least[self.model], region.most[self.model]
        given_up = self.width
        for k in range(len(after) + 1):
            room = 1e-9 * size
            keep = (size <= high + room) & (size + sizes[k] >= low - room)
            value = self.bound(total, rest[k]) + paid
            keep &= value < self.width
            if keep.sum() > most:
                given_up = min(given_up, float(value[keep].min()))
                return member[:0], given_up
            member, total, size, paid = member[keep], total[keep], size[keep], paid[keep]
            if k == len(after) or not len(member):
                break
            with_one = member.copy()
            with_one[:, after[k]] = True
            more = worth.penalty(with_one) if _held(worth, int(after[k])) else paid
            member = np.concatenate([member, with_one])
            total = np.concatenate([total, total + self.each[after[k]]])
            size = np.concatenate([size, size + region.size[after[k]]])
            paid = np.concatenate([paid, more])
        return member, given_up


def _held(worth: Worth, town: int) -> bool:
    return bool(len(worth.triple)) and bool((worth.triple == town).any())
