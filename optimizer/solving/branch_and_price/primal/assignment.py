"""A first plan where merging found none: towns assigned to seats by a small whole-number programme.

Few operators, or operators that need many connections, leave plans that no series of mergers may
reach. Seats and assignments are then chosen together, at the cost of serving and of the cheapest
overhead; public money is not looked at. Where areas must be connected, a town is only assigned to
a seat to which a neighbour is assigned that is nearer to it: enough to be connected, though not
every connected plan is of this kind.

Source: A. A. Zoltners and P. Sinha, Sales territory alignment: a review and model, Management
Science 29 (1983), for the last rule.
"""

from __future__ import annotations

import math

import highspy
import numpy as np
from scipy.sparse import coo_array, csr_array, vstack
from scipy.sparse.csgraph import shortest_path

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.primal.moves import moved
from optimizer.solving.branch_and_price.problem.partition import groups_of_labels
from optimizer.solving.branch_and_price.problem.problem import Problem
from optimizer.solving.branch_and_price.problem.ways import columns_of
from optimizer.solving.branch_and_price.state.state import State
from optimizer.solving.highs import RunSettings, run_highs
from optimizer.solving.programme import Program
from optimizer.tariffs.area_resources import AreaResources

__all__ = ["offer_assigned"]


Rows = tuple[csr_array, Floats, Floats]


def offer_assigned(state: State) -> None:
    """Offer a plan made by assignment to a state that has none in some part.

    Nothing is offered where the programme finds no plan in time, has too many pairs, or where its
    plan breaks a rule that it does not know (public money).
    """
    problem = state.problem
    if not 0 < len(problem.served) <= problem.parameters.primal.assign_pairs or state.clock.stop:
        return
    label = _assigned(state)
    if label is None:
        return
    areas = columns_of(problem, groups_of_labels(label))
    if not areas.feasible:
        return
    groups = moved(problem, areas.groups, stop=lambda: state.clock.stop)
    areas = columns_of(problem, groups)
    if not state.totals.couple or state.totals.counted(areas):
        state.offer(areas, "assignment")


def _assigned(state: State) -> Ints | None:
    """Return the seat of each town in the plan that the programme found, ``None`` if it did not."""
    problem, clock = state.problem, state.clock
    tuned = problem.parameters.primal
    seat = problem.pair_key // problem.towns
    own = np.flatnonzero(seat == problem.served)
    cost = problem.serve.min(axis=1)
    cost[own] += problem.open.min()
    rows = [_each_town_once(problem), _only_open_seats(problem, seat, own)]
    rows += [_number(state, own), *_sizes(problem, seat, own), *_sets(problem, seat, own)]
    if problem.rules.connected:
        rows.append(_nearer_neighbours(problem, seat, own))
    found = run_highs(
        _programme(cost / max(float(cost.mean()), 1e-6), rows),
        RunSettings(
            gap=tuned.assign_gap,
            time_limit=min(tuned.assign_seconds, tuned.assign_seconds_share * clock.left),
            seed=clock.options.seed,
            stop=lambda: clock.stop,
        ),
    )
    if found.values is None:
        return None
    label = np.empty(problem.towns, dtype=np.int64)
    chosen = found.values > 0.5
    label[problem.served[chosen]] = seat[chosen]
    return label


def _matrix(row: Ints, column: Ints, value: Floats, shape: tuple[int, int]) -> csr_array:
    return csr_array(coo_array((value, (row, column)), shape=shape))


def _difference(one: Ints, other: Ints, count: int) -> csr_array:
    """Return rows of one pair minus another."""
    shape, each, ones = (len(one), count), np.arange(len(one)), np.ones(len(one))
    return csr_array(_matrix(each, one, ones, shape) - _matrix(each, other, ones, shape))


def _each_town_once(problem: Problem) -> Rows:
    """Return the rule that every town is assigned to one seat."""
    count = len(problem.served)
    rows = _matrix(problem.served, np.arange(count), np.ones(count), (problem.towns, count))
    return rows, np.ones(problem.towns), np.ones(problem.towns)


def _only_open_seats(problem: Problem, seat: Ints, own: Ints) -> Rows:
    """Return the rule that a town is assigned only to a seat that serves itself."""
    count = len(seat)
    other = np.flatnonzero(problem.served != seat)
    rows = _difference(other, _own_of(problem, seat, own)[other], count)
    return rows, np.full(len(other), -np.inf), np.zeros(len(other))


def _own_of(problem: Problem, seat: Ints, own: Ints) -> Ints:
    """Return, for each pair, the pair of its seat with itself."""
    place = np.zeros(problem.towns, dtype=np.int64)
    place[seat[own]] = own
    return place[seat]


def _number(state: State, own: Ints) -> Rows:
    """Return the rules ``operators_least`` and ``operators_most`` on the number of areas."""
    count = len(state.problem.served)
    row = _matrix(np.zeros(len(own), dtype=np.int64), own, np.ones(len(own)), (1, count))
    return row, np.array([state.totals.least]), np.array([float(state.totals.most)])


def _sizes(problem: Problem, seat: Ints, own: Ints) -> list[Rows]:
    """Return the least of every resource that some operator model needs, and the most."""
    resources = problem.case.resources
    each = range(len(resources.promises))
    return [row for r in each for row in _resource(problem, resources, r, seat, own)]


def _resource(
    problem: Problem, resources: AreaResources, r: int, seat: Ints, own: Ints
) -> list[Rows]:
    amount = resources.amount[problem.served, r]
    held = _matrix(seat, np.arange(len(seat)), amount, (problem.towns, len(seat)))
    rows: list[Rows] = []
    for limit, low, high in (
        (float(resources.least[:, r].min()), 0.0, np.inf),
        (float(resources.most[:, r].max()), -np.inf, 0.0),
    ):
        if 0 < limit < math.inf:
            opened = _matrix(seat[own], own, np.full(len(own), limit), held.shape)
            both = np.full(problem.towns, low), np.full(problem.towns, high)
            rows.append((csr_array(held - opened), *both))
    return rows


def _sets(problem: Problem, seat: Ints, own: Ints) -> list[Rows]:
    """Return the rules ``keep_together``, ``keep_apart`` and ``fixed_seats``."""
    count, seats = len(seat), seat[own]
    rows: list[Rows] = []
    for together in problem.rules.keep_together:
        for town in together[1:]:
            a, held = problem.pairs_of(seats, np.full(len(seats), together[0]))
            b, _ = problem.pairs_of(seats, np.full(len(seats), town))
            a, b = a[held], b[held]
            rows.append((_difference(a, b, count), np.zeros(len(a)), np.zeros(len(a))))
    for apart in problem.rules.keep_apart:
        inside = np.flatnonzero(np.isin(problem.served, apart))
        of_set = _matrix(seat[inside], inside, np.ones(len(inside)), (problem.towns, count))
        rows.append((of_set, np.full(problem.towns, -np.inf), np.ones(problem.towns)))
    fixed = own[problem.rules.fixed_seats[seats]]
    opened = _matrix(np.arange(len(fixed)), fixed, np.ones(len(fixed)), (len(fixed), count))
    return [*rows, (opened, np.ones(len(fixed)), np.ones(len(fixed)))]


def _nearer_neighbours(problem: Problem, seat: Ints, own: Ints) -> Rows:
    """Return the rule that a town goes where a neighbour goes that is nearer to the seat.

    Nearness counts neighbours on the way.
    """
    rules, count = problem.rules, len(seat)
    both = np.concatenate([rules.edges, rules.edges[:, ::-1]])
    graph = _matrix(both[:, 0], both[:, 1], np.ones(len(both)), (problem.towns, problem.towns))
    town: list[Ints] = [own[:0]]
    nearer: list[Ints] = [own[:0]]
    for pair in own:
        first = int(problem.start[seat[pair]])
        inside = problem.served[first : int(problem.start[seat[pair] + 1])]
        around = csr_array(graph[inside][:, inside])
        away = shortest_path(around, unweighted=True, indices=pair - first)
        a, b = around.nonzero()
        less = away[b] < away[a]
        town.append(first + a[less].astype(np.int64))
        nearer.append(first + b[less].astype(np.int64))
    at, by = np.concatenate(town), np.concatenate(nearer)
    other = np.flatnonzero(problem.served != seat)
    mine = _matrix(other, other, np.ones(len(other)), (count, count))
    rows = mine - _matrix(at, by, np.ones(len(at)), (count, count))
    return csr_array(rows), np.full(count, -np.inf), np.zeros(count)


def _programme(cost: Floats, rows: list[Rows]) -> highspy.Highs:
    """Return the whole-number programme in HiGHS."""
    return Program(
        cost=cost,
        lower=np.zeros(len(cost)),
        upper=np.ones(len(cost)),
        rows=csr_array(vstack([r[0] for r in rows], format="csr")),
        row_lower=np.concatenate([r[1] for r in rows]),
        row_upper=np.concatenate([r[2] for r in rows]),
        whole=np.ones(len(cost), dtype=np.bool_),
    ).in_highs()
