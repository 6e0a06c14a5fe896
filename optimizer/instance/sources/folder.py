"""Write the tables of an instance folder: small, sorted, the same bytes on every machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

__all__ = ["csv_text", "geojson_text", "write_folder"]


def csv_text(table: pd.DataFrame, decimals: Mapping[str, int]) -> str:
    """Return a table as CSV text with a fixed number of decimals in each numeric column.

    Parameters
    ----------
    table : pandas.DataFrame
        The rows, in the order in which they are to be written; the index is left out.
    decimals : mapping of str to int
        Decimals of each numeric column; NaN becomes an empty cell.

    Examples
    --------
    >>> print(csv_text(pd.DataFrame({"town": ["A"], "lon": [1.23456]}), {"lon": 3}), end="")
    town,lon
    A,1.235
    """
    shown = table.copy()
    for column, places in decimals.items():
        shown[column] = ["" if pd.isna(value) else f"{value:.{places}f}" for value in shown[column]]
    return str(shown.to_csv(index=False, lineterminator="\n"))


def geojson_text(lines: gpd.GeoDataFrame, *, decimals: int) -> str:
    """Return lines as GeoJSON text (WGS84, RFC 7946), one feature a line.

    Parameters
    ----------
    lines : geopandas.GeoDataFrame
        Line geometries in EPSG:4326; all other columns become properties.
    decimals : int
        Decimals of the coordinates in degrees (4 decimals are 11 m).
    """
    columns = [name for name in lines.columns if name != lines.geometry.name]
    features = []
    for row, geometry in zip(lines[columns].to_dict("records"), lines.geometry, strict=True):
        points = shapely.get_coordinates(geometry).round(decimals).tolist()
        feature = {
            "type": "Feature",
            "properties": row,
            "geometry": {"type": "LineString", "coordinates": points},
        }
        features.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    body = ",\n".join(features)
    return f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n'


def write_folder(files: Mapping[str, str], folder: Path) -> None:
    """Write the texts of an instance folder, UTF-8 with Unix line ends.

    Parameters
    ----------
    files : mapping of str to str
        Text of each file by name.
    folder : pathlib.Path
        Made where it does not exist; other files in it stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
