"""Towns by name wherever a planner names one, and groupings from every file that holds one."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest

import optimizer as op
from optimizer.analysis.loyalty.election import read_leaving_chances
from optimizer.analysis.what_if.scenario_change import changed_region
from optimizer.analysis.what_if.scenario_file import Scenario
from optimizer.errors import InstanceError, PolicyError
from optimizer.instance.instance import Instance
from optimizer.instance.schema.uncertainty_fields import Uncertain

FOUR = pd.DataFrame(
    {
        "town": ["0101", "0102", "0201", "0202"],
        "name": ["San José", "Sauce", "San Jose", "Peñón"],
        "zone": ["Lamas", "Lamas", "Rioja", "Rioja"],
        "lon": [-76.1, -76.11, -76.12, -76.13],
        "lat": [-6.1, -6.11, -6.12, -6.13],
        "population": [4000, 3000, 5000, 2500],
        "income_month": [1500, 1400, 1300, 1200],
    }
)
MODELS = pd.DataFrame({"operator_model": ["social"], "overhead_year": [30000]})
BY_NAME = {"San José (Lamas)": "a", "sauce": "a", "San Jose (Rioja)": "b", "PENON": "b"}
BY_KEY = {"0101": "a", "0102": "a", "0201": "b", "0202": "b"}


def four(**more: object) -> Instance:
    return op.instance_from_tables(
        name="four",
        title="Four",
        currency="PEN",
        price_year=2024,
        crs="EPSG:32718",
        towns=FOUR,
        operator_models=MODELS,
        **more,  # type: ignore[arg-type]
    )


def areas(plan: op.Plan) -> set[frozenset[str]]:
    labels = plan.towns["service_area"]
    return {frozenset(labels.index[labels == area]) for area in labels.unique()}


def write_ods(file: Path, rows: list[list[str]]) -> None:
    """Write the least that is an OpenDocument spreadsheet."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        f'xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0" '
        f'xmlns:text="{office}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="one">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest/>')
        packed.writestr("content.xml", content)


PAIRS = {frozenset({"0101", "0102"}), frozenset({"0201", "0202"})}


def test_groupings_by_name_from_python_and_with_the_region() -> None:
    assert areas(op.evaluate(four(), BY_NAME)) == PAIRS
    region = four(groupings={"mine": pd.Series(BY_NAME)})
    assert region.groupings["mine"].to_dict() == BY_KEY
    assert areas(op.evaluate(region, "mine")) == PAIRS


@pytest.mark.parametrize("ending", ["csv", "xlsx", "ods"])
def test_a_grouping_file_with_names_and_more_columns(tmp_path: Path, ending: str) -> None:
    frame = pd.DataFrame({"note": "x", "operator": BY_NAME.values(), "town": list(BY_NAME)})
    file = tmp_path / f"mine.{ending}"
    if ending == "csv":
        frame.to_csv(file, index=False)
    elif ending == "xlsx":
        frame.to_excel(file, index=False, startrow=2)
    else:
        write_ods(file, [list(frame.columns), *frame.to_numpy().tolist()])
    assert areas(op.evaluate(four(), file)) == PAIRS


def test_a_spreadsheet_that_lost_leading_zeros(tmp_path: Path) -> None:
    file = tmp_path / "mine.xlsx"
    keys = [int(key) for key in BY_KEY]
    pd.DataFrame({"town": keys, "operator": [1, 1, 2, 2]}).to_excel(file, index=False)
    assert areas(op.evaluate(four(), file)) == PAIRS


def test_a_run_is_a_grouping(tmp_path: Path) -> None:
    """Its folder, its towns.csv, and that table saved as a spreadsheet."""
    run = op.evaluate(four(), BY_KEY).write(tmp_path / "run")
    pd.read_csv(run / "towns.csv", dtype=str).to_excel(tmp_path / "towns.xlsx", index=False)
    for source in (run, run / "towns.csv", tmp_path / "towns.xlsx", str(run)):
        again = op.evaluate(four(), source)
        assert areas(again) == PAIRS
        assert set(again.areas.index) == {"a", "b"}


def test_spreadsheets_among_the_groupings_of_a_folder(tmp_path: Path) -> None:
    folder = op.write(four(groupings={"old": pd.Series(BY_KEY)}), tmp_path / "four")
    pd.DataFrame({"town": list(BY_NAME), "operator": BY_NAME.values()}).to_excel(
        folder / "groupings" / "mine.xlsx", index=False
    )
    found = op.read(folder).groupings
    assert found["mine"].to_dict() == found["old"].to_dict() == BY_KEY
    pd.DataFrame({"town": ["0101"], "operator": ["a"]}).to_excel(
        folder / "groupings" / "old.xlsx", index=False
    )
    with pytest.raises(InstanceError, match="'old' names another grouping already"):
        op.read(folder)


@pytest.mark.parametrize(
    ("towns", "said"),
    [
        ({**BY_KEY, "San José": "a"}, "several towns are called so: San José .Lamas. is 0101"),
        ({**BY_KEY, "Sauze": "a"}, "did you mean 'Sauce'"),
        ({**BY_KEY, "Sauce": "b"}, "stands in line 2 already"),
        ({"0101": "a"}, "3 towns without an operator"),
    ],
)
def test_wrong_names_in_a_grouping(towns: dict[str, str], said: str) -> None:
    with pytest.raises(InstanceError, match=said):
        op.evaluate(four(), towns)


def test_damaged_spreadsheets_are_problems(tmp_path: Path) -> None:
    file = tmp_path / "mine.xlsx"
    file.write_bytes(b"PK\3\4 nothing")
    with pytest.raises(InstanceError, match="cannot be read as a spreadsheet"):
        op.evaluate(four(), file)
    with pd.ExcelWriter(file) as book:
        for sheet in ("one", "two"):
            pd.DataFrame({"town": ["0101"]}).to_excel(book, sheet_name=sheet, index=False)
    with pytest.raises(InstanceError, match="2 sheets with cells: 'one', 'two'"):
        op.evaluate(four(), file)
    pd.DataFrame({"place": ["0101"]}).to_excel(file, index=False)
    with pytest.raises(InstanceError, match="column is missing"):
        op.evaluate(four(), file)


def test_promises_by_name_are_promises_by_key() -> None:
    named = op.Policy(fixed_seats=("Sauce",), keep_apart=(("penon", "San Jose (Rioja)"),))
    keyed = op.Policy(fixed_seats=("0102",), keep_apart=(("0202", "0201"),))
    region = four(policy=named)
    assert region.policy == keyed
    assert four().replace(policy=named).fingerprint() == region.fingerprint()
    with pytest.raises(InstanceError, match="several towns are called so"):
        four(policy=op.Policy(fixed_seats=("San Jose",)))


def test_scenarios_by_name() -> None:
    made = changed_region(four(), Scenario(close=(("Sauce", "Peñón"),), refuse=("sauce",)))
    assert made.travel_table is not None
    assert float(made.travel_table.loc[("0102", "0202"), "hours"]) == 1000.0
    assert ("0102", "0101") in made.policy.keep_apart
    with pytest.raises(InstanceError, match="did you mean 'Sauce'"):
        changed_region(four(), Scenario(refuse=("Sauze",)))


def test_why_bills_and_elections_by_name(tmp_path: Path) -> None:
    plan = op.evaluate(four(), BY_KEY)
    assert op.why(plan, "Sauce").town == "0102"
    with pytest.raises(PolicyError, match="did you mean 'Sauce'"):
        op.why(plan, "Sauze")
    by_town = op.bill(plan, 10, town="peñon").total_month
    assert by_town == op.bill(plan, 10, area="b").total_month
    assert by_town == op.bill(plan, 10, area="San Jose (Rioja)").total_month
    with pytest.raises(PolicyError, match="areas are"):
        op.bill(plan, 10, area="Tarapoto")
    with pytest.raises(PolicyError, match="is not in the area"):
        op.bill(plan, 10, area="a", town="0202")
    file = tmp_path / "chances.csv"
    file.write_text("town,leaving_chance\nSauce,1\n", encoding="utf-8")
    risk = op.election_risk(plan, read_leaving_chances(file), draws=5)
    assert risk.towns["leaving_chance"].to_dict() == {**dict.fromkeys(BY_KEY, 0.0), "0102": 1.0}
    twice = pd.Series({"Sauce": 0.5, "0102": 0.1})
    with pytest.raises(InstanceError, match="two chances"):
        op.election_risk(plan, twice, draws=5)


def test_areas_of_one_name_are_told_apart_wherever_they_are_printed(tmp_path: Path) -> None:
    """Two seats are called alike; each area has two towns, so that all tables show them."""
    plan = op.evaluate(four(policy=op.Policy(fixed_seats=("0101", "0201"))), BY_KEY)
    assert set(plan.areas["seat"]) == {"0101", "0201"}
    names = ("San José (Lamas)", "San Jose (Rioja)")
    found = op.robustness(
        plan, {"costs": Uncertain(distribution="uniform", low=0.9, high=1.1)}, draws=5
    )
    page = plan.report(tmp_path / "page.html").read_text(encoding="utf-8")
    printed = {
        "summary": str(plan),
        "election": str(op.election_risk(plan, 0.9, draws=5)),
        "robustness": str(found),
        "notebook": plan._repr_html_(),
        "page": page,
        "stability": " ".join(op.stability(plan).areas["seat_name"]),
        "why": str(op.why(plan, "Sauce")),
    }
    for place, text in printed.items():
        for name in names:
            assert name in text, (place, name)


def test_progress_of_an_evaluation() -> None:
    told: list[str] = []
    op.evaluate(four(), BY_KEY, on_progress=told.append)
    assert told == [
        "designing the tariffs of area 1 of 2",
        "designing the tariffs of area 2 of 2",
        "auditing the plan",
    ]
