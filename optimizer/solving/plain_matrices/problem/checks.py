"""Turn what the caller passed into `Matrices`, or name everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral

import networkx as nx
import numpy as np
from numpy.typing import ArrayLike

from optimizer.arrays import Floats, Ints
from optimizer.errors import InstanceError, Problem
from optimizer.solving.plain_matrices.problem.problem import Matrices

__all__ = ["check_limits", "read_matrices"]

_DUMMY = 1


class _Problems:
    """Collects problems, so that the caller reads all of them at once."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, argument: str, what: str, remedy: str) -> None:
        self.found.append(Problem(argument, None, "", what, remedy))

    def raise_if_any(self) -> None:
        if self.found:
            raise InstanceError(self.found)


def read_matrices(
    serve_cost: ArrayLike,
    open_cost: ArrayLike,
    demand: ArrayLike,
    capacity: ArrayLike | None,
    *,
    operators: int | tuple[int, int] | None,
    min_demand: ArrayLike | None,
    adjacency: ArrayLike | Sequence[tuple[int, int]] | None,
    seat_towns: ArrayLike | None,
) -> Matrices:
    """Check every argument of `group` and gather them.

    Raises
    ------
    InstanceError
        With one problem for every argument that cannot be used.
    """
    problems = _Problems()
    cost = _costs(serve_cost, problems)
    towns, seats = cost.shape
    opening = _vector("open_cost", open_cost, seats, "seat", problems)
    wanted = _vector("demand", demand, towns, "town", problems, floor=0.0)
    largest = np.full(seats, np.inf)
    if capacity is not None:
        largest = _vector("capacity", capacity, seats, "seat", problems, floor=0.0, endless=True)
    least = np.zeros(seats)
    if min_demand is not None:
        least = _vector("min_demand", min_demand, seats, "seat", problems, floor=0.0)
    fewest, most = _operators(operators, seats, problems)
    seat_town = None if seat_towns is None else _seat_towns(seat_towns, towns, seats, problems)
    graph = None
    if adjacency is not None:
        graph = _graph(adjacency, towns, problems)
        if seat_towns is None:
            problems.add(
                "adjacency",
                "an area must hold its seat, and the towns of the seats are not given",
                "pass seat_towns, the town of each seat",
            )
    problems.raise_if_any()
    return Matrices(cost, opening, wanted, largest, least, fewest, most, seat_town, graph)


def check_limits(time_limit: float | None, gap: float, threads: int | None) -> None:
    """Check the options that say how hard to compute.

    Raises
    ------
    InstanceError
        When a limit is not a usable number.
    """
    problems = _Problems()
    if time_limit is not None and not time_limit > 0:
        problems.add("time_limit", f"{time_limit} is not positive", "give seconds, or None")
    if not 0 <= gap < np.inf:
        problems.add("gap", f"{gap} is not a share", "give 0 for a proven optimum, 0.01 for 1 %")
    if threads is not None and threads < 1:
        problems.add("threads", f"{threads} is less than 1", "give a whole number, or None")
    problems.raise_if_any()


def _costs(serve_cost: ArrayLike, problems: _Problems) -> Floats:
    try:
        cost = np.array(serve_cost, dtype=np.float64)
    except (TypeError, ValueError) as error:
        problems.add("serve_cost", f"not a table of numbers ({error})", "pass towns x seats")
        return np.zeros((_DUMMY, _DUMMY))
    if cost.ndim != 2 or 0 in cost.shape:
        problems.add(
            "serve_cost",
            f"shape {cost.shape} is not towns x seats with at least one of each",
            "pass one row for each town and one column for each seat",
        )
        return np.zeros((_DUMMY, _DUMMY))
    unusable = np.isnan(cost) | np.isneginf(cost)
    if unusable.any():
        town, seat = np.argwhere(unusable)[0]
        problems.add(
            "serve_cost",
            f"{unusable.sum()} entries are nan or -inf, the first at town {town}, seat {seat}",
            "use inf for pairs that are not allowed",
        )
    return cost


def _vector(
    name: str,
    values: ArrayLike,
    size: int,
    per: str,
    problems: _Problems,
    *,
    floor: float = -np.inf,
    endless: bool = False,
) -> Floats:
    """Read one number per town or seat; a single number stands for all."""
    try:
        vector = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        problems.add(name, f"not numbers ({error})", f"pass one number for each {per}")
        return np.zeros(size)
    if vector.ndim == 0:
        vector = np.full(size, float(vector))
    if vector.shape != (size,):
        problems.add(
            name,
            f"shape {vector.shape} where ({size},) is expected",
            f"pass one number for each {per}, in the order of serve_cost",
        )
        return np.zeros(size)
    wrong = np.isnan(vector) | (vector < floor) | np.isneginf(vector)
    if not endless:
        wrong |= np.isposinf(vector)
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        problems.add(
            name,
            f"{wrong.sum()} unusable values, the first {vector[first]} at {per} {first}",
            "pass finite numbers" if floor == -np.inf else "pass numbers that are not negative",
        )
    return vector


def _operators(
    operators: int | tuple[int, int] | None, seats: int, problems: _Problems
) -> tuple[int, int]:
    if operators is None:
        return 0, seats
    pair = operators if isinstance(operators, Sequence) else (operators, operators)
    if len(pair) != 2 or not all(isinstance(end, Integral) for end in pair):
        problems.add(
            "operators", f"{operators!r} is no number of seats", "pass a number or (least, most)"
        )
        return 0, seats
    fewest, most = int(pair[0]), int(pair[1])
    if not 0 <= fewest <= most:
        problems.add(
            "operators", f"{fewest} to {most} is no range", "pass 0 <= least <= most, or one number"
        )
    return fewest, most


def _whole(values: ArrayLike) -> Ints | None:
    """Read whole numbers, None when some are not."""
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    if not np.isfinite(numbers).all() or not np.array_equal(numbers, np.round(numbers)):
        return None
    return numbers.astype(np.int64)


def _seat_towns(seat_towns: ArrayLike, towns: int, seats: int, problems: _Problems) -> Ints:
    lies_in = _whole(seat_towns)
    if lies_in is None or lies_in.shape != (seats,):
        problems.add("seat_towns", "not one whole number for each seat", "pass one town per seat")
        return np.zeros(seats, dtype=np.int64)
    if ((lies_in < 0) | (lies_in >= towns)).any():
        problems.add(
            "seat_towns",
            f"towns {lies_in.min()} to {lies_in.max()} where 0 to {towns - 1} exist",
            "pass row numbers of serve_cost",
        )
        return np.zeros(seats, dtype=np.int64)
    return lies_in


def _graph(
    adjacency: ArrayLike | Sequence[tuple[int, int]], towns: int, problems: _Problems
) -> nx.Graph[int]:
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(towns))
    pairs = _whole(list(adjacency) if not isinstance(adjacency, np.ndarray) else adjacency)  # type: ignore[arg-type]
    if pairs is None or (pairs.size and (pairs.ndim != 2 or pairs.shape[1] != 2)):
        problems.add("adjacency", "not a list of pairs of towns", "pass (town, town) row numbers")
        return graph
    if pairs.size and (pairs.min() < 0 or pairs.max() >= towns):
        problems.add(
            "adjacency",
            f"towns {pairs.min()} to {pairs.max()} where 0 to {towns - 1} exist",
            "pass row numbers of serve_cost",
        )
        return graph
    if pairs.size:
        graph.add_edges_from((int(a), int(b)) for a, b in pairs if a != b)
    return graph
