"""What a folder may leave open or write in its own way, and what is then said."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.instance.instance import Instance
from optimizer.instance.reading.read import read
from tests.support.instance_folder import HEAD, INCOMES, MODEL, TOML, TOWNS, folder_with

Files = dict[str, str | bytes | None]


def notes(instance: Instance, table: str) -> dict[str, int]:
    """Return what was said on a table: how -> count."""
    return {d.how: d.count for d in instance.derived if d.table == table}


def test_the_smallest_folder_gives_complete_tables(tmp_path: Path) -> None:
    pair = read(folder_with(tmp_path))
    assert (pair.name, pair.title, pair.currency, pair.price_year) == ("pair", "pair", "PEN", 2024)
    assert pair.towns["connections"].tolist() == [2000.0, 1000.0]  # 4 persons behind each
    assert pair.towns["name"].tolist() == ["A", "B"]
    assert pair.towns.crs == "EPSG:4326"
    assert pair.towns.geometry.x.tolist() == [-76.1, -76.2]
    assert pair.households.index.names == ["town", "group"]
    assert pair.households.loc[("B", "q1"), "connections"] == 200.0
    assert pair.customers.empty
    assert pair.customers.index.names == ["town", "category"]
    assert pair.travel_table is None
    gaps = pair.towns.isna().any()
    open_columns = {"income_month", "gini", "poverty_rate", "asset_value", "leaving_chance"}
    assert set(gaps[gaps].index) == open_columns


@pytest.mark.parametrize(
    "towns",
    [
        TOWNS.replace("\n", "\r\n"),
        "\ufeff" + TOWNS,
        TOWNS.replace(",", ";"),
        TOWNS.replace(",", "\t"),
        TOWNS.replace(",", ";").replace(".", ","),
        "\n" + TOWNS.replace("\nB", "\n\n  \nB"),
        '"town","lon","lat","population"\n"A","-76.1","-6.1","8000"\n"B",-76.2,-6.2,4000',
        TOWNS.replace(",", " , "),
        TOWNS.replace("\n", ",,\n"),
        TOWNS.encode("utf-16"),
        "population,town,lat,lon\n8000,A,-6.1,-76.1\n4e3,B,-6.2,-76.2\n",
    ],
    ids=[
        "Windows line ends",
        "byte order mark",
        "semicolons",
        "tabs",
        "decimal commas",
        "blank lines",
        "quotes",
        "blanks",
        "empty columns",
        "UTF-16",
        "columns in another order",
    ],
)
def test_every_way_of_writing_a_table_reads_the_same(tmp_path: Path, towns: str | bytes) -> None:
    plain = read(folder_with(tmp_path / "plain"))
    other = read(folder_with(tmp_path / "other", {"towns.csv": towns}))
    assert other.fingerprint() == plain.fingerprint()


def test_decimal_commas_and_encodings_are_said(tmp_path: Path) -> None:
    towns = "town;name;lon;lat;population\nA;Río;-76,1;-6,1;8000\n"
    one = read(folder_with(tmp_path, {"towns.csv": towns.encode("cp1252")}))
    assert one.towns.loc["A", "name"] == "Río"
    assert notes(one, "towns.csv") == {
        "read as Windows-1252, not UTF-8: check the accents": 1,
        "numbers with a decimal comma, read as a point": 2,
    }


def test_keys_keep_their_leading_zeros(tmp_path: Path) -> None:
    towns = "town,lon,lat,population\n010101,-76.1,-6.1,8000\n"
    assert read(folder_with(tmp_path, {"towns.csv": towns})).towns.index.tolist() == ["010101"]


def test_one_town_is_a_region(tmp_path: Path) -> None:
    one = read(folder_with(tmp_path, {"towns.csv": "town,lon,lat,population\nA,-76,-6,8000\n"}))
    assert len(one.towns) == 1


@pytest.mark.parametrize(("word", "allowed"), [("yes", True), ("No", False), ("TRUE", True),
                                               ("false", False), ("", True)])  # fmt: skip
def test_yes_and_no(tmp_path: Path, word: str, allowed: bool) -> None:
    towns = f"town,lon,lat,population,seat_allowed\nA,-76.1,-6.1,8000,{word}\nB,-76,-6,90,yes\n"
    assert (
        read(folder_with(tmp_path, {"towns.csv": towns})).towns.loc["A", "seat_allowed"] == allowed
    )


def test_what_was_filled_is_said(tmp_path: Path) -> None:
    towns = "town,lon,lat,population,collection_rate\nA,-76.1,-6.1,8000,0.6\nB,-76.2,-6.2,4000,\n"
    said = notes(read(folder_with(tmp_path, {"towns.csv": towns})), "towns")
    assert said["0.85, from [costs]"] == 1  # collection rate of B alone
    assert said["population / 4 persons per connection"] == 2


def test_towns_at_one_place_are_said(tmp_path: Path) -> None:
    towns = "town,lon,lat,population\nA,-76.1,-6.1,8000\nB,-76.1,-6.1,4000\nC,-76,-6,90\n"
    said = notes(read(folder_with(tmp_path, {"towns.csv": towns})), "towns")
    assert [count for how, count in said.items() if how.startswith("towns at the same place")] == [
        2
    ]


def test_rounded_shares_are_scaled_and_said(tmp_path: Path) -> None:
    rows = "".join(f"A,g{k},0.333,100\n" for k in range(3))
    files: Files = {"households.csv": "town,group,share,income_month\n" + rows + "B,g0,1,50\n"}
    pair = read(folder_with(tmp_path, files))
    assert pair.households.loc["A", "share"].tolist() == pytest.approx([1 / 3] * 3)
    assert notes(pair, "households")["rounded shares of a town scaled to sum to 1"] == 1


def test_towns_without_household_rows_get_derived_groups(tmp_path: Path) -> None:
    files: Files = {"households.csv": "town,group,share,income_month\nB,all,1,700\n"}
    pair = read(folder_with(tmp_path, files))
    assert pair.households.index.tolist() == [*[("A", f"q{k}") for k in range(1, 6)], ("B", "all")]
    assert pair.households.loc[("B", "all"), "consumption_m3_month"] == 15.0


def test_a_lopsided_travel_table_is_used_as_given_and_said(tmp_path: Path) -> None:
    towns = TOWNS + "C,-76.3,-6.3,2000\nD,-76.4,-6.4,2000\n"
    # A-B differs there and back, A-C is given one way, four of the six pairs are lacking
    travel = "origin,destination,hours,km\nA,B,1,30\nB,A,1.5,\nA,C,2,\nA,A,0,0\n"
    four = read(folder_with(tmp_path, {"towns.csv": towns, "travel.csv": travel}))
    assert four.travel_table is not None
    assert four.travel_table["hours"].to_dict() == {("A", "B"): 1, ("B", "A"): 1.5, ("A", "C"): 2}
    said = {how.partition(";")[0]: count for how, count in notes(four, "travel").items()}
    assert said == {
        "rows of a town to itself left out": 1,
        "pairs with different hours there and back": 1,
        "pairs given in one direction only": 1,
        "pairs of towns not in the travel table": 4,
    }


def test_neighbours_are_kept_once_with_their_border(tmp_path: Path) -> None:
    files: Files = {"adjacency.csv": "town_a,town_b,shared_border_km\nA,B,\nB,A,3.5\n"}
    table = read(folder_with(tmp_path, files)).adjacency_table
    assert table is not None
    assert table.to_dict("records") == [{"town_a": "B", "town_b": "A", "shared_border_km": 3.5}]


def test_customers_and_groupings(tmp_path: Path) -> None:
    files: Files = {
        "instance.toml": TOML + "[[tariff.categories]]\ncategory = 'shop'\nfactor = 2\n",
        "customers.csv": "town,category,connections,consumption_m3_month\nB,shop,12,30\n",
        "groupings/today.csv": "town,operator\nA,north\nB,south\n",
    }
    pair = read(folder_with(tmp_path, files))
    assert pair.customers.loc[("B", "shop")].to_dict() == {
        "connections": 12.0,
        "consumption_m3_month": 30.0,
        "unmetered_share": 0.0,
        "sewer_share": 0.0,
    }
    assert pair.groupings["today"].to_dict() == {"A": "north", "B": "south"}
    assert pair.tariff.categories[0].factor == 2.0


def test_settings_sources_and_assumptions(tmp_path: Path) -> None:
    text = (
        'title = "Two towns"\nassumptions = ["Costs are made up."]\n'
        + HEAD
        + INCOMES
        + MODEL
        + '[policy]\nkeep_together = [["A", "B"]]\n[travel]\n'
        'road_speeds_km_h = { paved = 60 }\n[[sources]]\ntitle = "Census"\nlicence = "open"\n'
    )
    pair = read(folder_with(tmp_path, {"instance.toml": text}))
    assert pair.title == "Two towns"
    assert pair.assumptions == ("Costs are made up.",)
    assert pair.policy.keep_together == (("A", "B"),)
    assert pair.travel.road_speeds_km_h == {"paved": 60.0}
    assert (pair.sources[0].title, pair.sources[0].licence) == ("Census", "open")
