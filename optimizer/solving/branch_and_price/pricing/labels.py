"""Labels of the search, many at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.pricing.bounds import PricingBranches
from optimizer.solving.branch_and_price.pricing.dominance import ComparedLabels

__all__ = ["Labels", "Lack", "merge"]


@dataclass(eq=False)
class Labels:
    """Labels.

    Attributes
    ----------
    branch : int array of shape (s,)
    bound : array of shape (s, bounds)
        Each the best that can still come.
    size, gap : arrays of shape (s,)
        Connections and lack of revenue.
    extra : array of shape (s, e)
        Other resources.
    member : bool array of shape (s, k + 1)
    """

    branch: Ints
    bound: Floats
    size: Floats
    gap: Floats
    extra: Floats
    member: Bools

    def take(self, rows: Ints | Bools) -> Labels:
        """Return some of them."""
        return Labels(
            self.branch[rows],
            self.bound[rows],
            self.size[rows],
            self.gap[rows],
            self.extra[rows],
            self.member[rows],
        )


class Lack:
    """How much lack of revenue and resources can still fall and rise, step by step.

    Attributes
    ----------
    step : int
        The step at which labels are compared.
    """

    def __init__(self, rows: PricingBranches, order: Ints) -> None:
        gap = np.take_along_axis(rows.gap, order, axis=1)
        self._fall = np.pad(np.minimum(gap, 0.0)[:, ::-1].cumsum(axis=1)[:, ::-1], ((0, 0), (0, 1)))
        self._rise = np.pad(np.maximum(gap, 0.0)[:, ::-1].cumsum(axis=1)[:, ::-1], ((0, 0), (0, 1)))
        extra = np.take_along_axis(rows.extra, order[:, :, None], axis=1)
        ahead = extra[:, ::-1].cumsum(axis=1)[:, ::-1]
        self.extra_ahead = np.pad(ahead, ((0, 0), (0, 1), (0, 0)))
        self._rows = rows
        self.step = 0

    def partial(self, labels: Labels) -> ComparedLabels:
        """Return the states for comparison."""
        step = min(self.step, self._fall.shape[1] - 1)
        return ComparedLabels(
            branch=labels.branch,
            alike=self._alike(labels, step),
            low=labels.bound[:, 1],
            high=labels.bound[:, 2],
            size=labels.size,
            gap_least=labels.gap + self._fall[labels.branch, step],
            gap_most=labels.gap + self._rise[labels.branch, step],
        )

    def _alike(self, labels: Labels, step: int) -> Ints:
        """Return the class of states of one branch to which the same towns may be added.

        A resource tells two states apart only while its limits may still bind.
        """
        rows, of = self._rows, labels.branch
        if not labels.extra.shape[1]:
            return of
        over = labels.extra + self.extra_ahead[of, step] > rows.extra_most[of]
        short = labels.extra < rows.extra_least[of]
        key = np.column_stack([of, np.where(over | short, labels.extra, -1.0)])
        return np.asarray(np.unique(key, axis=0, return_inverse=True)[1].ravel(), dtype=np.int64)


def merge(a: Labels, b: Labels) -> Labels:
    """Return both, one after the other."""
    return Labels(
        np.concatenate([a.branch, b.branch]),
        np.concatenate([a.bound, b.bound]),
        np.concatenate([a.size, b.size]),
        np.concatenate([a.gap, b.gap]),
        np.concatenate([a.extra, b.extra]),
        np.concatenate([a.member, b.member]),
    )
