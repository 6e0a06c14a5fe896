"""How sure is the map? The best plan of each draw, and what all of them have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from optimizer.analysis.certainty.information import perfect_information, worth_of_data
from optimizer.analysis.certainty.portfolio import Difference, difference, distinct, plan_values
from optimizer.analysis.many.runner import Job, Running, RunProgress, run_many
from optimizer.errors import NoPlanError, PolicyError
from optimizer.instance.instance import Instance
from optimizer.plan.plan import Plan
from optimizer.uncertainty.draws import Draws, draws_of
from optimizer.uncertainty.ranges import qualities
from optimizer.uncertainty.regions import drawn_region

__all__ = ["Certainty", "certainty"]

GIVEN, MEANS, ALONE, EXPECTED = "given figures", "mean figures", "every town alone", "expected"
PORTFOLIO_MOST = 40
SURE = 0.8


@dataclass(frozen=True, eq=False)
class Certainty:
    """The best plans of many draws, what they share, and what is worth knowing.

    Attributes
    ----------
    region : Instance
        The region at its given figures.
    given : Plan
        The best plan of the given figures.
    pairs : pandas.DataFrame
        Index ``(town_a, town_b)``; ``share`` of the draws whose best plan puts both under one
        operator, ``together_given``: whether that of the given figures does. Pairs that are never
        together are left out.
    towns : pandas.DataFrame
        Index ``town``; ``name``, ``alone_share`` of the draws in which it stands alone,
        ``alone_given``.
    plans : pandas.DataFrame
        Index ``plan``, the portfolio; on fresh draws, money per year: ``mean_year``,
        ``beats_alone_share`` of the draws, ``saves_against_given_year`` with
        ``standard_error_year``.
    information : pandas.DataFrame
        Index ``datum``; ``known`` (given, derived, assumed), ``worth_year`` of knowing it before
        areas are decided, ``standard_error_year``.
    perfect : Difference
        What knowing everything is worth, with the plans of the portfolio.
    runs : pandas.DataFrame
        What became of the plan of each draw, as of :class:`~optimizer.analysis.many.runner.Runs`.
    """

    region: Instance
    given: Plan
    pairs: pd.DataFrame
    towns: pd.DataFrame
    plans: pd.DataFrame
    information: pd.DataFrame
    perfect: Difference
    runs: pd.DataFrame

    @property
    def draws(self) -> int:
        """Number of draws whose best plan is known."""
        return int(self.runs.index.str.startswith("draw ").sum())

    @property
    def sure_pairs(self) -> pd.DataFrame:
        """Pairs that are together in at least 80 % of the draws."""
        return self.pairs[self.pairs["share"] >= SURE]

    def report(self, path: str | Path, *, language: str = "en") -> Path:
        """Write the map and the tables as one page; see ``certainty_view.write_certainty``."""
        from optimizer.report.page.certainty_view import write_certainty  # noqa: PLC0415

        return write_certainty(self, path, language=language)

    def __str__(self) -> str:
        """Return the surest pairs, the plans, and what is worth knowing."""
        names = self.towns["name"]
        sure, given = self.sure_pairs, int(self.pairs["together_given"].sum())
        kept = int((self.pairs["together_given"] & (self.pairs["share"] >= SURE)).sum())
        first = self.pairs.head(8)
        ends = zip(*(first.index.get_level_values(k) for k in (0, 1)), strict=True)
        shares = zip(ends, first["share"].tolist(), strict=True)
        lines = [
            f"{self.draws} draws: {len(sure)} pairs of towns are together in 80 % of them or more; "
            f"of the {given} pairs of the plan of the given figures {kept} are",
            *(f"  {names[a]} and {names[b]}: {share:.0%}" for (a, b), share in shares),
            "",
            self.plans.head(8).to_string(float_format=lambda x: f"{x:,.4g}"),
            "",
            self.information.to_string(float_format=lambda x: f"{x:,.0f}"),
            f"all of it together: {self.perfect.mean_year:,.0f} a year "
            f"(standard error {self.perfect.standard_error_year:,.0f})",
        ]
        return "\n".join(lines)

    __repr__ = __str__


def certainty(
    region: Instance,
    *,
    draws: int | None = None,
    fresh: int = 200,
    running: Running | None = None,
    on_progress: Callable[[RunProgress], None] | None = None,
) -> Certainty:
    """Return how sure the map of a region is.

    The best plan of every draw of its uncertain data is found, each as if its figures were known.
    Plans are then judged on fresh draws, where areas, seats and operator models stay and tariffs
    and public money are set again.

    Parameters
    ----------
    region : Instance
        Its ``uncertainty`` says what is drawn.
    draws : int, optional
        How many draws; those of the region where absent.
    fresh : int
        How many other draws the plans are judged on.
    running : Running, optional
        Where and how hard to compute; finished plans in its folder are taken over.
    on_progress : callable, optional
        Called after every plan.

    Raises
    ------
    PolicyError
        If numbers of draws are below 2, or demand responds.
    NoPlanError
        If the given figures have no plan.

    Examples
    --------
    >>> import optimizer as op
    >>> found = certainty(op.read("instances/pair"), draws=4, fresh=20)
    >>> found.pairs["share"].tolist()
    [1.0]
    """
    count = region.uncertainty.draws if draws is None else draws
    if count < 2 or fresh < 2:
        message = "certainty needs 2 draws at least, and 2 fresh ones"
        raise PolicyError(message)
    region.policy.refuse_response("certainty")
    own = region.replace(policy=region.policy.replace(objective="given"))
    drawn = draws_of(own, draws=count)
    jobs = [
        Job(GIVEN, own),
        Job(MEANS, drawn_region(own, _mean(drawn), 0)),
        Job(ALONE, own, "alone"),
    ]
    if region.policy.objective == "expected":
        jobs.append(Job(EXPECTED, region))
    jobs += [Job(f"draw {d + 1}", drawn_region(own, drawn, d)) for d in range(count)]
    runs = run_many(jobs, running=running, on_progress=on_progress)
    if GIVEN not in runs.plans:
        raise NoPlanError(f"the given figures have no plan: {runs.table['reason'][GIVEN]}")
    best = {name: plan for name, plan in runs.plans.items() if name.startswith("draw ")}
    later = draws_of(own, draws=fresh, seed=own.uncertainty.seed + 1)
    portfolio = distinct(runs.plans, most=PORTFOLIO_MOST)
    values = plan_values(own, portfolio | _fixed(runs.plans), later)
    given = runs.plans[GIVEN]
    able = values[[name for name in values.columns if name != ALONE]].to_numpy(dtype=np.float64)
    return Certainty(
        region=region,
        given=given,
        pairs=_pairs(best, given),
        towns=_towns(best, given),
        plans=_plans(values),
        information=worth_of_data(able, later, qualities(own)),
        perfect=perfect_information(able),
        runs=runs.table[runs.table.index.isin([*best, GIVEN, MEANS, EXPECTED])],
    )


def _fixed(plans: Mapping[str, Plan]) -> dict[str, Plan]:
    return {name: plans[name] for name in (GIVEN, MEANS, ALONE, EXPECTED) if name in plans}


def _mean(draws: Draws) -> Draws:
    """Return one draw: the mean of every figure."""
    town = {name: values.mean(axis=0, keepdims=True) for name, values in draws.town.items()}
    model = {name: values.mean(axis=0, keepdims=True) for name, values in draws.model.items()}
    return Draws(1, town, model, draws.absolute)


def _pairs(best: Mapping[str, Plan], given: Plan) -> pd.DataFrame:
    """Return how often each pair of towns is together, the surest first."""
    keys = pd.Index(given.towns.index)
    share = sum((_together(plan, keys) for plan in best.values()), np.zeros((len(keys),) * 2))
    share = share / max(len(best), 1)
    there = _together(given, keys)
    a, b = np.nonzero(np.triu((share > 0) | (there > 0), 1))
    index = pd.MultiIndex.from_arrays([keys[a], keys[b]], names=["town_a", "town_b"])
    table = pd.DataFrame({"share": share[a, b], "together_given": there[a, b] > 0}, index=index)
    return table.sort_values("share", ascending=False, kind="stable")


def _together(plan: Plan, keys: pd.Index) -> np.ndarray:
    area = plan.towns["service_area"].reindex(keys).to_numpy(dtype=object)
    return np.asarray(area[:, None] == area[None, :], dtype=np.float64)


def _towns(best: Mapping[str, Plan], given: Plan) -> pd.DataFrame:
    def alone(plan: Plan) -> pd.Series:
        area = plan.towns["service_area"]
        return (area.map(area.value_counts()) == 1).reindex(given.towns.index)

    share = pd.concat([alone(plan) for plan in best.values()], axis=1).mean(axis=1)
    return pd.DataFrame(
        {"name": given.towns["name"], "alone_share": share, "alone_given": alone(given)}
    ).sort_values("alone_share", ascending=False, kind="stable")


def _plans(values: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for name in values.columns:
        saved = difference((values[GIVEN] - values[name]).to_numpy(dtype=np.float64))
        rows.append(
            {
                "plan": name,
                "mean_year": float(values[name].mean()),
                "beats_alone_share": float((values[name] < values[ALONE]).mean()),
                "saves_against_given_year": saved.mean_year,
                "standard_error_year": saved.standard_error_year,
            }
        )
    table = pd.DataFrame(rows).set_index("plan")
    return table.sort_values("mean_year", kind="stable")
