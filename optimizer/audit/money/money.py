"""Revenue, subsidies and transfers recomputed, and whether every area covers its cost."""

from __future__ import annotations

import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, slack
from optimizer.audit.money.costs import CostBooks
from optimizer.messages.message import Message

__all__ = ["check_money"]


def check_money(
    facts: Facts, costs: CostBooks, bills: pd.DataFrame, ledger: Ledger
) -> pd.DataFrame:
    """Check every flow of money in areas and towns.

    Parameters
    ----------
    facts : Facts
        The plan and its instance.
    costs : CostBooks
        Recomputed costs.
    bills : DataFrame
        Customer classes with recomputed bills.
    ledger : Ledger
        Receives checks and failures.

    Returns
    -------
    pandas.DataFrame
        Recomputed figures of each town: ``revenue_year``, ``household_support_year``,
        ``bill_month``; index ``town``.
    """
    town = _by_town(facts, bills)
    areas = pd.DataFrame({name: facts.per_area(town[name]) for name in town.columns})
    subsidy = facts.finances["operating_subsidy_year"]
    transfer = facts.finances["transfer_year"]
    income = areas["revenue_year"] + subsidy + transfer
    statement = {
        "billed_households_year": areas["billed_households_year"],
        "billed_customers_year": areas["billed_customers_year"],
        "uncollected_year": areas["uncollected_year"],
        "revenue_year": areas["revenue_year"],
        "income_year": income,
        "household_support_year": areas["household_support_year"],
    }
    for column, value in statement.items():
        what, found = f"finances: {column}", facts.finances[column]
        ledger.compare("revenue", what, found, value, areas=value.index)
    _solidarity(facts, bills, ledger)
    _sewerage(facts, bills, ledger)
    result = facts.finances["income_year"] - facts.finances["requirement_year"]
    found, scale = facts.finances["result_year"], facts.finances["requirement_year"]
    what = "finances: result_year"
    ledger.compare("tables", what, found, result, areas=result.index, scale=scale)
    _area_copies(facts, areas, ledger)
    _cover_cost(income, costs.requirement_area, ledger)
    _public_money(facts, areas["household_support_year"], ledger)
    _transfers(facts, ledger)
    _towns(facts, costs, town, ledger)
    return town[["revenue_year", "household_support_year", "bill_month"]]


def _solidarity(facts: Facts, bills: pd.DataFrame, ledger: Ledger) -> None:
    """Check what customers are billed above and below the domestic schedule, by area."""
    beyond = 12.0 * bills["connections"] * (bills["bill_month"] - bills["domestic_month"])
    use = pd.DataFrame({"up": beyond.clip(lower=0.0), "down": (-beyond).clip(lower=0.0)})
    town = use.groupby(bills["town"]).sum().reindex(facts.towns.index, fill_value=0.0)
    up, down = facts.per_area(town["up"]), facts.per_area(town["down"])
    billed = facts.finances[["billed_households_year", "billed_customers_year"]].sum(axis=1)
    for name, value in (("contribution", up), ("subsidy", down), ("balance", up - down)):
        column = f"solidarity_{name}_year"
        what, found = f"finances: {column}", facts.finances[column]
        ledger.compare("solidarity", what, found, value, areas=value.index, scale=billed)
    _solidarity_balance(facts, up - down, ledger)


def _solidarity_balance(facts: Facts, balance: pd.Series, ledger: Ledger) -> None:
    """Check that the operating subsidy pays what contributions leave open; pooled for a region."""
    if not facts.instance.policy.solidarity_balance:
        return
    subsidy, requirement = facts.finances["operating_subsidy_year"], facts.areas["requirement_year"]
    if facts.instance.policy.tariff_scope == "region":
        balance, subsidy, requirement = (
            pd.Series([v.sum()], index=["region"]) for v in (balance, subsidy, requirement)
        )
    ledger.count("solidarity_balance", len(balance))
    over = (balance + subsidy)[balance + subsidy < -slack(requirement)]
    for area in over.index:
        message = Message(
            "a balance of {amount:,.2f} a year, a subsidy of {limit:,.2f}",
            amount=float(balance[area]),
            limit=float(subsidy[area]),
        )
        where = "" if area == "region" else str(area)
        ledger.fail("solidarity_balance", message, area=where, amount=float(over[area]))


def _sewerage(facts: Facts, bills: pd.DataFrame, ledger: Ledger) -> None:
    """Check what is billed for sewerage, by area."""
    billed = 12.0 * bills["connections"] * bills["sewer_bill_month"]
    town = billed.groupby(bills["town"]).sum().reindex(facts.towns.index, fill_value=0.0)
    value, found = facts.per_area(town), facts.finances["billed_sewer_year"]
    what = "finances: billed_sewer_year"
    ledger.compare("revenue", what, found, value, areas=value.index)


def _by_town(facts: Facts, bills: pd.DataFrame) -> pd.DataFrame:
    """Return the money of each town per year, and its mean household bill after support."""
    use = bills[["town"]].copy()
    house = bills["household"].astype(bool)
    billed = 12.0 * bills["connections"] * bills["bill_month"]
    use["billed_households_year"] = billed.where(house, 0.0)
    use["billed_customers_year"] = billed.where(~house, 0.0)
    use["household_support_year"] = bills["support_year"]
    use["paid"] = (billed - bills["support_year"]).where(house, 0.0) / 12.0
    use["households"] = bills["connections"].where(house, 0.0)
    town = use.groupby("town").sum(min_count=1).reindex(facts.towns.index)
    collected = facts.data["collection_rate"]
    whole = town["billed_households_year"] + town["billed_customers_year"]
    town["revenue_year"] = whole * collected
    town["uncollected_year"] = whole * (1.0 - collected)
    town["bill_month"] = town["paid"] / town["households"]
    return town.drop(columns=["paid", "households"])


def _area_copies(facts: Facts, areas: pd.DataFrame, ledger: Ledger) -> None:
    """Check the areas' money against bills and finances."""
    table, index = facts.areas, facts.areas.index
    for column in ("revenue_year", "household_support_year"):
        what = f"areas: {column}"
        ledger.compare("revenue", what, table[column], areas[column], areas=index)
    for column in ("operating_subsidy_year", "transfer_year"):
        what = f"areas: {column} (against finances)"
        ledger.compare("tables", what, table[column], facts.finances[column], areas=index)


def _cover_cost(income: pd.Series, requirement: pd.Series, ledger: Ledger) -> None:
    ledger.count("cover_cost", len(income))
    off = income - requirement
    for area in off.index[~(off.abs() <= slack(requirement, income))]:
        message = Message(
            "income of {amount:,.2f} a year, more than the {limit:,.2f} required"
            if off[area] > 0
            else "income of {amount:,.2f} a year, of the {limit:,.2f} required",
            amount=float(income[area]),
            limit=float(requirement[area]),
        )
        ledger.fail("cover_cost", message, area=str(area), amount=off[area])


def _public_money(facts: Facts, support: pd.Series, ledger: Ledger) -> None:
    policy = facts.instance.policy
    subsidy = facts.finances["operating_subsidy_year"]
    requirement = facts.finances["requirement_year"]
    ledger.count("operating_subsidy", len(subsidy))
    wrong = subsidy < -slack(requirement)
    if not policy.operating_subsidy:
        wrong |= subsidy > slack(requirement)
    for area in subsidy.index[wrong]:
        message = Message(
            "an operating subsidy of {amount:,.2f} a year is not allowed"
            if subsidy[area] > 0
            else "an operating subsidy of {amount:,.2f} a year is negative",
            amount=float(subsidy[area]),
        )
        ledger.fail("operating_subsidy", message, area=str(area), amount=subsidy[area])
    if policy.subsidy_budget_year is None or policy.objective == "expected":
        return  # of an expected plan the budget limits the mean over its draws
    ledger.count("subsidy_budget")
    total, budget = float(subsidy.sum() + support.sum()), policy.subsidy_budget_year
    if total > budget + slack(total, budget)[0]:
        message = Message(
            "public money of {amount:,.2f} a year, the budget is {limit:,.2f}",
            amount=total,
            limit=budget,
        )
        ledger.fail("subsidy_budget", message, amount=total - budget)


def _transfers(facts: Facts, ledger: Ledger) -> None:
    transfer = facts.finances["transfer_year"]
    room = slack(facts.finances["requirement_year"])
    ledger.count("transfers", len(transfer) + 1)
    if facts.instance.policy.tariff_scope != "region":
        for area in transfer.index[transfer.abs() > room]:
            message = Message(
                "a transfer of {amount:,.2f} a year without a regional tariff",
                amount=float(transfer[area]),
            )
            ledger.fail("transfers", message, area=str(area), amount=transfer[area])
        return
    total = float(transfer.sum())
    if abs(total) > slack(facts.finances["requirement_year"].sum())[0]:
        message = Message("transfers sum to {amount:,.2f} a year, not to zero", amount=total)
        ledger.fail("transfers", message, amount=total)


def _towns(facts: Facts, costs: CostBooks, town: pd.DataFrame, ledger: Ledger) -> None:
    """Check revenue, bill, and the shares in the area's subsidy of every town."""
    labels = facts.area_of
    cost = costs.cost_town
    whole = facts.per_area(cost).reindex(labels).to_numpy()
    help_year = facts.finances["operating_subsidy_year"] + facts.finances["transfer_year"]
    part = (cost / whole).where(whole != 0, 0.0)
    subsidy = help_year.reindex(labels).to_numpy() * part
    cross = town["revenue_year"] + subsidy - cost
    for rule, column, value in (
        ("revenue", "revenue_year", town["revenue_year"]),
        ("revenue", "household_support_year", town["household_support_year"]),
        ("revenue", "operating_subsidy_year", subsidy),
        ("revenue", "cross_subsidy_year", cross),
        ("bill", "bill_month", town["bill_month"]),
    ):
        ledger.compare(
            rule,
            f"towns: {column}",
            facts.towns[column],
            value,
            towns=labels.index,
            areas=list(labels),
            scale=0.0 if column == "bill_month" else cost,
        )
