"""Numbers that can be read in two ways stop the reader; missing values from Python are named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

import optimizer as op
from optimizer.analysis.loyalty.election import election_risk
from optimizer.errors import InstanceError, PolicyError
from optimizer.instance.instance import Instance
from optimizer.instance.reading.read import read
from optimizer.instance.schema.demand_fields import Demand
from optimizer.instance.schema.fields import (
    Costs,
    HouseholdGroup,
    Incomes,
    OperatorModel,
    Town,
    Travel,
)
from optimizer.instance.schema.policy import Policy
from optimizer.instance.schema.tariff_fields import Tariff
from optimizer.instance.writing.templates import template_instance
from optimizer.instance.writing.write import write
from optimizer.record import Row
from tests.support.instance_folder import TOML, folder_with


@pytest.fixture(scope="module")
def pair() -> Instance:
    return op.read("instances/pair")


def told(home: Path, files: Mapping[str, str]) -> str:
    with pytest.raises(InstanceError) as caught:
        read(folder_with(home, dict(files)))
    return str(caught.value)


def town(text: str, mark: str = ",", column: str = "population") -> dict[str, str]:
    """Give two towns whose first has a number written in some way; the others are plain."""
    names = ["town", "lon", "lat", "population"]
    rows = [["A", "-76", "-6", "8000"], ["B", "-76", "-6", "4000"]]
    if column in names:
        rows[0][names.index(column)] = text
    else:
        names.append(column)
        rows[0].append(text)
        rows[1].append("")
    return {"towns.csv": "".join(mark.join(row) + "\n" for row in [names, *rows])}


@pytest.mark.parametrize(
    ("text", "mark", "column", "both"),
    [
        ("19.550", ",", "population", "19.55 or 19550"),
        ('"19,550"', ",", "population", "19.55 or 19550"),
        ('"8,000"', ",", "population", "8 or 8000"),
        ("8.000", ";", "population", "8 or 8000"),
        ("8,000", ";", "population", "8 or 8000"),
        ("8.000", "\t", "population", "8 or 8000"),
        ("2.000", ",", "connections", "2 or 2000"),
        ("150.000", ",", "fixed_cost_year", "150 or 150000"),
        ("1.250", ",", "income_month", "1.25 or 1250"),
        ("1.250", ";", "volume_cost_m3", "1.25 or 1250"),
    ],
)
def test_both_readings_are_shown(
    tmp_path: Path, text: str, mark: str, column: str, both: str
) -> None:
    said = told(tmp_path, town(text, mark, column))
    assert said.startswith("1 problem ")
    assert f"towns.csv:2 [{column}]" in said
    assert both in said


@pytest.mark.parametrize(
    ("text", "mark", "column", "value"),
    [
        ("-76.125", ",", "lon", -76.125),  # -76125 degrees are none
        ("-76,125", ";", "lon", -76.125),
        ("0.125", ",", "fixed_cost_year", 0.125),  # no thousands begin with 0
        ("1234.567", ",", "population", 1234.567),
        ("15.250", ",", "consumption_m3_month", 15.25),  # at most 1000
        ("1.250", ",", "volume_cost_m3", 1.25),  # prices have three decimals, commas part cells
        ("8,5", "\t", "trips_year", 8.5),
    ],
)
def test_one_reading_passes(
    tmp_path: Path, text: str, mark: str, column: str, value: float
) -> None:
    region = read(folder_with(tmp_path, dict(town(text, mark, column))))
    assert region.towns.loc["A", column] == value


def test_a_column_that_shows_its_decimal_point(tmp_path: Path) -> None:
    """12.5 shows that the point of 150.125 is one; of a count nothing does."""
    rows = "town,lon,lat,population,fixed_cost_year\nA,-76,-6,8000,150.125\nB,-76,-6,{},12.5\n"
    region = read(folder_with(tmp_path, {"towns.csv": rows.format(4000)}))
    assert region.towns.loc["A", "fixed_cost_year"] == 150.125
    assert "4.125 or 4125" in told(tmp_path, {"towns.csv": rows.format("4.125")})


def test_thousands_in_settings(tmp_path: Path) -> None:
    for text in ("35.000", '"35.000"', '"35,000"'):
        said = told(
            tmp_path,
            {"instance.toml": TOML.replace("overhead_year = 30000", f"overhead_year = {text}")},
        )
        assert "instance.toml:8 [operator_models[1].overhead_year]" in said
        assert "35" in said
        assert "35000" in said


def test_what_is_written_has_one_reading(tmp_path: Path) -> None:
    valley = template_instance()
    towns = valley.towns.assign(fixed_cost_year=43.125, connections=[123.125, 125.5, 127.375])
    models = valley.operator_models.assign(overhead_year=35.125)
    share = valley.households["share"].to_numpy()
    at = valley.households.index.get_level_values("town")
    homes = valley.households.assign(connections=share * towns["connections"].loc[at].to_numpy())
    odd = valley.replace(towns=towns, operator_models=models, households=homes)
    assert read(write(odd, tmp_path / "odd")).fingerprint() == odd.fingerprint()


def test_fewer_than_ten_people(tmp_path: Path) -> None:
    assert "9 is below 10; write 9000 where it counts thousands" in told(tmp_path, town("9"))
    assert "0.5 is below 10; write 500" in told(tmp_path, town("0.5"))


def test_yes_is_no_number() -> None:
    for make in (
        lambda: Policy(reach_hours=True),
        lambda: Policy(operators_least=np.True_),
        lambda: Tariff(blocks_m3=(True, 20.0)),
        lambda: Tariff.model_validate({"categories": [{"category": "a", "factor": True}]}),
        lambda: OperatorModel(operator_model="m", overhead_year=False),
        lambda: Demand(price_elasticity=False),
    ):
        with pytest.raises(ValidationError, match="is not a number"):
            make()
    with pytest.raises(PolicyError, match="true is not a number"):
        Policy().replace(reach_hours=True)
    valley = template_instance()
    for flags in ([True, True, True], np.array([1.0, np.True_, 3.0], dtype=object)):
        with pytest.raises(InstanceError, match="'True' is not a number"):
            valley.replace(towns=valley.towns.assign(trips_year=flags))


@pytest.mark.parametrize("blank", [None, float("nan"), np.float64("nan"), pd.NaT, pd.NA, "", "  "])
def test_a_missing_operator_is_named(pair: Instance, blank: object) -> None:
    grouping = {"alba": "x", "brisa": blank}
    for given in (grouping, pd.Series(grouping, dtype=object)):
        with pytest.raises(InstanceError, match="town 'brisa' has no operator"):
            op.evaluate(pair, given)  # type: ignore[arg-type]
        with pytest.raises(InstanceError, match="town 'brisa' has no operator"):
            op.solve(pair, start=given)  # type: ignore[arg-type]
        with pytest.raises(InstanceError, match="town 'brisa' has no operator"):
            op.evaluate(pair.replace(groupings={"now": pd.Series(given)}), "now")
    with pytest.raises(InstanceError, match="a town without a key"):
        op.evaluate(pair, {"alba": "x", "brisa": "x", blank: "x"})  # type: ignore[dict-item]


def test_labels_that_are_numbers(pair: Instance) -> None:
    assert len(op.evaluate(pair, {"alba": 1, "brisa": 1.0}).areas) == 1  # type: ignore[dict-item]
    for odd in (1.5, True, ("x",)):
        with pytest.raises(InstanceError, match="is not a text"):
            op.evaluate(pair, {"alba": "x", "brisa": odd})  # type: ignore[dict-item]


def test_what_is_no_grouping(pair: Instance) -> None:
    for odd in (None, float("nan"), 7, ["alba"], "alne"):
        with pytest.raises(InstanceError, match="neither a grouping of the region nor a file"):
            op.evaluate(pair, odd)  # type: ignore[arg-type]


def test_missing_values_in_promises() -> None:
    for change in (
        {"fixed_seats": [None]},
        {"keep_together": [["alba", float("nan")]]},
        {"protected_groups": [float("nan")]},
    ):
        with pytest.raises(PolicyError, match=r"is empty|nan is not"):
            Policy().replace(**change)


def test_a_missing_chance_is_named(pair: Instance) -> None:
    plan = op.evaluate(pair, "together")
    with pytest.raises(InstanceError, match="chance of brisa is missing"):
        election_risk(plan, pd.Series({"alba": 0.1, "brisa": float("nan")}), draws=5)


def test_a_grouping_may_not_be_named_like_a_word(tmp_path: Path, pair: Instance) -> None:
    files = {"groupings/alone.csv": "town,operator\nA,x\nB,x\n"}
    assert "'alone' already means a grouping" in told(tmp_path, files)
    odd = pair.replace(groupings={"alone": pd.Series({"alba": "x", "brisa": "x"})})
    with pytest.raises(InstanceError, match="names a grouping of the region too"):
        op.evaluate(odd, "alone")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("8_000", "write 8000, in plain digits"),
        ("８０００", "write 8000, in plain digits"),
        ("٨٠٠٠", "give a plain number"),
        ("1_0.5", "write 10.5, in plain digits"),
        ("0x1f40", "give a plain number"),
        ("nan", "is not a finite number"),
        ("Infinity", "is not a finite number"),
        ("-inf", "is not a finite number"),
        ("1e400", "is not a finite number"),
    ],
)
@pytest.mark.parametrize("mark", [",", ";"])
def test_what_only_python_takes_for_a_number_is_none(
    tmp_path: Path, text: str, says: str, mark: str
) -> None:
    said = told(tmp_path, town(text, mark))
    assert said.startswith("1 problem ")
    assert "towns.csv:2 [population]" in said
    assert says in said


def test_settings_take_plain_numbers_alone(tmp_path: Path) -> None:
    home = folder_with(tmp_path, town("8000"))
    settings = home / "instance.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text + '\n[costs]\npersons_per_connection = "1_0"\n', encoding="utf-8")
    with pytest.raises(InstanceError, match="'1_0' is not a number; write 10, in plain digits"):
        read(home)
    for change in ({"reach_hours": "1_0"}, {"reach_hours": "２"}, {"operators_most": "1_0"}):
        with pytest.raises(PolicyError, match="plain digits"):
            Policy().replace(**change)


def test_less_than_a_litre_a_month_is_beyond_reason() -> None:
    for record, given in ((HouseholdGroup, 1e-11), (Town, 1e-4), (Costs, 5e-324)):
        with pytest.raises(ValidationError, match="less than a litre a month"):
            record.model_validate({"consumption_m3_month": given})
    assert Costs(consumption_m3_month=0.0).consumption_m3_month == 0.0


@pytest.mark.parametrize("method", ["columns", "compact"])
def test_a_region_without_costs(pair: Instance, method: str) -> None:
    """Where nothing costs anything nobody pays, and the audit holds."""
    costs = [c for c in pair.towns.columns if c.endswith(("cost_year", "cost_m3"))]
    models = pair.operator_models.assign(overhead_year=0.0, crew_hour_cost=0.0)
    free = pair.replace(
        towns=pair.towns.assign(**dict.fromkeys(costs, 0.0)), operator_models=models
    )
    plan = op.solve(free, method=method)
    assert plan.status == "optimal"
    assert plan.objective == 0.0
    assert plan.audit().passed
    assert plan.towns["operating_subsidy_year"].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("record", "field", "value"),
    [
        (Tariff, "ladder", 1e300),
        (Tariff, "reference_m3_month", 5e-324),
        (OperatorModel, "efficiency", 1e300),
        (OperatorModel, "efficiency", 1e-300),
        (OperatorModel, "connections_most", 5e-324),
        (Incomes, "income_month", 5e-324),
        (Town, "income_month", 5e-324),
        (HouseholdGroup, "income_month", 5e-324),
        (Town, "connections", 5e-324),
        (Costs, "asset_life_years", 5e-324),
        (Travel, "speed_km_h", 5e-324),
    ],
)
def test_numbers_beyond_reason_are_refused(record: type[Row], field: str, value: float) -> None:
    with pytest.raises(ValidationError) as caught:
        record.model_validate({field: value})
    kinds = {e["type"] for e in caught.value.errors() if e["loc"] == (field,)}
    assert kinds <= {"greater_than_equal", "less_than_equal"}
    assert kinds
