"""Many plans at once: on this machine or on a cluster, resumable, no failure hides the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import joblib
import numpy as np
import pandas as pd

from optimizer.analysis.many.run_cache import read_finished, write_finished
from optimizer.errors import OptimizerError
from optimizer.instance.instance import Instance
from optimizer.plan.plan import Plan
from optimizer.solving.evaluation import evaluate
from optimizer.solving.options import Options, Progress, ProgressCallback
from optimizer.solving.run import solve

__all__ = ["Job", "RunProgress", "Running", "Runs", "RunsError", "run_many"]


class RunsError(OptimizerError):
    """Many plans cannot be computed as asked: names that clash, no cluster, a dead worker."""


@dataclass(frozen=True, eq=False)
class Job:
    """One plan to compute.

    Attributes
    ----------
    name : str
        Name of the plan, unique among the jobs.
    instance : Instance
        The region and its promises.
    grouping : mapping of str to str, str or None
        A grouping to evaluate; ``None`` to find the best one.
    start : Plan or None
        A plan of the same towns to begin with, such as that of a neighbouring question.
    """

    name: str
    instance: Instance
    grouping: Mapping[str, str] | str | None = None
    start: Plan | None = None


@dataclass(frozen=True)
class Running:
    """Where and how hard to compute many plans.

    Attributes
    ----------
    options : Options
        Options of every solve; each uses one HiGHS thread whatever ``options.threads`` says.
    workers : int
        Processes on this machine.
    folder : str or None
        Folder of finished plans: each is written there, and found there by the next run.
    cluster : str
        Address of a Dask scheduler, such as ``tcp://10.0.0.1:8786``; empty for this machine.
    on_search : callable or None
        Called with the name of a plan and each step of its search, where it is computed in this
        process.
    """

    options: Options = field(default_factory=Options)
    workers: int = 1
    folder: str | None = None
    cluster: str = ""
    on_search: Callable[[str, Progress], None] | None = None


@dataclass(frozen=True)
class RunProgress:
    """One plan is done: how many of how many, its name, its status, its seconds, and itself."""

    done: int
    total: int
    name: str
    status: str
    seconds: float
    plan: Plan | None = None


@dataclass(frozen=True, eq=False)
class Runs:
    """Plans and what became of every job.

    Attributes
    ----------
    plans : mapping of str to Plan
        Plans with service areas, in the order of the jobs.
    table : pandas.DataFrame
        Index ``plan``, one row per job: ``status`` (of the plan, or ``failed``), ``reason`` (why
        it failed, or which promises stand in the way), ``objective``, ``bound``, ``gap``,
        ``seconds``, ``resumed`` (it was finished before).
    """

    plans: Mapping[str, Plan]
    table: pd.DataFrame


@dataclass(frozen=True, eq=False)
class _Result:
    name: str
    plan: Plan | None
    reason: str
    seconds: float
    resumed: bool = False

    @property
    def status(self) -> str:
        return "failed" if self.plan is None else self.plan.status


def run_many(
    jobs: Sequence[Job],
    *,
    running: Running | None = None,
    on_progress: Callable[[RunProgress], None] | None = None,
) -> Runs:
    """Compute many plans; a job that fails is a row with its reason.

    After an interrupt (Ctrl-C) or a crash, the same call with the same ``folder`` computes only
    what is missing. Failures are tried again, and so are regions without a plan: nothing in a
    folder proves that there is none.

    Parameters
    ----------
    jobs : sequence of Job
        What to compute.
    running : Running, optional
        Where and how hard; one after the other on this machine by default.
    on_progress : callable, optional
        Called with a :class:`RunProgress` after every job.

    Raises
    ------
    RunsError
        If two jobs have one name, Dask is not installed or not reachable, or a worker died.
    KeyboardInterrupt
        After Ctrl-C; finished plans are in the folder.

    Examples
    --------
    >>> import optimizer as op
    >>> region = op.read("instances/pair")
    >>> found = run_many([Job("alone", region, "alone"), Job("best", region)])
    >>> found.table["objective"].tolist()
    [210000.0, 153000.0]
    """
    chosen = Running() if running is None else running
    names = [job.name for job in jobs]
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise RunsError(f"two jobs are called {', '.join(twice)}; give every plan its own name")
    results: dict[str, _Result] = {}
    for result in _finished_and_new(jobs, chosen):
        results[result.name] = result
        if on_progress is not None:
            plan = result.plan if result.plan is not None and len(result.plan.areas) else None
            told = result.name, result.status, result.seconds, plan
            on_progress(RunProgress(len(results), len(jobs), *told))
        if result.status == "interrupted":
            raise KeyboardInterrupt
    in_order = [results[name] for name in names]
    plans = {r.name: r.plan for r in in_order if r.plan is not None and len(r.plan.areas)}
    return Runs(plans, _table(in_order))


def _table(results: Iterable[_Result]) -> pd.DataFrame:
    columns = ["plan", "status", "reason", "objective", "bound", "gap", "seconds", "resumed"]
    rows = [
        {
            "plan": r.name,
            "status": r.status,
            "reason": r.reason,
            "objective": np.nan if r.plan is None else r.plan.objective,
            "bound": np.nan if r.plan is None else r.plan.bound,
            "gap": np.nan if r.plan is None else r.plan.gap,
            "seconds": r.seconds,
            "resumed": r.resumed,
        }
        for r in results
    ]
    return pd.DataFrame(rows, columns=columns).set_index("plan")


def _finished_and_new(jobs: Sequence[Job], running: Running) -> Iterator[_Result]:
    """Yield finished plans from the folder, then the others as they are done."""
    options = replace(running.options, threads=1)
    folder = None if running.folder is None else Path(running.folder)
    missing = []
    for job in jobs:
        old = None if folder is None else read_finished(folder, job, options)
        if old is None:
            missing.append(job)
        else:
            yield _Result(job.name, old, _reason(old), 0.0, resumed=True)
    by_name = {job.name: job for job in missing}
    for result in _computed(missing, options, running, audited=folder is None):
        if folder is None or result.plan is None or result.status == "interrupted":
            yield result
            continue
        failure = write_finished(folder, by_name[result.name], options, result.plan)
        plan = None if failure else result.plan
        yield _Result(result.name, plan, failure or result.reason, result.seconds)


def _computed(
    jobs: Sequence[Job], options: Options, running: Running, *, audited: bool
) -> Iterator[_Result]:
    if not running.cluster and (running.workers == 1 or len(jobs) < 2):
        for job in jobs:
            watch = None if running.on_search is None else partial(running.on_search, job.name)
            yield _compute(job, options, audited=audited, watch=watch)
        return
    tasks = [joblib.delayed(_compute)(job, options, audited=audited) for job in jobs]
    count = -1 if running.cluster else min(running.workers, len(jobs))
    with _backend(running.cluster):
        try:
            yield from joblib.Parallel(n_jobs=count, return_as="generator_unordered")(tasks)
        except BrokenProcessPool as error:
            raise RunsError(f"a worker died ({error}); call again to resume") from error


@contextmanager
def _backend(cluster: str) -> Iterator[None]:
    """Use processes here, or the workers of a Dask cluster, inside the context."""
    if not cluster:
        with joblib.parallel_config(backend="loky", inner_max_num_threads=1):
            yield
        return
    if find_spec("distributed") is None:
        message = (
            f"no plan can be sent to {cluster}: Dask is not installed; "
            'pip install "dask[distributed]" here and on the workers'
        )
        raise RunsError(message)
    try:
        client = import_module("distributed").Client(cluster, timeout="10s")
    except (OSError, ValueError) as error:
        raise RunsError(f"no Dask scheduler answers at {cluster} ({error})") from error
    with client, joblib.parallel_config(backend="dask"):
        yield


def _compute(
    job: Job, options: Options, *, audited: bool, watch: ProgressCallback | None = None
) -> _Result:
    """Return the plan of one job, or why there is none; runs in a worker."""
    begin = time.perf_counter()
    try:
        if job.grouping is None:
            plan = solve(job.instance, start=job.start, on_progress=watch, **asdict(options))
        else:
            plan = evaluate(job.instance, job.grouping)
        plan.raise_if_unconfirmed()
        if audited and len(plan.areas):
            plan.audit().raise_for_failures(arithmetic_only=plan.status == "evaluated")
    except OptimizerError as error:
        return _Result(job.name, None, str(error), time.perf_counter() - begin)
    except Exception as error:  # noqa: BLE001 - one broken job must not take the others along
        reason = f"unexpected {type(error).__name__}: {error}"
        return _Result(job.name, None, reason, time.perf_counter() - begin)
    return _Result(job.name, plan, _reason(plan), time.perf_counter() - begin)


def _reason(plan: Plan) -> str:
    return "; ".join(plan.outcome.broken_promises)
