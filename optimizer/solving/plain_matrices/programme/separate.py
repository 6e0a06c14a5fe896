"""Find what an assignment breaks and the inequalities that forbid it.

Connectivity by minimal separators: Carvajal, Constantino, Goycoolea, Vielma and Weintraub,
"Imposing connectivity constraints in forest planning models", *Operations Research* 61, 2013;
Validi, Buchanan and Lykhovyd, "Imposing contiguity constraints in political districting models",
*Operations Research* 70, 2022.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Ints
from optimizer.solving.plain_matrices.problem.problem import Mask, Matrices
from optimizer.solving.plain_matrices.programme.assignment import Cut

__all__ = ["Separator", "Surroundings", "load_cuts"]

STRAY_TOWNS = 12
"""At most so many towns of a stray part get an inequality of their own."""


@dataclass(frozen=True)
class Separator:
    """A town reaches a seat only through one of the blockers.

    Attributes
    ----------
    seat, town : int
    blockers : tuple of int
    """

    seat: int
    town: int
    blockers: tuple[int, ...]

    def cut(self) -> Cut:
        """Return ``sum(x[blocker, seat]) - x[town, seat] >= 0``."""
        weights = ((self.town, -1.0), *((blocker, 1.0) for blocker in self.blockers))
        return Cut(self.seat, weights, 0.0, 0.0)


class Surroundings:
    """Neighbourhoods of towns as bit sets, for quick questions about connectivity.

    Parameters
    ----------
    problem : Matrices
        With a graph and seat towns.
    """

    def __init__(self, problem: Matrices) -> None:
        if problem.graph is None or problem.seat_town is None:
            raise ValueError("connectivity needs neighbours and the towns of the seats")
        self.problem = problem
        self.near = [
            sum(1 << int(other) for other in problem.graph[town]) for town in range(problem.towns)
        ]
        allowed = problem.allowed
        packed = np.packbits(allowed, axis=0, bitorder="little")
        self.inside = [
            int.from_bytes(packed[:, seat].tobytes(), "little") for seat in range(problem.seats)
        ]

    def spread(self, start: int, inside: int) -> int:
        """Return the towns of `inside` that are connected with those of `start` within it."""
        reached = start & inside
        frontier = reached
        while frontier:
            grown = self.border(frontier) & inside & ~reached
            reached |= grown
            frontier = grown
        return reached

    def border(self, towns: int) -> int:
        """Return every neighbour of the given towns, some of them perhaps among these."""
        found = 0
        while towns:
            low = towns & -towns
            found |= self.near[low.bit_length() - 1]
            towns ^= low
        return found

    def stray(self, seat: int, area: int) -> list[int]:
        """Return the connected parts of an area that do not hold its seat."""
        home = 1 << int(self._home(seat))
        rest = area & ~self.spread(home, area)
        parts = []
        while rest:
            part = self.spread(rest & -rest, rest)
            parts.append(part)
            rest &= ~part
        return parts

    def minimal(self, seat: int, part: int, blockers: int) -> int:
        """Return the blockers that touch both the part and the seat's side of them."""
        inside = self.inside[seat] | part
        side = self.spread(1 << int(self._home(seat)), inside & ~blockers)
        return blockers & self.border(side) & self.border(part)

    def separators(self, seat_of: Ints) -> list[Separator]:
        """Return separators that forbid every stray part of an assignment."""
        found = []
        for seat in np.unique(seat_of):
            area = _bits(np.flatnonzero(seat_of == seat))
            for part in self.stray(int(seat), area):
                found += self._separators_of(int(seat), part)
        return found

    def _separators_of(self, seat: int, part: int) -> list[Separator]:
        blockers = self.minimal(seat, part, self.border(part) & ~part & self.inside[seat])
        towns = _towns(part)
        towns.sort(key=lambda town: -self.problem.demand[town])
        return [Separator(seat, town, tuple(_towns(blockers))) for town in towns[:STRAY_TOWNS]]

    def first(self, stop: Callable[[], bool]) -> list[Separator]:
        """Return for each pair that the town has a neighbour beside it, or the seat's town has.

        Of these the solver makes few plans with stray towns; they hold for this problem only, for
        pairs that are not allowed count as absent. Those of seats that time sufficed for.
        """
        found = set()
        allowed = self.problem.allowed
        for seat in np.flatnonzero(self.problem.openable):
            if stop():
                break
            home = 1 << self._home(int(seat))
            around_home = self.border(home) & self.inside[seat]
            for town in np.flatnonzero(allowed[:, seat]):
                part = 1 << int(town)
                if part & (home | around_home):
                    continue
                for blockers in (self.border(part) & self.inside[seat], around_home):
                    least = self._least(int(seat), part, blockers)
                    found.add(Separator(int(seat), int(town), tuple(_towns(least))))
        return sorted(found, key=lambda line: (line.seat, line.town, line.blockers))

    def _least(self, seat: int, part: int, blockers: int) -> int:
        """Return the blockers that are reached both from the seat and from the part."""
        inside = self.inside[seat] | part
        from_seat = self.spread(1 << self._home(seat), inside & ~blockers)
        from_part = self.spread(part, inside & ~blockers)
        return blockers & self.border(from_seat) & self.border(from_part)

    def _home(self, seat: int) -> int:
        return int(self.problem.seat_town[seat])  # type: ignore[index]


def load_cuts(problem: Matrices, seat_of: Ints, opened: Mask) -> list[Cut]:
    """Forbid loads that only rounding in the solver let pass.

    A set of towns that is too heavy cannot be served whole (a cover inequality); an open seat
    whose towns are too light needs another town.
    """
    loads = problem.loads(seat_of)
    cuts = []
    for seat in np.flatnonzero(problem.too_heavy(loads) & opened):
        towns = np.flatnonzero(seat_of == seat)
        weights = tuple((int(town), -1.0) for town in towns)
        cuts.append(Cut(int(seat), weights, float(towns.size - 1), 0.0))
    for seat in np.flatnonzero(problem.too_light(loads) & opened):
        others = np.flatnonzero((seat_of != seat) & problem.allowed[:, seat])
        weights = tuple((int(town), 1.0) for town in others)
        cuts.append(Cut(int(seat), weights, -1.0, 0.0))
    return cuts


def _bits(towns: Ints) -> int:
    return sum(1 << int(town) for town in towns)


def _towns(bits: int) -> list[int]:
    found = []
    while bits:
        low = bits & -bits
        found.append(low.bit_length() - 1)
        bits ^= low
    return found
