"""Two services over the years: costs of sewers, bills and limits of both, schedules of a year."""

from __future__ import annotations

import pandas as pd
import pytest

import optimizer as op
from optimizer.audit.years.rules import PATH_RULES
from optimizer.instance.instance import Instance
from optimizer.instance.schema.fields import Tariff
from optimizer.instance.schema.policy import Policy
from tests.support.year_regions import levels, one_town, path_of

HALF = Tariff(
    blocks_m3=(20.0,),
    ladder=1.0,
    fixed_charge_share=0.0,
    reference_m3_month=10.0,
    sewer_share_of_water_bill=0.5,
)
BOTH = Policy(affordable_share=0.03, affordable_share_both=0.05)


def drained(horizon: op.Horizon, *, income_month: float = 1_000.0) -> Instance:
    """The town of 1,000 connections, all with sewers that cost 20 a connection.

    Water costs 120,000 a year and sewers 20,000; a bill is the water bill and half of it again:
    140,000 / 12,000 = 11.667 a month, 7.778 of it for water.
    """
    dry = one_town(horizon, policy=BOTH, income_month=income_month)
    return dry.replace(
        tariff=HALF,
        households=dry.households.assign(sewer_share=1.0),
        towns=dry.towns.assign(sewer_connection_cost_year=20.0),
    )


def test_sewers_cost_more_where_towns_grow() -> None:
    # Growth of 10 %: 40,000 + 1,100 x 100 = 150,000, then 40,000 + 1,210 x 100 = 161,000.
    # At level 1 bills bring 154,000 and 169,400. Nothing is bridged, so each year pays its own.
    years = op.Horizon(years=2, discount_rate=0.25, connection_growth_share_year=0.1)
    path = path_of(drained(years))
    assert path.years["operating_cost_year"].tolist() == pytest.approx([150_000, 161_000])
    assert levels(path) == pytest.approx([150.0 / 154.0, 161.0 / 169.4])
    bills = [140 / 12 * 150 / 154, 140 / 12 * 161 / 169.4]
    assert path.years["bill_month"].tolist() == pytest.approx(bills)
    assert path.audit().passed, str(path.audit())


def test_bills_of_both_services_are_affordable_each_year() -> None:
    # Income 220: 5 % are 11.00, so the plan brings 132,000 of 140,000. Incomes fall by 10 % a
    # year: 9.90 and 8.91, levels 0.9 and 0.81; 21,200 and 33,080 are missing. Bridging at 8 % is
    # cheaper than public money that counts 25 % more a year earlier: 1.08 x 21,200 + 33,080.
    years = op.Horizon(years=2, discount_rate=0.25, income_growth_share_year=-0.1)
    path = path_of(drained(years, income_month=220.0))
    assert path.plan.bills["affordable_share"].tolist() == [0.05]
    assert path.years["bill_month"].tolist() == pytest.approx([9.90, 8.91])
    assert path.years["operating_subsidy_year"].tolist() == pytest.approx([0.0, 55_976])
    assert path.bills["affordable"].all()
    assert path.years["burden_worst"].tolist() == pytest.approx([0.05, 0.05])


def test_the_share_of_the_water_bill_is_no_price_and_stays() -> None:
    years = op.Horizon(years=2, discount_rate=0.25, income_growth_share_year=-0.1)
    path = path_of(drained(years, income_month=220.0))
    schedule = path.tariffs(path.years.index.get_level_values("year")[0])["price"]
    by_component = schedule.droplevel(["service_area", "town"])
    share = by_component.xs("sewer share of water bill", level="component")
    assert share.tolist() == [0.5]
    # 9.90 = 10 m3 x price x 1.5
    assert by_component.dropna().max() == pytest.approx(0.66)


@pytest.mark.parametrize(
    ("table", "column", "rule"),
    [
        ("years", "operating_cost_year", "cost"),
        ("bills", "bill_month", "bill"),
        ("bills", "burden", "burden"),
        ("years", "revenue_year", "revenue"),
    ],
)
def test_the_audit_recomputes_both_services(table: str, column: str, rule: str) -> None:
    years = op.Horizon(years=2, discount_rate=0.25, connection_growth_share_year=0.1)
    path = path_of(drained(years))
    frames = {"years": path.years, "bills": path.bills}
    wrong: pd.DataFrame = frames[table].copy()
    wrong[column] = wrong[column] * 1.01
    broken = op.TariffPath(
        path.plan,
        path.horizon,
        wrong if table == "years" else path.years,
        path.levels,
        wrong if table == "bills" else path.bills,
        path.worth,
    )
    assert rule in PATH_RULES
    assert rule in set(broken.audit().failures["rule"])


def test_the_page_shows_the_years_of_both_services() -> None:
    from optimizer.report.page.page import page_html  # noqa: PLC0415

    years = op.Horizon(years=2, discount_rate=0.25, connection_growth_share_year=0.1)
    page = page_html(op.evaluate(drained(years), "alone"))
    for words in ("Cash flow by year", "net present value", "average incremental tariff"):
        assert words in page
    assert "Mean household bill by year, and money in and out" in page
