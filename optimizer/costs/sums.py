"""The one place where costs are computed: column times factor times what it is paid for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.cost_terms.factors import ALL_COSTS
from optimizer.cost_terms.terms import CostTerm, Line, Per, terms_of
from optimizer.costs.quantities import Quantities

__all__ = ["NO_FACTORS", "model_cost", "town_cost", "unit_cost"]


Factors = Mapping[str, Floats]
NO_FACTORS: Factors = MappingProxyType({})


def town_cost(
    towns: pd.DataFrame,
    quantities: Quantities,
    line: Line,
    *,
    efficiency: bool,
    factors: Factors = NO_FACTORS,
    sewerage: bool | None = None,
) -> Floats:
    """Return what each town costs on a line of the income statement, money per year.

    Formula: ``sum_terms factor x column_i x quantity_i``, before the operator's efficiency.

    Parameters
    ----------
    towns : pandas.DataFrame
        Cost columns; one that may be absent, and its gaps, are 0.
    quantities : Quantities
        What there is in each town.
    line : Line
        Line of the income statement.
    efficiency : bool
        Whether the costs wanted are those that the operator's efficiency multiplies, or the others.
    factors : mapping of str to array
        By the names of :data:`~optimizer.cost_terms.factors.FACTORS`; shapes that broadcast with
        the quantities.
    sewerage : bool, optional
        Costs of sewerage, or of water, alone.

    Returns
    -------
    array of shape (..., n)

    Examples
    --------
    >>> from optimizer.costs.quantities import Quantities
    >>> here = Quantities(*(np.array([v]) for v in (100.0, 1500.0, 0.0, 0.0, 0.25)))
    >>> towns = pd.DataFrame({"fixed_cost_year": [5e3], "connection_cost_year": [20.0],
    ...     "volume_cost_m3": [0.1]})
    >>> town_cost(towns, here, Line.OPERATION, efficiency=True).tolist()
    [9400.0]
    """
    total: Floats = np.zeros(len(towns))
    for term in terms_of(line, table="towns"):
        if term.efficiency is efficiency and sewerage in (None, term.sewerage):
            each = _column(towns, term) * _factor(term, factors)
            total = total + each * quantities.of(term.per)
    return np.asarray(total, dtype=np.float64)


def model_cost(models: pd.DataFrame, per: Per, factors: Factors = NO_FACTORS) -> Floats:
    """Return what each operator model costs per service area, or per hour on the road.

    Parameters
    ----------
    models : pandas.DataFrame
        Rows of operator models.
    per : Per
        ``AREA`` or ``ROAD_HOUR``.
    factors : mapping of str to array
        As :func:`town_cost`; shapes that broadcast with the rows.
    """
    total: Floats = np.zeros(len(models))
    for term in terms_of(table="operator_models", per=per):
        total = total + _column(models, term) * _factor(term, factors)
    return np.asarray(total, dtype=np.float64)


def unit_cost(towns: pd.DataFrame, per: Per, lines: Iterable[Line] = (Line.OPERATION,)) -> Floats:
    """Return what one more of a quantity costs each town on some lines; shape (n,)."""
    total: Floats = np.zeros(len(towns))
    for line in lines:
        for term in terms_of(line, table="towns", per=per):
            total = total + _column(towns, term)
    return np.asarray(total, dtype=np.float64)


def _factor(term: CostTerm, factors: Factors) -> Floats:
    one = np.ones(1)
    product = factors.get(ALL_COSTS, one) * factors.get(term.factor, one)
    own = one if term.column == term.factor else factors.get(term.column, one)
    return np.asarray(product * own)


def _column(table: pd.DataFrame, term: CostTerm) -> Floats:
    """Return a column; one that may be absent, and its gaps, are 0."""
    if not term.may_be_absent:
        return table[term.column].to_numpy(dtype=np.float64)
    found = table.reindex(columns=[term.column])[term.column].astype(float)
    return np.asarray(found.fillna(0.0), dtype=np.float64)
