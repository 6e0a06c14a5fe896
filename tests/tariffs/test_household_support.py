"""Household support: limited in volume and groups, with targeting errors, in both methods."""

from __future__ import annotations

import html
import json
import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import optimizer as op
from optimizer.audit import RULES, audit
from optimizer.audit.facts import facts_of
from optimizer.audit.ledger import Ledger
from optimizer.audit.loyalty.coalitions import coalitions_of
from optimizer.cli.app import app
from optimizer.instance.instance import Instance
from optimizer.instance.schema.fields import Tariff
from optimizer.instance.schema.policy import Policy
from optimizer.instance.schema.year_fields import Horizon
from optimizer.plan.statistics import statistics
from optimizer.report.page.page import page_html
from optimizer.tariffs.public_money import least_public_money
from tests.instance.test_schedules import rich_region
from tests.support.brute_force import least_cost
from tests.support.method_checks import check_methods
from tests.support.regions import random_region
from tests.tariffs.test_two_services import sewer_region

QUICK = settings(max_examples=6, deadline=None)


def one_town(**changes: object) -> Instance:
    """100 homes of q1 (income 200) and 300 of q2 (income 1,000), each with 20 m3 at u per m3.

    A month brings 400 x 20 u; the year needs 96,000, so that u = 1 covers cost with bills of 20.
    At 5 % q1 can pay 10 and q2 50.
    """
    towns = {
        "town": ["A"],
        "lon": [-76.0],
        "lat": [-6.0],
        "population": [1600.0],
        "connections": [400.0],
        "collection_rate": [1.0],
        "non_revenue_water": [0.0],
    }
    homes = {"town": ["A", "A"], "group": ["q1", "q2"], "share": [0.25, 0.75]}
    homes |= {"income_month": [200.0, 1000.0], "consumption_m3_month": [20.0, 20.0]}
    models = {"operator_model": ["one"], "overhead_year": [96_000.0]}
    return op.instance_from_tables(
        name="one",
        title="One town",
        currency="PEN",
        price_year=2024,
        crs="EPSG:32718",
        towns=pd.DataFrame(towns),
        operator_models=pd.DataFrame(models),
        households=pd.DataFrame(homes),
        tariff=Tariff(blocks_m3=(), shape=(0.0, 1.0)),
        policy=Policy(affordable_share=0.05, public_money_price=2.0, **changes),
    )


@pytest.mark.parametrize(
    ("changes", "subsidy", "support"),
    [
        # q1 pays at most 10, so u = 1/2: half of the cost is subsidy
        ({}, 48_000, 0),
        # support of 10 a month for 100 homes is cheaper: u = 1
        ({"household_support_share": 0.6}, 0, 12_000),
        ({"household_support_share": 0.6, "operating_subsidy": False}, 0, 12_000),
        # a fifth is missed; a tenth of the 300 others get it too: 12 x 10 x (80 + 30)
        (
            {
                "household_support_share": 0.6,
                "household_support_groups": ("q1",),
                "household_support_missed_share": 0.2,
                "household_support_leak_share": 0.1,
            },
            0,
            13_200,
        ),
        # half the bill of 10 m3 is 5 u: 20 u - 5 u <= 10, u = 2/3; support is 20/3 - 10 a month
        (
            {"household_support_share": 0.5, "household_support_m3_month": 10.0},
            32_000,
            4_000,
        ),
        # support of q2 alone helps nobody
        ({"household_support_share": 0.6, "household_support_groups": ("q2",)}, 48_000, 0),
    ],
)
def test_one_town_by_hand(changes: dict[str, object], subsidy: float, support: float) -> None:
    plan = op.solve(one_town(**changes))
    assert plan.areas["operating_subsidy_year"].iloc[0] == pytest.approx(subsidy, abs=1e-3)
    assert plan.areas["household_support_year"].iloc[0] == pytest.approx(support, abs=1e-3)
    assert plan.objective == pytest.approx(96_000 + 2 * (subsidy + support))
    assert plan.audit().passed, str(plan.audit())


def errors() -> dict[str, object]:
    return {
        "household_support_share": 0.6,
        "household_support_groups": ("q1",),
        "household_support_missed_share": 0.2,
        "household_support_leak_share": 0.1,
    }


def test_who_receives_what_by_hand() -> None:
    """80 of 100 homes of q1 get the 10 due; 30 of 300 homes of q2 get 10 by error; 20 are missed.

    Towns: the mean bill is 20 - 13,200 / (12 x 400) = 17.25. People: 4 to a home, 80 above limits.
    """
    plan = op.solve(one_town(**errors()))
    bills = plan.bills.droplevel("town")
    assert bills["support_month"].tolist() == pytest.approx([10, 0])
    assert bills["support_most_month"].tolist() == pytest.approx([12, 0])
    assert bills["eligible"].tolist() == [True, False]
    assert bills["supported_connections"].tolist() == pytest.approx([80, 30])
    assert bills["support_year"].tolist() == pytest.approx([9_600, 3_600])
    assert bills["missed_connections"].tolist() == pytest.approx([20, 0])
    assert plan.towns["bill_month"].tolist() == pytest.approx([17.25])
    assert "80 people in 1 town: A" in str(plan).replace("\n", " ")
    assert "mean household bill 17.25" in str(plan)
    figures = statistics(plan)
    assert figures.xs("bill_mean_month").iloc[0, 0] == pytest.approx(17.25)
    assert figures.xs("people_over_limit").iloc[0, 0] == pytest.approx(80)


def test_the_audit_counts_households_by_itself() -> None:
    plan = op.solve(one_town(**errors()))
    exact = plan.with_instance(one_town(**errors() | {"household_support_missed_share": 0.0}))
    broken = audit(exact).failures
    assert {"support", "revenue"} <= set(broken["rule"])
    small = errors() | {"household_support_m3_month": 15.0}
    # 0.6 of the bill of 15 m3 is 9, 10 are given
    over = audit(plan.with_instance(one_town(**small))).failures
    assert over[over["rule"] == "household_support"]["amount"].tolist() == pytest.approx([1.0])


def with_support(seed: int, region: Instance) -> Instance:
    """Support of several kinds, by the number: groups, volume, errors, with and without subsidy."""
    policy = region.policy.replace(
        affordable_share=0.02,
        affordable_share_both=0.03,
        household_support_share=(0.3, 0.6, 0.85)[seed % 3],
        household_support_groups=("q1",) if seed % 2 else (),
        household_support_m3_month=(None, 9.0, 13.0, 25.0)[seed % 4],
        household_support_missed_share=(0.0, 0.25)[seed // 2 % 2],
        household_support_leak_share=(0.0, 0.1, 0.3)[seed // 3 % 3],
        operating_subsidy=seed % 5 != 0,
        solidarity_balance=seed % 7 == 0,
    )
    return region.replace(policy=policy)


KINDS = (random_region, rich_region, sewer_region)


@pytest.mark.parametrize("seed", range(18))
def test_methods_equal_brute_force_and_pass_the_audit(seed: int) -> None:
    region = with_support(seed, KINDS[seed % len(KINDS)](seed))
    check_methods(region)


def test_the_limits_and_errors_matter_somewhere() -> None:
    """The comparison with brute force would prove little if the new settings changed nothing."""
    plain = {
        "household_support_groups": (),
        "household_support_m3_month": None,
        "household_support_missed_share": 0.0,
        "household_support_leak_share": 0.0,
    }
    changed = 0
    for seed in (1, 4, 7, 8, 10, 11):
        region = with_support(seed, KINDS[seed % 3](seed, policy=Policy(reach_hours=1.0)))
        full = region.replace(policy=region.policy.replace(**plain))
        one, other = (least_cost(op.case_of(r)) for r in (region, full))
        changed += abs(one - other) > 1e-6 * other
    assert changed >= 3


SEEDS = st.integers(0, 100_000)

LOOSER: dict[str, dict[str, object]] = {
    "share": {"household_support_share": 0.7},
    "volume": {"household_support_m3_month": 14.0},
    "groups": {"household_support_groups": ()},
    "fewer leaks": {"household_support_leak_share": 0.05},
}


def objective(region: Instance, **changes: object) -> float:
    plan = op.solve(region.replace(policy=region.policy.replace(**changes)))
    return math.inf if plan.objective is None or plan.areas.empty else plan.objective


@QUICK
@given(SEEDS, st.sampled_from(sorted(LOOSER)))
def test_looser_support_never_costs_more(seed: int, what: str) -> None:
    policy = Policy(
        reach_hours=1.0,
        affordable_share=0.02,
        household_support_share=0.5,
        household_support_m3_month=11.0,
        household_support_groups=("q1",),
        household_support_missed_share=0.1,
        household_support_leak_share=0.1,
    )
    region = random_region(seed, towns=4, policy=policy)
    assert objective(region, **LOOSER[what]) <= objective(region) * (1 + 1e-9)


@QUICK
@given(SEEDS)
def test_without_limits_and_errors_nothing_changes(seed: int) -> None:
    """A volume above all use and all groups by name are the same as neither."""
    policy = Policy(reach_hours=1.0, affordable_share=0.02, household_support_share=0.5)
    region = random_region(seed, towns=4, policy=policy)
    groups = tuple(region.households.index.unique("group"))
    named = objective(region, household_support_m3_month=1e6, household_support_groups=groups)
    assert named == pytest.approx(objective(region), rel=1e-9)


def test_the_four_choices_by_hand() -> None:
    """None: no plan. Subsidy 48,000. Support 13,200 keeps 100 + 300 less the 20 missed."""
    table = op.support_instruments(one_town(**errors())).table
    assert table["status"].tolist() == ["infeasible", "optimal", "optimal", "optimal"]
    assert table["reason"].iloc[0]
    money = table["public_money_year"].tolist()[1:]
    assert money == pytest.approx([48_000, 13_200, 13_200], abs=1e-3)
    assert table["kept_households"].tolist()[1:] == pytest.approx([400, 380, 380])
    each = table["public_money_per_kept_year"].tolist()[1:]
    assert each == pytest.approx([120, 13_200 / 380, 13_200 / 380])
    with pytest.raises(op.PolicyError, match="household_support_share"):
        op.support_instruments(one_town())


def test_the_page_says_what_public_money_costs_per_household() -> None:
    """48,000 of operating subsidy keep all 400 homes: 120 each; 13,200 of support keep 380."""
    region = one_town(**errors())
    found = op.support_instruments(region)
    plan = op.solve(region)
    page = html.unescape(page_html(plan, instruments=found))
    assert "Operating subsidy of 0 and household support of 13,200 PEN/year keep 380 of 400" in page
    assert "34.74 PEN/year for each of them" in page
    rows = re.findall(
        r"<tr><td[^>]*>public money per household kept, PEN/year</td>(.*?)</tr>", page
    )
    cells = re.findall(r">([^<]*)</td>", rows[0])
    assert cells == ["–", "120.00", "34.74", "34.74"]
    spanish = html.unescape(page_html(plan, language="es", instruments=found))
    assert "ningún plan cumple todas las promesas" in spanish
    assert "instrumento" not in page
    plain = page_html(plan)
    assert "which instrument?" not in plain


def test_the_command_compares_instruments(tmp_path: Path) -> None:
    runner = CliRunner()
    place = ["--share", "0.5", "--results", str(tmp_path)]
    done = runner.invoke(app, ["support", "instances/unaffordable", *place, "--json"])
    assert done.exit_code == 0, done.output
    rows = {row["instrument"]: row for row in json.loads(done.stdout)["data"]}
    assert list(rows) == ["none", "operating subsidy", "household support", "both"]
    assert rows["household support"]["public_money_year"] == pytest.approx(21_600)
    run = op.solve(op.read("instances/unaffordable")).write(tmp_path / "run")
    told = runner.invoke(app, ["support", str(run), *place])
    assert "none: operating_subsidy: tariffs within the limits leave a gap" in told.output
    assert runner.invoke(app, ["support", str(run)]).exit_code == 2
    shown = runner.invoke(app, ["report", str(run), "--instruments", "--share", "0.5"])
    assert shown.exit_code == 0, shown.output
    assert "which instrument?" in (run / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("scope", ["service_area", "town", "region"])
def test_a_path_counts_support_with_its_errors(scope: str) -> None:
    """Every year of a path without growth needs the support of the plan itself."""
    plan = op.solve(one_town(**errors(), tariff_scope=scope))
    path = op.tariff_path(plan, horizon=Horizon(years=3))
    assert path.years["household_support_year"].tolist() == pytest.approx([13_200] * 3, rel=1e-6)
    found = path.audit()
    assert found.passed, str(found)


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_the_audit_values_coalitions_with_the_same_support(seed: int) -> None:
    """The audit's own programme and that of the methods need the same public money."""
    region = with_support(seed, random_region(seed, towns=4, policy=Policy(reach_hours=1.0)))
    plan = op.solve(region)
    case = op.case_of(region)
    towns, everyone = list(case.reach.towns), np.ones(4, dtype=bool)
    own = coalitions_of(facts_of(plan, Ledger(RULES)), towns, np.zeros((4, 4)), None)
    need = 1.2 * case.cost.requirement_factor.max() * case.cost.operation_year.sum()
    found = least_public_money(
        case, np.arange(4), everyone[None, :], requirement=np.array([need]), best=np.zeros(1)
    )
    assert found.total_year[0] > 0
    assert own.public_money_year(everyone, need) == pytest.approx(found.total_year[0], rel=1e-6)


def test_groups_for_support_must_be_there_and_protected() -> None:
    region = one_town()
    wrong = region.policy.replace(household_support_groups=("q9",))
    with pytest.raises(op.InstanceError, match="household_support_groups"):
        region.replace(policy=wrong)
    wrong = region.policy.replace(protected_groups=("q1",), household_support_groups=("q2",))
    with pytest.raises(op.InstanceError, match="is not protected"):
        region.replace(policy=wrong)
