"""Sao Paulo's 645 municipalities, with groupings that a planner would compare.

The state regrouped its water services by law: bill PL 251/2021 (now Law 17.383/2021) drew four
units for basic sanitation (URAE), one of them with 370 municipalities. The rivals are the 22
river-basin units and the 53 immediate regions of the statistics office. All three partition the
state, so each can be evaluated as it stands and compared with the engine's own plan.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.instance.instance import Instance
from optimizer.instance.reading.findings import Findings
from optimizer.instance.reading.layers import clean_boundaries
from optimizer.instance.schema.fields import Source, Travel
from optimizer.instance.schema.policy import Policy
from optimizer.instance.sources.brazil import brazil, municipalities
from optimizer.instance.sources.brazil_travel import state_speeds
from optimizer.instance.sources.peru_text import CITY_OPERATOR

__all__ = ["LARGE_OPERATORS", "larger_models", "routed_first", "sao_paulo"]

STATE, CODE = "SP", "35"

LARGE_OPERATORS = (
    ("regional company", 50_000, 240_000),
    ("large regional company", 200_000, 1_000_000),
    ("metropolitan company", 800_000, 4_000_000),
    ("state company", 3_000_000, 16_000_000),
)
"""Assumed operator models above the utility branch: name, least and most connections."""

_SCHEMES = {"urae_pl251": "SP_URAE_PL251", "river_basins": "SP_UGRHI_bacias"}
"""Groupings of the instance by the name of their scheme in the table of real groupings."""


def sao_paulo(data: Path) -> Instance:
    """Return the state of Sao Paulo: 645 municipalities of any size, three groupings, boundaries.

    As :func:`~optimizer.instance.sources.brazil.brazil`, but with operator models large enough for
    the capital, with routed travel where a route is known, with the municipal boundaries, and with
    a reach of one hour (about 67 km on the state's roads).

    Parameters
    ----------
    data : pathlib.Path
        Folder of the public tables (those of ``brazil`` and ``brazil_actual_blocks``).

    Raises
    ------
    FileNotFoundError
        If a table is absent.
    """
    policy = Policy(reach_hours=1.0, connected=False)
    region = brazil(data, people_least=0.0, people_most=np.inf, state=STATE, policy=policy)
    speeds = state_speeds(data, municipalities(data)).astype("float64").loc[STATE].to_dict()
    towns = region.towns
    assert region.travel_table is not None  # noqa: S101 - brazil() always gives one
    return region.replace(
        name="sao_paulo",
        title="Sao Paulo: all 645 municipalities",
        towns=towns.assign(name=towns["name"].str.removesuffix(f" {STATE}")),
        operator_models=larger_models(region.operator_models.drop(index=CITY_OPERATOR)),
        travel=Travel(
            detour_factor=round(speeds["circuity"], 3),
            speed_km_h=round(speeds["speed_km_h"], 1),
        ),
        travel_table=routed_first(region.travel_table, _routes(data)),
        boundaries=_boundaries(data, towns),
        groupings=_groupings(data, towns.index),
        sources=(
            *region.sources,
            Source(
                title="Units of bill PL 251/2021 and river-basin units (UGRHI)",
                publisher="gaemapiracicaba/norma_pl_251-21",
                licence="MIT",
                used_for="groupings",
            ),
            Source(title="Immediate regions 2017", publisher="IBGE", used_for="groupings"),
            Source(
                title="Municipal boundaries, about 2010", publisher="IBGE", used_for="boundaries"
            ),
        ),
        assumptions=(
            "Travel is routed from 93 municipalities, and fitted to those routes elsewhere.",
            "Operators above 60,000 connections have no further economies of scale: overhead a "
            "year per connection as that of the utility branch at its largest size.",
            "Every municipality costs and uses water as the small ones do.",
        ),
    )


def larger_models(models: pd.DataFrame) -> pd.DataFrame:
    """Return the operator models with larger ones added, without economies of scale among them.

    ``overhead = most x (overhead of the largest model given / its most)``: the evidence on scale
    ends near 40,000-60,000 connections.

    Parameters
    ----------
    models : pandas.DataFrame
        Index ``operator_model``; the last row is the largest model.

    Examples
    --------
    >>> given = pd.DataFrame(
    ...     {"overhead_year": [60_000.0], "connections_least": [0.0], "connections_most": [6e4]},
    ...     index=pd.Index(["utility branch"], name="operator_model"))
    >>> larger_models(given)["overhead_year"].tolist()
    [60000.0, 240000.0, 1000000.0, 4000000.0, 16000000.0]
    """
    largest = models.iloc[-1]
    each = float(largest["overhead_year"]) / float(largest["connections_most"])
    names = pd.Index([name for name, _, _ in LARGE_OPERATORS], name=models.index.name)
    added = pd.DataFrame([largest] * len(names), index=names).assign(
        overhead_year=[float(round(each * most)) for _, _, most in LARGE_OPERATORS],
        connections_least=[float(least) for _, least, _ in LARGE_OPERATORS],
        connections_most=[float(most) for _, _, most in LARGE_OPERATORS],
    )
    return pd.concat([models, added.astype(models.dtypes)])


def routed_first(fitted: pd.DataFrame, routes: pd.DataFrame) -> pd.DataFrame:
    """Return fitted travel with the pairs that a route is known for replaced by that route.

    Parameters
    ----------
    fitted, routes : pandas.DataFrame
        Index ``(origin, destination)``; ``hours``, ``km``. A pair is the same in either direction.

    Examples
    --------
    >>> def trips(pairs, hours):
    ...     index = pd.MultiIndex.from_tuples(pairs, names=["origin", "destination"])
    ...     return pd.DataFrame({"hours": hours, "km": 1.0}, index=index)
    >>> fitted = trips([("a", "b"), ("a", "c")], [1.0, 2.0])
    >>> routed_first(fitted, trips([("b", "a")], [1.5]))["hours"]
    origin  destination
    b       a              1.5
    a       c              2.0
    Name: hours, dtype: float64
    """
    both = pd.concat([routes, fitted])
    ends = both.index.to_frame(index=False).astype("str").to_numpy(dtype=object)
    keys = pd.Series([(min(a, b), max(a, b)) for a, b in ends])
    return both[~keys.duplicated().to_numpy()]


def _routes(data: Path) -> pd.DataFrame:
    """Return the fastest route from each municipality with a statistics agency to the others."""
    path = data / "brazil_travel_osrm" / "osrm_agencia_municipio.csv.gz"
    table = pd.read_csv(path, dtype={"agencia_codigo": "str", "municipio_codigo": "str"})
    table = table[table["municipio_codigo"].str.startswith(CODE) & (table["metodo"] == "osrm")]
    routes = pd.DataFrame(
        {
            "origin": table["agencia_codigo"].str[:7],
            "destination": table["municipio_codigo"],
            "hours": table["duracao_horas"].round(4),
            "km": table["distancia_km"].round(2),
        }
    )
    routes = routes[routes["origin"] != routes["destination"]].sort_values("hours", kind="stable")
    routes = routes.drop_duplicates(["origin", "destination"])
    return routes.sort_values(["origin", "destination"]).set_index(["origin", "destination"])


def _boundaries(data: Path, towns: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Return the municipal polygons, index ``town``."""
    path = data / "brazil_boundaries" / f"mun_{CODE}.geojson.gz"
    if not path.is_file():
        raise FileNotFoundError(2, "not found", str(path))
    polygons = gpd.read_file(f"/vsigzip/{path.resolve()}").rename(columns={"codigo_ibge": "town"})
    found = Findings()
    keys = pd.DataFrame(towns.drop(columns="geometry")).reset_index()
    return clean_boundaries(polygons[["town", "geometry"]], "boundaries", keys, found)


def _groupings(data: Path, towns: pd.Index) -> dict[str, pd.Series]:
    """Return the label of each municipality in each grouping."""
    folder = data / "brazil_actual_blocks"
    units = pd.read_csv(folder / "blocos_membros.csv", dtype={"codigo_ibge": "str"})
    found = {
        name: units[units["esquema"] == scheme].set_index("codigo_ibge")["unidade"]
        for name, scheme in _SCHEMES.items()
    }
    regions = pd.read_csv(folder / "ibge_regioes_imediatas_2017.csv", dtype={"codigo_ibge": "str"})
    found["immediate_regions"] = regions.set_index("codigo_ibge")["nome_rgi"]
    return {
        name: labels.reindex(towns).astype("str").rename("operator")
        for name, labels in found.items()
    }
