"""The folder of an imported region: only what was given; settings that say what they assume."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.instance.csv_cells import number_text
from optimizer.instance.reading.separators import one_reading
from optimizer.instance.schema.fields import Costs, Incomes, OperatorModel, Source, Travel
from optimizer.instance.schema.head_fields import FORMAT
from optimizer.instance.writing.toml_text import toml_text
from optimizer.record import Row

__all__ = ["settings_text", "write_layer", "write_rows"]

HEAD = """# Written by `optimizer import`. Change what you know better: nothing is written over.
# What is assumed and not measured stands in the list of assumptions.
"""


def write_rows(frame: pd.DataFrame, path: Path) -> None:
    """Write a table; numbers have one reading, an unknown value is an empty cell.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns of a table of the folder.
    path : pathlib.Path
        CSV file to make.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(frame.columns)
        for row in frame.itertuples(index=False, name=None):
            writer.writerow([_cell(value) for value in row])


def _cell(value: object) -> str:
    if isinstance(value, float | np.floating):
        return one_reading(number_text(float(value)))
    return "" if value is None else str(value)


def write_layer(layer: gpd.GeoDataFrame, path: Path) -> None:
    """Write a map layer of the folder."""
    layer.to_file(path, driver="GPKG", layer=path.stem, engine="pyogrio")


def settings_text(
    head: Mapping[str, object],
    *,
    costs: Costs,
    incomes: Incomes,
    travel: Travel,
    models: Sequence[OperatorModel],
    sources: Sequence[Source],
    assumptions: Sequence[str],
) -> str:
    """Return ``instance.toml``.

    Parameters
    ----------
    head : mapping
        Title, currency, price year, coordinate system.
    costs, incomes, travel, models, sources
        Records of its sections; what has its default is left out.
    assumptions : sequence of str
        One sentence each.
    """
    top = {"format": FORMAT, **head, "assumptions": list(assumptions)}
    sections: dict[str, dict[str, object]] = {
        "policy": {"affordable_share": 0.03, "reach_hours": 2.0},
        "tariff": {"blocks_m3": [8.0, 20.0], "ladder": 3.0, "fixed_charge_share": 0.2},
        "costs": _given(costs),
        "incomes": _given(incomes),
        "travel": _given(travel),
    }
    lists = {
        "operator_models": [_given(model) for model in models],
        "sources": [_given(source) for source in sources],
    }
    return HEAD + toml_text(top, sections, lists)


def _given(record: Row) -> dict[str, object]:
    return record.model_dump(exclude_none=True, exclude_defaults=True)
