"""Schedules that exist: discounts on a basic consumption, least consumption, flat charges."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import optimizer as op
from optimizer.analysis.what_if.fixed_plan import fixed_money
from optimizer.audit import audit
from optimizer.cli.app import app
from optimizer.errors import PolicyError
from optimizer.instance.check.schedule_checks import schedule_checks
from optimizer.instance.check.settings_checks import Place
from optimizer.instance.instance import Instance
from optimizer.instance.reading.findings import Findings
from optimizer.instance.schema.fields import Category, Tariff
from optimizer.instance.schema.policy import Policy
from optimizer.instance.writing.printed import bundled_schedules, read_schedule
from optimizer.instance.writing.write import write
from optimizer.tariffs.price_space import price_space, schedule_of
from tests.support.method_checks import check_methods
from tests.support.regions import random_region


@pytest.mark.parametrize(
    ("schedule", "category", "m3", "total"),
    [
        ("emsap_chanka", "domestic", 8, 3.95),  # 1.20 + 8 x 0.344 = 3.952
        ("emsap_chanka", "domestic", 15, 7.15),  # 3.952 + 7 x 0.457 = 7.151
        ("emsap_chanka", "domestic", 25, 11.99),  # 3.952 + 12 x 0.457 + 5 x 0.510 = 11.986
        ("emsap_chanka", "social", 10, 3.97),  # 1.20 + 10 x 0.277: flat price
        ("emsap_chanka", "commercial", 30, 29.82),  # 1.20 + 20 x 0.852 + 10 x 1.158
        ("emsap_chanka", "industrial", 10, 22.42),  # 1.20 + 10 x 2.122
        # Full price 8,000 + 20 x 2,400 = 56,000; a discount only on 8,000 and the first 16 m3.
        ("colombia_strata", "domestic", 20, 56_000),
        ("colombia_strata", "stratum 1", 20, 23_520),  # 0.30 x (8,000 + 38,400) + 4 x 2,400
        ("colombia_strata", "stratum 2", 10, 19_200),  # 0.60 x (8,000 + 24,000)
        ("colombia_strata", "stratum 3", 20, 49_040),  # 0.85 x 46,400 + 9,600
        ("colombia_strata", "stratum 4", 20, 56_000),
        ("colombia_strata", "stratum 5", 20, 84_000),  # 1.5 x 56,000: a surcharge on everything
        ("colombia_strata", "stratum 6", 40, 166_400),  # 1.6 x (8,000 + 40 x 2,400)
        ("brazil_minimum", "domestic", 0, 40.17),  # the source prints R$ 40.17 up to 10 m3
        ("brazil_minimum", "domestic", 15, 63.33),  # 40.17 + 5 x 4.6319 = 63.3295
        ("brazil_minimum", "domestic", 50, 330.82),
        # 40.17 + 5 (4.6319 + 4.8451 + 6.266 + 7.4698) + 20 x 8.7295 = 330.824
        ("brazil_minimum", "social", 7, 20.40),  # the source prints 20.40125
        ("brazil_minimum", "public", 25, 238.93),  # 114.10 + 5 x 24.9665 = 238.9325
        ("flat_unmetered", "domestic", 12, 8.80),  # 2 + 10 x 0.5 + 2 x 0.9
    ],
)
def test_bundled_bills_to_the_cent(schedule: str, category: str, m3: float, total: float) -> None:
    made = op.bill(schedule, m3, category=category)
    assert round(made.total_month, 2) == total
    assert made.total_month == pytest.approx(sum(made.table["quantity"] * made.table["price"]))


@pytest.mark.parametrize(
    ("category", "total"),
    [("domestic", 9.0), ("social", 4.5), ("commercial", 37.5)],
    # 9 a month; times 0.5; the commercial one pays 1.5 x (2 + 10 x 0.5 + 20 x 0.9) for 30 m3.
)
def test_without_a_meter_use_does_not_matter(category: str, total: float) -> None:
    for m3 in (0.0, 12.0, 200.0):
        found = op.bill("flat_unmetered", m3, category=category, unmetered=True)
        assert found.total_month == pytest.approx(total)


def test_every_bundled_schedule_names_its_source() -> None:
    for name, settings in bundled_schedules().items():
        assert settings.sources, name
        made_up = any("illustration" in text for text in settings.assumptions)
        assert made_up or all(source.publisher for source in settings.sources), name


def rich_tariff(rng: np.random.Generator, *, free: bool) -> Tariff:
    """Discount up to a basic consumption, own least consumption, flat charge or assumed use."""
    social = Category(
        category="social", factor=0.5, factor_up_to_m3=float(rng.choice([8.0, 12.0, 30.0]))
    )
    kinds = {
        "minimum_m3": float(rng.choice([0.0, 10.0, 12.0])),
        "unmetered_m3_month": float(rng.choice([5.0, 18.0])),
    }
    if free:
        shop = Category(category="commercial", factor=1.5, minimum_m3=30.0)
        return Tariff(blocks_m3=(8.0, 20.0), categories=(social, shop), **kinds)
    shop = Category(category="commercial", shape=(2.0, 0.6, 0.85, 1.16), unmetered_m3_month=40.0)
    if rng.random() < 0.5:
        kinds |= {"unmetered_m3_month": None, "unmetered_charge_month": 6.0}
    shape = (1.2, 0.344, 0.457, 0.510)
    return Tariff(blocks_m3=(8.0, 20.0), shape=shape, categories=(social, shop), **kinds)


def rich_region(seed: int, *, policy: Policy | None = None) -> Instance:
    """A random region with such a tariff; some groups are social, some have no meter."""
    rng = np.random.default_rng(seed)
    region = random_region(seed, towns=4, policy=policy)
    groups = region.households.index.get_level_values("group")
    homes = region.households.assign(
        unmetered_share=rng.choice([0.0, 0.3, 1.0], len(region.households)),
        category=np.where(groups == "q1", "social", "domestic"),
    )
    others = region.customers.assign(unmetered_share=rng.choice([0.0, 0.5], len(region.customers)))
    tariff = rich_tariff(rng, free=bool(seed % 2))
    return region.replace(tariff=tariff, households=homes, customers=others)


@pytest.mark.parametrize("seed", range(16))
def test_methods_equal_brute_force_and_pass_the_audit(seed: int) -> None:
    region = rich_region(seed)
    check_methods(region)


@pytest.mark.parametrize("seed", range(6))
def test_bills_are_linear_in_the_prices(seed: int) -> None:
    """Bill per unit of price times price is the bill of the printed schedule, for every class."""
    region = rich_region(seed)
    classes = op.case_of(region).classes
    space = price_space(region.tariff, classes)
    prices = np.random.default_rng(seed).uniform(0.2, 2.0, len(space.components))
    schedule = schedule_of(region.tariff, prices)
    for k, amount in enumerate(space.bill @ prices):
        due = schedule.bill(
            classes.consumption_m3_month[k],
            category=classes.category[k],
            unmetered=bool(classes.unmetered[k]),
        )
        assert amount == pytest.approx(due, rel=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_bills_of_a_plan_are_those_of_its_printed_schedule(seed: int) -> None:
    """From the stored tariff table alone, by another way than the plan's own bills."""
    plan = op.solve(rich_region(seed, policy=Policy(reach_hours=3.0, tariff_scope="town")))
    for (town, _), row in plan.bills.iterrows():
        made = op.bill(
            plan,
            row["consumption_m3_month"],
            category=row["category"],
            unmetered=not row["metered"],
            area=row["service_area"],
            town=str(town),
        )
        assert made.total_month == pytest.approx(row["bill_month"], rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_an_unchanged_fixed_plan_earns_what_the_plan_says(seed: int) -> None:
    plan = op.solve(rich_region(seed, policy=Policy(reach_hours=3.0)))
    money = fixed_money(plan, {"consumption": np.array([[1.0]])})
    due = plan.finances["income_year"].to_numpy()
    assert money.income_year[0] == pytest.approx(due, rel=1e-9)


def test_use_of_those_without_a_meter_changes_no_bill() -> None:
    region = rich_region(3, policy=Policy(reach_hours=3.0))
    flat = region.replace(households=region.households.assign(unmetered_share=1.0))
    more = flat.households.assign(consumption_m3_month=50.0)
    case, thirsty = op.case_of(flat), op.case_of(flat.replace(households=more))
    assert np.array_equal(case.space.bill, thirsty.space.bill)
    assert thirsty.cost.operation_year.sum() > case.cost.operation_year.sum()


def one_town(tariff: Tariff, households: pd.DataFrame, **towns: object) -> Instance:
    """1,000 connections; an operator that costs 100,000 a year and nothing else."""
    own = {"town": ["A"], "lon": [-76.0], "lat": [-6.0], "population": [4000.0]}
    table = pd.DataFrame(
        {
            **own,
            "connections": [1000.0],
            "collection_rate": [1.0],
            "non_revenue_water": [0.0],
            **{name: [value] for name, value in towns.items()},
        }
    )
    models = pd.DataFrame({"operator_model": ["one"], "overhead_year": [100_000.0]})
    return op.instance_from_tables(
        name="one",
        title="One town",
        currency="COP",
        price_year=2024,
        crs="EPSG:32718",
        towns=table,
        operator_models=models,
        households=households,
        tariff=tariff,
        policy=Policy(affordable_share=0.5),
    )


def test_contributions_and_subsidies_by_hand() -> None:
    """Shape: 1 per m3. 600 homes of stratum 1 use 20 m3 and pay 0.3 x 16 + 4 = 8.8 instead of 20;
    400 of stratum 6 use 20 m3 and pay 32. A month brings (600 x 8.8 + 400 x 32) u = 18,080 u, so
    u = 100,000 / 216,960. Subsidy 12 x 600 x 11.2 u = 80,640 u, contribution 12 x 400 x 12 u =
    57,600 u a year: the balance is -23,040 u.
    """
    strata = (
        Category(category="one", factor=0.3, factor_up_to_m3=16.0),
        Category(category="six", factor=1.6),
    )
    homes = pd.DataFrame(
        {
            "town": ["A", "A"],
            "group": ["poor", "rich"],
            "share": [0.6, 0.4],
            "income_month": [500.0, 2000.0],
            "consumption_m3_month": [20.0, 20.0],
            "category": ["one", "six"],
        }
    )
    tariff = Tariff(blocks_m3=(), shape=(0.0, 1.0), categories=strata)
    plan = op.solve(one_town(tariff, homes))
    u = 100_000 / 216_960
    row = plan.finances.iloc[0]
    assert row["solidarity_contribution_year"] == pytest.approx(57_600 * u)
    assert row["solidarity_subsidy_year"] == pytest.approx(80_640 * u)
    assert row["solidarity_balance_year"] == pytest.approx(-23_040 * u)
    assert plan.audit().passed


def test_a_town_half_without_meters_by_hand() -> None:
    """The 500 homes with a meter use 5 m3 and are billed 10; the others pay 3, whatever they use.

    A month brings (500 x 10 + 500 x 3) u = 6,500 u; u = 100,000 / 78,000.
    """
    homes = pd.DataFrame(
        {
            "town": ["A"],
            "group": ["all"],
            "share": [1.0],
            "income_month": [500.0],
            "consumption_m3_month": [5.0],
        }
    )
    tariff = Tariff(blocks_m3=(), shape=(0.0, 1.0), minimum_m3=10.0, unmetered_charge_month=3.0)
    plan = op.solve(one_town(tariff, homes, unmetered_share=0.5))
    u = 100_000 / 78_000
    bills = plan.bills.droplevel("town")
    assert bills["bill_month"].to_dict() == pytest.approx({"all": 10 * u, "all, unmetered": 3 * u})
    assert bills["connections"].tolist() == [500.0, 500.0]
    assert bills["metered"].tolist() == [True, False]
    prices = plan.tariffs["price"].droplevel([0, 1, 2])
    assert prices["minimum bill"] == pytest.approx(10 * u)
    assert prices["unmetered charge"] == pytest.approx(3 * u)
    assert plan.audit().passed


@pytest.mark.parametrize("component", ["minimum bill", "unmetered charge", "block 2"])
def test_the_audit_sees_a_changed_price(component: str) -> None:
    plan = op.solve(rich_region(1, policy=Policy(reach_hours=3.0)))
    wrong = plan.tariffs.copy()
    row = next(k for k, key in enumerate(wrong.index) if key[2:] == ("social", component))
    wrong.iloc[row, wrong.columns.get_loc("price")] *= 1.01
    failures = audit(dataclasses.replace(plan, tariffs=wrong)).failures
    assert "tariff_shape" in set(failures["rule"])


@pytest.mark.parametrize("seed", [0, 1])
def test_instance_and_plan_read_back_the_same(seed: int, tmp_path: Path) -> None:
    region = rich_region(seed, policy=Policy(reach_hours=3.0))
    assert op.read(write(region, tmp_path / "random")).fingerprint() == region.fingerprint()
    plan = op.solve(region)
    plan.write(tmp_path / "run")
    again = op.read_plan(tmp_path / "run")
    pd.testing.assert_frame_equal(again.tariffs, plan.tariffs)
    assert again.audit().passed


def test_shares_of_the_town_reach_its_customers(tmp_path: Path) -> None:
    folder = op.new_instance(tmp_path / "valley", "Valley")
    towns = pd.read_csv(folder / "towns.csv").assign(unmetered_share=[0.2, None, 1.0])
    towns.to_csv(folder / "towns.csv", index=False)
    text = (folder / "instance.toml").read_text(encoding="utf-8")
    text = text.replace("# unmetered_share = 0.0", "unmetered_share = 0.4")
    (folder / "instance.toml").write_text(text, encoding="utf-8")
    valley = op.read(folder)
    shares = valley.households["unmetered_share"].groupby(level="town", sort=False).first()
    assert shares.tolist() == [0.2, 0.4, 1.0]
    assert any(d.column == "unmetered_share" for d in valley.derived)


def test_what_contradicts_itself_is_told_at_once() -> None:
    tariff = Tariff(
        shape=(1.0, 1.0, 1.0, 1.0),
        unmetered_m3_month=10.0,
        unmetered_charge_month=5.0,
        categories=(Category(category="own", shape=(1.0,) * 4, factor_up_to_m3=5.0),),
    )
    found = Findings()
    schedule_checks(tariff, Place("instance.toml"), found)
    assert [p.column for p in found.problems] == [
        "tariff.unmetered_charge_month",
        "tariff.categories[1].factor_up_to_m3",
    ]


def test_a_schedule_file_tells_its_problems(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('currency = "PEN"\n[tariff]\nblocks_m3 = [20, 8]\nshape = [1, 2]\n')
    with pytest.raises(op.InstanceError) as error:
        read_schedule(file)
    assert [(p.file, p.line) for p in error.value.problems] == [("mine.toml", 3), ("mine.toml", 4)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"schedule": "emsap_chank", "m3": 1}, "did you mean 'emsap_chanka'"),
        ({"schedule": "emsap_chanka", "m3": -1}, "give 0 or more"),
        ({"schedule": "emsap_chanka", "m3": math.nan}, "give 0 or more"),
        ({"schedule": "emsap_chanka", "m3": 1, "category": "socal"}, "did you mean 'social'"),
        ({"schedule": "instances/pair", "m3": 1}, "solve the region"),
        ({"schedule": "emsap_chanka", "m3": 1, "area": "x"}, "of a run"),
    ],
)
def test_what_has_no_bill_says_why(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        op.bill(**arguments)


def run(*arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["bill", *arguments])
    return found.exit_code, found.output


def test_the_command_prints_a_bill_a_table_and_the_list() -> None:
    code, text = run("emsap_chanka", "--m3", "15")
    assert code == 0
    assert "7 m3 x 0.457" in text
    assert text.split()[-1] == "7.15"
    code, text = run("emsap_chanka", "--m3", "8", "--m3", "25", "--category", "domestic")
    assert code == 0
    assert [line.split() for line in text.splitlines()[2:]] == [["8.0", "3.95"], ["25.0", "11.99"]]
    code, text = run("--list")
    assert code == 0
    assert all(name in text for name in bundled_schedules())


def test_the_command_speaks_json_and_has_exit_codes() -> None:
    code, text = run("colombia_strata", "--m3", "20", "--category", "stratum 1", "--json")
    record = json.loads(text)
    assert code == 0
    assert record["total_month"] == pytest.approx(23_520)
    assert record["lines"][0]["from_m3"] is None
    assert run("emsap_chanka")[0] == 2
    assert run("nowhere", "--m3", "1")[0] == 2


def test_the_command_reads_a_run(tmp_path: Path) -> None:
    plan = op.solve(op.read("instances/islands"))
    plan.write(tmp_path / "run")
    area = str(plan.areas.index[0])
    code, text = run(str(tmp_path / "run"), "--m3", "15", "--area", area)
    assert code == 0
    due = op.bill(plan, 15, area=area).total_month
    assert text.split()[-1] == f"{due:,.2f}"
    code, text = run(str(tmp_path / "run"), "--m3", "15", "--area", "elsewhere")
    assert code == 2
