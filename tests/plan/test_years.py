"""Tariff paths: answers worked by hand, identities of present value, properties."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optimizer as op
from optimizer.errors import PolicyError
from optimizer.instance.schema.policy import Policy
from optimizer.instance.schema.year_fields import Horizon, Target
from optimizer.plan.path.fund import PathFund, npv
from optimizer.plan.path.horizon import annuity_share, discount_factors, remaining_share
from optimizer.plan.path.programme import best_path
from tests.support.regions import random_region
from tests.support.year_regions import levels, one_town, path_of

TWO = Horizon(years=2, discount_rate=0.25, loan_rate=0.25)
TODAY = {"town": ["A"], "bill_today_month": [6.0]}
QUICK = settings(max_examples=8, deadline=None, derandomize=True)

# two years by hand --------------------------------------------------------------------------------
#
# One town needs 120,000 a year, a bill of 10 a month; today's bill is 6, level 0.6. Discounted at
# 25 %: a unit of year 1 is worth 0.8, of year 2 0.64.


def test_bridging_is_named_with_year_and_amount() -> None:
    # Rise of 50 % a year: levels up to 0.9 and 1.35. Year 1: 0.9 x 120,000 = 108,000 come in,
    # 12,000 are bridged. Year 2: 120,000 + 1.25 x 12,000 = 135,000, level 1.125.
    path = path_of(one_town(TWO.replace(increase_share_most=0.5), targets=TODAY))
    assert levels(path) == pytest.approx([0.9, 1.125])
    assert path.levels["increase_share"].tolist() == pytest.approx([0.5, 0.25])
    assert path.years["bridging"].tolist() == pytest.approx([12_000.0, 0.0], abs=1e-3)
    assert path.years["bridging_repaid_year"].tolist() == pytest.approx([0.0, 15_000.0])
    assert path.worth["public_money_value"].tolist() == pytest.approx([0.0], abs=1e-3)
    assert path.npv == pytest.approx(0.0, abs=0.01)
    assert "at most 12,000, at the end of 2026 (Alba)" in str(path)
    assert path.tariffs(2026)["price"].dropna().max() == pytest.approx(0.9)


def test_public_money_fills_what_the_largest_rise_leaves() -> None:
    # Rise of 25 %: 0.75 and 0.9375, 90,000 and 112,500 come in. Cost 0.8 x 120,000 + 0.64 x
    # 120,000 = 172,800; bills 72,000 + 72,000. Public money of 28,800 today: 30,000 and 7,500,
    # early enough that nothing is bridged.
    path = path_of(one_town(TWO.replace(increase_share_most=0.25), targets=TODAY))
    assert levels(path) == pytest.approx([0.75, 0.9375])
    assert path.years["operating_subsidy_year"].tolist() == pytest.approx([30_000.0, 7_500.0])
    assert path.worth.loc["A", "public_money_value"] == pytest.approx(28_800.0)
    assert path.worth.loc["A", "requirement_value"] == pytest.approx(172_800.0)
    assert path.broken_promises == ()


def test_where_no_subsidy_is_allowed_the_lack_is_told() -> None:
    rules = Policy(operating_subsidy=False)
    path = path_of(one_town(TWO.replace(increase_share_most=0.25), targets=TODAY, policy=rules))
    assert path.broken_promises == (
        "operating_subsidy: none is allowed, and Alba lacks 30,000 in 2026",
        "operating_subsidy: none is allowed, and Alba lacks 7,500 in 2027",
    )
    assert set(path.audit().broken_promises["rule"]) == {"operating_subsidy"}


def test_limited_bridging_costs_public_money_or_is_told() -> None:
    # At most 5,000 bridged: 7,000 of public money in year 1; year 2 120,000 + 6,250.
    tight = TWO.replace(increase_share_most=0.5, bridging_most=5_000.0)
    path = path_of(one_town(tight, targets=TODAY))
    assert path.years["operating_subsidy_year"].tolist() == pytest.approx([7_000, 0], abs=1e-3)
    assert levels(path) == pytest.approx([0.9, 126_250 / 120_000])
    rules = Policy(operating_subsidy=False)
    told = path_of(one_town(tight, targets=TODAY, policy=rules))
    words = "bridging_most: Alba needs 7,000 more than 5,000 at the end of 2026"
    assert told.broken_promises == (words,)


def test_smoothest_levels_or_steps() -> None:
    # Today level 0.6, cash enough for any path: 60,000. Nothing grows, so the bills must bring
    # 240,000 in two equal years (no discount): levels 1 and 1. Of equal steps from 0.6: 0.6 + s
    # and 0.6 + 2 s with a sum of 2 and s = 0.8 / 3; the cash at the start pays the first gap.
    free = Horizon(years=2, discount_rate=0.0)
    targets = {**TODAY, "cash_today": [60_000.0]}
    assert levels(path_of(one_town(free, targets=targets))) == pytest.approx([1.0, 1.0])
    steps = path_of(one_town(free.replace(smoothest="steps"), targets=targets))
    assert levels(steps) == pytest.approx([0.6 + 0.8 / 3, 0.6 + 1.6 / 3])


def test_works_with_grant_and_loan() -> None:
    # Works of 50,000 in 2026, a fifth granted, two years of life, lent at 25 % for two years.
    # Payment 40,000 x 0.25 / (1 - 1.25^-2) = 27,777.78; owed at the end 22,222.22, which is also
    # what the works are worth then. Saving for the granted 10,000: 0.25 / (1.25^2 - 1) = 4,444.44.
    # Year 1: 120,000, level 1. Year 2: 120,000 + 4,444.44 + 27,777.78 = 152,222.22, level 1.26852.
    works = {"town": ["A"], "year": [2026], "amount": [50_000.0], "grant_share": [0.2]}
    works |= {"asset_life_years": [2.0]}
    lent = TWO.replace(loan_share_most=1.0, loan_years=2)
    path = path_of(one_town(lent, works=works))
    years = path.years.loc["A"]
    assert years["loan_year"].tolist() == pytest.approx([40_000.0, 0.0], abs=1e-3)
    assert years["debt_service_year"].tolist() == pytest.approx([0.0, 27_777.7778])
    assert years["debt"].tolist() == pytest.approx([40_000.0, 22_222.2222])
    assert years["replacement_year"].tolist() == pytest.approx([0.0, 4_444.4444])
    assert levels(path) == pytest.approx([1.0, 152_222.2222 / 120_000.0])
    assert path.npv == pytest.approx(0.0, abs=0.01)
    assert path.worth.loc["A", "financing_value"] == pytest.approx(0.0, abs=0.01)
    # Without a loan the works are paid from the bills: 160,000 in year 1; or a year before the
    # cost is worth 193,422 the bills bring 160,000 x 0.8 + 124,444 x 0.64.
    bare = path_of(one_town(TWO, works=works))
    assert bare.npv == pytest.approx(0.64 * 22_222.2222)
    assert bare.years["revenue_year"].sum() >= 284_444.44


def test_inflation_wears_off_debt_and_cash() -> None:
    # 10,000 in hand, inflation 25 %: 8,000 of the price year at the end of year 1. Without a limit
    # level 1 is kept, nothing is bridged, and half of the cash is left to inflation by year 2.
    targets = {"town": ["A"], "cash_today": [10_000.0]}
    dear = TWO.replace(inflation_share_year=0.25)
    path = path_of(one_town(dear, targets=targets))
    assert path.years["cash"].tolist() == pytest.approx([8_000.0, 6_400.0])
    assert path.years["bill_nominal_month"].tolist() == pytest.approx([12.5, 15.625])
    works = {"town": ["A"], "year": [2026], "amount": [10_000.0]}
    lent = path_of(one_town(dear.replace(loan_share_most=1.0, loan_years=2), works=works))
    # Paid a year later in money worth less: 10,000 x 0.69444 / 1.25.
    loan = lent.years["loan_year"].iloc[0]
    due = loan * annuity_share(0.25, 2) / 1.25
    assert lent.years["debt_service_year"].tolist() == pytest.approx([0.0, due])


def test_growth_targets_and_efficiency() -> None:
    # Year 1 of 2: coverage 0.9 of 0.8 towards 1.0; growth 10 %: 1.1 x 0.9 / 0.8 = 1.2375; year 2
    # 1.21 x 1 / 0.8 = 1.5125. Cost 0.9^t (40,000 + 80 n): 0.9 x 139,000, 0.81 x 161,000.
    targets = {"town": ["A"], "coverage": [0.8], "coverage_target": [1.0]}
    targets |= {"connection_growth_share_year": [0.1], "collection_rate_target": [0.8]}
    path = path_of(one_town(TWO.replace(efficiency_share_year=0.1), targets=targets))
    assert path.years["connections"].tolist() == pytest.approx([1_237.5, 1_512.5])
    assert path.years["requirement_year"].tolist() == pytest.approx([125_100.0, 130_410.0])
    paid = np.array(levels(path)) * 120 * np.array([1_237.5 * 0.9, 1_512.5 * 0.8])
    assert path.years["revenue_year"].tolist() == pytest.approx(paid.tolist())
    # Average incremental tariff: added cost over added water, 120 m3 a connection and year.
    added = 0.8 * (125_100 - 120_000) + 0.64 * (130_410 - 120_000)
    water = 120 * (0.8 * 237.5 + 0.64 * 512.5)
    assert path.worth["average_incremental_tariff_m3"].tolist() == pytest.approx([added / water])


def test_every_year_is_affordable_with_that_years_incomes() -> None:
    # 3 % of 300 are 9 a month; incomes rise by 10 %: 9.9, then 10.89, so one year is short by 1 %.
    grown = TWO.replace(income_growth_share_year=0.1)
    path = path_of(one_town(grown, income_month=300.0))
    assert path.plan.bills["bill_month"].tolist() == pytest.approx([9.0])
    assert path.bills["burden"].max() <= 0.03 * (1 + 1e-9)
    assert path.bills["affordable"].all()
    # 108,000 at level 1; caps 118,800 and 130,680, the cost is 240,000 over both: 1,200 bridged.
    assert path.years["bridging"].tolist() == pytest.approx([1_200.0, 0.0], abs=1e-3)
    assert path.years["revenue_year"].tolist() == pytest.approx([118_800.0, 121_500.0])


def test_each_town_rises_from_its_own_bill_where_it_has_its_own_schedule() -> None:
    # rich_and_poor: together 320,000 a year; bills in the plan 23.19 in Rica and 3.48 in Pobre.
    # Bills of 10 and 2 may at most double: 20 and 4 bring 12,000 x 24 = 288,000; 32,000 are left.
    region = op.read("instances/rich_and_poor")
    horizon = Horizon(years=1, increase_share_most=1.0)
    today = pd.DataFrame({"town": ["rica", "pobre"], "bill_today_month": [10.0, 2.0]})
    columns = [name for name in Target.model_fields if name != "town"]
    region = region.replace(
        policy=region.policy.replace(tariff_scope="town"),
        horizon=horizon,
        targets=today.set_index("town").reindex(columns=columns).astype(float),
    )
    path = path_of(region, grouping="together")
    assert path.bills["bill_month"].droplevel(["group", "year"]).to_dict() == pytest.approx(
        {"rica": 20.0, "pobre": 4.0}
    )
    assert path.years["operating_subsidy_year"].tolist() == pytest.approx([32_000.0])
    assert path.tariffs(2024).index.equals(path.plan.tariffs.index)


# identities ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["service_area", "town", "region"])
def test_where_nothing_changes_the_plans_tariff_stays(scope: str) -> None:
    for seed in (3, 5, 8):
        rules = Policy(
            reach_hours=1.0, tariff_scope=scope, household_support_share=0.3 * (seed > 4)
        )
        plan = op.evaluate(random_region(seed, towns=4, policy=rules), "together")
        path = op.tariff_path(plan, horizon=Horizon(years=3, discount_rate=0.05))
        assert path.audit().passed
        assert levels(path) == pytest.approx([1.0] * len(path.levels), abs=1e-6)
        for name in ("operating_subsidy_year", "household_support_year", "requirement_year"):
            yearly = path.years.groupby(level="year")[name].sum()
            assert yearly.tolist() == pytest.approx([plan.finances[name].sum()] * 3, abs=1.0)
        assert path.years["cash"].abs().max() < 1.0
        assert path.npv == pytest.approx(0.0, abs=5.0)


def test_works_cost_their_annuity() -> None:
    """Cost less remaining value is worth exactly the annuities of the years gone by."""
    for rate, life, age in ((0.0, 10.0, 3), (0.04, 25.0, 5), (0.1, 5.0, 5), (0.1, 5.0, 9)):
        paid = annuity_share(rate, life) * discount_factors(rate, min(age, int(life))).sum()
        left = remaining_share(rate, life, age) / (1 + rate) ** age
        assert paid + left == pytest.approx(1.0)


def test_a_path_needs_a_horizon_and_areas() -> None:
    pair = op.read("instances/pair")
    plan = op.evaluate(pair, "alone")
    with pytest.raises(PolicyError, match="no \\[horizon\\]"):
        op.tariff_path(plan)
    assert op.tariff_path(plan, horizon=Horizon()).audit().passed
    with pytest.raises(PolicyError, match=r"horizon.years: 90 is above 40"):
        Horizon().replace(years=90)
    poor = op.read("instances/unaffordable")
    none = op.solve(poor.replace(policy=poor.policy.replace(operating_subsidy=False)))
    assert none.status == "infeasible"
    with pytest.raises(PolicyError, match="without areas"):
        op.tariff_path(none, horizon=Horizon())


def test_the_bundled_region_shows_what_it_says() -> None:
    """The results that stand in the comments of instances/growing/instance.toml."""
    path = op.tariff_path(op.solve(op.read("instances/growing")))
    assert path.audit().passed
    assert path.broken_promises == ()
    assert path.years["bill_month"].round(2).tolist() == [6.90, 7.93, 9.13, 9.57, 9.57]
    assert path.years["bridging"].round(0).tolist() == [21_594, 37_376, 31_968, 14_017, 0]
    assert path.worth["public_money_value"].max() < 0.01


# properties ---------------------------------------------------------------------------------------


def random_fund(seed: int) -> PathFund:
    """A fund of one or two schedules, four years, works, and now and then every rule."""
    rng = np.random.default_rng(seed)
    years, schedules = 4, int(rng.integers(1, 3))
    own = np.where(rng.random(years) < 0.4, rng.uniform(10, 90, years), 0.0)
    horizon = Horizon(
        years=years,
        discount_rate=float(rng.choice([0.0, 0.04, 0.12])),
        inflation_share_year=float(rng.choice([0.0, 0.03])),
        increase_share_most=float(rng.uniform(0.02, 0.4)),
        loan_share_most=float(rng.choice([0.0, 0.6, 1.0])),
        loan_rate=float(rng.choice([0.0, 0.05, 0.12])),
        bridging_most=None if rng.random() < 0.5 else float(rng.uniform(0, 30)),
    )
    today = rng.uniform(0.4, 1.2, schedules)
    groups = 2 * schedules
    bills = rng.uniform(20, 60, (groups, 1)) * np.ones((1, years))
    return PathFund(
        label="f",
        horizon=horizon,
        collected_year=rng.uniform(60, 140, (schedules, 1)) * np.ones((1, years)),
        level_reference=today,
        level_strictest=today * rng.uniform(0.9, 1.0, schedules),
        bill_schedule=np.repeat(np.arange(schedules), 2),
        bill_year=bills,
        affordable_year=bills * rng.uniform(0.8, 1.6, (groups, 1)),
        support_share=float(rng.choice([0.0, 0.4])),
        support_part=np.ones(groups),
        support_weight=np.ones(groups),
        subsidy_allowed=bool(rng.random() < 0.8),
        requirement_year=rng.uniform(70, 130, years) * schedules,
        investment_own_year=own,
        remaining_value=float(0.7 * own.sum()),
        cash_today=float(rng.choice([0.0, 20.0])),
    )


def public_money(fund: PathFund, *, scale: float = 1.0) -> float:
    made = best_path(fund)
    discount = discount_factors(fund.horizon.discount_rate, fund.horizon.years)
    return float(discount @ (made.subsidy_year + made.support_year.sum(axis=0))) / scale


@QUICK
@given(st.integers(0, 100_000))
def test_money_times_1000_changes_no_level(seed: int) -> None:
    fund = random_fund(seed)
    most = fund.horizon.bridging_most
    horizon = fund.horizon.replace(bridging_most=None if most is None else 1000 * most)
    names = ("collected_year", "bill_year", "affordable_year", "requirement_year")
    names += ("investment_own_year", "remaining_value", "cash_today")
    bigger = {name: 1000 * vars(fund)[name] for name in names}
    dear = dataclasses.replace(fund, horizon=horizon, **bigger)
    assert best_path(dear).level == pytest.approx(best_path(fund).level, abs=1e-5)
    assert public_money(dear, scale=1000.0) == pytest.approx(public_money(fund), abs=1e-3)


@QUICK
@given(st.integers(0, 100_000))
def test_a_looser_limit_never_costs_more(seed: int) -> None:
    fund = dataclasses.replace(random_fund(seed), subsidy_allowed=True)
    fund = dataclasses.replace(fund, horizon=fund.horizon.replace(bridging_most=None))
    least = public_money(fund)
    share = float(fund.horizon.increase_share_most or 0.0)
    for change in ({"increase_share_most": share + 0.1}, {"increase_share_most": None}):
        looser = dataclasses.replace(fund, horizon=fund.horizon.replace(**change))
        assert public_money(looser) <= least + 1e-4


@QUICK
@given(st.integers(0, 100_000))
def test_no_random_path_needs_less_public_money(seed: int) -> None:
    """Random levels within the limits, no bridging and no loans, gaps filled as they come."""
    fund = dataclasses.replace(random_fund(seed), support_share=0.0, subsidy_allowed=True)
    made, least = best_path(fund), public_money(fund)
    rng = np.random.default_rng(seed)
    room = fund.affordable_year / fund.bill_year
    discount = discount_factors(fund.horizon.discount_rate, fund.horizon.years)
    for _ in range(40):
        level = _random_levels(fund, room, rng)
        cash, public = fund.cash_today, np.zeros(fund.horizon.years)
        for t in range(fund.horizon.years):
            spent = fund.requirement_year[t] + fund.investment_own_year[t]
            cash = fund.keep * cash + fund.collected_year[:, t] @ level[:, t] - spent
            public[t], cash = max(0.0, -cash), max(0.0, cash)
        tried = dataclasses.replace(
            made, level=level, subsidy_year=public, loan_year=0 * public, bridging=0 * public
        )
        if npv(fund, tried) >= 0:
            assert discount @ public >= least - 1e-4


def _random_levels(fund: PathFund, room: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    level = np.zeros(fund.collected_year.shape)
    before = fund.level_strictest
    for t in range(fund.horizon.years):
        most = before * (1.0 + float(fund.horizon.increase_share_most or 0.0))
        for u in range(len(level)):
            most[u] = min(most[u], room[fund.bill_schedule == u, t].min())
        level[:, t] = most * rng.choice([1.0, rng.uniform(0.7, 1.0)])
        before = level[:, t]
    return level


@settings(max_examples=2, deadline=None, derandomize=True)
@given(st.integers(0, 1_000))
def test_relabelling_towns_changes_nothing(seed: int) -> None:
    region = random_region(seed, towns=3, policy=Policy(reach_hours=1.0))
    horizon = Horizon(increase_share_most=0.1, connection_growth_share_year=0.02)
    works = pd.DataFrame({"town": ["t1"], "year": [2025.0], "amount": [9e4], "grant_share": [0.5]})
    works = works.assign(works="", asset_life_years=20.0, connections_added=50.0)
    works["operating_cost_added_year"] = 100.0
    region = region.replace(horizon=horizon, investments=works)
    path = op.tariff_path(op.evaluate(region, "together"))
    assert path.audit().passed
    new = {old: f"x{9 - k}" for k, old in enumerate(region.towns.index)}
    again = op.tariff_path(
        op.evaluate(
            region.replace(
                towns=region.towns.iloc[::-1].rename(index=new),
                households=region.households.rename(index=new, level="town"),
                customers=region.customers.rename(index=new, level="town"),
                investments=works.assign(town=new["t1"]),
            ),
            "together",
        )
    )
    bills = path.bills["bill_month"].rename(index=new, level="town").sort_index()
    pd.testing.assert_series_equal(again.bills["bill_month"].sort_index(), bills, rtol=1e-5)
