"""The grouping problem as one plain assignment model, given to HiGHS as it stands."""

from __future__ import annotations

import multiprocessing
import resource
import time
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue

import numpy as np
from scipy import sparse

from benchmarks.public import PublicInstance
from benchmarks.readers import read_instance
from optimizer.solving.plain_matrices.programme.solver import solve
from optimizer.solving.programme import Program

__all__ = ["Plain", "plain_program", "run_plain"]


LATE = 5.0
"""Seconds after its limit, and after reading the instance, when a run is ended from outside."""


@dataclass(frozen=True)
class Plain:
    """What the plain model came to.

    Attributes
    ----------
    cpu_s : float
    complete : bool
        Whether HiGHS ended by itself.
    bound : float
    """

    cpu_s: float
    complete: bool
    bound: float


def run_plain(family: str, name: str, time_limit: float) -> Plain:
    """Solve the whole assignment model of an instance with one HiGHS thread.

    It runs in a process of its own, for HiGHS simplifies the largest of these models for longer
    than its limit. The model has no connectivity, so that it is easier than the problem where
    areas must be connected.
    """
    context = multiprocessing.get_context("spawn")
    answers = context.SimpleQueue()
    before = _children_cpu_s()
    worker = context.Process(target=_work, args=(family, name, time_limit, answers))
    worker.start()
    answers.get()  # the instance is read
    worker.join(time_limit + LATE)
    if worker.is_alive() or answers.empty():
        worker.kill()
        worker.join()
        return Plain(_children_cpu_s() - before, complete=False, bound=-np.inf)
    found: Plain = answers.get()
    return found


def _children_cpu_s() -> float:
    """CPU seconds of ended child processes; reading the instance is in it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _work(family: str, name: str, time_limit: float, answers: SimpleQueue[Plain | None]) -> None:
    instance = read_instance(family, name)
    answers.put(None)
    start = time.process_time()
    outcome = solve(plain_program(instance), seconds=time_limit)
    answers.put(Plain(time.process_time() - start, outcome.complete, outcome.bound))


def plain_program(instance: PublicInstance) -> Program:
    """Build the assignment model as it stands: every pair, ``x <= y``, loads, number of seats."""
    towns, seats = instance.serve_cost.shape
    pairs = towns * seats
    town, seat = np.divmod(np.arange(pairs), seats)
    every = np.arange(pairs)
    opens = pairs + np.arange(seats)
    blocks = [
        (sparse.coo_array((np.ones(pairs), (town, every)), shape=(towns, pairs + seats)), 1.0, 1.0),
        (
            sparse.coo_array(
                (np.repeat([1.0, -1.0], pairs), (np.tile(every, 2), np.append(every, opens[seat]))),
                shape=(pairs, pairs + seats),
            ),
            -np.inf,
            0.0,
        ),
    ]
    for limit, lower, upper in (
        (instance.capacity, -np.inf, 0.0),
        (instance.min_demand, 0.0, np.inf),
    ):
        if limit is not None:
            scale = float(instance.demand.mean()) if instance.demand.max() > 1000 else 1.0
            values = np.append(instance.demand[town], -limit) / scale
            where = (np.append(seat, np.arange(seats)), np.append(every, opens))
            rows = sparse.coo_array((values, where), shape=(seats, pairs + seats))
            blocks.append((rows, lower, upper))
    if instance.operators is not None:
        where = (np.zeros(seats, dtype=int), opens)
        rows = sparse.coo_array((np.ones(seats), where), shape=(1, pairs + seats))
        blocks.append((rows, float(instance.operators), float(instance.operators)))
    if instance.seat_towns is not None:
        own = instance.seat_towns * seats + np.arange(seats)
        where = (np.tile(np.arange(seats), 2), np.append(own, opens))
        values = np.repeat([1.0, -1.0], seats)
        rows = sparse.coo_array((values, where), shape=(seats, pairs + seats))
        blocks.append((rows, 0.0, 0.0))
    heights = [rows.shape[0] for rows, _, _ in blocks]
    whole = np.ones(pairs + seats, dtype=bool)
    whole[:pairs] = instance.capacity is not None
    cost = np.append(instance.serve_cost.ravel(), instance.open_cost)
    allowed = np.isfinite(cost)
    return Program(
        np.where(allowed, cost, 0.0),
        np.zeros(pairs + seats),
        allowed.astype(np.float64),
        sparse.csr_array(sparse.vstack([rows for rows, _, _ in blocks], format="csr")),
        np.repeat([lower for _, lower, _ in blocks], heights),
        np.repeat([upper for _, _, upper in blocks], heights),
        whole,
    )
