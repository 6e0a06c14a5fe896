"""The audit of a tariff path: every bill, cost, debt, balance and present value recomputed.

Nothing is shared with the code that makes paths. What was decided (levels, support, subsidies,
loans, bridging) is taken from the path's tables; everything else is computed afresh from the
instance and the plan, whose own figures :func:`optimizer.audit.audit` checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.audit.ledger import Ledger, slack
from optimizer.audit.result import Audit
from optimizer.audit.years.facts import PathFacts, path_facts
from optimizer.audit.years.money import check_books
from optimizer.audit.years.rules import PATH_RULES
from optimizer.instance.schema.path_tables import PATH_TABLES
from optimizer.instance.schema.plan_tables import column_problems
from optimizer.messages.message import Message

if TYPE_CHECKING:
    from optimizer.plan.path.path import TariffPath

__all__ = ["audit_path"]


def audit_path(path: TariffPath) -> Audit:
    """Recompute everything that a path claims, and name every rule that it breaks.

    Parameters
    ----------
    path : TariffPath
        Any path.

    Returns
    -------
    Audit
        Failures and number of checks; nothing is raised for a bad path.

    Examples
    --------
    >>> import optimizer as op
    >>> path = op.tariff_path(op.solve(op.read("instances/growing")))
    >>> audit_path(path).passed
    True
    """
    ledger = Ledger(rules=PATH_RULES)
    facts = path_facts(path)
    problems = _layout(path, facts)
    ledger.count("tables", len(PATH_TABLES))
    for problem in problems:
        ledger.fail("tables", problem)
    if not problems:
        level = _levels(path, facts, ledger)
        _bills(path, facts, level, ledger)
        check_books(path, facts, level, ledger)
        _budget(path, ledger)
    checked = pd.Series(dict(ledger.checked), dtype="int64", name="checks").rename_axis("rule")
    in_order = [rule for rule in PATH_RULES if rule in checked.index]
    return Audit(failures=ledger.failures(), checked=checked.reindex(in_order))


def _layout(path: TariffPath, facts: PathFacts) -> list[Message]:
    """Return what is wrong with columns and keys of the tables."""
    town_scope = path.plan.instance.policy.tariff_scope == "town"
    schedules = [
        (fund, town)
        for fund, members in facts.members.items()
        for town in (members if town_scope else [""])
    ]
    due = {
        "path_years": {(fund, year) for fund in facts.members for year in facts.years},
        "path_levels": {(*schedule, year) for schedule in schedules for year in facts.years},
        "path_bills": {(*key, year) for key in path.plan.bills.index for year in facts.years},
        "path_worth": set(facts.members),
    }
    frames = {
        "path_years": path.years,
        "path_levels": path.levels,
        "path_bills": path.bills,
        "path_worth": path.worth,
    }
    problems = []
    for name, frame in frames.items():
        problems += column_problems(PATH_TABLES[name], frame)
        if set(frame.index) != due[name] or frame.index.has_duplicates:
            problems.append(
                Message("{name}: the rows are not one for each area, group and year", name=name)
            )
    return problems


def _levels(path: TariffPath, facts: PathFacts, ledger: Ledger) -> dict[tuple[str, int], float]:
    """Check the yearly rise of every schedule; return the level of each town and year."""
    share = path.horizon.increase_share_most
    plan_bill = _mean_bills(path)
    today = _bills_today(path)
    level: dict[tuple[str, int], float] = {}
    given = path.levels["level"]
    for fund, members in facts.members.items():
        for town in members:
            own = town if path.plan.instance.policy.tariff_scope == "town" else ""
            before = today.get(town, np.nan) / plan_bill[town] if plan_bill[town] > 0 else np.nan
            for year in facts.years:
                now = float(given.loc[(fund, own, year)])
                level[town, year] = now
                ledger.count("increase_share_most")
                limit = np.inf if share is None or np.isnan(before) else (1.0 + share) * before
                if now < 0 or now > limit + slack(now)[0]:
                    rise = now / before - 1.0 if before else np.inf
                    message = Message(
                        "the bill in {year} rises by {share:.2%}", year=str(year), share=rise
                    )
                    amount = rise - (share or 0.0)
                    ledger.fail("increase_share_most", message, town=town, amount=amount)
                before = now
    _rises(path, facts, (plan_bill, today), ledger)
    return level


def _rises(
    path: TariffPath,
    facts: PathFacts,
    bills: tuple[dict[str, float], dict[str, float]],
    ledger: Ledger,
) -> None:
    """Check the stated rise of every schedule against the mean bill of its towns."""
    plan_bill, today = bills
    number = path.plan.bills["connections"].groupby(level="town").sum()
    for key, rows in path.levels.groupby(level=["service_area", "town"]):
        fund, town = map(str, key)
        members = [town] if town else facts.members[fund]
        known = [m for m in members if m in today and plan_bill[m] > 0]
        start = np.nan
        if known:
            paid = sum(float(number[m]) * today[m] for m in known)
            start = paid / sum(float(number[m]) * plan_bill[m] for m in known)
        level = rows["level"].to_numpy(dtype=float)
        before = np.concatenate([[start], level[:-1]])
        due = np.divide(level, before, out=np.full(len(level), np.nan), where=before > 0) - 1.0
        areas = [fund] * len(level)
        name = "path_levels: increase_share"
        ledger.compare("bill", name, rows["increase_share"], due, areas=areas, scale=1.0)


def _mean_bills(path: TariffPath) -> dict[str, float]:
    """Return each town's mean household bill in the plan."""
    bills = path.plan.bills
    paid = (bills["bill_month"] * bills["connections"]).groupby(level="town").sum()
    mean = paid / bills["connections"].groupby(level="town").sum()
    return {str(town): float(value) for town, value in mean.items()}


def _bills_today(path: TariffPath) -> dict[str, float]:
    targets = path.plan.instance.targets
    if targets is None:
        return {}
    known = targets["bill_today_month"].dropna()
    return {str(town): float(value) for town, value in known.items()}


def _bills(
    path: TariffPath, facts: PathFacts, level: dict[tuple[str, int], float], ledger: Ledger
) -> None:
    """Check every household group's connections, bill, burden, support and limit."""
    instance, frame = path.plan.instance, path.bills
    towns = [str(town) for town in frame.index.get_level_values("town")]
    years = frame.index.get_level_values("year").tolist()
    groups = [str(group) for group in frame.index.get_level_values("group")]
    base = path.plan.bills.loc[list(zip(towns, groups, strict=True))]
    keys = list(zip(towns, years, strict=True))
    households = np.array([facts.town_years[key].households for key in keys])
    after = np.array([1.0 + path.horizon.income_growth_share_year] * len(keys)) ** (
        np.array(years) - instance.price_year
    )
    bill = base["bill_month"].to_numpy() * np.array([level[key] for key in keys])
    income = base["income_month"].to_numpy() * after
    support = frame["support_month"].to_numpy()
    number = base["connections"].to_numpy() * households
    expected = {
        ("customers", "connections"): number,
        ("burden", "income_month"): income,
        ("bill", "bill_month"): bill,
        ("bill", "paid_month"): bill - support,
        ("burden", "burden"): (bill - support) / income,
    }
    for (rule, column), value in expected.items():
        ledger.compare(rule, f"path_bills: {column}", frame[column], value, towns=towns)
    protected = base["protected"].to_numpy(dtype=bool)
    ledger.same_text("path_bills: protected", frame["protected"], protected.tolist(), towns=towns)
    policy = instance.policy
    drained = base.reindex(columns=["sewer"])["sewer"].fillna(value=False).to_numpy(dtype=bool)
    both = max(policy.affordable_share, policy.affordable_share_both)
    share = np.where(drained, both, policy.affordable_share)
    over = bill - support - share * income
    kept = over <= slack(bill)
    ledger.same_text(
        "path_bills: affordable", frame["affordable"], (kept | ~protected).tolist(), towns=towns
    )
    ledger.count("affordable_bill", int(protected.sum()))
    most = base["support_most_month"].to_numpy() * np.array([level[key] for key in keys])
    ledger.count("household_support", len(keys))
    for k in np.flatnonzero(~kept & protected).tolist():
        message = Message(
            "{group} pays {amount:,.2f} too much in {year}",
            group=str(groups[k]),
            amount=float(over[k]),
            year=str(years[k]),
        )
        ledger.fail("affordable_bill", message, town=towns[k], amount=over[k])
    for k in np.flatnonzero((support > most + slack(bill)) | (support < -slack(bill))).tolist():
        message = Message(
            "{group} gets {amount:,.2f} in {year}, most {limit:,.2f}",
            group=str(groups[k]),
            amount=float(support[k]),
            year=str(years[k]),
            limit=float(most[k]),
        )
        ledger.fail("household_support", message, town=towns[k], amount=support[k] - most[k])


def _budget(path: TariffPath, ledger: Ledger) -> None:
    """Check all public money of each year against the budget."""
    budget = path.plan.instance.policy.subsidy_budget_year
    ledger.count("subsidy_budget", path.horizon.years)
    if budget is None:
        return
    columns = ["operating_subsidy_year", "household_support_year"]
    public = path.years[columns].sum(axis=1).groupby(level="year").sum()
    for year, amount in public.items():
        if amount > budget + slack(amount)[0]:
            message = Message(
                "public money is {amount:,.0f} above the budget in {year}",
                amount=amount - budget,
                year=str(year),
            )
            ledger.fail("subsidy_budget", message, amount=amount - budget)
