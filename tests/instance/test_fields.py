"""The field table is complete, and what is generated from it is current."""

from __future__ import annotations

import pytest

from optimizer.instance.reading.findings import near
from optimizer.instance.writing.dictionary import SETTINGS, TABLES, data_dictionary
from optimizer.record import Row, unit_of
from tests.paths import ROOT

README = ROOT / "instances" / "README.md"


def test_the_data_dictionary_is_current() -> None:
    assert README.read_text(encoding="utf-8") == data_dictionary(), (
        "run: python -m optimizer.instance.writing.dictionary > instances/README.md"
    )


@pytest.mark.parametrize("record", [*SETTINGS, *TABLES], ids=lambda r: str(r.__name__))
def test_every_field_has_unit_and_meaning(record: type[Row]) -> None:
    assert record.where
    for name, info in record.model_fields.items():
        assert unit_of(record, name), name
        assert info.description, name


@pytest.mark.parametrize("record", [*SETTINGS, *TABLES], ids=lambda r: str(r.__name__))
def test_every_field_is_in_the_dictionary(record: type[Row]) -> None:
    text = data_dictionary()
    assert all(f"| `{name}` | {unit_of(record, name)} |" in text for name in record.model_fields)


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("poblation", "did you mean 'population'? "),
        ("Población", "did you mean 'population'? "),
        ("LON", "did you mean 'lon'? "),
        ("longitude", "did you mean 'lon'? "),
        ("colour", ""),
        ("", ""),
    ],
)
def test_near_names(word: str, hint: str) -> None:
    assert near(word, ["town", "lon", "lat", "population"]) == hint
