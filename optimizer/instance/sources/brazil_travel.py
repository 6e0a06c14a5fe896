"""Brazilian road travel: fitted per state to real routes, then applied to all pairs of towns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Geod
from scipy.spatial import KDTree

from optimizer.arrays import Floats, Ints

__all__ = ["fitted_travel", "state_speeds", "straight_km"]


_WGS84 = Geod(ellps="WGS84")
_EARTH_KM = 6371.0
_NEAR_KM, _FAR_KM = 10.0, 100.0
"""Routes used in the fit, straight line: shorter ones are town streets, longer ones motorways."""


def state_speeds(data: Path, municipalities: pd.DataFrame) -> pd.DataFrame:
    """Return the circuity and speed of roads in each state, fitted to routes from 559 hubs.

    Medians over the routes of 10-100 km (straight line) from a statistics agency to the
    municipalities of its state.

    Parameters
    ----------
    data : pathlib.Path
        Folder that holds ``brazil_travel_osrm`` (OSRM on OpenStreetMap).
    municipalities : pandas.DataFrame
        Index ``codigo_ibge``; ``uf``, ``lon``, ``lat``.

    Returns
    -------
    pandas.DataFrame
        Index state (``uf``): ``circuity`` (road km over straight km), ``speed_km_h`` (on the
        road); the national medians where a state has fewer than 5 routes.
    """
    folder = data / "brazil_travel_osrm"
    routes = pd.read_csv(folder / "osrm_agencia_municipio.csv.gz")
    hubs = pd.read_csv(folder / "agencias_559.csv").drop_duplicates("agencia_codigo")
    routes = routes[routes["metodo"] == "osrm"].merge(
        hubs[["agencia_codigo", "agencia_lon", "agencia_lat"]], on="agencia_codigo"
    )
    ends = municipalities.reindex(routes["municipio_codigo"])
    straight = straight_km(
        routes["agencia_lon"].to_numpy(),
        routes["agencia_lat"].to_numpy(),
        ends["lon"].to_numpy(),
        ends["lat"].to_numpy(),
    )
    table = pd.DataFrame(
        {
            "uf": ends["uf"].to_numpy(),
            "circuity": routes["distancia_km"].to_numpy() / straight,
            "speed_km_h": (routes["distancia_km"] / routes["duracao_horas"]).to_numpy(),
        }
    )
    table = table[(straight >= _NEAR_KM) & (straight <= _FAR_KM)]
    values = ["circuity", "speed_km_h"]
    fitted = table.groupby("uf")[values].median()
    few = table.groupby("uf").size() < 5
    states = pd.Index(sorted(municipalities["uf"].unique()), name="uf")
    return fitted[~few].reindex(states).fillna(table[values].median())


def fitted_travel(towns: pd.DataFrame, speeds: pd.DataFrame, *, hours_most: float) -> pd.DataFrame:
    """Return travel between all pairs of towns within some hours, each pair once.

    ``km = circuity x straight line``, ``hours = km / speed``; circuity and speed of a pair in two
    states are the means of both.

    Parameters
    ----------
    towns : pandas.DataFrame
        ``town``, ``uf``, ``lon``, ``lat``.
    speeds : pandas.DataFrame
        Result of :func:`state_speeds`.
    hours_most : float
        Pairs farther apart are left out.

    Returns
    -------
    pandas.DataFrame
        ``origin``, ``destination``, ``hours``, ``km``.

    Examples
    --------
    >>> towns = pd.DataFrame({"town": ["a", "b"], "uf": ["X", "X"], "lon": [0.0, 1.0],
    ...                       "lat": [0.0, 0.0]})
    >>> speeds = pd.DataFrame({"circuity": [1.5], "speed_km_h": [60.0]}, index=["X"])
    >>> fitted_travel(towns, speeds, hours_most=4.0).round(2).to_dict("records")
    [{'origin': 'a', 'destination': 'b', 'hours': 2.78, 'km': 166.98}]
    """
    lon, lat = towns["lon"].to_numpy(dtype=float), towns["lat"].to_numpy(dtype=float)
    own = speeds.loc[towns["uf"]]
    circuity, speed = own["circuity"].to_numpy(), own["speed_km_h"].to_numpy()
    a, b = _near_pairs(lon, lat, hours_most * float(speed.max()))
    km = straight_km(lon[a], lat[a], lon[b], lat[b]) * (circuity[a] + circuity[b]) / 2.0
    hours = km / ((speed[a] + speed[b]) / 2.0)
    near = hours <= hours_most
    keys = towns["town"].to_numpy()
    return pd.DataFrame(
        {
            "origin": keys[a[near]],
            "destination": keys[b[near]],
            "hours": hours[near].round(4),
            "km": km[near].round(2),
        }
    )


def _near_pairs(lon: Floats, lat: Floats, km_most: float) -> tuple[Ints, Ints]:
    """Return all pairs ``a < b`` within a distance, by a k-d tree on the sphere."""
    east, north = np.radians(lon), np.radians(lat)
    points = np.column_stack(
        [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
    )
    arc = min(1.01 * km_most / _EARTH_KM, np.pi)
    pairs = KDTree(points).query_pairs(2.0 * np.sin(arc / 2.0), output_type="ndarray")
    pairs = np.sort(pairs, axis=1)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].astype(np.int64)
    return pairs[:, 0], pairs[:, 1]


def straight_km(lon_a: Floats, lat_a: Floats, lon_b: Floats, lat_b: Floats) -> Floats:
    """Return geodesic kilometres between pairs of places (degrees, WGS84), shape (m,).

    Examples
    --------
    >>> straight_km(np.zeros(1), np.zeros(1), np.ones(1), np.zeros(1)).round(2).tolist()
    [111.32]
    """
    metres = _WGS84.inv(lon_a, lat_a, lon_b, lat_b)[2]
    return np.asarray(metres, dtype=np.float64) / 1000.0
