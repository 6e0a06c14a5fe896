"""What operating subsidy and household support each cost per household kept within its limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.analysis.compare.shown import plans_shown
from optimizer.analysis.many.runner import Job, Running, RunProgress, run_many
from optimizer.analysis.many.study import Study
from optimizer.analysis.what_if.frontier import figures_of
from optimizer.errors import PolicyError
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.plan.plan import Plan

__all__ = ["INSTRUMENTS", "SupportInstruments", "instrument_figures", "support_instruments"]

INSTRUMENTS = ("none", "operating subsidy", "household support", "both")
"""The four choices that a policy has; the two settings that make them are named in the docs."""


@dataclass(frozen=True, eq=False, repr=False)
class SupportInstruments(Study):
    """The best plan with each instrument of public money, and what it costs per household.

    Attributes
    ----------
    plans : mapping of str to Plan
        The plans that exist, by instrument.
    table : pandas.DataFrame
        Index ``instrument``: ``status``, ``reason`` (why there is no plan), ``objective``,
        ``requirement_year``, ``operating_subsidy_year``, ``household_support_year``,
        ``public_money_year`` (money/year), ``protected_households`` (connections),
        ``kept_households`` (those of them that pay no more than their limit),
        ``missed_households`` (those left without the support due to them),
        ``public_money_per_kept_year`` (money per kept household and year), ``bill_mean_month``
        (money/month, after support), ``burden_worst`` and ``broken_promises``; ``nan`` without a
        plan.
    """

    plans: Mapping[str, Plan]
    table: pd.DataFrame

    @property
    def title(self) -> str:
        """What was asked, in a few words."""
        return "what each instrument of public money does"

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables that are kept, by the names of their files."""
        return {"support": self.table}

    @property
    def runs(self) -> Mapping[str, Plan]:
        """The plans that are kept, by instrument."""
        return self.plans

    def shown(self) -> pd.DataFrame:
        """Return the table that is printed, one column an instrument: cells of text."""
        table = plans_shown(self.plans, self.table["status"])
        for column, digits in _SHOWN.items():
            texts = [f"{v:,.{digits}f}" if np.isfinite(v) else "-" for v in self.table[column]]
            table[column] = texts
        return table.T.rename_axis(columns="instrument")

    def notes(self) -> list[str]:
        """Return why an instrument has no plan."""
        reasons = self.table["reason"].fillna("").astype("str")
        return [f"{name}: {reason}" for name, reason in reasons[reasons != ""].items()]


_SHOWN = {
    "operating_subsidy_year": 0,
    "household_support_year": 0,
    "protected_households": 0,
    "kept_households": 0,
    "missed_households": 0,
    "public_money_per_kept_year": 2,
}
"""Figures that are printed beside those of any plan, and their decimals."""


def support_instruments(
    region: Instance,
    *,
    share: float | None = None,
    running: Running | None = None,
    on_progress: Callable[[RunProgress], None] | None = None,
) -> SupportInstruments:
    """Return the best plan with each instrument of public money, and what it costs per household.

    ``none``: no public money; ``operating subsidy``: only to operators; ``household support``:
    only toward bills; ``both``. Every other promise is that of the region, its support's volume,
    groups and targeting errors included. Grouping, tariff and public money are found anew for each.

    Parameters
    ----------
    region : Instance
        The region and its promises.
    share : float, optional
        Largest share of a bill that support pays; the policy's own by default.
    running : Running, optional
        Where and how hard to compute.
    on_progress : callable, optional
        Called after every plan.

    Returns
    -------
    SupportInstruments
        Its ``table`` has a row for each instrument, its ``plans`` those that exist.

    Raises
    ------
    PolicyError
        If no share is given and the policy has none, or the share is outside its bounds.

    Examples
    --------
    >>> import optimizer as op
    >>> found = support_instruments(op.read("instances/unaffordable"), share=0.5)
    >>> found.table["public_money_year"].round().tolist()
    [nan, 21600.0, 21600.0, 21600.0]
    """
    given = region.policy.household_support_share if share is None else share
    if given == 0.0:
        message = "household_support_share is 0: give the share of a bill that support may pay, "
        message += "such as 0.5 (share=0.5, --share 0.5)"
        raise PolicyError(message)
    jobs = [
        Job(name, region.replace(policy=_with(region.policy, name, given))) for name in INSTRUMENTS
    ]
    runs = run_many(jobs, running=running, on_progress=on_progress)
    table = runs.table.loc[list(INSTRUMENTS), ["status", "reason", "objective"]]
    figures = {name: instrument_figures(runs.plans.get(name)) for name in INSTRUMENTS}
    found = pd.DataFrame.from_dict(figures, orient="index")
    more = figures_of(runs.plans)[["bill_mean_month", "burden_worst", "broken_promises"]]
    return SupportInstruments(runs.plans, table.join(found).join(more).rename_axis("instrument"))


def _with(policy: Policy, name: str, share: float) -> Policy:
    """Return the policy with an instrument: the two settings that make the four choices."""
    return policy.replace(
        operating_subsidy=name in {"operating subsidy", "both"},
        household_support_share=share if name in {"household support", "both"} else 0.0,
    )


def instrument_figures(plan: Plan | None) -> dict[str, float]:
    """Return the public money of a plan, and the households that it keeps within their limit.

    The names are columns of :class:`SupportInstruments`; ``nan`` where there is no plan.
    """
    names = ["requirement_year", "operating_subsidy_year", "household_support_year"]
    later = ["public_money_year", "protected_households", "kept_households"]
    later += ["missed_households", "public_money_per_kept_year"]
    if plan is None:
        return dict.fromkeys([*names, *later], np.nan)
    sums = [float(plan.areas[name].sum()) for name in names]
    mine = plan.bills[plan.bills["protected"]]
    number, missed = float(mine["connections"].sum()), float(mine["missed_connections"].sum())
    kept = float(mine.loc[mine["affordable"], "connections"].sum()) - missed
    public = sums[1] + sums[2]
    each = public / kept if kept else np.nan
    return dict(zip([*names, *later], [*sums, public, number, kept, missed, each], strict=True))
