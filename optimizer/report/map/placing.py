"""Places for labels on a map, so that none covers another or a town."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimizer.arrays import Floats

__all__ = ["Placed", "place_labels"]


_TURNS = np.deg2rad([0, 180, 35, -35, 145, -145, 90, -90])
_RINGS = (0.0, 0.5, 1.2, 2.2, 3.5)
"""Extra distance of a label from its point, in label heights; all but the first get a leader."""

_NEAR_RINGS = 2
"""A label that is not a must stays within the first rings, or is left out."""


@dataclass(frozen=True)
class Placed:
    """Where a label stands.

    Attributes
    ----------
    x, y : float
        Lower left corner of its box.
    leader : bool
        Whether it is so far from its point that a line should join them.
    """

    x: float
    y: float
    leader: bool


def place_labels(
    points: Floats,
    radii: Floats,
    sizes: Floats,
    must: Sequence[bool],
    *,
    frame: tuple[float, float, float, float],
    lines: Floats | None = None,
) -> list[Placed | None]:
    """Return a place for each label, or None where there is no room.

    Labels are placed greedily in the given order (give the most important first). A label may
    cover no point, no earlier label and must lie within the frame; of the free places around its
    point the one that covers the least of the lines is taken, the right side first. A label that
    must be shown looks farther out, and in the last resort takes the place with the least overlap.

    Parameters
    ----------
    points : numpy.ndarray, shape (n, 2)
        Points to be labelled, any unit with y upward (the same for all arguments).
    radii : numpy.ndarray, shape (n,)
        Radius of each point's symbol.
    sizes : numpy.ndarray, shape (n, 2)
        Width and height of each label.
    must : sequence of bool, length n
        Whether the label has to be shown.
    frame : tuple of float
        ``(x least, y least, x most, y most)``.
    lines : numpy.ndarray, shape (m, 2), optional
        Points on lines that labels should rather not cover.

    Returns
    -------
    list of Placed or None, length n

    Examples
    --------
    Two towns side by side: the first label stands to the right, the second to the left, because
    its right side is outside the frame.

    >>> import numpy as np
    >>> towns, size = np.array([[10.0, 10.0], [90.0, 40.0]]), np.array([[30.0, 8.0], [30.0, 8.0]])
    >>> spots = place_labels(
    ...     towns, np.array([2.0, 2.0]), size, [True, True], frame=(0.0, 0.0, 100.0, 50.0)
    ... )
    >>> [spot.x for spot in spots if spot]
    [14.0, 56.0]
    """
    symbols = np.column_stack([points - radii[:, None], points + radii[:, None]])
    on_lines = np.empty((0, 2)) if lines is None else lines
    taken = np.empty((0, 4))
    places: list[Placed | None] = []
    for k in range(len(points)):
        rings = _RINGS if must[k] else _RINGS[:_NEAR_RINGS]
        boxes, ring_of = _candidates(points[k], float(radii[k]), sizes[k], rings)
        others = np.delete(symbols, k, axis=0)
        covered = _overlap(boxes, others) + _overlap(boxes, taken) + _outside(boxes, frame)
        free = np.flatnonzero(covered <= 1e-9)
        if not free.size and not must[k]:
            places.append(None)
            continue
        crossed = _count_inside(boxes, on_lines)
        ranked = free if free.size else np.flatnonzero(covered <= covered.min())
        blocked = _leaders_blocked(points[k], boxes[ranked], others) & (ring_of[ranked] > 0)
        cost = 6.0 * ring_of[ranked] + np.minimum(crossed[ranked], 8) + 0.01 * ranked
        cost += 25.0 * blocked
        best = int(ranked[int(cost.argmin())])
        taken = np.vstack([taken, boxes[best]])
        places.append(Placed(float(boxes[best, 0]), float(boxes[best, 1]), bool(ring_of[best] > 0)))
    return places


def _candidates(
    point: Floats, radius: float, size: Floats, rings: Sequence[float]
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return boxes ``(x least, y least, x most, y most)`` around a point, and their rings."""
    width, height = float(size[0]), float(size[1])
    boxes, ring_of = [], []
    for ring, extra in enumerate(rings):
        away = radius + 2.0 * height / 8.0 + extra * height
        for turn in _TURNS:
            cos, sin = np.cos(turn), np.sin(turn)
            x = point[0] + away * cos + (0.0 if cos > 0.1 else -width if cos < -0.1 else -width / 2)
            y = (
                point[1]
                + away * sin
                + (-height / 2 if abs(sin) < 0.1 else 0.0 if sin > 0 else -height)
            )
            boxes.append((x, y, x + width, y + height))
            ring_of.append(ring)
    return np.array(boxes), np.array(ring_of, dtype=np.int64)


def _overlap(boxes: Floats, others: Floats) -> Floats:
    """Return for each box how much area it shares with the others."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared: Floats = np.clip(high - low, 0.0, None).prod(axis=2).sum(axis=1)
    return shared


def _outside(boxes: Floats, frame: tuple[float, float, float, float]) -> Floats:
    """Return for each box how much of its area lies outside the frame."""
    inside = np.minimum(boxes[:, 2:], frame[2:]) - np.maximum(boxes[:, :2], frame[:2])
    whole = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    rest: Floats = whole - np.clip(inside, 0.0, None).prod(axis=1)
    return rest


def _count_inside(boxes: Floats, points: Floats) -> npt.NDArray[np.int64]:
    """Return for each box how many of the points it covers."""
    above = (points[None, :, :] >= boxes[:, None, :2]).all(axis=2)
    below = (points[None, :, :] <= boxes[:, None, 2:]).all(axis=2)
    inside: npt.NDArray[np.int64] = np.count_nonzero(above & below, axis=1)
    return inside


def _leaders_blocked(point: Floats, boxes: Floats, symbols: Floats) -> npt.NDArray[np.bool_]:
    """Return for each box whether the line from the point to it crosses another symbol."""
    ends = np.clip(point, boxes[:, :2], boxes[:, 2:])
    along = np.linspace(0.0, 1.0, 13)[None, :, None]
    samples = point + along * (ends - point)[:, None, :]
    above = (samples[:, :, None, :] >= symbols[None, None, :, :2]).all(axis=3)
    below = (samples[:, :, None, :] <= symbols[None, None, :, 2:]).all(axis=3)
    hits: npt.NDArray[np.int64] = np.count_nonzero(above & below, axis=(1, 2))
    return hits > 0
