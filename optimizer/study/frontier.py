"""Plans along one promise: what each step of it costs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from optimizer.errors import PolicyError
from optimizer.instance.instance import Instance
from optimizer.instance.policy import Policy
from optimizer.plan.plan import Plan
from optimizer.plan.statistics import statistics
from optimizer.study.compare import Comparison, compare
from optimizer.study.runner import Job, Running, RunProgress, run_many

__all__ = ["FIGURES", "Frontier", "frontier", "policy_with"]

FIGURES = (
    "requirement_year",
    "public_money_year",
    "operators",
    "burden_worst",
    "people_over_limit",
    "bill_mean_month",
    "travel_hours_mean",
)
"""Key figures shown along a frontier."""

Value = float | int


@dataclass(frozen=True, eq=False)
class Frontier:
    """Plans along one promise.

    Attributes
    ----------
    over : str
        The promise that changes.
    plans : mapping of str to Plan
        Plans that exist, by ``"<promise> <value>"``, in the order of the values.
    table : pandas.DataFrame
        Index: the values, named as the promise. ``plan`` (name), ``status``, ``reason``,
        ``objective``, ``bound``, ``gap``, ``seconds`` and the key figures of :data:`FIGURES`;
        ``step_year``: what the objective gains or loses against the value before, divided by the
        difference of the values.
    """

    over: str
    plans: Mapping[str, Plan]
    table: pd.DataFrame

    @property
    def comparison(self) -> Comparison:
        """The plans side by side."""
        return compare(self.plans)

    def __str__(self) -> str:
        """Return the table of the frontier."""
        shown = ["status", "objective", "gap", "requirement_year", "public_money_year", "operators"]
        table = self.table[shown].copy()
        table["gap"] = [f"{100 * gap:.2f} %" for gap in table["gap"]]
        return table.to_string(float_format=lambda x: f"{x:,.0f}")

    __repr__ = __str__


def frontier(
    region: Instance,
    *,
    over: str,
    values: Iterable[Value],
    running: Running | None = None,
    on_progress: Callable[[RunProgress], None] | None = None,
) -> Frontier:
    """Return the best plan for each value of one promise, every other promise kept.

    With one worker the values are visited from the loosest to the tightest, and each plan begins
    with that of the value before. Where a tighter value leaves a proven plan untouched (its areas
    already keep it), that plan is taken over instead of being computed again.

    Parameters
    ----------
    region : Instance
        The region and its other promises.
    over : str
        ``operator_count`` (exactly so many service areas), ``subsidy_budget`` (money per year),
        ``affordable_share``, ``reach_hours``, or any other number of the policy by its name.
    values : iterable of float
        Values of the promise.
    running : Running, optional
        Where and how hard to compute.
    on_progress : callable, optional
        Called after every plan.

    Returns
    -------
    Frontier
        A value for which no plan exists, or whose computation failed, is a row with its reason.

    Raises
    ------
    PolicyError
        If the policy has no such number, or a value is outside its bounds.

    Examples
    --------
    What a second operator costs in the region of two towns:

    >>> import optimizer as op
    >>> found = frontier(op.read("instances/pair"), over="operator_count", values=[1, 2])
    >>> found.table[["status", "objective"]]
                     status  objective
    operator_count
    1               optimal   153000.0
    2               optimal   210000.0
    """
    listed = list(dict.fromkeys(values))
    regions = {
        _name(over, value): region.replace(policy=policy_with(region.policy, over, value))
        for value in listed
    }
    jobs = [Job(name, changed) for name, changed in regions.items()]
    chosen = Running() if running is None else running
    if chosen.workers > 1 or chosen.cluster:
        runs = run_many(jobs, running=chosen, on_progress=on_progress)
        plans, rows = dict(runs.plans), runs.table
    else:
        order = sorted(zip(listed, jobs, strict=True), key=lambda pair: -pair[0])
        plans, rows = _one_by_one(order, _TIGHTER.get(over), chosen, on_progress)
    names = list(regions)
    plans = {name: plans[name] for name in names if name in plans}
    return Frontier(over, plans, _table(over, listed, rows.loc[names], plans))


def policy_with(policy: Policy, over: str, value: Value) -> Policy:
    """Return a policy with one number changed; see :func:`frontier` for the names.

    Raises
    ------
    PolicyError
        If the policy has no such number, or the value is outside its bounds.

    Examples
    --------
    >>> policy_with(Policy(), "operator_count", 3).operators_most
    3
    """
    if over == "operator_count":
        return policy.replace(operators_least=int(value), operators_most=int(value))
    field = "subsidy_budget_year" if over == "subsidy_budget" else over
    if field not in numbers_of_policy():
        known = ", ".join(["operator_count", "subsidy_budget", *numbers_of_policy()])
        raise PolicyError(f"{over} is not a number of the policy; choose one of {known}")
    return policy.replace(**{field: value})


def numbers_of_policy() -> list[str]:
    """Return the fields of the policy that are numbers."""
    kinds = {name: str(info.annotation) for name, info in Policy.model_fields.items()}
    return [name for name, kind in kinds.items() if "float" in kind or "int" in kind]


def _name(over: str, value: Value) -> str:
    return f"{over} {value:g}" if float(f"{value:g}") == value else f"{over} {value!r}"


def _keeps_reach(plan: Plan, value: float) -> bool:
    return float(plan.areas["reach_hours"].max()) <= value


def _keeps_budget(plan: Plan, value: float) -> bool:
    public = plan.areas["operating_subsidy_year"] + plan.areas["household_support_year"]
    return float(public.sum()) <= value


def _keeps_count(plan: Plan, value: float) -> bool:
    return len(plan.areas) <= value


_TIGHTER: Mapping[str, Callable[[Plan, float], bool]] = {
    "reach_hours": _keeps_reach,
    "subsidy_budget": _keeps_budget,
    "subsidy_budget_year": _keeps_budget,
    "operators_most": _keeps_count,
}
"""Promises that only forbid more when they are smaller: whether a plan keeps a smaller value."""


def _one_by_one(
    order: list[tuple[Value, Job]],
    keeps: Callable[[Plan, float], bool] | None,
    running: Running,
    on_progress: Callable[[RunProgress], None] | None,
) -> tuple[dict[str, Plan], pd.DataFrame]:
    """Return plans from the largest to the smallest value, each begun with the one before.

    A proven plan that ``keeps`` a tighter value is taken over.
    """
    plans: dict[str, Plan] = {}
    parts: list[pd.DataFrame] = []
    last: Plan | None = None
    for done, (value, job) in enumerate(order, start=1):
        if last is not None and keeps and last.status == "optimal" and keeps(last, value):
            plans[job.name] = last = last.with_instance(job.instance)
            row = parts[-1].set_axis([job.name]).rename_axis("plan")
            parts.append(row.assign(seconds=0.0, resumed=False))
        else:
            runs = run_many([dataclasses.replace(job, start=last)], running=running)
            plans |= runs.plans
            last = runs.plans.get(job.name, last)
            parts.append(runs.table)
        if on_progress is not None:
            status, seconds = parts[-1].iloc[0][["status", "seconds"]]
            on_progress(RunProgress(done, len(order), job.name, str(status), float(seconds)))
    return plans, pd.concat(parts)


def _table(
    over: str, values: list[Value], rows: pd.DataFrame, plans: Mapping[str, Plan]
) -> pd.DataFrame:
    kept = rows[["status", "reason", "objective", "bound", "gap", "seconds"]]
    table = kept.join(figures_of(plans)).rename_axis("plan").reset_index()
    table.index = pd.Index(values, name=over)
    steps = pd.Series(values, index=table.index, dtype=float).diff()
    table["step_year"] = table["objective"].diff() / steps
    return table


def figures_of(plans: Mapping[str, Plan]) -> pd.DataFrame:
    """Return the key figures :data:`FIGURES`; index ``plan``."""
    if not plans:
        return pd.DataFrame(columns=list(FIGURES), dtype="float64").rename_axis("plan")
    return (
        statistics(plans).droplevel("unit").T[list(FIGURES)].rename_axis(index="plan", columns=None)
    )
