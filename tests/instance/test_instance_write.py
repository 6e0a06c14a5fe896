"""An instance is written whole or not at all, and reads back the same."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal
from shapely import LineString, MultiPolygon, box

from optimizer.errors import StoreError
from optimizer.instance.instance import Instance
from optimizer.instance.reading.read import read
from optimizer.instance.schema.fields import Category, Source, Tariff, Travel
from optimizer.instance.writing.templates import new_instance, template_instance
from optimizer.instance.writing.toml_text import toml_text, toml_value
from optimizer.instance.writing.write import write
from tests.support.instance_folder import TOML, folder_with


@pytest.fixture
def full(tmp_path: Path) -> Instance:
    """Hold something in every table, with numbers that have no short decimal form."""
    third = 1 / 3
    pair = read(folder_with(tmp_path))
    roads = gpd.GeoDataFrame(
        {"speed_km_h": [third * 100, None], "road_class": ["paved road", ""]},
        geometry=[LineString([(-76.1, -6.1), (-76.15, -6.1 - third / 10)]),
                  LineString([(-76.1, -6.1), (-76.2, -6.2)])],
        crs="EPSG:4326",
    )  # fmt: skip
    boundaries = gpd.GeoDataFrame(
        geometry=[
            box(-76.15, -6.15, -76.05, -6.05),
            MultiPolygon([box(-76.25, -6.25, -76.15, -6.15), box(-76.3, -6.3, -76.28, -6.28)]),
        ],
        index=pd.Index(["A", "B"], name="town"),
        crs="EPSG:4326",
    )
    pairs = pd.MultiIndex.from_tuples([("A", "B"), ("B", "A")], names=["origin", "destination"])
    customers = pd.DataFrame(
        {
            "connections": [7 * third],
            "consumption_m3_month": [30.0],
            "unmetered_share": [third],
            "sewer_share": [third],
        },
        index=pd.MultiIndex.from_tuples([("B", "shop")], names=["town", "category"]),
    )
    return dataclasses.replace(
        pair,
        title='Dos "pueblos" \\ ñ',
        customers=customers,
        tariff=Tariff(
            shape=(1.2, 0.344, 0.457, 0.51),
            sewer_share_of_water_bill=third,
            categories=(Category(category="shop", factor=third),),
        ),
        travel=Travel(road_speeds_km_h={"paved road": 60.0}),
        policy=pair.policy.replace(keep_apart=(("A", "B"),), subsidy_budget_year=third),
        travel_table=pd.DataFrame({"hours": [third, 0.1], "km": [1.1, float("nan")]}, index=pairs),
        adjacency_table=pd.DataFrame(
            {"town_a": ["A"], "town_b": ["B"], "shared_border_km": [float("nan")]}
        ),
        roads=roads,
        boundaries=boundaries,
        groupings={"today": pd.Series(["x", "y"], pair.towns.index, name="operator")},
        sources=(Source(title="Census", publisher="INEI"),),
        assumptions=("One.", "Two."),
    )


def test_everything_reads_back_the_same(full: Instance, tmp_path: Path) -> None:
    again = read(write(full, tmp_path / "copy" / "pair"))
    for name in ("towns", "households", "customers", "operator_models", "travel_table",
                 "adjacency_table", "roads", "boundaries"):  # fmt: skip
        left, right = (vars(i)[name] for i in (again, full))
        assert_frame_equal(left, right, check_exact=True, obj=name)
    assert_series_equal(again.groupings["today"], full.groupings["today"])
    for name in ("name", "title", "currency", "price_year", "crs", "tariff", "travel", "policy",
                 "sources", "assumptions"):  # fmt: skip
        assert vars(again)[name] == vars(full)[name]
    assert again.fingerprint() == full.fingerprint()
    assert set(full.derived) <= set(again.derived)


def test_what_was_derived_stays_known(tmp_path: Path) -> None:
    valley = template_instance()
    assert read(write(valley, tmp_path / "valley")).derived == valley.derived


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    folder = new_instance(tmp_path / "valley", "Valley")
    valley = read(folder)
    (folder / "old.txt").write_text("old", encoding="utf-8")
    with pytest.raises(StoreError, match="exists already"):
        write(valley, folder)
    assert (folder / "old.txt").exists()
    write(valley, folder, overwrite=True)
    assert not (folder / "old.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["valley"]  # no temporary folder stays


def test_a_folder_of_something_else_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match="is not an instance folder"):
        write(template_instance(), tmp_path, overwrite=True)
    assert (tmp_path / "letters.txt").exists()


def test_a_failed_writing_leaves_nothing(
    full: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("optimizer.instance.writing.write._layer", broken)
    home = tmp_path / "home"
    with pytest.raises(StoreError, match="No space left"):
        write(full, home / "pair")
    assert list(home.iterdir()) == []


def test_the_old_instance_is_put_back_when_renaming_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new_instance(tmp_path / "valley", "Valley")
    valley = read(folder)
    rename = Path.rename

    def stubborn(self: Path, target: Path) -> Path:
        if target == folder and self.name != "was":
            raise OSError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stubborn)
    with pytest.raises(StoreError, match="Permission denied"):
        write(valley, folder, overwrite=True)
    assert read(folder).fingerprint() == valley.fingerprint()
    assert [path.name for path in tmp_path.iterdir()] == ["valley"]


def test_a_template_where_no_folder_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be made"):
        new_instance(tmp_path / "file" / "valley", "Valley")


def test_a_grouping_whose_name_is_no_file_name(full: Instance, tmp_path: Path) -> None:
    bad = full.replace(groupings={"../x": full.groupings["today"]})
    with pytest.raises(StoreError, match="cannot be the name of a file"):
        write(bad, tmp_path / "x")


def test_the_template_is_valid_and_explains_every_setting(tmp_path: Path) -> None:
    folder = new_instance(tmp_path / "valley", 'The "Valley"')
    assert read(folder).title == 'The "Valley"'
    text = (folder / "instance.toml").read_text(encoding="utf-8")
    for key in ("reach_hours", "public_money_price", "detour_factor", "poverty_line_person_month"):
        assert key in text
    with pytest.raises(StoreError, match="exists already"):
        new_instance(folder, "again")


def test_the_fingerprint_follows_content_and_not_form(tmp_path: Path) -> None:
    rows = ["A,-76.1,-6.1,8000", "B,-76.2,-6.2,4000"]
    turned = "\n".join(["town,lon,lat,population", *reversed(rows)])
    one = read(folder_with(tmp_path / "one"))
    other = read(folder_with(tmp_path / "other", {"towns.csv": turned}))
    assert len(one.fingerprint()) == 64
    assert other.fingerprint() == one.fingerprint()
    dearer = one.replace(policy=one.policy.replace(public_money_price=3.5))
    moved = read(folder_with(tmp_path / "moved", {"instance.toml": TOML.replace("30000", "30001")}))
    assert len({one.fingerprint(), dearer.fingerprint(), moved.fingerprint()}) == 3


VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(value=VALUES)
def test_every_value_survives_toml(value: object) -> None:
    assert tomllib.loads(f"x = {toml_value(value)}") == {"x": value}


def test_nested_lists_stand_with_their_section() -> None:
    text = toml_text({}, {"tariff": {"ladder": 2.0}}, {"tariff.categories": [{"category": "a"}]})
    assert tomllib.loads(text) == {"tariff": {"ladder": 2.0, "categories": [{"category": "a"}]}}


def test_what_is_no_toml() -> None:
    with pytest.raises(TypeError, match="no TOML for a set"):
        toml_value({1})
