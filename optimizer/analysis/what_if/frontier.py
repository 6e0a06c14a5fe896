"""Plans along one promise: what each step of it costs."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from optimizer.analysis.compare.compare import Comparison, compare
from optimizer.analysis.compare.shown import plans_shown, value_text
from optimizer.analysis.many.plans_along import with_neighbours
from optimizer.analysis.many.runner import Job, Running, RunProgress
from optimizer.analysis.many.study import Study
from optimizer.analysis.renamed_columns import Renamed
from optimizer.errors import PolicyError
from optimizer.instance.csv_cells import number_text
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.plan.plan import Plan
from optimizer.plan.statistics import statistics
from optimizer.promises import PROMISES

__all__ = ["FIGURES", "Frontier", "frontier", "policy_with"]

FIGURES = (
    "requirement_year",
    "public_money_year",
    "operators",
    "burden_worst",
    "people_over_limit",
    "bill_mean_month",
    "travel_hours_mean",
    "broken_promises",
)
"""Key figures shown along a frontier."""

Value = float | int

STEPS = {
    "requirement_year": "requirement_step_year",
    "public_money_year": "public_money_step_year",
    "objective": "weighted_step_year",
}
"""Columns that are told by step of the promise, and what the step is called."""


@dataclass(frozen=True, eq=False, repr=False)
class Frontier(Study):
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
        ``requirement_step_year``, ``public_money_step_year`` and ``weighted_step_year`` (the
        objective, public money weighted): what is gained or lost against the value before,
        divided by the difference of the values.
    """

    over: str
    plans: Mapping[str, Plan]
    table: pd.DataFrame

    @property
    def comparison(self) -> Comparison:
        """The plans side by side."""
        return compare(self.plans)

    @property
    def title(self) -> str:
        """What was asked, in a few words."""
        return f"the best plan along {self.over}"

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables that are kept, by the names of their files."""
        return {"frontier": self.table}

    @property
    def runs(self) -> Mapping[str, Plan]:
        """The plans that are kept, by name."""
        return self.plans

    def shown(self) -> pd.DataFrame:
        """Return the table that is printed: a row of text cells for each value."""
        statuses = self.table.set_index("plan")["status"]
        table = plans_shown(self.plans, statuses)
        table.index = pd.Index([value_text(value) for value in self.table.index], name=self.over)
        return table

    def notes(self) -> list[str]:
        """Return why a value has no plan."""
        reasons = self.table["reason"].fillna("").astype("str")
        told = reasons[reasons != ""].items()
        return [f"{value_text(value)}: {reason}" for value, reason in told]


def frontier(
    region: Instance,
    *,
    over: str,
    values: Iterable[Value],
    running: Running | None = None,
    on_progress: Callable[[RunProgress], None] | None = None,
) -> Frontier:
    """Return the best plan for each value of one promise, every other promise kept.

    Every plan begins with that of the nearest value known: one after the other from the largest
    value to the smallest, or, with several workers, the ends first and then the values between
    them. Where a tighter value leaves a proven plan untouched (its areas already keep it), that
    plan is taken over instead of being computed again.

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
        value: region.replace(policy=policy_with(region.policy, over, value)) for value in listed
    }
    questions = {float(v): Job(_name(over, v), changed) for v, changed in regions.items()}
    chosen = Running() if running is None else running
    runs = with_neighbours(questions, over=over, running=chosen, on_progress=on_progress)
    return Frontier(over, runs.plans, _table(over, listed, runs.table, runs.plans))


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
        numbers = ["operator_count", "subsidy_budget", *numbers_of_policy()]
        promise = PROMISES.get(over)
        stated = promise.fields.model_fields if promise and promise.fields else {}
        own = [name for name in stated if name in numbers]
        near = own or difflib.get_close_matches(over, numbers, n=2)
        hint = (
            f"did you mean {' or '.join(near)}?" if near else f"choose one of {', '.join(numbers)}"
        )
        raise PolicyError(f"{over} is not a number of the policy; {hint}")
    return policy.replace(**{field: value})


def numbers_of_policy() -> list[str]:
    """Return the fields of the policy that are numbers."""
    kinds = {name: str(info.annotation) for name, info in Policy.model_fields.items()}
    return [name for name, kind in kinds.items() if "float" in kind or "int" in kind]


def _name(over: str, value: Value) -> str:
    return f"{over} {number_text(value)}"


def _table(
    over: str, values: list[Value], rows: pd.DataFrame, plans: Mapping[str, Plan]
) -> pd.DataFrame:
    kept = rows[["status", "reason", "objective", "bound", "gap", "seconds"]]
    table = kept.join(figures_of(plans)).rename_axis("plan").reset_index()
    table.index = pd.Index(values, name=over)
    steps = pd.Series(values, index=table.index, dtype=float).diff()
    for name, told in STEPS.items():
        table[told] = table[name].diff() / steps
    return Renamed(table)


def figures_of(plans: Mapping[str, Plan]) -> pd.DataFrame:
    """Return the key figures :data:`FIGURES`; index ``plan``."""
    if not plans:
        return pd.DataFrame(columns=list(FIGURES), dtype="float64").rename_axis("plan")
    table = statistics(plans).droplevel("unit").T[list(FIGURES[:-1])]
    table[FIGURES[-1]] = [float(len(plan.outcome.broken_promises)) for plan in plans.values()]
    return table.rename_axis(index="plan", columns=None)
