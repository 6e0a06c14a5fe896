"""Compute the tariff path of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.errors import AuditError, PolicyError
from optimizer.instance.schema.year_fields import Horizon
from optimizer.messages.message import Message
from optimizer.plan.area_names import area_names
from optimizer.plan.path.funds import fund_books
from optimizer.plan.path.outlook import outlook
from optimizer.plan.path.path import TariffPath, write_path_files
from optimizer.plan.path.programme import best_path
from optimizer.plan.path.tables import (
    Settled,
    bills_table,
    levels_table,
    worth_table,
    years_table,
)

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["path_of_tables", "tariff_path", "write_years"]

LACKING = 0.5
"""Amounts of money below this are rounding and break no promise."""


def tariff_path(plan: Plan, *, horizon: Horizon | None = None) -> TariffPath:
    """Return how a plan's tariffs move from today's over the horizon.

    The grouping of the plan stays. Every schedule is the plan's own times a level for each year.
    Of all paths that are affordable each year, keep to the largest yearly rise, cover the present
    value of cost and keep cash from being negative, the one with the least public money is taken;
    then the one with the least bridging, the least paid by customers, the smoothest (see
    ``horizon.smoothest``), and the least borrowing. Each area (the region, where it has one
    tariff) is one exact linear programme.

    Parameters
    ----------
    plan : Plan
        A plan with areas, computed, evaluated or read from a run.
    horizon : Horizon, optional
        Years, rates and limits; the instance's own where left out.

    Returns
    -------
    TariffPath
        Also where promises must be broken: ``broken_promises`` then says by how much and when.

    Raises
    ------
    PolicyError
        If there is no horizon, or the plan has no areas.

    Examples
    --------
    >>> import optimizer as op
    >>> plan = op.solve(op.read("instances/growing"))
    >>> path = tariff_path(plan)
    >>> path.audit().passed, path.broken_promises
    (True, ())
    """
    chosen = horizon or plan.instance.horizon
    if chosen is None:
        message = f"{plan.instance.name} has no [horizon] in instance.toml, and none was given"
        raise PolicyError(message)
    plan.instance.policy.refuse_response("tariff_path")
    if plan.areas.empty:
        message = "a plan without areas has no tariffs that could follow a path"
        raise PolicyError(message)
    ahead = outlook(plan, chosen)
    settled = [Settled(books, best_path(books.fund)) for books in fund_books(plan, chosen, ahead)]
    bills = bills_table(plan, chosen, ahead, settled)
    years = years_table(plan, chosen, ahead, settled, bills)
    return TariffPath(
        plan=plan,
        horizon=chosen,
        years=years,
        levels=levels_table(plan, chosen, settled),
        bills=bills,
        worth=worth_table(chosen, ahead, settled),
        broken_promises=tuple(_broken(plan, chosen, years)),
    )


def path_of_tables(plan: Plan, tables: Mapping[str, pd.DataFrame]) -> TariffPath:
    """Return the path over the plan's own horizon that stored tables hold.

    Parameters
    ----------
    plan : Plan
        The plan, of a region with a horizon.
    tables : mapping of str to DataFrame
        By the names of :data:`~optimizer.instance.schema.path_tables.PATH_TABLES`.
    """
    horizon = plan.instance.horizon or Horizon()
    years = tables["path_years"]
    return TariffPath(
        plan=plan,
        horizon=horizon,
        years=years,
        levels=tables["path_levels"],
        bills=tables["path_bills"],
        worth=tables["path_worth"],
        broken_promises=tuple(_broken(plan, horizon, years)),
    )


def write_years(plan: Plan, folder: Path) -> None:
    """Write the tariff path of a plan into its run's folder; nothing where there is no horizon.

    Raises
    ------
    AuditError
        If the path contradicts itself, its plan or the instance.
    """
    if plan.instance.horizon is None or plan.areas.empty:
        return
    path = tariff_path(plan)
    found = path.audit()
    if not found.sound:
        raise AuditError(f"not written, because the tariff path fails its audit\n{found}")
    write_path_files(path, found, folder)


def _broken(plan: Plan, horizon: Horizon, years: pd.DataFrame) -> list[Message]:
    """Return the promises that no path keeps, in words, with amount and year."""
    policy = plan.instance.policy
    words: list[Message] = []
    if not policy.operating_subsidy:
        words += _lacking(
            plan,
            years["operating_subsidy_year"],
            "operating_subsidy: none is allowed, and {area} lacks {amount:,.0f} in {year}",
        )
    if horizon.bridging_most is not None:
        words += _lacking(
            plan,
            years["bridging"] - horizon.bridging_most,
            "bridging_most: {area} needs {amount:,.0f} more than {limit:,.0f} at the end of {year}",
            horizon.bridging_most,
        )
    if policy.subsidy_budget_year is not None:
        public = years["operating_subsidy_year"] + years["household_support_year"]
        over = public.groupby(level="year").sum() - policy.subsidy_budget_year
        words += [
            Message(
                "subsidy_budget: public money is {amount:,.0f} above {limit:,.0f} in {year}",
                amount=float(amount),
                limit=policy.subsidy_budget_year,
                year=str(year),
            )
            for year, amount in over.items()
            if amount > LACKING
        ]
    return words


def _lacking(plan: Plan, amounts: pd.Series, text: str, limit: float = 0.0) -> Sequence[Message]:
    """Return a sentence for every area and year in which something is lacking."""
    names = area_names(plan)
    found = amounts[np.asarray(amounts, dtype=float) > LACKING]
    return [
        Message(text, area=str(names.get(area, area)), amount=amount, limit=limit, year=str(year))
        for (area, year), amount in zip(found.index.to_list(), found.tolist(), strict=True)
    ]
