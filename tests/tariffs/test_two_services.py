"""Water and sewerage: coverage, costs, bills, and affordability over both."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optimizer as op
from optimizer.analysis.what_if.fixed_plan import fixed_money
from optimizer.audit import audit
from optimizer.errors import PolicyError
from optimizer.instance.instance import Instance
from optimizer.instance.schema.fields import Category, Tariff
from optimizer.instance.schema.policy import Policy
from optimizer.instance.writing.write import write
from optimizer.messages.words import words_of
from optimizer.report.page.headings import Writer
from optimizer.report.page.tables import schedules
from optimizer.solving.branch_and_price.problem.group_batch import Groups
from optimizer.solving.branch_and_price.problem.group_value import revenue_bound
from optimizer.solving.branch_and_price.problem.problem import make_land
from optimizer.tariffs.price_space import price_space, schedule_of, sewer_bills
from tests.support.method_checks import check_methods
from tests.support.regions import random_region

SHAPE = (1.2, 0.344, 0.457, 0.510)
KINDS = ("share of the bill", "given prices", "prices to be found")


def sewer_tariff(kind: str, rng: np.random.Generator) -> Tariff:
    """A tariff of one of the three kinds, with a discount that ends at a basic consumption."""
    social = Category(category="social", factor=0.5, factor_up_to_m3=12.0)
    shop = Category(category="commercial", factor=1.5)
    rules = {"categories": (social, shop), "minimum_m3": float(rng.choice([0.0, 10.0]))}
    if kind == "share of the bill":
        shape = SHAPE if rng.random() < 0.5 else None
        return Tariff(shape=shape, sewer_share_of_water_bill=0.45, **rules)
    if kind == "given prices":
        return Tariff(shape=SHAPE, sewer_shape=(0.8, 0.2), **rules)
    return Tariff(sewer_most_share=float(rng.choice([0.5, 1.0])), **rules)


def sewer_region(seed: int, *, policy: Policy | None = None, kind: str = "") -> Instance:
    """A random region in which some groups have sewerage, in part, and some no meter."""
    rng = np.random.default_rng(seed)
    region = random_region(seed, towns=4, policy=policy)
    homes, others, towns = region.households, region.customers, region.towns
    groups = homes.index.get_level_values("group")
    dry = homes.index.get_level_values("town") == "t0"
    count = len(towns)
    return region.replace(
        tariff=sewer_tariff(kind or KINDS[seed % 3], rng),
        households=homes.assign(
            sewer_share=np.where(dry, 0.0, rng.choice([0.0, 0.4, 1.0], len(homes))),
            unmetered_share=rng.choice([0.0, 0.0, 0.3], len(homes)),
            category=np.where(groups == "q1", "social", "domestic"),
        ),
        customers=others.assign(sewer_share=rng.choice([0.0, 0.5, 1.0], len(others))),
        towns=towns.assign(
            sewer_fixed_cost_year=rng.uniform(2e3, 8e3, count),
            sewer_connection_cost_year=rng.uniform(5.0, 25.0, count),
            sewer_volume_cost_m3=0.1,
            sewer_replacement_connection_year=rng.uniform(2.0, 8.0, count),
        ),
    )


@pytest.mark.parametrize("seed", range(24))
def test_methods_equal_brute_force_and_pass_the_audit(seed: int) -> None:
    region = sewer_region(seed)
    check_methods(region)


@pytest.mark.parametrize("seed", range(6))
def test_bills_are_linear_in_the_prices(seed: int) -> None:
    region = sewer_region(seed)
    classes = op.case_of(region).classes
    space = price_space(region.tariff, classes)
    prices = np.random.default_rng(seed).uniform(0.2, 2.0, len(space.components))
    schedule = schedule_of(region.tariff, prices)
    sewer = sewer_bills(region.tariff, classes) @ prices
    for k, amount in enumerate(space.bill @ prices):
        use, flat = classes.consumption_m3_month[k], bool(classes.unmetered[k])
        own = schedule.categories[classes.category[k]]
        water = own.bill(use, unmetered=flat)
        both = own.bill(use, unmetered=flat, sewer=bool(classes.sewer[k]))
        assert amount == pytest.approx(both, rel=1e-12)
        assert sewer[k] == pytest.approx(both - water, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_bills_of_a_plan_are_those_of_its_printed_schedule(kind: str) -> None:
    plan = op.solve(sewer_region(2, policy=Policy(reach_hours=3.0), kind=kind))
    for _, row in plan.bills.iterrows():
        made = op.bill(
            plan,
            row["consumption_m3_month"],
            category=row["category"],
            unmetered=not row["metered"],
            sewer=row["sewer"],
            area=row["service_area"],
        )
        assert made.total_month == pytest.approx(row["bill_month"], rel=1e-9)
        of_sewer = made.table["amount_month"].filter(like="sewer").sum()
        assert of_sewer == pytest.approx(row["sewer_bill_month"], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unchanged_fixed_plan_earns_and_costs_what_the_plan_says(kind: str) -> None:
    plan = op.solve(sewer_region(5, policy=Policy(reach_hours=3.0), kind=kind))
    money = fixed_money(plan, {"consumption": np.array([[1.0]])})
    assert money.income_year[0] == pytest.approx(plan.finances["income_year"].to_numpy(), rel=1e-9)
    assert money.cost_year[0] == pytest.approx(plan.finances["cost_year"].to_numpy(), rel=1e-9)


def two_halves(tariff: Tariff, **changes: float) -> Instance:
    """1,000 homes of income 100 that use 10 m3; 400 have sewerage. No cost of water but 6,000 a
    year of an operator; sewers cost 1,000 + 400 x 5 + 400 x 10 x 12 x 0.05 = 5,400 and 400 x 2 for
    replacement: 12,200 in all.
    """
    towns = pd.DataFrame(
        {
            "town": ["A"],
            "lon": [-76.0],
            "lat": [-6.0],
            "population": [4000.0],
            "connections": [1000.0],
            "collection_rate": [1.0],
            "non_revenue_water": [0.0],
            "sewer_share": [0.4],
            "sewer_fixed_cost_year": [1000.0],
            "sewer_connection_cost_year": [5.0],
            "sewer_volume_cost_m3": [0.05],
            "sewer_replacement_connection_year": [2.0],
        }
    )
    homes = {"town": ["A"], "group": ["all"], "share": [1.0], "income_month": [100.0]}
    return op.instance_from_tables(
        name="halves",
        title="Two halves",
        currency="PEN",
        price_year=2024,
        crs="EPSG:32718",
        towns=towns,
        operator_models=pd.DataFrame({"operator_model": ["one"], "overhead_year": [6000.0]}),
        households=pd.DataFrame({**homes, "consumption_m3_month": [10.0]}),
        tariff=tariff,
        policy=Policy(**changes),
    )


def test_a_share_of_the_bill_by_hand() -> None:
    """1 per m3 and half of it for sewers: 600 x 10 + 400 x 15 = 12,000 u a month, so that
    u = 12,200 / 144,000 and bills are 10 u and 15 u. Sewerage is billed 12 x 400 x 5 u a year.
    """
    plan = op.solve(
        two_halves(Tariff(blocks_m3=(), shape=(0.0, 1.0), sewer_share_of_water_bill=0.5))
    )
    u = 12_200 / 144_000
    bills = plan.bills.droplevel("town")
    assert bills["bill_month"].to_dict() == pytest.approx({"all": 10 * u, "all, sewer": 15 * u})
    assert bills["sewer_bill_month"].tolist() == pytest.approx([0.0, 5 * u])
    assert bills["connections"].tolist() == [600.0, 400.0]
    assert bills["affordable_share"].tolist() == [0.03, 0.05]
    row = plan.finances.iloc[0]
    assert row["sewer_cost_year"] == pytest.approx(6_200)
    assert row["cost_year"] == pytest.approx(12_200)
    assert row["billed_sewer_year"] == pytest.approx(24_000 * u)
    assert plan.audit().passed


@pytest.mark.parametrize(
    ("share", "both", "level"),
    [
        (0.003, 0.01, 0.03),  # water: 10 u <= 0.3 binds; 15 u <= 1 does not
        (0.01, 0.012, 0.08),  # both: 15 u <= 1.2 binds; 10 u <= 1 does not
        (0.006, 0.001, 0.04),  # never below the share for water alone: 15 u <= 0.6
    ],
)
def test_each_limit_binds_by_hand(share: float, both: float, level: float) -> None:
    """What the level cannot bring in, 144,000 u of 12,200 a year, is the subsidy."""
    tariff = Tariff(blocks_m3=(), shape=(0.0, 1.0), sewer_share_of_water_bill=0.5)
    region = two_halves(tariff, affordable_share=share, affordable_share_both=both)
    plan = op.solve(region)
    subsidy = plan.areas["operating_subsidy_year"].iloc[0]
    assert subsidy == pytest.approx(max(0.0, 12_200 - 144_000 * level), rel=1e-9)
    assert plan.audit().passed


def test_sewer_prices_are_found_within_both_limits_by_hand() -> None:
    """One block, no fixed charges: water 10 p <= 0.3 and both 10 p + 10 s <= 0.5, with the sewer
    bill at most the water bill. The most is p = 0.03 and s = 0.02: 12 x 10 x (1,000 x 0.03 +
    400 x 0.02) = 4,560 a year.
    """
    tariff = Tariff(blocks_m3=(), fixed_charge_share=0.0, reference_m3_month=10.0)
    region = two_halves(tariff, affordable_share=0.003, affordable_share_both=0.005)
    plan = op.solve(region)
    assert plan.areas["revenue_year"].iloc[0] == pytest.approx(4_560)
    prices = plan.tariffs["price"].droplevel([0, 1, 2])
    assert prices["block 1"] == pytest.approx(0.03)
    assert prices["sewer block 1"] == pytest.approx(0.02)
    tight = region.replace(tariff=Tariff(**tariff.model_dump() | {"sewer_most_share": 0.5}))
    # s <= 0.5 p: 12 x 10 x (30 + 400 x 0.015) = 4,320.
    assert op.solve(tight).areas["revenue_year"].iloc[0] == pytest.approx(4_320)


def test_without_sewerage_nothing_costs_or_limits_anything() -> None:
    """Sewer costs and limits in the data change nothing while nobody has sewerage."""
    region = random_region(3, towns=4, policy=Policy(reach_hours=3.0))
    plan = op.solve(region)
    policy = region.policy.replace(affordable_share_both=0.5)
    again = op.solve(
        region.replace(policy=policy, towns=region.towns.assign(sewer_fixed_cost_year=1e6))
    )
    assert again.objective == plan.objective
    pd.testing.assert_frame_equal(again.bills, plan.bills)


QUICK = settings(max_examples=6, deadline=None, derandomize=True)


@QUICK
@given(st.integers(0, 10_000))
def test_a_looser_limit_for_both_never_costs_more(seed: int) -> None:
    region = sewer_region(seed, policy=Policy(reach_hours=1.0))
    loose = region.replace(policy=region.policy.replace(affordable_share_both=0.08))
    assert op.solve(loose).objective <= op.solve(region).objective * (1 + 1e-9)


@QUICK
@given(st.integers(0, 10_000), st.floats(1.0, 2.0))
def test_dearer_sewers_never_cost_less(seed: int, factor: float) -> None:
    region = sewer_region(seed, policy=Policy(reach_hours=1.0))
    cost = [c for c in region.towns.columns if c.startswith("sewer_") and c != "sewer_share"]
    towns = region.towns.copy()
    towns[cost] = towns[cost].astype(float) * factor
    dear = op.solve(region.replace(towns=towns)).objective
    assert dear >= op.solve(region).objective * (1 - 1e-9)


@pytest.mark.parametrize(
    ("component", "rule"),
    [("sewer block 1", "sewer_share"), ("sewer fixed charge", "fixed_charge_share")],
)
def test_the_audit_sees_sewer_prices_beyond_their_limits(component: str, rule: str) -> None:
    plan = op.solve(sewer_region(2, policy=Policy(reach_hours=3.0), kind=KINDS[2]))
    wrong = plan.tariffs.copy()
    rows = wrong.index.get_level_values("component") == component
    wrong.loc[rows, "price"] = wrong.loc[rows, "price"] * 10.0 + 5.0
    assert rule in set(audit(dataclasses.replace(plan, tariffs=wrong)).failures["rule"])


@pytest.mark.parametrize(
    ("table", "column", "rule"),
    [
        ("finances", "sewer_cost_year", "cost"),
        ("finances", "billed_sewer_year", "revenue"),
        ("bills", "sewer_bill_month", "bill"),
        ("bills", "affordable_share", "tables"),
    ],
)
def test_the_audit_recomputes_what_sewerage_adds(table: str, column: str, rule: str) -> None:
    plan = op.solve(two_halves(Tariff(sewer_share_of_water_bill=0.5)))
    frame = getattr(plan, table).copy()
    frame[column] = frame[column] * 1.01
    failures = audit(dataclasses.replace(plan, **{table: frame})).failures
    assert (failures["rule"] == rule).any()


@pytest.mark.parametrize("seed", range(3))
def test_instance_and_plan_read_back_the_same(seed: int, tmp_path: Path) -> None:
    region = sewer_region(seed, policy=Policy(reach_hours=3.0))
    assert op.read(write(region, tmp_path / "random")).fingerprint() == region.fingerprint()
    plan = op.solve(region)
    plan.write(tmp_path / "run")
    again = op.read_plan(tmp_path / "run")
    pd.testing.assert_frame_equal(again.bills, plan.bills)
    assert again.audit().passed


def test_defaults_of_the_region_and_the_annuity(tmp_path: Path) -> None:
    """2,000 of sewers per connection over 40 years without interest: 50 a year."""
    folder = op.new_instance(tmp_path / "valley", "Valley")
    text = (folder / "instance.toml").read_text(encoding="utf-8")
    for old, new in (
        ("# sewer_share = 0.0", "sewer_share = 0.3"),
        ("# sewer_asset_value_connection = 0.0", "sewer_asset_value_connection = 2000"),
        ("# discount_rate = 0.04", "discount_rate = 0"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "instance.toml").write_text(text, encoding="utf-8")
    valley = op.read(folder)
    assert valley.towns["sewer_replacement_connection_year"].tolist() == [50.0] * 3
    assert valley.households["sewer_share"].tolist() == [0.3] * len(valley.households)
    assert {"sewer_share", "sewer_replacement_connection_year"} <= {
        d.column for d in valley.derived
    }


def test_a_given_shape_without_a_sewer_price_is_told() -> None:
    with pytest.raises(op.InstanceError, match="customers have sewerage"):
        two_halves(Tariff(blocks_m3=(), shape=(0.0, 1.0)))
    with pytest.raises(op.InstanceError, match="a flat charge without a meter has none"):
        two_halves(Tariff(shape=SHAPE, sewer_shape=(1.0, 1.0), unmetered_charge_month=3.0))


def test_a_real_bill_with_sewerage_to_the_cent() -> None:
    """R$ 63.3295 for 15 m3 and 45 % of it: 91.83."""
    made = op.bill("brazil_minimum", 15, sewer=True)
    assert round(made.total_month, 2) == 91.83
    assert "0.45 x 63.33" in str(made)
    with pytest.raises(PolicyError, match="no price for sewerage"):
        op.bill("emsap_chanka", 15, sewer=True)


@pytest.mark.parametrize(("kind", "line"), [(KINDS[0], "0.45"), (KINDS[2], "alcantarillado: ")])
def test_the_page_shows_both_services(kind: str, line: str, tmp_path: Path) -> None:
    plan = op.solve(sewer_region(2, policy=Policy(reach_hours=3.0), kind=kind))
    plan.report(tmp_path / "page.html", language="es")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert line in text
    assert "facturado por alcantarillado" in text
    words = Writer(words_of("en"), "PEN")
    for made in schedules(plan, words):
        for volume, amounts in made.bills:
            m3, sewer = float(volume.split()[0]), "sewerage" in volume
            area = str(plan.areas.index[list(plan.areas["seat_name"]).index(made.title)])
            due = op.bill(plan, m3, area=area, sewer=sewer).total_month
            assert amounts[0] == f"{due:,.2f}"


def test_the_least_bend_raises_both_limits() -> None:
    """Without subsidy, 144,000 u = 12,200 needs 10 u <= 0.8472 and 15 u <= 1.2708 of 100 a month:
    0.85 % for water where both may rise by as much (0.1 to 0.85 and 0.6 to 1.35).
    """
    tariff = Tariff(blocks_m3=(), shape=(0.0, 1.0), sewer_share_of_water_bill=0.5)
    region = two_halves(
        tariff, affordable_share=0.001, affordable_share_both=0.006, operating_subsidy=False
    )
    words = op.diagnose(region)
    found = next(one for one in words if one.promise == "affordable_bill")
    assert found.words.endswith("to 0.0085, and affordable_share_both by as much")
    assert found.bent is not None
    assert found.bent.policy.affordable_share_both == pytest.approx(0.0135)
    policy = region.policy.with_affordable_share(0.0085)
    assert op.solve(region.replace(policy=policy)).status == "optimal"
    policy = region.policy.with_affordable_share(0.0084)
    assert op.solve(region.replace(policy=policy)).status == "infeasible"


@pytest.mark.parametrize("seed", [2, 5, 8])
def test_the_revenue_bound_is_exact_for_single_towns_with_two_services(seed: int) -> None:
    """Two limits and two services: one limit alone would bound far too high."""
    case = op.case_of(sewer_region(seed, policy=Policy(reach_hours=3.0), kind=KINDS[2]))
    land = make_land(case)
    alone = Groups(np.arange(case.towns), np.arange(case.towns + 1))
    assert revenue_bound(land, alone) == pytest.approx(land.own_best, rel=1e-8)
