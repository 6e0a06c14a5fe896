"""A region as one draw has it: all tables, checked again."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats
from optimizer.cost_terms.factors import FACTORS, SHARES_MOST
from optimizer.instance.instance import Instance
from optimizer.uncertainty.draws import Draws

__all__ = ["drawn_region"]


def drawn_region(region: Instance, draws: Draws, number: int) -> Instance:
    """Return the region with the figures of one draw, for whatever is asked of a region.

    Reach stays: drawn hours on the road are written as trips. Drawn connections change what an
    area's size is judged by here, and do not in :func:`~optimizer.uncertainty.cases.drawn_cases`,
    which is also a hundred times quicker.

    Parameters
    ----------
    region : Instance
        The region at its given figures.
    draws : Draws
        Of its towns and operator models.
    number : int
        Draw, from 0.

    Examples
    --------
    >>> import optimizer as op
    >>> from optimizer.uncertainty.draws import draws_of
    >>> pair = op.read("instances/pair")
    >>> drawn_region(pair, draws_of(pair, draws=2), 1).policy == pair.policy
    True
    """
    tables = {
        "towns": region.towns,
        "households": region.households,
        "customers": region.customers,
    }
    of_towns = {k: _row(v, number, len(region.towns)) for k, v in draws.town.items()}
    of_models = {k: _row(v, number, len(region.operator_models)) for k, v in draws.model.items()}
    models = region.operator_models
    for name in [*of_towns, *(k for k in of_models if k not in of_towns)]:
        for table, column in _columns(name):
            if table == "operator_models":
                models = models.assign(**{column: models[column] * of_models[name]})
            elif column in tables[table].columns and name not in SHARES_MOST:
                place = region.towns.index.get_indexer(tables[table].index.get_level_values("town"))
                values = tables[table][column] * of_towns[name][place]
                tables[table] = tables[table].assign(**{column: values})
    for name in SHARES_MOST:
        given = region.towns[name].to_numpy(dtype=np.float64)
        share = _row(draws.share(name, given), number, len(given))
        tables["towns"] = tables["towns"].assign(**{name: share})
    horizon = region.horizon
    if horizon is not None and "growth" in of_towns:
        growth = horizon.connection_growth_share_year * float(of_towns["growth"][0])
        horizon = horizon.replace(connection_growth_share_year=growth)
    return region.replace(**tables, operator_models=models, horizon=horizon)


def _columns(name: str) -> tuple[tuple[str, str], ...]:
    return (("towns", "trips_year"),) if name == "hours" else FACTORS.get(name, ())


def _row(values: Floats, number: int, width: int) -> Floats:
    """Return the values of a draw, one for each town or model."""
    row = values[0] if len(values) == 1 else values[number]
    return np.asarray(np.broadcast_to(row, width), dtype=np.float64)
