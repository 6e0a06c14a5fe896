"""Zonal offices of an area: where crews would sit besides the seat, and what that saves.

Offices do not draw the map: they are placed in the areas of a plan. For each area a facility
location programme decides which towns hold an office and from which of them each is visited; it is
solved to the end, so that no other placing saves more.

Source: uncapacitated facility location, Balinski (1965).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from optimizer.arrays import Bools, Floats
from optimizer.cost_terms.terms import Per
from optimizer.costs.sums import model_cost
from optimizer.errors import OptimizerError, PolicyError
from optimizer.geography.reach import travel_pairs
from optimizer.plan.plan import Plan

__all__ = ["zonal_offices"]


def zonal_offices(plan: Plan, *, office_cost_year: float) -> pd.DataFrame:
    """Return the zonal offices that pay for themselves, and what each area saves by them.

    Parameters
    ----------
    plan : Plan
        Any plan; its areas stay as they are.
    office_cost_year : float
        What an office costs, money per year, before fee and margin; the seat is one already.

    Returns
    -------
    pandas.DataFrame
        Index ``(service_area, office)``, one row for each town that would hold one:
        ``office_name``, ``towns`` (that it would visit), ``hours_most`` (to the farthest of them),
        ``travel_saved_year`` (money per year), ``saving_year`` (less what the office costs).

    Raises
    ------
    PolicyError
        If the cost is not a number from 0 up.

    Examples
    --------
    >>> import optimizer as op
    >>> plan = op.evaluate(op.read("instances/line"), "together")
    >>> found = zonal_offices(plan, office_cost_year=1.0)
    >>> bool((found["saving_year"] > 0).all())
    True
    """
    if not (np.isfinite(office_cost_year) and office_cost_year >= 0):
        raise PolicyError(f"office_cost_year is {office_cost_year}: give a number from 0 up")
    hours, towns = _hours(plan), plan.instance.towns
    place = {str(key): k for k, key in enumerate(towns.index)}
    models = plan.instance.operator_models
    crew = dict(zip(models.index, model_cost(models, Per.ROAD_HOUR).tolist(), strict=True))
    rows = []
    for area, row in plan.areas.iterrows():
        keys = [str(t) for t in plan.towns.index[plan.towns["service_area"] == area]]
        at = np.array([place[key] for key in keys], dtype=np.int64)
        trips = towns["trips_year"].to_numpy(dtype=np.float64)[at]
        price = crew[row["operator_model"]]
        here = hours[np.ix_(at, at)]
        known = np.where(np.isfinite(here), here, 0.0) * trips[None, :]
        cost = np.where(np.isfinite(here), price * 2.0 * known, np.inf)
        seat = keys.index(str(row["seat"]))
        served = _placed(cost, seat, office_cost_year)
        rows += _rows(str(area), keys, cost, (seat, served), (here, towns))
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    table["saving_year"] = table["travel_saved_year"] - office_cost_year
    return table.set_index(["service_area", "office"])


_COLUMNS = ("service_area", "office", "office_name", "towns", "hours_most", "travel_saved_year")


def _hours(plan: Plan) -> Floats:
    """Return the hours between the towns of each area; infinite where no way is known."""
    count = len(plan.instance.towns)
    group = pd.factorize(plan.towns["service_area"].reindex(plan.instance.towns.index))[0]
    pairs = travel_pairs(plan.instance, np.inf, within=group.astype(np.int64))
    hours = np.full((count, count), np.inf)
    hours[pairs["seat"].to_numpy(), pairs["town"].to_numpy()] = pairs["hours"].to_numpy()
    return hours


def _placed(cost: Floats, seat: int, office_cost: float) -> Bools:
    """Return which office (row) visits each town (column) at the least cost of both.

    Programme: ``min sum_j f_j y_j + sum_ji c_ji x_ji``, ``sum_j x_ji = 1``, ``x_ji <= y_j``.
    """
    size = len(cost)
    fee = np.where(np.arange(size) == seat, 0.0, office_cost)
    worth = np.isfinite(cost) & (cost < cost[seat][None, :])
    worth[seat] = True
    office, town = np.nonzero(worth)
    links, unit = len(office), max(1.0, float(cost[seat].max(initial=0.0)))
    price = np.concatenate([fee, cost[office, town]]) / unit
    link, ones = np.arange(links), np.ones(links)
    once = coo_array((ones, (town, size + link)), shape=(size, size + links))
    ends = (np.concatenate([link, link]), np.concatenate([size + link, office]))
    opened = coo_array((np.concatenate([ones, -ones]), ends), shape=(links, size + links))
    found = milp(
        price,
        integrality=np.concatenate([np.ones(size), np.zeros(links)]),
        bounds=Bounds(0.0, 1.0),
        constraints=[LinearConstraint(once, 1.0, 1.0), LinearConstraint(opened, -np.inf, 0.0)],
        options={"mip_rel_gap": 0.0},
    )
    if found.status != 0:
        raise OptimizerError(f"zonal offices: the programme was not solved ({found.message})")
    member = np.zeros((size, size), dtype=np.bool_)
    chosen = found.x[size:] > 0.5
    member[office[chosen], town[chosen]] = True
    return member


def _rows(
    area: str,
    keys: list[str],
    cost: Floats,
    placed: tuple[int, Bools],
    facts: tuple[Floats, pd.DataFrame],
) -> list[tuple[object, ...]]:
    (seat, served), (hours, towns) = placed, facts
    rows: list[tuple[object, ...]] = []
    for at in np.flatnonzero(served.any(axis=1)):
        if at == seat:
            continue
        mine = served[at]
        saved = float((cost[seat, mine] - cost[at, mine]).sum())
        far = float(hours[at, mine].max())
        name = str(towns["name"][keys[at]])
        rows.append((area, keys[at], name, int(mine.sum()), far, saved))
    return rows
