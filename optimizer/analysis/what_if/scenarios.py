"""Named sets of changes to a region, each with its best plan and with today's areas kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from optimizer.analysis.compare.compare import Comparison, compare
from optimizer.analysis.compare.grouping_difference import moved_towns
from optimizer.analysis.compare.shown import amount, plans_shown
from optimizer.analysis.many.runner import Job, Running, RunProgress, Runs, run_many
from optimizer.analysis.many.study import Study
from optimizer.analysis.renamed_columns import Renamed
from optimizer.analysis.what_if.frontier import FIGURES, figures_of
from optimizer.analysis.what_if.scenario_change import changed_region
from optimizer.analysis.what_if.scenario_file import Scenario, read_scenarios
from optimizer.errors import InstanceError, PolicyError
from optimizer.instance.instance import Instance
from optimizer.plan.plan import Plan

__all__ = ["AS_IS", "Scenarios", "scenarios"]

AS_IS = "as is"

SUMS = {
    "requirement_year": "requirement",
    "public_money_year": "public_money",
    "objective": "weighted",
}
"""Columns whose changes and regrets are told, and how these begin."""


@dataclass(frozen=True, eq=False, repr=False)
class Scenarios(Study):
    """What each scenario does to the best plan, and to the plan of the region as it is.

    Attributes
    ----------
    plans : mapping of str to Plan
        The best plan of the region ``as is`` and of every scenario that has one.
    kept : mapping of str to Plan
        The areas of the plan ``as is`` under every scenario, with their best seats and tariffs.
    table : pandas.DataFrame
        Index ``scenario``, ``as is`` first: ``title``, ``status``, ``reason``, ``objective``,
        ``gap``, key figures; ``requirement_change_year``, ``public_money_change_year``,
        ``weighted_change_year`` (both, public money weighted) and ``towns_moved`` against
        ``as is``; ``kept_objective``: the objective if the areas stay; ``requirement_regret_year``,
        ``public_money_regret_year`` and ``weighted_regret_year``: what the scenario's own best plan
        would save against that; ``kept_breaks``: promises that staying breaks.
    """

    plans: Mapping[str, Plan]
    kept: Mapping[str, Plan]
    table: pd.DataFrame

    @property
    def comparison(self) -> Comparison:
        """The best plans side by side, against ``as is``."""
        return compare(self.plans)

    @property
    def title(self) -> str:
        """What was asked, in a few words."""
        return "the best plan of each scenario"

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables that are kept, by the names of their files."""
        return {"scenarios": self.table}

    @property
    def runs(self) -> Mapping[str, Plan]:
        """The best plans, and the areas as they are under each scenario."""
        return {**self.plans, **self.kept}

    def shown(self) -> pd.DataFrame:
        """Return the table that is printed: best plans, then the areas kept, in cells of text."""
        best = plans_shown(self.plans, self.table["status"])
        best["weighted_change"] = [amount(v) for v in self.table["weighted_change_year"]]
        best["weighted_regret"] = [amount(v) for v in self.table["weighted_regret_year"]]
        best["towns_moved"] = self.table["towns_moved"].astype("str")
        kept = plans_shown(self.kept)
        return pd.concat([best, kept]).fillna("").rename_axis("scenario")

    def notes(self) -> list[str]:
        """Return why a scenario has no plan, and what staying breaks."""
        reasons = self.table["reason"].fillna("").astype("str")
        told = [f"{name}: {reason}" for name, reason in reasons[reasons != ""].items()]
        breaks = self.table["kept_breaks"]
        return told + [
            f"{name}, areas kept: {words}" for name, words in breaks[breaks != ""].items()
        ]


def scenarios(
    region: Instance,
    file: str | Path | Mapping[str, Scenario],
    *,
    running: Running | None = None,
    on_progress: Callable[[RunProgress], None] | None = None,
) -> Scenarios:
    """Return the best plan of a region under each scenario of a file.

    Parameters
    ----------
    region : Instance
        The region as it is.
    file : str, pathlib.Path or mapping of str to Scenario
        TOML file of ``scenario_file.read_scenarios``, or scenarios by name.
    running : Running, optional
        Where and how hard to compute.
    on_progress : callable, optional
        Called after every plan.

    Returns
    -------
    Scenarios
        A scenario that cannot be applied or has no plan is a row with its reason.

    Raises
    ------
    InstanceError
        If the file has problems.
    PolicyError
        If a scenario is called ``as is``.

    Examples
    --------
    If the road between the two towns closes, they must stay alone: 210,000 instead of 153,000.

    >>> import optimizer as op
    >>> region = op.read("instances/pair")
    >>> flood = Scenario(close=(("alba", "brisa"),))
    >>> found = scenarios(region, {"flood": flood, "dear": Scenario(multiply={"costs": 1.2})})
    >>> found.table[["objective", "weighted_change_year", "towns_moved"]]
              objective  weighted_change_year  towns_moved
    scenario
    as is      153000.0                   0.0            0
    flood      210000.0               57000.0            1
    dear       183600.0               30600.0            0
    """
    named = dict(file) if isinstance(file, Mapping) else read_scenarios(file)
    if AS_IS in named:
        raise PolicyError(f"a scenario cannot be called {AS_IS!r}; that is the region unchanged")
    regions, refused = {AS_IS: region}, dict[str, str]()
    for name, scenario in named.items():
        try:
            regions[name] = changed_region(region, scenario)
        except (InstanceError, PolicyError) as error:
            refused[name] = str(error)
    best = _best(regions, running, on_progress)
    kept = _kept(best, regions, running, on_progress)
    titles = {AS_IS: "The region unchanged"} | {n: s.title or n for n, s in named.items()}
    return Scenarios(best.plans, kept.plans, _table(titles, refused, best, kept))


def _best(
    regions: Mapping[str, Instance],
    running: Running | None,
    on_progress: Callable[[RunProgress], None] | None,
) -> Runs:
    """Return the best plans: that of the region as it is, then the others, which begin with it."""
    total = len(regions)

    def tell(step: RunProgress) -> None:
        if on_progress is not None:
            done = step.done if step.name == AS_IS else step.done + 1
            on_progress(dataclasses.replace(step, done=done, total=total))

    first = run_many([Job(AS_IS, regions[AS_IS])], running=running, on_progress=tell)
    start = first.plans.get(AS_IS)
    jobs = [Job(name, r, start=start) for name, r in regions.items() if name != AS_IS]
    others = run_many(jobs, running=running, on_progress=tell)
    plans = {**first.plans, **others.plans}
    return Runs(plans, pd.concat([first.table, others.table]) if jobs else first.table)


def _kept(
    best: Runs,
    regions: Mapping[str, Instance],
    running: Running | None,
    on_progress: Callable[[RunProgress], None] | None,
) -> Runs:
    """Return the areas of the plan as it is, evaluated under every other scenario."""
    if AS_IS not in best.plans:
        return run_many([])
    areas = best.plans[AS_IS].towns["service_area"]
    grouping = {str(town): str(area) for town, area in areas.items()}
    jobs = [
        Job(f"{name}, areas kept", changed, grouping)
        for name, changed in regions.items()
        if name != AS_IS
    ]
    return run_many(jobs, running=running, on_progress=on_progress)


def _table(
    titles: Mapping[str, str], refused: Mapping[str, str], best: Runs, kept: Runs
) -> pd.DataFrame:
    rows = best.table[["status", "reason", "objective", "gap"]].reindex(list(titles))
    for name, reason in refused.items():
        rows.loc[name, ["status", "reason"]] = ["failed", reason]
    rows.insert(0, "title", [titles[name] for name in rows.index])
    table = rows.join(figures_of(best.plans)[list(FIGURES)])
    table.index.name = "scenario"
    base = best.plans.get(AS_IS)
    for name, told in SUMS.items():
        sums = table[name].astype("float64")
        table[f"{told}_change_year"] = sums - (np.nan if base is None else sums.loc[AS_IS])
    table["towns_moved"] = [_moved(base, best.plans.get(name)) for name in table.index]
    stays = [kept.plans.get(f"{name}, areas kept") for name in table.index]
    breaks = ["; ".join(plan.outcome.broken_promises) if plan else "" for plan in stays]
    keeps = {
        row: plan
        for row, plan, broken in zip(table.index, stays, breaks, strict=True)
        if plan is not None and not broken
    }
    there = figures_of(keeps).reindex(table.index)
    table["kept_objective"] = pd.Series({k: p.objective for k, p in keeps.items()}, dtype=float)
    for name, told in SUMS.items():
        kept_sum = table["kept_objective"] if name == "objective" else there[name]
        table[f"{told}_regret_year"] = kept_sum - table[name]
    table["kept_breaks"] = breaks
    return Renamed(table)


def _moved(base: Plan | None, plan: Plan | None) -> int:
    if base is None or plan is None:
        return 0
    areas, connections = base.towns["service_area"], base.towns["connections"]
    return int(moved_towns(areas, plan.towns["service_area"], connections).sum())
