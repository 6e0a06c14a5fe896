"""A short name for the content of an instance, the same on every machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from optimizer.instance.derive.derive import OFF
from optimizer.instance.incumbents import OWN_COLUMNS
from optimizer.instance.schema.demand_fields import Demand
from optimizer.instance.schema.uncertainty_fields import Uncertainty
from optimizer.record import Row

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["digest", "fingerprint"]

OPEN = ("leaving_chance", "price_elasticity")
"""Columns that say nothing where they are empty."""
DIGITS = 12
"""Significant digits that count: derived incomes may differ in the last bits between machines."""


def fingerprint(instance: Instance) -> str:
    """Return the SHA-256 of everything in an instance but its name, ``beside`` and ``derived``.

    The order of rows does not count, nor does how a datum was found: an instance that is written
    and read again has the same fingerprint. Numbers count to 12 significant digits, coordinates of
    roads and boundaries to 1e-9 degrees (a tenth of a millimetre). Only
    settings that differ from their default count, so that a new one changes no fingerprint.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    settings: dict[str, Row | None] = {
        "tariff": instance.tariff,
        "travel": instance.travel,
        "policy": instance.policy,
        "demand": instance.demand,
        "horizon": instance.horizon,
        "uncertainty": instance.uncertainty,
    }
    texts = {name: _changed(record) for name, record in settings.items() if record is not None}
    texts["policy"] = _promises(instance)
    sources = [source.model_dump(exclude_defaults=True) for source in instance.sources]
    return digest(instance, {**texts, "sources": json.dumps(sources, sort_keys=True)})


def _changed(record: Row) -> str:
    """Return the settings that differ from the default, in order of their names."""
    return json.dumps(record.model_dump(mode="json", exclude_defaults=True), sort_keys=True)


def _promises(instance: Instance) -> str:
    """Return the promises that differ from the default; ``connected`` counts where it binds."""
    stated = instance.policy.model_dump(mode="json", exclude_defaults=True, exclude={"connected"})
    if instance.areas_connected:
        stated["connected"] = instance.policy.connected
    return json.dumps(stated, sort_keys=True)


def digest(instance: Instance, settings: Mapping[str, str]) -> str:
    """Return the SHA-256 of an instance, its settings given as texts.

    Parameters
    ----------
    instance : Instance
        Whose tables and head count.
    settings : mapping of str to str
        Texts of ``tariff``, ``travel``, ``policy``, ``sources``, ``demand``, and of ``horizon``
        and ``uncertainty`` where there are such.
    """
    found = hashlib.sha256()
    for label, text in _parts(instance, settings).items():
        found.update(f"{label}\x1e{text}\x1d".encode())
    return found.hexdigest()


def _parts(instance: Instance, settings: Mapping[str, str]) -> dict[str, str]:
    towns = pd.DataFrame(instance.towns.drop(columns="geometry"))
    return {
        "title": instance.title,
        "currency": instance.currency,
        "price_year": str(instance.price_year),
        "crs": instance.crs,
        "tariff": settings["tariff"],
        "travel": settings["travel"],
        "policy": settings["policy"],
        "sources": settings["sources"],
        "assumptions": json.dumps(instance.assumptions),
        "towns": _table(towns.reset_index()),
        "households": _table(instance.households.reset_index()),
        "customers": _table(instance.customers.reset_index()),
        "operator_models": _table(instance.operator_models.reset_index()),
        "travel_table": _optional(instance.travel_table),
        "adjacency_table": _optional(instance.adjacency_table),
        "roads": _layer(instance.roads),
        "boundaries": _layer(instance.boundaries),
        **{
            f"grouping {name}": _table(labels.rename("operator").reset_index())
            for name, labels in sorted(instance.groupings.items())
        },
        **_years(instance, settings),
    }


def _years(instance: Instance, settings: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of demand, horizon and draws; where there are none nothing changes."""
    parts = {}
    if instance.demand != Demand():
        parts["demand"] = settings["demand"]
    if instance.horizon is not None:
        parts["horizon"] = settings["horizon"]
    if instance.uncertainty != Uncertainty():
        parts["uncertainty"] = settings["uncertainty"]
    if instance.targets is not None:
        parts["targets"] = _table(instance.targets.reset_index())
    if instance.investments is not None:
        parts["investments"] = _table(instance.investments)
    return parts


def _optional(table: pd.DataFrame | None) -> str:
    return "" if table is None else _table(table.reset_index())


def _table(table: pd.DataFrame) -> str:
    """Return a table as text, columns by name and rows in order of their text.

    What is off (0 everywhere) or was left open does not count: it says the same as a table
    without it.
    """
    idle = {c for c in OFF if c in table.columns and not table[c].fillna(0.0).any()}
    idle |= {c for c in table.columns if c in OPEN and table[c].isna().all()}
    idle |= {c for c, usual in OWN_COLUMNS.items() if c in table and (table[c] == usual).all()}
    columns = sorted(str(c) for c in table.columns if c != "index" and c not in idle)
    texts = [_column(table[name]) for name in columns]
    rows = sorted("\x1f".join(cells) for cells in zip(*texts, strict=True))
    return "\n".join(["\x1f".join(columns), *rows])


def _column(column: pd.Series) -> list[str]:
    if pd.api.types.is_float_dtype(column.dtype):
        numbers = column.to_numpy(dtype=float) + 0.0  # no negative zero
        return [f"{x:.{DIGITS}g}" for x in numbers.tolist()]
    return [str(x) for x in column]


def _layer(layer: gpd.GeoDataFrame | None) -> str:
    """Return a map layer as text, with normalised geometry on a fixed grid."""
    if layer is None:
        return ""
    shapes = shapely.normalize(np.asarray(layer.geometry.array, dtype=object))
    flat = shapely.transform(shapes, lambda xy: np.round(xy, 9) + 0.0)
    table = pd.DataFrame(layer.drop(columns="geometry")).reset_index()
    return _table(table.assign(shape=shapely.to_wkt(flat, rounding_precision=9, trim=True)))
