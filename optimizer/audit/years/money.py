"""The books of a tariff path recomputed: revenue, cost, works, debts, cash, present values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from optimizer.audit.ledger import Ledger, slack
from optimizer.audit.money.support import recipients
from optimizer.audit.years.facts import PathFacts, TownYear
from optimizer.messages.message import Message

if TYPE_CHECKING:
    from optimizer.instance.schema.year_fields import Horizon
    from optimizer.plan.path.path import TariffPath

__all__ = ["check_books"]

Books = dict[str, list[float]]


def check_books(
    path: TariffPath, facts: PathFacts, level: dict[tuple[str, int], float], ledger: Ledger
) -> None:
    """Check cash flow and present values of every fund.

    Parameters
    ----------
    path : TariffPath
        The path.
    facts : PathFacts
        Towns by year.
    level : dict
        Level by (town, year).
    ledger : Ledger
        Receives checks and failures.
    """
    for fund in facts.members:
        stated = path.years.loc[fund]
        made = {name: stated[name].astype(float).tolist() for name in stated.columns}
        books = _customers(path, facts, level, fund)
        books |= _costs(path, facts, fund)
        books |= _debts(path.horizon, made)
        books["cash"] = _cash(path, facts, made, books, fund)
        _compare(path, made, books, (facts, fund), ledger)
        _limits(path, made, books, (facts, fund), ledger)
        _values(path, made, books, (facts, fund), ledger)


def _customers(
    path: TariffPath, facts: PathFacts, level: dict[tuple[str, int], float], fund: str
) -> Books:
    """Return connections, water, bills and revenue of a fund by year."""
    number = path.plan.bills["connections"].groupby(level="town").sum()
    names = ("connections", "billed_m3_year", "revenue_year", "bill_month", "level")
    books: Books = {name: [] for name in names}
    books["bill_nominal_month"] = []
    for t, year in enumerate(facts.years, start=1):
        towns = [(facts.town_years[m, year], level[m, year], m) for m in facts.members[fund]]
        households = sum(float(number[m]) * town.households for town, _, m in towns)
        billed = sum(at * town.billed_households for town, at, _ in towns)
        whole = sum(town.billed_households for town, _, _ in towns)
        bill = billed / (12.0 * households)
        books["connections"].append(sum(town.connections for town, _, _ in towns))
        books["billed_m3_year"].append(sum(town.m3 for town, _, _ in towns))
        books["revenue_year"].append(sum(_collected(town, at) for town, at, _ in towns))
        books["bill_month"].append(bill)
        books["bill_nominal_month"].append(bill * (1.0 + path.horizon.inflation_share_year) ** t)
        books["level"].append(billed / whole if whole else math.nan)
    return books


def _collected(town: TownYear, level: float) -> float:
    return town.collection * level * (town.billed_households + town.billed_others)


def _costs(path: TariffPath, facts: PathFacts, fund: str) -> Books:
    """Return cost, requirement, works and grants of a fund by year."""
    plan = path.plan
    areas = list(plan.finances.index) if fund == "region" else [fund]
    if fund in plan.finances.index:
        areas = [fund]
    names = ("operating_cost_year", "replacement_year", "fee_and_margin_year", "granted_saving")
    books: Books = {name: [0.0] * len(facts.years) for name in names}
    for area in areas:
        row = {str(k): float(v) for k, v in plan.finances.loc[area].to_dict().items()}
        members = [str(m) for m in plan.towns.index[plan.towns["service_area"] == area]]
        fee = 0.0
        if row["cost_year"]:
            fee = (row["board_fee_year"] + row["margin_year"]) / row["cost_year"]
        for t, year in enumerate(facts.years):
            towns = [facts.town_years[m, year] for m in members]
            running = row["overhead_year"] + row["operation_year"] + row["travel_year"]
            running += sum(town.operation for town in towns)
            running *= (1.0 - path.horizon.efficiency_share_year) ** (t + 1)
            running += row["transition_year"]
            saving = sum(town.saving for town in towns)
            books["operating_cost_year"][t] += running
            books["replacement_year"][t] += row["replacement_year"] + saving
            books["fee_and_margin_year"][t] += fee * (running + row["replacement_year"] + saving)
            books["granted_saving"][t] += (1.0 + fee) * saving
    books["requirement_year"] = [
        sum(parts) for parts in zip(*(books[name] for name in names[:3]), strict=True)
    ]
    own = [[facts.town_years[m, year] for m in facts.members[fund]] for year in facts.years]
    books["investment_year"] = [sum(town.built for town in towns) for towns in own]
    books["grants_year"] = [sum(town.granted for town in towns) for towns in own]
    return books


def _debts(horizon: Horizon, made: Books) -> Books:
    """Return debt and debt service: each loan paid back step by step in money of its day."""
    years, rate, price = horizon.years, horizon.loan_rate, 1.0 + horizon.inflation_share_year
    service, debt = [0.0] * years, [0.0] * years
    payment = 1.0 / horizon.loan_years
    if rate > 0:
        payment = rate / (1.0 - (1.0 + rate) ** -horizon.loan_years)
    for drawn, loan in enumerate(made["loan_year"]):
        lent = loan * price ** (drawn + 1)
        owed = lent
        debt[drawn] += loan
        for t in range(drawn + 1, years):
            due = lent * payment if t - drawn <= horizon.loan_years else 0.0
            owed = max(0.0, owed * (1.0 + rate) - due) if due else 0.0
            service[t] += due / price ** (t + 1)
            debt[t] += owed / price ** (t + 1)
    before = [0.0, *made["bridging"][:-1]]
    repaid = [owed * (1.0 + rate) / price for owed in before]
    return {"debt_service_year": service, "debt": debt, "bridging_repaid_year": repaid}


def _flow(made: Books, books: Books, t: int) -> float:
    """Return what a year adds to cash."""
    income = books["revenue_year"][t] + made["operating_subsidy_year"][t] + books["grants_year"][t]
    borrowed = made["loan_year"][t] + made["bridging"][t]
    spent = books["requirement_year"][t] + books["investment_year"][t]
    repaid = books["debt_service_year"][t] + books["bridging_repaid_year"][t]
    return income + borrowed - spent - repaid


def _cash_today(path: TariffPath, members: list[str]) -> float:
    targets = path.plan.instance.targets
    if targets is None:
        return 0.0
    return float(targets["cash_today"].reindex(members).fillna(0.0).sum())


def _today(path: TariffPath, members: list[str]) -> dict[str, float]:
    """Return today's cash, mean bill and level of a fund; NaN where no bill is known."""
    found = {"cash_today": _cash_today(path, members)}
    number = paid = planned = 0.0
    targets = path.plan.instance.targets
    bills = {} if targets is None else targets["bill_today_month"].to_dict()
    for town in members:
        own = path.plan.bills.xs(town, level="town")
        bill = float((own["connections"] * own["bill_month"]).sum())
        today = float(bills.get(town, math.nan))
        if bill > 0 and not math.isnan(today):
            number += float(own["connections"].sum())
            paid += float(own["connections"].sum()) * today
            planned += bill
    found["bill_today_month"] = paid / number if number else math.nan
    found["level_today"] = paid / planned if number else math.nan
    return found


def _cash(path: TariffPath, facts: PathFacts, made: Books, books: Books, fund: str) -> list[float]:
    cash = _cash_today(path, facts.members[fund])
    found = []
    for t in range(path.horizon.years):
        cash = cash / (1.0 + path.horizon.inflation_share_year) + _flow(made, books, t)
        found.append(cash)
    return found


_RULE_OF = {
    "connections": "customers",
    "billed_m3_year": "customers",
    "level": "bill",
    "bill_month": "bill",
    "bill_nominal_month": "bill",
    "revenue_year": "revenue",
    "operating_cost_year": "cost",
    "replacement_year": "cost",
    "fee_and_margin_year": "cost",
    "requirement_year": "cost",
    "investment_year": "works",
    "grants_year": "works",
    "debt_service_year": "debt_service",
    "debt": "debt_service",
    "bridging_repaid_year": "cash_balance",
    "cash": "cash_balance",
}


def _compare(
    path: TariffPath, made: Books, books: Books, at: tuple[PathFacts, str], ledger: Ledger
) -> None:
    """Compare every recomputed column with the path's."""
    facts, fund = at
    areas = [fund] * len(facts.years)
    scale = max(*map(abs, books["requirement_year"]), *books["revenue_year"])
    for column, rule in _RULE_OF.items():
        stated = pd.Series(made[column], index=facts.years)
        size = scale if column == "cash" else 0.0
        ledger.compare(
            rule, f"path_years: {column}", stated, books[column], areas=areas, scale=size
        )
    bills = path.bills[path.bills.index.get_level_values("town").isin(facts.members[fund])]
    worst = bills["burden"][bills["protected"]].groupby(level="year").max().reindex(facts.years)
    stated = pd.Series(made["burden_worst"], index=facts.years)
    ledger.compare("burden", "path_years: burden_worst", stated, worst, areas=areas)
    stated = pd.Series(made["household_support_year"], index=facts.years)
    expected = _support_paid(path, bills).reindex(facts.years)
    name = "path_years: household_support_year"
    ledger.compare("household_support", name, stated, expected, areas=areas, scale=scale)


def _support_paid(path: TariffPath, bills: pd.DataFrame) -> pd.Series:
    """Return what the public pays for household support in each year, by towns and errors."""
    towns, years = (bills.index.get_level_values(k) for k in ("town", "year"))
    groups = pd.MultiIndex.from_arrays([towns, bills.index.get_level_values("group")])
    eligible = path.plan.bills["eligible"].reindex(groups).to_numpy()
    rows = bills.assign(eligible=eligible, household=True)
    given = recipients(path.plan.instance.policy, rows, list(zip(towns, years, strict=True)))
    return given["support_year"].groupby(level="year").sum()


def _limits(
    path: TariffPath, made: Books, books: Books, at: tuple[PathFacts, str], ledger: Ledger
) -> None:
    """Check cash, bridging, loans and subsidies against their limits, year by year."""
    facts, fund = at
    horizon = path.horizon
    room = float(slack(books["requirement_year"], books["revenue_year"]).max())
    bridging = math.inf if horizon.bridging_most is None else horizon.bridging_most
    allowed = math.inf if path.plan.instance.policy.operating_subsidy else 0.0
    for t, year in enumerate(facts.years):
        own = books["investment_year"][t] - books["grants_year"][t]
        last = t == horizon.years - 1
        limits = (
            ("cash_balance", "cash", books["cash"][t], 0.0, math.inf),
            ("cash_balance", "bridging", made["bridging"][t], 0.0, 0.0 if last else math.inf),
            ("bridging_most", "bridging", made["bridging"][t], 0.0, bridging),
            ("loan_share_most", "loan", made["loan_year"][t], 0.0, horizon.loan_share_most * own),
            ("operating_subsidy", "subsidy", made["operating_subsidy_year"][t], 0.0, allowed),
        )
        for rule, what, value, least, most in limits:
            ledger.count(rule)
            if not least - room <= value <= most + room:
                over = value - most if value > most else value - least
                message = Message(
                    "{what} is {amount:,.2f} in {year}",
                    what=Message(what),
                    amount=value,
                    year=str(year),
                )
                ledger.fail(rule, message, area=fund, amount=over)


def _values(
    path: TariffPath, made: Books, books: Books, at: tuple[PathFacts, str], ledger: Ledger
) -> None:
    """Check the present values, and that money covers cost over the horizon."""
    facts, fund = at
    rate, years = path.horizon.discount_rate, path.horizon.years
    worth = _worth(path, facts, made, books, fund)
    scale = abs(worth["requirement_value"]) + abs(worth["revenue_value"])
    for column, value in (worth | _today(path, facts.members[fund])).items():
        size = scale if column.endswith(("_value", "npv")) else 0.0
        pair = pd.Series({fund: float(path.worth[column][fund])})
        name = f"path_worth: {column}"
        ledger.compare("present_value", name, pair, [value], areas=[fund], scale=size)
    ledger.count("present_value")
    if worth["npv"] < -float(slack(scale)[0]):
        message = Message(
            "money falls {amount:,.2f} short of cost over {n} years at {rate:.3g}",
            amount=-worth["npv"],
            n=years,
            rate=rate,
        )
        ledger.fail("present_value", message, area=fund, amount=worth["npv"])


def _worth(
    path: TariffPath, facts: PathFacts, made: Books, books: Books, fund: str
) -> dict[str, float]:
    rate, members = path.horizon.discount_rate, facts.members[fund]
    now = [1.0 / (1.0 + rate) ** (t + 1) for t in range(path.horizon.years)]
    today = {name: _value(books[name], now) for name in books}
    own = today["investment_year"] - today["grants_year"]
    left = now[-1] * sum(facts.left_own[m] for m in members)
    flows = sum(at * _flow(made, books, t) for t, at in enumerate(now))
    worth = flows + left - now[-1] * books["debt"][-1]
    subsidy = _value(made["operating_subsidy_year"], now)
    water = today["billed_m3_year"]
    m3_now = sum(facts.m3_now[m] for m in members)
    added = sum(at * (m3 - m3_now) for at, m3 in zip(now, books["billed_m3_year"], strict=True))
    base = path.plan.finances["requirement_year"]
    need = float(base[fund] if fund in base.index else base.sum())
    more = today["requirement_year"] - today["granted_saving"] - need * sum(now)
    more += today["investment_year"] - now[-1] * sum(facts.left_all[m] for m in members)
    grows = added > 1e-9 * m3_now * path.horizon.years
    return {
        "revenue_value": today["revenue_year"],
        "public_money_value": subsidy + _value(made["household_support_year"], now),
        "grants_value": today["grants_year"],
        "requirement_value": today["requirement_year"],
        "investment_own_value": own,
        "financing_value": today["revenue_year"]
        + subsidy
        + left
        - today["requirement_year"]
        - own
        - worth,
        "remaining_value": left,
        "npv": worth,
        "average_tariff_m3": (today["requirement_year"] + own - left) / water
        if water
        else math.nan,
        "average_incremental_tariff_m3": more / added if grows else math.nan,
    }


def _value(amounts: list[float], now: list[float]) -> float:
    return sum(amount * at for amount, at in zip(amounts, now, strict=True))
