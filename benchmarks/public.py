"""A published instance: the arguments of `optimizer.group` and the published answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "PublicInstance"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PublicInstance:
    """One published instance and its published optimum.

    Attributes
    ----------
    family, name : str
    serve_cost : array of float, shape (towns, seats)
    open_cost : array of float, shape (seats,)
    demand : array of float, shape (towns,)
    capacity, min_demand : array of float, shape (seats,), or None
    operators : int or None
    adjacency : tuple of (int, int) or None
    seat_towns : array of int, shape (seats,), or None
    optimum : float or None
        Published optimum, ``inf`` when published as infeasible, None when unknown.
    tolerance : float
        Absolute rounding of the published figure.
    note : str
        Why the published optimum cannot be expected of these data, empty where it can.
    """

    family: str
    name: str
    serve_cost: Floats
    open_cost: Floats
    demand: Floats
    capacity: Floats | None
    min_demand: Floats | None
    operators: int | None
    adjacency: tuple[tuple[int, int], ...] | None
    seat_towns: NDArray[np.int64] | None
    optimum: float | None
    tolerance: float
    note: str = ""
