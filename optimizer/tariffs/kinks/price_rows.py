"""Limits and support of every town as rows over scaled prices, for programmes of many groups."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.tariffs.case import Case
from optimizer.tariffs.kinks.least_money import PriceRows

__all__ = ["price_rows"]


def price_rows(case: Case) -> PriceRows:
    """Return the rows of a case, without caps that others of the same town imply at all prices.

    Examples
    --------
    >>> import optimizer as op
    >>> rows = price_rows(op.case_of(op.read("instances/pair")))
    >>> len(rows.kinks), rows.caps_start.tolist()
    (0, [0, 1, 2])
    """
    scale = np.maximum(case.price_most.max(axis=0), 1e-300)
    cone = case.space.cone * scale
    size = np.abs(cone).max(axis=1, initial=0.0)
    caps = _unit_rows(case.caps.weight * scale, case.caps.limit)
    classes = case.classes
    paid = np.flatnonzero(classes.protected & (case.support.most > 0).any(axis=1))
    weight = case.space.bill[paid] * scale
    rows = _unit_rows(weight, classes.affordable_month[paid])
    cost = 12.0 * case.support.connections[paid] * np.abs(weight).max(axis=1, initial=0.0)
    kinks, kinks_start = _by_town(classes.town[paid], np.column_stack([rows, cost]), case.towns)
    caps, caps_start = _binding(*_by_town(case.caps.town, caps, case.towns))
    return PriceRows(
        cone=cone[size > 0] / size[size > 0][:, None],
        revenue=case.revenue_year * scale,
        balance=case.solidarity_year * scale,
        caps=caps,
        caps_start=caps_start,
        kinks=kinks,
        kinks_start=kinks_start,
    )


def _unit_rows(weight: Floats, limit: Floats) -> Floats:
    """Return rows with their limits, the largest weight of each 1."""
    size = np.maximum(np.abs(weight).max(axis=1, initial=0.0), 1e-300)
    return np.column_stack([weight / size[:, None], limit / size])


def _by_town(town: Ints, rows: Floats, towns: int) -> tuple[Floats, Ints]:
    order = np.argsort(town, kind="stable")
    return rows[order], np.searchsorted(town[order], np.arange(towns + 1)).astype(np.int64)


def _binding(rows: Floats, start: Ints) -> tuple[Floats, Ints]:
    """Return the rows without those that one of the same town implies at all prices >= 0."""
    kept = []
    for i in range(len(start) - 1):
        own = np.unique(rows[start[i] : start[i + 1]], axis=0)
        share = own[:, :-1] / np.maximum(own[:, -1:], 1e-300)
        implied = np.asarray((share[:, None, :] <= share[None, :, :]).all(axis=2))
        earlier = np.tril(np.ones(implied.shape, dtype=bool), -1)
        kept.append(own[~(implied & (~implied.T | earlier)).any(axis=1)])
    until = np.concatenate([[0], np.cumsum([len(own) for own in kept])])
    return np.concatenate([rows[:0], *kept]), until.astype(np.int64)
