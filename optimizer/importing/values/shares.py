"""Shares that were given in per cent, or as whole numbers of a hundred."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats

__all__ = ["as_shares"]


def as_shares(values: Floats, *, per_cent_signs: int, per_cent_header: bool) -> tuple[Floats, str]:
    """Return shares from 0 to 1, and what was done or must be asked; the latter ends in "?".

    Parameters
    ----------
    values : numpy.ndarray
        As read; NaN where unknown.
    per_cent_signs : int
        Cells that had a per cent sign.
    per_cent_header : bool
        Whether the header speaks of per cent.

    Examples
    --------
    >>> as_shares(np.array([35.0, 0.5]), per_cent_signs=0, per_cent_header=True)
    (array([0.35 , 0.005]), 'per cent, divided by 100')
    >>> as_shares(np.array([0.35, 0.5]), per_cent_signs=0, per_cent_header=False)
    (array([0.35, 0.5 ]), '')
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return values, ""
    if per_cent_signs or known.max() > 1.0:
        return values / 100.0, "per cent, divided by 100"
    if per_cent_header and known.max() < 1.0 and len(known) > 3:
        return (
            values,
            "no value is above 1 though the header says per cent: taken as shares from 0 to 1",
        )
    return values, ""
