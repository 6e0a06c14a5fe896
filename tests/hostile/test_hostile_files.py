"""Each is handled and said, or refused in one clear line; nothing else happens."""

from __future__ import annotations

import datetime
import gzip
import struct
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely
import xlsxwriter

import optimizer as op
from optimizer.importing.import_region import import_region
from optimizer.importing.wishes import Wishes
from optimizer.instance.reading.findings import Findings
from optimizer.instance.reading.text import read_text

HEAD = "codigo,nombre,lat,lon,poblacion\n"
ROWS = "220101,Alto,-6.1,-76.9,8500\n220102,Bajo,-6.2,-76.8,6400\n220103,Centro,-6.3,-76.7,3300\n"


def refused(*files: Path) -> str:
    """Return the one line with which files are refused."""
    with pytest.raises(op.InstanceError) as caught:
        import_region(list(files))
    (problem,) = caught.value.problems
    assert problem.remedy
    return str(problem)


def test_zip_bombs_are_refused_unread(tmp_path: Path) -> None:
    told = tmp_path / "told.xlsx"
    with zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("xl/worksheets/sheet1.xml", b"0" * 600_000_000)
    assert "would unpack to more than" in refused(told)
    lying = bytearray(told.read_bytes())
    at = lying.rfind(b"PK\x01\x02")
    lying[at + 24 : at + 28] = struct.pack("<I", 1000)  # the directory says 1,000 bytes
    (tmp_path / "lying.xlsx").write_bytes(lying)
    assert "cannot be unpacked" in refused(tmp_path / "lying.xlsx")


def test_a_cell_in_the_last_corner_takes_no_memory(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "corner.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "codigo")
        sheet.write(1_048_575, 16_383, "x")
    assert "cannot be read as a workbook" in refused(tmp_path / "corner.xlsx")


def test_huge_cells_and_open_quotes(tmp_path: Path) -> None:
    (tmp_path / "huge.csv").write_text(HEAD + f'220101,"{"x" * 200_000}",-6,-76,5\n' + ROWS)
    assert "a cell of more than" in refused(tmp_path / "huge.csv")
    (tmp_path / "open.csv").write_text(HEAD + '220101,"Alto,-6.1,-76.9,8500\n' + ROWS)
    assert "not readable as a table" in refused(tmp_path / "open.csv")


def test_what_is_no_table(tmp_path: Path) -> None:
    wrong = {
        "a.csv": b"\x89PNG\r\n\0\0",
        "b.xlsx": b"PK\x03\x04broken",
        "c.gpkg": b"SQLite format 3\0",
        "d.csv": b"",
        "e.zip": b"PK\5\6" + b"\0" * 18,
        "f.parquet": b"PAR1xxxxPAR1",
        "g.geojson": b'{"type": "Feat',
    }
    for name, content in wrong.items():
        (tmp_path / name).write_bytes(content)
        assert name in refused(tmp_path / name)
    assert "is not there" in refused(tmp_path / "nothing.csv")


def layer(shapes: list[shapely.Geometry], crs: str | None = "EPSG:4326") -> gpd.GeoDataFrame:
    columns = {"codigo": ["220101", "220102", "220103"][: len(shapes)],
               "poblacion": [8500, 6400, 3300][: len(shapes)]}  # fmt: skip
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)


def boxes(x: float = -76.9, y: float = -6.1) -> list[shapely.Geometry]:
    return [shapely.box(x + 0.1 * k, y, x + 0.1 * k + 0.08, y + 0.08) for k in range(3)]


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_missing_parts_of_a_shapefile_are_named(tmp_path: Path, part: str) -> None:
    layer(boxes()).to_file(tmp_path / "d.shp")
    (tmp_path / f"d{part}").unlink()
    assert f"its part d{part} is missing" in refused(tmp_path / "d.shp")


def test_a_shapefile_without_coordinate_system_is_asked_for_it(tmp_path: Path) -> None:
    layer(boxes()).to_crs("EPSG:32718").to_file(tmp_path / "d.shp")
    (tmp_path / "d.prj").unlink()
    assert "it has no coordinate system (.prj)" in refused(tmp_path / "d.shp")
    found = import_region(tmp_path / "d.shp", wishes=Wishes(crs="EPSG:32718"))
    assert found.towns["lon"].round(2).tolist() == [-76.86, -76.76, -76.66]


def test_layers_of_other_coordinate_systems_join(tmp_path: Path) -> None:
    layer(boxes()).drop(columns="poblacion").to_crs("EPSG:32717").to_file(tmp_path / "a.gpkg")
    (tmp_path / "t.csv").write_text(HEAD + ROWS)
    found = import_region([tmp_path / "t.csv", tmp_path / "a.gpkg"])
    assert any("joined by code: 3 of 3" in line for line in found.said)


def test_heights_invalid_rings_and_the_antimeridian(tmp_path: Path) -> None:
    bow = shapely.Polygon([(-76.9, -6.1), (-76.8, -6.0), (-76.8, -6.1), (-76.9, -6.0)])
    high = shapely.force_3d(shapely.box(-76.7, -6.1, -76.6, -6.0), z=350)
    layer([bow, high]).to_file(tmp_path / "odd.geojson")
    found = import_region(tmp_path / "odd.geojson")
    said = "\n".join(found.said)
    assert "1 broken shapes repaired" in said
    assert "heights left out" in said
    assert found.towns["lon"].between(-76.9, -76.6).all()
    east = shapely.box(179.5, -17.2, 180.5, -16.8)
    gpd.GeoDataFrame({"name": ["Taveuni"], "population": [9000]}, geometry=[east],
                     crs="EPSG:4326").to_file(tmp_path / "fiji.gpkg")  # fmt: skip
    place = import_region(tmp_path / "fiji.gpkg").towns
    assert (np.abs(place["lon"]) <= 180).all()


def test_coordinates_exchanged_in_metres_and_without_signs(tmp_path: Path) -> None:
    rows = {
        "swapped": ("220101,A,-76.9,-6.1,8500\n220102,B,-76.8,-6.2,6400\n", "exchanged"),
        "unsigned": ("220101,A,6.1,76.9,8500\n220102,B,6.2,76.8,6400\n", "minus sign"),
        "metres": ("220101,A,9325000,290000,8500\n220102,B,9314000,301000,6400\n", ""),
    }
    for name, (body, words) in rows.items():
        head = HEAD.replace("codigo", "ubigeo")
        (tmp_path / f"{name}.csv").write_text(head + body)
        wishes = Wishes(crs="EPSG:32718") if name == "metres" else Wishes()
        found = import_region(tmp_path / f"{name}.csv", wishes=wishes)
        assert found.towns["lon"].between(-77.2, -76.5).all(), name
        assert found.towns["lat"].between(-6.4, -6.0).all(), name
        assert words in "\n".join(found.said)


def test_names_that_look_like_something_else_stay_names(tmp_path: Path) -> None:
    names = ["NA", "None", "True", "1e5", "=SUM(A1)", "nan", "ÑÁÉ", "San\u00a0José"]
    body = "".join(
        f"22010{k},{n},-6.{k},-76.{k},{1000 + k}\n" for k, n in enumerate(names, start=1)
    )
    (tmp_path / "names.csv").write_text(HEAD.replace("codigo", "ubigeo") + body, encoding="utf-8")
    import_region(tmp_path / "names.csv", tmp_path / "region")
    region = op.read(tmp_path / "region")
    assert region.towns["name"].tolist() == [*names[:-1], "San José"]


def test_accents_case_and_blanks_do_not_keep_names_apart(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("distrito,poblacion\nSAN JOSE,100\nNanay,200\nYuracyacu,300\n")
    (tmp_path / "b.csv").write_text(
        "nombre,lat,lon\nSan\u00a0José,-6.1,-76.9\nÑañay ,-6.2,-76.8\nyuracyacu,-6.3,-76.7\n",
        encoding="utf-8",
    )
    found = import_region([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert found.towns["lat"].notna().sum() >= 2
    assert any("joined by name" in line for line in found.said)


def test_dates_for_codes_and_numbers_are_asked_about(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["codigo", "nombre", "poblacion"])
    sheet.append([datetime.date(2024, 1, 3), "Alto", 8500])
    sheet.append(["2-01", "Bajo", datetime.date(2024, 6, 4)])
    sheet.append(["3-01", "Centro", 3300])
    sheet.append(["4-01", "Delta", 2500])
    sheet.append(["5-01", "Este", 2600])
    book.save(tmp_path / "dates.xlsx")
    asked = "\n".join(map(str, import_region(tmp_path / "dates.xlsx").asked))
    assert "1 codes of 'codigo' are dates" in asked
    assert "2024-06-04 (a date)" in asked


def test_duplicated_codes_are_asked_about(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(HEAD + ROWS + "220103,Otro,-6.4,-76.6,900\n")
    found = import_region(tmp_path / "t.csv")
    assert any("repeat a key with other figures" in str(q) for q in found.asked)


def test_a_gzip_bomb_ends_at_the_limit(tmp_path: Path) -> None:
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b"a,b\n" * 250_000))
    found = Findings()
    assert read_text(tmp_path / "bomb.csv.gz", "bomb.csv.gz", found, bytes_most=10_000) is None
    assert "unpacked it has more than 10,000 bytes" in str(found.problems[0])
