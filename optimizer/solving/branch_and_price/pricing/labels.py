"""Partial decisions of the search, many at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.solving.branch_and_price.pricing.bounds import Branches
from optimizer.solving.branch_and_price.pricing.dominance import Partial

__all__ = ["Lack", "States", "merge"]


@dataclass(eq=False)
class States:
    """Partial decisions: branch, bounds (each the best that can still come), size, gap, members."""

    branch: Ints
    bound: Floats
    size: Floats
    gap: Floats
    member: Bools

    def take(self, rows: Ints | Bools) -> States:
        """Return some of them."""
        return States(
            self.branch[rows],
            self.bound[rows],
            self.size[rows],
            self.gap[rows],
            self.member[rows],
        )


class Lack:
    """How much the lack of revenue of partial decisions can still fall and rise, step by step."""

    def __init__(self, rows: Branches, order: Ints) -> None:
        gap = np.take_along_axis(rows.gap, order, axis=1)
        self._fall = np.pad(np.minimum(gap, 0.0)[:, ::-1].cumsum(axis=1)[:, ::-1], ((0, 0), (0, 1)))
        self._rise = np.pad(np.maximum(gap, 0.0)[:, ::-1].cumsum(axis=1)[:, ::-1], ((0, 0), (0, 1)))
        self.step = 0

    def partial(self, states: States) -> Partial:
        """Return the states for comparison."""
        step = min(self.step, self._fall.shape[1] - 1)
        return Partial(
            branch=states.branch,
            low=states.bound[:, 1],
            high=states.bound[:, 2],
            size=states.size,
            gap_least=states.gap + self._fall[states.branch, step],
            gap_most=states.gap + self._rise[states.branch, step],
        )


def merge(a: States, b: States) -> States:
    """Return both, one after the other."""
    return States(
        np.concatenate([a.branch, b.branch]),
        np.concatenate([a.bound, b.bound]),
        np.concatenate([a.size, b.size]),
        np.concatenate([a.gap, b.gap]),
        np.concatenate([a.member, b.member]),
    )
