"""Extreme rays of a small cone of prices."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from optimizer.arrays import Floats

__all__ = ["extreme_rays"]


def extreme_rays(cone: Floats, components: int) -> Floats:
    """Return the extreme rays of ``{p >= 0 : cone p <= 0}``, each scaled to a largest entry of 1.

    Every ray makes ``components - 1`` independent inequalities tight; all choices are tried,
    which is a few hundred for a tariff of six blocks.

    Examples
    --------
    >>> extreme_rays(np.array([[1.0, -1.0]]), 2).round(9).tolist()
    [[0.0, 1.0], [1.0, 1.0]]
    """
    if components == 1:
        return np.ones((1, 1))
    rows = np.vstack([cone, -np.eye(components)])
    rows = rows / np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-300)
    found: list[Floats] = []
    for tight in combinations(range(len(rows)), components - 1):
        _, size, basis = np.linalg.svd(rows[list(tight)])
        if size[-1] < 1e-9:
            continue
        ray = basis[-1] / basis[-1][np.abs(basis[-1]).argmax()]
        if (rows @ ray <= 1e-9).all() and not any(np.abs(ray - r).max() < 1e-8 for r in found):
            found.append(np.maximum(ray, 0.0))
    return np.array(sorted(found, key=lambda r: r.tolist()))
