"""Every way in which a folder can be wrong is told with file, line, column and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.errors import InstanceError, Problem
from optimizer.instance.reading.read import read
from tests.support.instance_folder import HEAD, INCOMES, MODEL, TOML, TOWNS, folder_with

Files = dict[str, str | bytes | None]


def problems_of(home: Path, files: Files) -> tuple[Problem, ...]:
    with pytest.raises(InstanceError) as caught:
        read(folder_with(home, files))
    return caught.value.problems


def towns(*rows: str, head: str = "town,lon,lat,population") -> Files:
    return {"towns.csv": "\n".join([head, *rows, ""])}


def wide(column: str, value: str) -> Files:
    """Give town A a value in one more column; the value stands in line 2."""
    return towns(
        f"A,-76.1,-6.1,8000,{value}", "B,-76.2,-6.2,4000,", head=f"town,lon,lat,population,{column}"
    )


def toml(text: str) -> Files:
    return {"instance.toml": text}


def extra(text: str) -> Files:
    """Append to a valid instance.toml, whose last line is 8."""
    return {"instance.toml": TOML + text}


HOUSEHOLDS = "town,group,share,income_month\n"
TRAVEL = "origin,destination,hours\n"

CASES: list[tuple[str, Files, str, int | None, str, str]] = [
    # towns.csv as a file
    ("no towns file", {"towns.csv": None}, "towns.csv", None, "", "is missing"),
    ("misnamed towns file", {"towns.csv": None, "Town.csv": TOWNS}, "towns.csv", None, "",
     "did you mean 'Town.csv'"),
    ("empty file", {"towns.csv": ""}, "towns.csv", None, "", "is empty"),
    ("blank file", {"towns.csv": "\n \n"}, "towns.csv", None, "", "is empty"),
    ("no rows", towns(), "towns.csv", None, "", "has no towns"),
    ("binary file", {"towns.csv": b"PK\x03\x04\x00\x00"}, "towns.csv", None, "", "binary"),
    ("neither encoding", {"towns.csv": TOWNS.encode() + b"C\x81,1,1,1\n"}, "towns.csv", 4, "",
     "neither UTF-8 nor Windows-1252"),
    ("open quote", towns('A,-76.1,-6.1,8000', '"B,-76.2,-6.2,4000'), "towns.csv", 3, "",
     "not readable as CSV"),
    # header
    ("near column", wide("colection_rate", "0.9"), "towns.csv", 1, "colection_rate",
     "did you mean 'collection_rate'"),
    ("far column", wide("colour", "red"), "towns.csv", 1, "colour", "columns are: town"),
    ("missing column", {"towns.csv": "town,lon,lat\nA,-76,-6\n"}, "towns.csv", 1, "population",
     "column is missing"),
    ("column twice", wide("lat", "-6"), "towns.csv", 1, "lat", "stands twice"),
    ("nameless column", wide("", "7"), "towns.csv", 1, "", "has values and no name"),
    # rows
    ("too many cells", towns("A,-76,1,-6,1,8000"), "towns.csv", 2, "", "has 6 cells"),
    ("too few cells", towns("A,-76.1,-6.1,8000", "B,-76.2"), "towns.csv", 3, "", "has 2 cells"),
    ("line after blank lines", towns("A,-76.1,-6.1,8000", "", "", "B,x,-6.2,4000"), "towns.csv",
     5, "lon", "'x' is not a number"),
    ("line after quoted break",
     towns('A,-76.1,-6.1,8000,"x\ny"', "B,x,-6.2,4000,", head="town,lon,lat,population,name"),
     "towns.csv", 4, "lon", "'x' is not a number"),
    ("town twice", towns("A,-76.1,-6.1,8000", "B,-76.2,-6.2,4000", "A,-76.3,-6.3,1"), "towns.csv",
     4, "town", "'A' stands in line 2 already"),
    ("town without key", towns(",-76.1,-6.1,8000"), "towns.csv", 2, "town", "is empty"),
    ("needed cell empty", towns("A,-76.1,,8000"), "towns.csv", 2, "lat", "is empty"),
    # values
    ("text in number", wide("trips_year", "weekly"), "towns.csv", 2, "trips_year",
     "'weekly' is not a number"),
    ("decimal comma in quotes", wide("gini", '"0,4"'), "towns.csv", 2, "gini", "write 0.4"),
    ("thousands", wide("asset_value", '"1,234,567"'), "towns.csv", 2, "asset_value",
     "without separators of thousands"),
    ("nan", wide("gini", "NaN"), "towns.csv", 2, "gini", "leave the cell empty"),
    ("na", wide("gini", "N/A"), "towns.csv", 2, "gini", "leave the cell empty"),
    ("infinite", wide("asset_value", "inf"), "towns.csv", 2, "asset_value", "not a finite"),
    ("negative", wide("fixed_cost_year", "-5"), "towns.csv", 2, "fixed_cost_year",
     "-5 is below 0"),
    ("no people", towns("A,-76.1,-6.1,0"), "towns.csv", 2, "population", "0 is below 10"),
    ("absurd", wide("consumption_m3_month", "15000"), "towns.csv", 2, "consumption_m3_month",
     "is above 1000"),
    ("percent", wide("collection_rate", "35"), "towns.csv", 2, "collection_rate",
     "write 0.35 instead of 35"),
    ("percent, open bound", wide("non_revenue_water", "35"), "towns.csv", 2, "non_revenue_water",
     "write 0.35 instead of 35"),
    ("percent sign", wide("collection_rate", "35%"), "towns.csv", 2, "collection_rate",
     "without the percent sign"),
    ("not yes or no", wide("seat_allowed", "perhaps"), "towns.csv", 2, "seat_allowed",
     "write yes or no"),
    ("long name", wide("name", "x" * 2001), "towns.csv", 2, "name", "longer than 2000"),
    ("more connections than people", wide("connections", "9000"), "towns.csv", 2, "connections",
     "more than the people"),
    ("no seat", wide("seat_allowed", "no") | towns("A,-76.1,-6.1,8000,no",
     head="town,lon,lat,population,seat_allowed"), "towns.csv", None, "seat_allowed",
     "no town may hold a seat"),
    ("mixed decimal signs",
     {"towns.csv": "town;lon;lat;population\nA;-76,1;-6.1;8000\n"}, "towns.csv", None, "",
     "mixes decimal commas"),
    ("comma of either kind",
     {"towns.csv": "town;lon;lat;population\nA;-76;-6;8,000\n"}, "towns.csv", 2, "population",
     "'8,000' may mean 8 or 8000"),
    # places
    ("latitude beyond the pole", towns("A,-76.1,-96.1,8000"), "towns.csv", 2, "lat",
     "-96.1 is below -90"),
    ("swapped", towns("A,-6.1,-76.1,8000", "B,-6.2,-76.2,4000"), "towns.csv", 2, "lon",
     "lon and lat are swapped"),
    ("far away", towns("A,-76.1,-6.1,8000", "B,10.7,59.9,4000"), "towns.csv", 3, "lon",
     "EPSG:32632"),
    ("geographic crs", toml(TOML.replace("32718", "4326")), "instance.toml", 3, "crs",
     "for example EPSG:32718"),
    ("unknown crs", toml(TOML.replace("EPSG:32718", "UTM 18")), "instance.toml", 3, "crs",
     "is not a coordinate system"),
    ("web mercator", toml(TOML.replace("32718", "3857")), "instance.toml", 3, "crs",
     "falsifies lengths"),
    ("crs in feet", toml(TOML.replace("32718", "2263")), "instance.toml", 3, "crs", "measures in"),
    ("all swapped at once", towns("A,-6.1,-76.1,8000", "B,-6.2,-76.2,4000"), "towns.csv", 2, "lon",
     "(2 towns in all)"),
    # instance.toml
    ("no settings", {"instance.toml": None}, "instance.toml", None, "", "is missing"),
    ("syntax", toml(HEAD + "[policy]\nreach_hours = \n"), "instance.toml", 5, "", "not valid TOML"),
    ("syntax at the end", toml(HEAD + "[policy"), "instance.toml", 4, "", "not valid TOML"),
    ("no currency", toml(TOML.replace('currency = "PEN"\n', "")), "instance.toml", None,
     "currency", "is missing"),
    ("unknown head key", toml("autor = 1\n" + TOML), "instance.toml", 1, "autor",
     "not a known key"),
    ("unknown section", extra("[polcy]\nreach_hours = 1\n"), "instance.toml", 9, "polcy",
     "did you mean 'policy'"),
    ("unknown key", extra("[policy]\nreach = 1\n"), "instance.toml", 10, "policy.reach",
     "did you mean 'reach_hours'"),
    ("not a section", toml("policy = 3\n" + TOML), "instance.toml", 1, "policy", "[policy]"),
    ("not a list", toml(HEAD + INCOMES + "[operator_models]\nx = 1\n"), "instance.toml", 6,
     "operator_models", "[[operator_models]]"),
    ("text for number", extra('[policy]\nreach_hours = "far"\n'), "instance.toml", 10,
     "policy.reach_hours", "'far' is not a number"),
    ("yes for number", extra("[policy]\nreach_hours = true\n"), "instance.toml", 10,
     "policy.reach_hours", "true is not a number"),
    ("share in percent", extra("[policy]\naffordable_share = 3\n"), "instance.toml", 10,
     "policy.affordable_share", "write 0.03 instead of 3"),
    ("not a choice", extra('[policy]\ntariff_scope = "province"\n'), "instance.toml", 10,
     "policy.tariff_scope", "'service_area', 'town' or 'region'"),
    ("year as fraction", toml(TOML.replace("2024", "2024.5")), "instance.toml", 2, "price_year",
     "give a whole number"),
    ("operators in no order", extra("[policy]\noperators_least = 3\noperators_most = 2\n"),
     "instance.toml", 9, "policy", "operators_most is smaller"),
    ("number for town", extra("[policy]\nfixed_seats = [1]\n"), "instance.toml", 10,
     "policy.fixed_seats[1]", "quotation marks"),
    ("towns without a list", extra("[policy]\nkeep_apart = ['A', 'B']\n"), "instance.toml", 10,
     "policy.keep_apart[1]", "a list inside the list"),
    # operator models
    ("no operator model", toml(HEAD + INCOMES), "instance.toml", None, "operator_models",
     "there is no operator model"),
    ("model without overhead", extra('[[operator_models]]\noperator_model = "x"\n'),
     "instance.toml", 9, "operator_models[2].overhead_year", "is missing"),
    ("model twice", extra(MODEL), "instance.toml", 9, "operator_model", "already"),
    ("sizes crossed", toml(TOML + "connections_least = 9\nconnections_most = 5\n"),
     "instance.toml", 6, "connections_least", "above connections_most"),
    # tariff
    ("blocks fall", extra("[tariff]\nblocks_m3 = [20, 8]\n"), "instance.toml", 10,
     "tariff.blocks_m3", "do not rise"),
    ("block at zero", extra("[tariff]\nblocks_m3 = [0, 8]\n"), "instance.toml", 10,
     "tariff.blocks_m3", "do not rise"),
    ("shape too short", extra("[tariff]\nblocks_m3 = [8, 20]\nshape = [1, 2, 3]\n"),
     "instance.toml", 11, "tariff.shape", "has 3 numbers, 2 block limits need 4"),
    ("shape negative", extra("[tariff]\nblocks_m3 = [8]\nshape = [1, -2, 3]\n"),
     "instance.toml", 11, "tariff.shape", "negative"),
    ("category twice", extra("[[tariff.categories]]\ncategory='a'\n" * 2), "instance.toml", 12,
     "tariff.categories[2].category", "stands twice"),
    ("domestic listed", extra("[[tariff.categories]]\ncategory='domestic'\n"), "instance.toml", 10,
     "tariff.categories[1].category", "always there"),
    ("category key", extra("[[tariff.categories]]\ncategory='a'\nfaktor=2\n"), "instance.toml", 11,
     "tariff.categories[1].faktor", "did you mean 'factor'"),
    ("category value", extra("[[tariff.categories]]\ncategory='a'\nfactor=-2\n"), "instance.toml",
     11, "tariff.categories[1].factor", "-2 is below 0"),
    ("category shape alone", extra("[[tariff.categories]]\ncategory='a'\nshape=[1,2,3,4]\n"),
     "instance.toml", 9, "tariff.categories[1].shape", "tariff.shape is not"),
    ("category blocks alone", extra("[[tariff.categories]]\ncategory='a'\nblocks_m3=[1]\n"),
     "instance.toml", 9, "tariff.categories[1].shape", "missing beside blocks_m3"),
    # promises
    ("unknown town", extra("[policy]\nkeep_together = [['A', 'Bb']]\n"), "instance.toml", 10,
     "policy.keep_together", "did you mean 'B'"),
    ("unknown seat", extra("[policy]\nfixed_seats = ['Z']\n"), "instance.toml", 10,
     "policy.fixed_seats", "'Z' is not in towns.csv"),
    ("town named twice", extra("[policy]\nkeep_apart = [['A', 'A']]\n"), "instance.toml", 10,
     "policy.keep_apart", "names a town twice"),
    ("set of one", extra("[policy]\nkeep_apart = [['A']]\n"), "instance.toml", 10,
     "policy.keep_apart", "fewer than two"),
    ("together and apart",
     extra("[policy]\nkeep_together = [['A', 'B']]\nkeep_apart = [['A', 'B']]\n"),
     "instance.toml", 11, "policy.keep_apart", "must also stay together"),
    ("two seats together",
     extra("[policy]\nkeep_together = [['A', 'B']]\nfixed_seats = ['A', 'B']\n"),
     "instance.toml", 11, "policy.fixed_seats", "two seats"),
    ("seat barred", wide("seat_allowed", "no") | extra("[policy]\nfixed_seats = ['A']\n"),
     "instance.toml", 10, "policy.fixed_seats", "may not hold a seat"),
    ("too many operators", extra("[policy]\noperators_least = 3\n"), "instance.toml", 10,
     "policy.operators_least", "more than the 2 towns"),
    ("too few for seats", extra("[policy]\noperators_most = 1\nfixed_seats = ['A', 'B']\n"),
     "instance.toml", 10, "policy.operators_most", "fewer than the 2 fixed seats"),
    ("no zone", wide("zone", "north") | extra("[policy]\nsame_zone = true\n"), "instance.toml", 10,
     "policy.same_zone", "1 town without a zone, first 'B'"),
    ("together across zones",
     towns("A,-76.1,-6.1,8000,x", "B,-76.2,-6.2,4000,y", head="town,lon,lat,population,zone")
     | extra("[policy]\nsame_zone = true\nkeep_together = [['A', 'B']]\n"), "instance.toml", 11,
     "policy.keep_together", "different zones"),
    ("unknown group", extra("[policy]\nprotected_groups = ['q6']\n"), "instance.toml", 10,
     "policy.protected_groups", "groups are: q1, q2, q3, q4, q5"),
    ("group of one town", {"households.csv": HOUSEHOLDS + "A,poor,1,500\n"}
     | extra("[policy]\nprotected_groups = ['poor']\n"), "instance.toml", 10,
     "policy.protected_groups", "missing in 1 town, first 'B'"),
    # households and customers
    ("shares", {"households.csv": HOUSEHOLDS + "B,x,1,9\nA,x,0.5,9\nA,y,0.6,9\n"},
     "households.csv", 3, "share", "sum to 1.1, not 1"),
    ("household town", {"households.csv": HOUSEHOLDS + "A,x,1,9\nC,x,.5,9\nC,y,.5,9\n"},
     "households.csv", 3, "town", "'C' is not in towns.csv (2 rows)"),
    ("group twice", {"households.csv": HOUSEHOLDS + "A,x,.5,9\nA,x,.5,9\n"}, "households.csv", 3,
     "group", "'A' / 'x' stands in line 2 already"),
    ("no income", toml(HEAD + MODEL), "towns.csv", 2, "income_month", "cannot be derived"),
    ("poverty without a line", toml(HEAD + MODEL) | wide("poverty_rate", "0.3"), "towns.csv", 2,
     "income_month", "poverty_line_person_month"),
    ("household category",
     {"households.csv": "town,group,share,income_month,category\nA,x,1,9,socal\n"}
     | extra("[[tariff.categories]]\ncategory = 'social'\n"), "households.csv", 2, "category",
     "did you mean 'social'"),
    ("customer category",
     {"customers.csv": "town,category,connections,consumption_m3_month\nA,shop,1,9\nB,shop,1,9\n"},
     "customers.csv", 2, "category", "'shop' is not defined (2 rows)"),
    ("customers twice", {"customers.csv": "town,category,connections,consumption_m3_month\n"
     "A,domestic,1,9\nA,domestic,1,9\n"}, "customers.csv", 3, "category", "already"),
    ("misnamed table", {"customer.csv": "town\n"}, "customer.csv", None, "",
     "did you mean 'customers'"),
    ("table of another kind", {"travel.xlsx": "x"}, "travel.xlsx", None, "", "would be ignored"),
    ("misnamed folder", {"grouping/now.csv": "town,operator\n"}, "grouping", None, "",
     "did you mean 'groupings'"),
    # travel, neighbours, groupings
    ("travel town", {"travel.csv": TRAVEL + "A,C,1\n"}, "travel.csv", 2, "destination",
     "'C' is not in towns.csv"),
    ("travel twice", {"travel.csv": TRAVEL + "A,B,1\nA,B,2\n"}, "travel.csv", 3, "destination",
     "already"),
    ("travel to itself", {"travel.csv": TRAVEL + "A,A,1\n"}, "travel.csv", 2, "destination",
     "with itself"),
    ("travel time", {"travel.csv": TRAVEL + "A,B,-1\n"}, "travel.csv", 2, "hours", "below 0"),
    ("neighbour town", {"adjacency.csv": "town_a,town_b\nA,C\n"}, "adjacency.csv", 2, "town_b",
     "'C' is not in towns.csv"),
    ("neighbour of itself", {"adjacency.csv": "town_a,town_b\nA,A\n"}, "adjacency.csv", 2,
     "town_b", "with itself"),
    ("grouping town", {"groupings/now.csv": "town,operator\nA,x\nB,x\nC,x\n"},
     "groupings/now.csv", 4, "town", "'C' is not in towns.csv"),
    ("grouping twice", {"groupings/now.csv": "town,operator\nA,x\nB,x\nA,y\n"},
     "groupings/now.csv", 4, "town", "already"),
    ("grouping gap", {"groupings/now.csv": "town,operator\nA,x\n"}, "groupings/now.csv", None,
     "town", "1 town without an operator: 'B'"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_each_problem_names_its_place(
    tmp_path: Path, case: tuple[str, Files, str, int | None, str, str]
) -> None:
    _, files, *place, word = case
    problems = problems_of(tmp_path, files)
    here = [p for p in problems if [p.file, p.line, p.column] == place]
    assert [p for p in here if word in str(p)], "\n".join(map(str, problems))
    assert all(p.remedy for p in problems)


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    files: Files = {
        "instance.toml": TOML + "[policy]\nreach = 1\nfixed_seats = ['Z']\n",
        "towns.csv": "town,lon,lat,population\nA,x,-6.1,8000\nB,-76.2,-6.2,-1\n",
        "households.csv": HOUSEHOLDS + "C,q1,35,100\n",
        "travel.csv": TRAVEL + "A,B,soon\n",
    }
    found = {(p.file, p.line, p.column) for p in problems_of(tmp_path, files)}
    assert found == {
        ("instance.toml", 10, "policy.reach"),
        ("instance.toml", 11, "policy.fixed_seats"),
        ("towns.csv", 2, "lon"),
        ("towns.csv", 3, "population"),
        ("households.csv", 2, "share"),
        ("households.csv", 2, "town"),
        ("travel.csv", 2, "hours"),
    }


def test_a_column_that_is_wrong_throughout_is_counted(tmp_path: Path) -> None:
    rows = [f"T{k},-76.1,-6.1,8000,90" for k in range(12)]
    files = towns(*rows, head="town,lon,lat,population,collection_rate")
    found = problems_of(tmp_path, files)
    assert [p.line for p in found] == [2, 3, 4, 5, 6, 7]
    assert found[-1].what == "7 more cells of this column cannot be used"


def test_tables_are_checked_even_without_settings(tmp_path: Path) -> None:
    files: Files = {"instance.toml": None, "travel.csv": TRAVEL + "A,B,soon\n"}
    assert [p.file for p in problems_of(tmp_path, files)] == ["instance.toml", "travel.csv"]


def test_a_folder_that_is_not_there() -> None:
    with pytest.raises(InstanceError, match=r"nowhere: is not a folder; give the path"):
        read("nowhere")


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "optimizer.instance.reading.text.read_text.__kwdefaults__", {"bytes_most": 10}
    )
    assert "is too large" in str(problems_of(tmp_path, {})[0])


def test_a_file_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    folder = folder_with(tmp_path)
    with pytest.raises(InstanceError) as caught:
        read(folder)
    assert [p.what for p in caught.value.problems] == ["cannot be read (Permission denied)"] * 2
