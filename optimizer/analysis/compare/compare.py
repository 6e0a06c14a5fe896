"""Several plans of one region side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from optimizer.analysis.compare.shown import plans_shown, units_of
from optimizer.analysis.compare.tables import (
    moves_table,
    savings_table,
    town_differences,
    winners_table,
)
from optimizer.analysis.loyalty.stability import Stability
from optimizer.errors import OptimizerError
from optimizer.html import card
from optimizer.instance.schema.plan_tables import frames_of
from optimizer.plan.assessment.standing import standing
from optimizer.plan.plan import Plan
from optimizer.plan.statistics import statistics

if TYPE_CHECKING:
    from optimizer.analysis.what_if.support_instruments import SupportInstruments
    from optimizer.analysis.what_if.tariff_freedom import TariffFreedom

__all__ = ["Comparison", "ComparisonError", "check_comparable", "check_same_region", "compare"]

SHOWN_NAMES = 60


class ComparisonError(OptimizerError):
    """Plans that cannot be compared: other towns, other money, or nothing to compare."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Plans of one region side by side; money is per year in the region's currency.

    Attributes
    ----------
    plans : mapping of str to Plan
        In the order given.
    baseline : str
        The plan with which the others are compared.
    same_data : bool
        Whether all plans rest on the same data; promises may differ all the same.
    differences : pandas.DataFrame
        Index ``(plan, town)``; see :func:`~optimizer.analysis.compare.tables.town_differences`.
    winners : pandas.DataFrame
        Index ``(plan, outcome)``: winners and losers, counted and named.
    moves : pandas.DataFrame
        Index ``(plan, service_area_before, service_area_after)``: who moves.
    savings : pandas.DataFrame
        Index ``plan``: key figures, and what is saved against the baseline.
    """

    plans: Mapping[str, Plan]
    baseline: str
    same_data: bool
    differences: pd.DataFrame
    winners: pd.DataFrame
    moves: pd.DataFrame
    savings: pd.DataFrame

    @property
    def areas(self) -> pd.DataFrame:
        """The plans' areas; index ``(plan, service_area)``."""
        return self._together("areas")

    @property
    def towns(self) -> gpd.GeoDataFrame:
        """The plans' towns; index ``(plan, town)``."""
        return gpd.GeoDataFrame(self._together("towns"), geometry="geometry", crs="EPSG:4326")

    @property
    def tariffs(self) -> pd.DataFrame:
        """The plans' schedules; index ``(plan, service_area, town, category, component)``."""
        return self._together("tariffs")

    @property
    def bills(self) -> pd.DataFrame:
        """The plans' bills; index ``(plan, town, group)``."""
        return self._together("bills")

    @property
    def finances(self) -> pd.DataFrame:
        """The plans' income statements; index ``(plan, service_area)``."""
        return self._together("finances")

    @property
    def statistics(self) -> pd.DataFrame:
        """Key figures; index ``(metric, unit)``, one column per plan."""
        return statistics(self.plans)

    def report(
        self,
        path: str | Path,
        *,
        language: str = "en",
        stability: Mapping[str, Stability] | None = None,
        instruments: SupportInstruments | None = None,
        freedom: TariffFreedom | None = None,
    ) -> Path:
        """Write the comparison as one HTML page that needs no network, and return its path.

        Parameters
        ----------
        path : str or pathlib.Path
            File to write.
        language : {"en", "es", "pt"}
            Language of the page.
        stability : mapping of str to Stability, optional
            Who would leave each plan; where it is not given, the page computes what is quick.
        instruments : SupportInstruments, optional
            What each instrument of public money costs, from :func:`optimizer.support_instruments`.
        freedom : TariffFreedom, optional
            Plans between one price and a schedule per town, from :func:`optimizer.tariff_freedom`.
        """
        from optimizer.report.page.page import write_page  # noqa: PLC0415 - pictures are heavy

        return write_page(
            self.plans,
            path,
            language=language,
            stability=stability,
            instruments=instruments,
            freedom=freedom,
        )

    def __str__(self) -> str:
        """Return the comparison in a few lines."""
        return _words(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the words, and the key figures side by side."""
        region = self.plans[self.baseline].instance
        title = f"{region.title}: plans against {self.baseline}"
        table = plans_shown(self.plans).rename_axis("plan")
        lead = _words(self).replace(";\n ", ";").split("\n")
        return card(title, lead=lead, table=table, notes=[units_of([region])])

    def _together(self, name: str) -> pd.DataFrame:
        return pd.concat(
            {key: frames_of(plan)[name] for key, plan in self.plans.items()}, names=["plan"]
        )


def compare(plans: Mapping[str, Plan], *, baseline: str | None = None) -> Comparison:
    """Return several plans of one region side by side.

    The plans may keep different promises, or rest on different data of the same towns (scenarios);
    the comparison then says that the data differ.

    Parameters
    ----------
    plans : mapping of str to Plan
        At least one, by name.
    baseline : str, optional
        Name of the plan with which the others are compared; the first by default.

    Raises
    ------
    ComparisonError
        If the plans are of different towns, in different money, have no areas, or the baseline is
        not among them.

    Examples
    --------
    >>> import optimizer as op
    >>> region = op.read("instances/pair")
    >>> found = compare({"alone": op.evaluate(region, "alone"), "grouped": op.solve(region)})
    >>> float(found.savings.loc["grouped", "requirement_saved_year"])
    57000.0
    >>> found.winners.loc[("grouped", "gains"), "names"]
    'Brisa, Alba'
    >>> print(found)
    grouped against alone: requirement 153,000 instead of 210,000 PEN a year (27.1 % less);
      public money 0 instead of 0; operators 1 instead of 2; worst burden 0.9 % instead of 1.5 %
      bills fall in 2 (Brisa, Alba), rise in 0, stay in 0; 1 town changes its area
      In 100 draws of the uncertain data (default ranges) sharing saves 13.5 % to 36.3 % ...
    """
    named = dict(plans)
    check_comparable(named)
    if baseline is not None and baseline not in named:
        message = f"the baseline {baseline!r} is not among the plans {', '.join(named)}"
        raise ComparisonError(message)
    first = next(iter(named)) if baseline is None else baseline
    differences = town_differences(named, first)
    prints = {_data_print(plan) for plan in named.values()}
    return Comparison(
        plans=named,
        baseline=first,
        same_data=len(prints) == 1,
        differences=differences,
        winners=winners_table(differences),
        moves=moves_table(differences),
        savings=savings_table(named, first, differences),
    )


def _data_print(plan: Plan) -> str:
    """Return the fingerprint of a plan's data, without promises, groupings and what is only told.

    Groupings that the planner brings are proposals, titles and sources are words: no figure of a
    plan rests on them.
    """
    plain = type(plan.instance.policy)()
    changes = {"policy": plain, "groupings": {}, "title": "", "sources": (), "assumptions": ()}
    return plan.instance.replace(**changes).fingerprint()


def check_comparable(plans: Mapping[str, Plan]) -> None:
    """Raise where plans cannot be compared.

    Raises
    ------
    ComparisonError
        If there are none, one has no areas, or they are of different towns or in different money.

    Examples
    --------
    >>> import optimizer as op
    >>> pair, ring = (op.evaluate(op.read(f"instances/{n}"), "alone") for n in ("pair", "ring"))
    >>> check_comparable({"pair": pair, "ring": ring})
    Traceback (most recent call last):
    optimizer.analysis.compare.compare.ComparisonError: plans 'pair' and 'ring' are of different
    regions: only one has boca, brisa, caleta, dique, estero ...
    """
    if not plans:
        raise ComparisonError("there is nothing to compare; give at least one plan")
    for name, plan in plans.items():
        if plan.areas.empty:
            why = "; ".join(plan.outcome.broken_promises) or "it has no service areas"
            raise ComparisonError(f"plan {name!r} has nothing to compare ({plan.status}): {why}")
    check_same_region(plans)


def check_same_region(plans: Mapping[str, Plan]) -> None:
    """Raise where plans are of different regions; plans without areas may stand beside others.

    Raises
    ------
    ComparisonError
        If they are of different towns or in different money.
    """
    (first, one), *others = plans.items()
    for name, other in others:
        _same_region(first, one, name, other)


def _same_region(first: str, one: Plan, name: str, other: Plan) -> None:
    here, there = one.instance, other.instance
    towns, others = set(here.towns.index), set(there.towns.index)
    if towns != others:
        odd = sorted(str(t) for t in towns ^ others)
        shown = ", ".join(odd[:5]) + (" ..." if len(odd) > 5 else "")
        message = f"plans {first!r} and {name!r} are of different regions: only one has {shown}"
        raise ComparisonError(message)
    names = here.towns["name"].compare(there.towns["name"].loc[here.towns.index])
    if len(names):
        town = names.index[0]
        message = (
            f"plans {first!r} and {name!r} are of different regions: town {town} is "
            f"{names.loc[town, 'self']} in one and {names.loc[town, 'other']} in the other"
        )
        raise ComparisonError(message)
    money, other_money = (f"{i.currency} of {i.price_year}" for i in (here, there))
    if money != other_money:
        message = f"plan {first!r} is in {money}, plan {name!r} in {other_money}: convert one first"
        raise ComparisonError(message)


def _words(found: Comparison) -> str:
    currency = found.plans[found.baseline].instance.currency
    first = found.savings.loc[found.baseline]
    others = found.savings.drop(index=found.baseline)
    lines = []
    for name, row in others.to_dict(orient="index").items():
        share = row["requirement_saved_share"]
        less = f"{abs(share) * 100:.1f} % {'less' if share >= 0 else 'more'}"
        gains, loses, same = (
            _counted(found, str(name), outcome) for outcome in ("gains", "loses", "same")
        )
        moved = int(row["towns_moved"])
        change = "1 town changes its area" if moved == 1 else f"{moved} towns change their area"
        lines += [
            f"{name} against {found.baseline}: requirement {row['requirement_year']:,.0f} instead "
            f"of {first['requirement_year']:,.0f} {currency} a year ({less});",
            f"  public money {row['public_money_year']:,.0f} instead of "
            f"{first['public_money_year']:,.0f}; operators {row['operators']:.0f} instead of "
            f"{first['operators']:.0f}; worst burden {row['burden_worst'] * 100:.1f} % instead of "
            f"{first['burden_worst'] * 100:.1f} %",
            f"  bills fall in {gains}, rise in {loses}, stay in {same}; {change}",
        ]
        plan = found.plans[str(name)]
        drawn = standing(plan)
        if drawn is not None:
            lines.append(f"  {drawn.message}")
        lines += _use(found, str(name))
        if plan.status == "optimal" and int(plan.areas["town_count"].max()) == 1:
            lines.append("  not grouping is best: no plan weighs less than every town by itself")
    lines += [line for name, plan in found.plans.items() for line in _broken(name, plan)]
    if not found.same_data:
        lines.append("the plans rest on different data")
    return "\n".join(lines) or f"{found.baseline}: nothing to compare it with"


def _broken(name: str, plan: Plan) -> list[str]:
    """Return which promises a plan breaks."""
    reasons = plan.outcome.broken_promises
    if not reasons:
        return []
    count = "1 promise" if len(reasons) == 1 else f"{len(reasons)} promises"
    return [f"{name} breaks {count}:", *(f"  {reason}" for reason in reasons)]


def _use(found: Comparison, name: str) -> list[str]:
    """Return what households use under a plan and the baseline, where demand responds in one."""
    plans = [found.plans[name], found.plans[found.baseline]]
    if not any(plan.instance.policy.demand_response for plan in plans):
        return []
    table = found.statistics.droplevel("unit").T
    now, before = (table.loc[key].to_dict() for key in (name, found.baseline))
    use, forgone = "consumption_m3_month", "forgone_water_year"
    return [
        f"  households use {now[use]:.1f} m3 a month instead of {before[use]:.1f}; cost of the "
        f"water forgone {now[forgone]:,.0f} instead of {before[forgone]:,.0f}"
    ]


def _counted(found: Comparison, plan: str, outcome: str) -> str:
    """Return how many towns have an outcome, and the first of their names."""
    row = found.winners.to_dict(orient="index")[(plan, outcome)]
    count, names = str(row["towns"]), str(row["names"])
    short = names if len(names) <= SHOWN_NAMES else names[:SHOWN_NAMES].rsplit(",", 1)[0] + " ..."
    return f"{count} ({short})" if short else count
