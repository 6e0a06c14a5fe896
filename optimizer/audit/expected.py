"""The draws of a plan with the objective ``expected``, and the means recomputed from them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, slack
from optimizer.instance.schema.draws_table import DRAWS
from optimizer.instance.schema.plan_tables import column_problems
from optimizer.messages.message import Message, Town

__all__ = ["check_draws", "expected_totals"]

MONEY = ("requirement_year", "revenue_year", "operating_subsidy_year", "household_support_year")


def expected_totals(draws: pd.DataFrame) -> pd.Series:
    """Return the mean over the draws of what all areas need and are paid, money per year."""
    totals = draws[list(MONEY)].groupby(level="draw").sum()
    return totals.sum(axis=0) / max(len(totals), 1)


def check_draws(facts: Facts, ledger: Ledger) -> pd.Series | None:
    """Check the table of draws; return the means of its totals, None where there is none.

    Every area stands once in every draw, no figure is missing or negative, and what comes in covers
    what is required in each draw, no subsidy more than that.

    Parameters
    ----------
    facts : Facts
        The plan and its instance.
    ledger : Ledger
        Receives checks and failures.
    """
    draws, asked = facts.plan.draws, facts.instance.policy.objective == "expected"
    ledger.count("draws")
    if (draws is None) == asked:
        words = "the draws behind the objective are missing" if asked else "draws without objective"
        ledger.fail("draws", Message(words))
    if draws is None or not asked:
        return None
    problems = column_problems(DRAWS, draws)
    for problem in problems:
        ledger.fail("draws", problem)
    if problems:
        return None
    count = facts.instance.uncertainty.draws
    numbers = pd.RangeIndex(1, count + 1)
    due = pd.MultiIndex.from_product([numbers, facts.areas.index], names=draws.index.names)
    ledger.count("draws", len(due))
    if len(draws) != len(due) or not draws.index.sort_values().equals(due.sort_values()):
        message = Message(
            "there are {n:,.0f} rows of draws, {limit:,.0f} are due: every area once in "
            "{count:,.0f} draws",
            n=len(draws),
            limit=len(due),
            count=count,
        )
        ledger.fail("draws", message)
        return None
    _money(facts, draws, ledger)
    return expected_totals(draws)


def _money(facts: Facts, draws: pd.DataFrame, ledger: Ledger) -> None:
    policy = facts.instance.policy
    plain = policy.household_support_share == 0 and not policy.solidarity_balance
    room = np.asarray(slack(draws["requirement_year"]), dtype=np.float64)
    figures = draws[[*MONEY, "level"]].to_numpy(dtype=np.float64)
    need, paid, subsidy, _, level = figures.T
    wrong = {
        "area {area}, draw {n:,.0f}: a figure is missing or negative": ~np.isfinite(figures).all(
            axis=1
        )
        | (figures < -room[:, None]).any(axis=1)
        | (level > 1.0 + 1e-9),
        "area {area}, draw {n:,.0f}: bills and subsidy do not come to the requirement": (
            np.abs(paid + subsidy - need) > room
        ),
        "area {area}, draw {n:,.0f}: a subsidy is paid although the tariff could be dearer": (
            (subsidy > room) & (level < 1.0 - 1e-6) & plain
        ),
    }
    ledger.count("draws", 3 * len(draws))
    for words, rows in wrong.items():
        for number, area in draws.index[rows]:
            message = Message(words, area=Town(str(area)), n=int(number))
            ledger.fail("draws", message, area=str(area))
