"""A planner's files to a region: written, read again, mapped by hand, joined, kept beside."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import optimizer as op
from optimizer.importing.import_region import import_region
from optimizer.importing.mapping import parse_wishes, read_mapping
from optimizer.importing.wishes import Wishes

CENSUS = """Censo 2017,,,,
Código,Distrito,Población,,Responsable
,,Total,Urbana,
010101,Alto,"8,500","8,000",=SUM(A1)
010102,Ñaña,"6,400","6,000",NA
010103,Bajo,"3,300","3,000",True
TOTAL,,"18,200","17,000",
Fuente: INEI,,,,
"""
PLACES = "ubigeo;lat;lon;pobreza %\n10101;-6,10;-77,10;20,5\n10102;-6,20;-77,20;30\n"
PLACES += "10103;-6,30;-77,15;45\n"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A census with a title, a header over two rows, totals and a source; places beside it."""
    (tmp_path / "censo.csv").write_bytes(CENSUS.encode("cp1252"))
    (tmp_path / "lugares.csv").write_bytes(PLACES.encode("utf-16-le"))
    return [tmp_path / "censo.csv", tmp_path / "lugares.csv"]


def test_a_census_and_a_table_of_places_make_a_region(files: list[Path], tmp_path: Path) -> None:
    found = import_region(files, tmp_path / "region")
    assert found.missing == ()
    region = op.read(tmp_path / "region")
    assert region.towns.index.tolist() == ["010101", "010102", "010103"]
    assert region.towns["name"].tolist() == ["Alto", "Ñaña", "Bajo"]
    assert region.towns["population"].tolist() == [8500, 6400, 3300]
    assert region.towns["poverty_rate"].round(3).tolist() == [0.205, 0.3, 0.45]
    assert (region.currency, region.crs) == ("PEN", "EPSG:32718")
    said = "\n".join(found.said)
    for words in (
        "the header stands in 2 rows",
        "1 row of totals",
        "below the table",
        "leading zero",
    ):
        assert words in said


def test_a_mapping_can_be_edited_and_used_again(files: list[Path], tmp_path: Path) -> None:
    import_region(files, tmp_path / "region")
    mapping = tmp_path / "region" / "mapping.toml"
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(text.replace('"Población Total"', '"Población Urbana"'), encoding="utf-8")
    again = import_region(files, mapping=read_mapping(mapping))
    assert again.towns["population"].tolist() == [8000, 6000, 3000]


def test_a_column_named_by_hand_wins(files: list[Path]) -> None:
    wishes = parse_wishes(["population=Población Urbana"], [], known=["population"])
    assert import_region(files, wishes=wishes).towns["population"].tolist() == [8000, 6000, 3000]
    with pytest.raises(op.PolicyError, match="did you mean 'population'"):
        parse_wishes(["poblation=x"], [], known=["population"])


def test_other_columns_come_back_in_every_output(files: list[Path], tmp_path: Path) -> None:
    import_region(files, tmp_path / "region")
    plan = op.evaluate(op.read(tmp_path / "region"), "together")
    own = ["=SUM(A1)", "NA", "True"]
    assert plan.beside["Responsable"].tolist() == own
    plan.write(tmp_path / "run", allow_failed=True)
    again = op.read_plan(tmp_path / "run")
    assert again.beside["Responsable"].tolist() == own
    towns = pd.read_csv(tmp_path / "run" / "towns.csv", keep_default_na=False, dtype=str)
    assert towns["Responsable"].tolist() == ["'=SUM(A1)", "NA", "True"]
    layer = gpd.read_file(tmp_path / "run" / "plan.gpkg", layer="towns")
    assert layer["Responsable"].tolist() == own
    plan.workbook(tmp_path / "plan.xlsx")
    sheet = pd.read_excel(
        tmp_path / "plan.xlsx", sheet_name=1, keep_default_na=False, dtype=str, engine="openpyxl"
    )
    assert sheet["Responsable"].tolist() == own
    assert "=SUM(A1)" in plan.report(tmp_path / "page.html").read_text(encoding="utf-8")


def test_polygons_join_by_place_and_become_boundaries(files: list[Path], tmp_path: Path) -> None:
    import_region(files, tmp_path / "first")
    boxes = [
        shapely.box(x - 0.04, y - 0.04, x + 0.04, y + 0.04)
        for x, y in ((-77.1, -6.1), (-77.2, -6.2), (-77.15, -6.3))
    ]
    layer = gpd.GeoDataFrame({"nombre": ["uno", "dos", "tres"]}, geometry=boxes, crs="EPSG:4326")
    layer.to_crs("EPSG:32718").to_file(tmp_path / "distritos.shp")
    found = import_region([*files, tmp_path / "distritos.shp"], tmp_path / "second")
    assert any("by place" in line for line in found.said)
    assert len(op.read(tmp_path / "second").boundaries) == 3  # type: ignore[arg-type]


def test_repeated_keys_are_asked_about(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text(
        "code,name,population\nA1,x,100\nA1,y,200\nB2,z,300\nC3,w,50\n", encoding="utf-8"
    )
    found = import_region(file)
    assert any("repeat a key with other figures, first A1 in line 3" in str(q) for q in found.asked)
    numbered = import_region(file, wishes=Wishes(duplicates="number"))
    assert numbered.towns["town"].tolist() == ["A1", "A1-2", "B2", "C3"]


def test_nothing_is_written_over(files: list[Path], tmp_path: Path) -> None:
    (tmp_path / "region").mkdir()
    with pytest.raises(op.StoreError, match="exists already"):
        import_region(files, tmp_path / "region")


@pytest.mark.parametrize(
    ("cells", "counts", "values"),
    [
        (["19.550", "850", "1.204.000"], True, [19550, 850, 1204000]),
        (["19,550", "850"], True, [19550, 850]),
        (["19 550", "3 000"], True, [19550, 3000]),
        (["1.234,5", "7"], False, [1234.5, 7]),
        (["1,234.5", "7"], False, [1234.5, 7]),
        (["S/ 3.50", "S/ 12.25"], False, [3.5, 12.25]),
        (["12,5%", "8 %"], False, [12.5, 8]),
        (["2000 (1)", "300*"], True, [2000, 300]),
    ],
)
def test_numbers_as_they_are_written(
    cells: list[object], counts: bool, values: list[float]
) -> None:
    from optimizer.importing.values.numbers import Signs, numbers_of  # noqa: PLC0415

    assert numbers_of(cells, counts=counts, file_signs=Signs()).amounts.tolist() == values
