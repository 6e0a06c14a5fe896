"""Colours that tell areas apart, for people who see fewer of them too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["BORDER", "FILLS", "GAINS", "HATCHES", "INK", "LOSES", "AreaStyle", "area_styles"]

FILLS: tuple[str, ...] = (
    "#5B8FD9",
    "#F7EBA8",
    "#E8775A",
    "#2FA78A",
    "#FFC4D3",
    "#B5C334",
    "#9A62BC",
    "#AFE6FF",
    "#A8763E",
    "#76808E",
)
"""Ten fills that differ in hue and lightness: any two are at least 10 apart (CIE 1976 colour
difference), for normal sight and as Machado, Oliveira and Fernandes (2009) simulate people who do
not see red or green."""

HATCHES: tuple[str, ...] = ("", "////", "....", "xxxx")
"""Patterns that repeat the fills when ten are not enough."""

INK, BORDER, GAINS, LOSES = "#1f2d3d", "#5b6b7b", "#0077BB", "#CC3311"
"""Text; borders of areas; a lower and a higher bill (blue and red of Paul Tol's "vibrant")."""


@dataclass(frozen=True)
class AreaStyle:
    """How an area is drawn: number of its fill in :data:`FILLS` and of its hatch."""

    fill: int
    hatch: int

    @property
    def colour(self) -> str:
        """Fill as a hexadecimal colour."""
        return FILLS[self.fill]


def area_styles(
    centres: npt.NDArray[np.float64] | Sequence[Sequence[float]],
    neighbours: Iterable[tuple[int, int]],
) -> list[AreaStyle]:
    """Return a style for each area, so that neighbours never look alike.

    Areas are coloured one by one, those with the most coloured neighbours first (DSATUR, Brelaz
    1979); among the styles that no neighbour has, an unused one is taken, else the one whose
    nearest user is farthest away. Hatched fills come into use only when a plain fill would clash.

    Parameters
    ----------
    centres : array-like, shape (n, 2)
        A point of each area, any unit.
    neighbours : iterable of pairs of int
        Positions of areas that must differ.

    Returns
    -------
    list of AreaStyle, length n

    Raises
    ------
    ValueError
        If an area has 40 or more neighbours that all differ.

    Examples
    --------
    Three areas in a row; the outer two could share a fill, and need not:

    >>> [style.fill for style in area_styles([[0, 0], [1, 0], [2, 0]], [(0, 1), (1, 2)])]
    [1, 0, 2]
    """
    xy = np.asarray(centres, dtype=float).reshape(-1, 2)
    near: list[set[int]] = [set() for _ in xy]
    for a, b in neighbours:
        near[a].add(b)
        near[b].add(a)
    chosen: dict[int, int] = {}
    while len(chosen) < len(xy):
        waiting = (k for k in range(len(xy)) if k not in chosen)
        area = max(
            waiting, key=lambda k: (len({chosen.get(n, -1) for n in near[k]}), len(near[k]), -k)
        )
        chosen[area] = _best_style(area, near[area], chosen, xy)
    fills = len(FILLS)
    return [AreaStyle(chosen[k] % fills, chosen[k] // fills) for k in range(len(xy))]


def _best_style(
    area: int, near: set[int], chosen: dict[int, int], xy: npt.NDArray[np.float64]
) -> int:
    """Return the number of the free style whose nearest user is farthest; plain fills first."""
    taken = {chosen[n] for n in near if n in chosen}
    for hatch in range(len(HATCHES)):
        styles = range(hatch * len(FILLS), (hatch + 1) * len(FILLS))
        free = [style for style in styles if style not in taken]
        if free:
            away = dict.fromkeys(free, np.inf)
            for other, style in chosen.items():
                if style in away:
                    away[style] = min(away[style], float(np.hypot(*(xy[area] - xy[other]))))
            return max(free, key=lambda style: (away[style], -style))
    message = f"area {area} has more neighbours than there are styles"
    raise ValueError(message)
