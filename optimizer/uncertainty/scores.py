"""Normal scores of draws: low-discrepancy points for the region, Latin hypercubes for each town.

Sources: Sobol points, scrambled (Owen 1995), by :mod:`scipy.stats.qmc`; Latin hypercube sampling,
McKay, Beckman, Conover (1979).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from optimizer.arrays import Floats
from optimizer.cost_terms.factors import UNCERTAIN

__all__ = ["common_scores", "own_scores"]


def common_scores(names: Sequence[str], *, draws: int, seed: int) -> Floats:
    """Return the part of each datum that is common to the region; shape (draws, names).

    A datum has a dimension of its own in the sequence, so that others do not change its draws.

    Examples
    --------
    >>> both = common_scores(["costs", "income"], draws=8, seed=1)
    >>> bool((both[:, 1:] == common_scores(["income"], draws=8, seed=1)).all())
    True
    """
    points = qmc.Sobol(len(UNCERTAIN), scramble=True, rng=np.random.default_rng(seed))
    whole = points.random_base2(max(1, math.ceil(math.log2(draws))))[:draws]
    return _scores(whole[:, [UNCERTAIN.index(name) for name in names]])


def own_scores(name: str, keys: Sequence[str], *, draws: int, seed: int) -> Floats:
    """Return the part of a datum that each town has for itself; shape (draws, keys).

    Every town has one draw in each of as many equally likely ranges as there are draws.

    Examples
    --------
    >>> there = own_scores("costs", ["a", "b"], draws=5, seed=1)
    >>> bool((there[:, ::-1] == own_scores("costs", ["b", "a"], draws=5, seed=1)).all())
    True
    """
    shares = np.empty((draws, len(keys)))
    for at, key in enumerate(keys):
        text = f"{seed}\x1f{name}\x1f{key}".encode()
        rng = np.random.default_rng(int.from_bytes(hashlib.blake2b(text, digest_size=16).digest()))
        shares[:, at] = (rng.permutation(draws) + rng.random(draws)) / draws
    return _scores(shares)


def _scores(shares: Floats) -> Floats:
    return np.asarray(ndtri(np.clip(shares, 1e-9, 1.0 - 1e-9)), dtype=np.float64)
