"""The fill of every area on the desk: no two in sight alike, and an area keeps its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optimizer.report.map.colours import FILLS, HATCHES

__all__ = ["kept_styles"]

STYLES = len(FILLS) * len(HATCHES)


def kept_styles(
    areas: Mapping[str, frozenset[int]],
    before: Mapping[str, int],
    neighbours: Sequence[frozenset[int]],
) -> dict[str, int]:
    """Return the style of each area, as a number: fill plus ten times the pattern.

    Parameters
    ----------
    areas : mapping of str to frozenset of int
        Positions of each area's towns.
    before : mapping of str to int
        The styles that areas had; they keep them where no neighbour has the same.
    neighbours : sequence of frozenset of int
        Positions of each town's neighbours.

    Examples
    --------
    >>> areas = {"a": frozenset({0}), "b": frozenset({1})}
    >>> kept_styles(areas, {"b": 4}, [frozenset(), frozenset()])
    {'b': 4, 'a': 0}
    """
    of_town = {town: label for label, towns in areas.items() for town in towns}
    near = {
        label: {of_town[n] for town in towns for n in neighbours[town]} - {label}
        for label, towns in areas.items()
    }
    chosen: dict[str, int] = {}
    uses = [0] * STYLES
    kept = [label for label in areas if label in before]
    for label in sorted(kept, key=lambda own: -len(areas[own])):
        style = before[label]
        seen = uses[style] > 0 and len(areas) <= STYLES
        if not seen and not any(chosen.get(n) == style for n in near[label]):
            chosen[label] = style
            uses[style] += 1
    for label in sorted(areas, key=lambda own: -len(areas[own])):
        if label not in chosen:
            taken = {chosen[n] for n in near[label] if n in chosen}
            free = [style for style in range(STYLES) if style not in taken] or list(range(STYLES))
            chosen[label] = min(free, key=lambda style: (uses[style], style))
            uses[chosen[label]] += 1
    return chosen
