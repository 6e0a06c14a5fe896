"""The costs of the providers of one service, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.cost_terms.terms import Line, Per, terms_of
from optimizer.instance.calibrate.intervals import draws_of, held_out_error
from optimizer.instance.calibrate.least_error import (
    elasticity,
    error,
    fit_costs,
    fit_money,
    middle,
    shares,
)

__all__ = ["COSTS", "QUANTILES", "FitOptions", "Interval", "ServiceFit", "VolumeUse", "fit_service"]

COSTS = tuple(
    terms_of(Line.OPERATION, per=per)[0].column
    for per in (Per.TOWN, Per.CONNECTION, Per.M3_PRODUCED)
)
"""The costs that a fit finds: the first of the table of costs per town, connection and m3."""
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
TOLD_APART = 0.02
"""Least share of cost that both the connection and the m3 must have to be told apart."""

VolumeUse = Literal["auto", "fit", "leave_out"]


@dataclass(frozen=True)
class FitOptions:
    """How a service is fitted.

    Attributes
    ----------
    volume : {"auto", "fit", "leave_out"}
        Whether cost depends on m3: where the data can tell, always, never.
    draws, seed : int
        Repetitions of the bootstrap and the seed of everything random.
    level : float
        Share of the draws inside an interval.
    """

    volume: VolumeUse = "auto"
    draws: int = 200
    seed: int = 0
    level: float = 0.9


class Interval(NamedTuple):
    """A figure, and where it would lie with other providers of the same kind."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class ServiceFit:
    """Cost = fixed + per connection + per m3, for the median provider of one service.

    Attributes
    ----------
    service : str
        The service.
    rows : pandas.DataFrame
        Providers in the fit, with ``fitted_cost_year``.
    costs : pandas.DataFrame
        Index of :data:`COSTS`; ``value``, ``low``, ``high``.
    shape : pandas.DataFrame
        Index ``fixed_share`` (of the median provider's cost), ``elasticity`` and, where volumes are
        given, ``connection_share`` and ``volume_share`` of a fit with all three terms; ``value``,
        ``low``, ``high``.
    errors : dict of str to float
        Mean errors in logarithms: of the ``fit``, of cost ``proportional`` to connections, and both
        on providers ``held_out``.
    others : pandas.DataFrame
        Index ``fit``: the same costs with the error in money, and from the smaller and the larger
        half of the providers.
    volume : {"measured", "fitted", "not told apart", "left out", "not given"}
        What was done about cost per m3.
    log_correlation : float
        Of connections and m3, in logarithms; NaN where volumes are not given.
    curve : pandas.DataFrame
        Index ``connections``: cost per connection, ``fitted``, ``low``, ``high``, with the median
        volume per connection.
    """

    service: str
    rows: pd.DataFrame
    costs: pd.DataFrame
    shape: pd.DataFrame
    errors: dict[str, float]
    others: pd.DataFrame
    volume: str
    log_correlation: float
    curve: pd.DataFrame

    def interval(self, name: str) -> Interval:
        """Return a cost or a figure of :attr:`shape` with its interval."""
        table = self.costs if name in self.costs.index else self.shape
        value, low, high = table.loc[name, ["value", "low", "high"]].to_numpy(dtype=np.float64)
        return Interval(float(value), float(low), float(high))


@dataclass(frozen=True, eq=False)
class _Data:
    """Columns of a service as arrays; ``rest`` is the cost that is fitted."""

    size: Floats
    m3: Floats
    rest: Floats
    weights: Floats

    def terms(self, *, volume: bool) -> Floats:
        columns = [np.ones(len(self.size)), self.size]
        return np.column_stack([*columns, self.m3] if volume else columns)

    def at(self, rows: np.ndarray) -> _Data:
        return _Data(self.size[rows], self.m3[rows], self.rest[rows], self.weights[rows])


def fit_service(service: str, rows: pd.DataFrame, options: FitOptions) -> ServiceFit:
    """Fit the providers of one service.

    The cost per m3 is the median of ``volume_cost_year`` per m3 where the table measures it. Else
    it is fitted with the rest, and kept only where the bootstrap gives both a connection and an m3
    at least 2 % of cost and providers that were held out are predicted better with both than with
    one: providers with many connections also sell much water, and where the two move together a
    fit may give either the other's cost.

    Parameters
    ----------
    service : str
        Name of the service.
    rows : pandas.DataFrame
        Its usable providers.
    options : FitOptions
        How to fit.
    """
    measured = (rows["volume_cost_year"] > 0) & (rows["volume_m3_year"] > 0)
    measured &= rows["volume_cost_year"] < rows["operating_cost_year"]
    is_measured = options.volume != "leave_out" and bool(measured.mean() >= 0.5)
    with_m3 = rows[rows["volume_m3_year"] > 0]
    can_fit = not is_measured and len(with_m3) >= max(0.5 * len(rows), 12)
    full = _shares_of_three(with_m3, options) if can_fit else None
    told = full is not None and bool((full["low"] >= TOLD_APART).all())
    told = told and _both_matter(_data(with_m3, measured=False), options.seed)
    fitted = full is not None and (options.volume == "fit" or (options.volume == "auto" and told))
    chosen = rows[measured] if is_measured else with_m3 if fitted else rows
    data = _data(chosen, measured=is_measured)
    estimate = _Estimator(data, chosen, fitted=fitted, measured=is_measured)
    value = estimate(np.arange(len(chosen)))
    draws = draws_of(estimate, len(chosen), draws=options.draws, seed=options.seed)
    low, high = np.quantile(draws, [(1 - options.level) / 2, (1 + options.level) / 2], axis=0)
    names = [*COSTS, "fixed_share", "elasticity"]
    table = pd.DataFrame({"value": value, "low": low, "high": high}, index=names)
    per_connection = with_m3["volume_m3_year"] / with_m3["connections"]
    each_m3 = float(per_connection.median()) if len(with_m3) else 0.0
    return ServiceFit(
        service=service,
        rows=chosen.assign(fitted_cost_year=_fitted(chosen, value)),
        costs=table.loc[list(COSTS)],
        shape=pd.concat(
            [table.loc[["fixed_share", "elasticity"]], *([] if full is None else [full])]
        ),
        errors=_errors(data, fitted=fitted, seed=options.seed),
        others=_others(data, fitted=fitted),
        volume=_volume_word(options.volume, measured=is_measured, fitted=fitted, given=can_fit),
        log_correlation=_log_correlation(with_m3),
        curve=_curve(chosen, each_m3, value, draws, options.level),
    )


def _data(rows: pd.DataFrame, *, measured: bool) -> _Data:
    cost = rows["operating_cost_year"].to_numpy(dtype=np.float64)
    known = rows["volume_cost_year"].to_numpy(dtype=np.float64) if measured else 0.0
    return _Data(
        size=rows["connections"].to_numpy(dtype=np.float64),
        m3=rows["volume_m3_year"].to_numpy(dtype=np.float64),
        rest=np.asarray(cost - known, dtype=np.float64),
        weights=rows["weight"].to_numpy(dtype=np.float64),
    )


class _Estimator:
    """Estimates costs, fixed share and elasticity on chosen rows."""

    def __init__(self, data: _Data, rows: pd.DataFrame, *, fitted: bool, measured: bool) -> None:
        self._data, self._fitted = data, fitted
        self._cost = rows["operating_cost_year"].to_numpy(dtype=np.float64)
        each = (rows["volume_cost_year"] / rows["volume_m3_year"]).to_numpy(dtype=np.float64)
        self._per_m3: Floats | None = each if measured else None
        self._starts: list[Floats] = []

    def __call__(self, rows: np.ndarray) -> Floats:
        data, cost = self._data.at(rows), self._cost[rows]
        terms = data.terms(volume=self._fitted)
        start = self._starts[int(rows[0]) % len(self._starts)] if self._starts else None
        fit = fit_costs(terms, data.rest, data.weights, start=start)
        if not self._starts:
            self._starts = _starts(terms, fit)
        per_m3 = fit[2] if self._fitted else 0.0
        if self._per_m3 is not None:
            per_m3 = middle(self._per_m3[rows], data.weights)
        middling = np.array([1.0, np.median(data.size), np.median(data.m3) if per_m3 else 0.0])
        share = fit[0] / float(middling @ [fit[0], fit[1], per_m3])
        slope = elasticity(data.size, cost, data.weights)
        return np.array([fit[0], fit[1], per_m3, share, slope], dtype=np.float64)


def _starts(terms: Floats, fit: Floats) -> list[Floats]:
    """Return where draws begin: the fit, and the fit with m3 and connection paying all for both.

    Where the data cannot tell the two apart, many costs fit equally well and a search stays near
    its start: draws from one start would look sure of it.
    """
    if len(fit) < 3:
        return [fit]
    middle_terms = np.median(terms, axis=0)
    both = float(fit[1:] @ middle_terms[1:])
    all_connection = np.array([fit[0], both / middle_terms[1], 0.0])
    all_m3 = np.array([fit[0], 0.0, both / middle_terms[2]])
    return [fit, all_connection, all_m3]


def _both_matter(data: _Data, seed: int) -> bool:
    """Return whether held-out providers are predicted better with connections and m3 than with one.

    Better by more than 1 % of the error, against each of the two alone.
    """
    terms = data.terms(volume=True)
    with_both, *with_one = (
        held_out_error(terms[:, columns], data.rest, data.weights, seed=seed)
        for columns in ([0, 1, 2], [0, 1], [0, 2])
    )
    return with_both < 0.99 * min(with_one)


def _shares_of_three(rows: pd.DataFrame, options: FitOptions) -> pd.DataFrame:
    """Return the shares of connection and m3 in a fit of all three terms, with intervals."""
    data = _data(rows, measured=False)
    terms = data.terms(volume=True)
    best = fit_costs(terms, data.rest, data.weights)
    starts = _starts(terms, best)

    def estimate(chosen: np.ndarray) -> Floats:
        some, start = terms[chosen], starts[int(chosen[0]) % len(starts)]
        return shares(some, fit_costs(some, data.rest[chosen], data.weights[chosen], start=start))

    draws = draws_of(estimate, len(rows), draws=options.draws, seed=options.seed)
    low, high = np.quantile(draws, [(1 - options.level) / 2, (1 + options.level) / 2], axis=0)
    names = ["fixed", "connection_share", "volume_share"]
    table = pd.DataFrame({"value": shares(terms, best), "low": low, "high": high}, index=names)
    return table.drop(index="fixed")


def _fitted(rows: pd.DataFrame, value: Floats) -> pd.Series:
    """Return ``fixed + per connection n + per m3 V`` (rows without a volume: none)."""
    m3 = rows["volume_m3_year"].fillna(0.0)
    return pd.Series(value[0] + value[1] * rows["connections"] + value[2] * m3)


def _errors(data: _Data, *, fitted: bool, seed: int) -> dict[str, float]:
    terms = data.terms(volume=fitted)
    found: dict[str, float] = {}
    for name, columns in (("fit", terms), ("proportional", terms[:, 1:2])):
        fit = fit_costs(columns, data.rest, data.weights)
        found[name] = error(columns, data.rest, fit, data.weights)
        found[f"{name}_held_out"] = held_out_error(columns, data.rest, data.weights, seed=seed)
    return found


def _others(data: _Data, *, fitted: bool) -> pd.DataFrame:
    """Return the costs that other choices would give; the spread is what the choice decides."""
    middle = float(np.median(data.size))
    smaller, larger = data.at(data.size < middle), data.at(data.size >= middle)
    rows = {"error in money": fit_money(data.terms(volume=fitted), data.rest, data.weights)}
    for name, part in (
        (f"below {middle:,.0f} connections", smaller),
        (f"from {middle:,.0f} connections", larger),
    ):
        if len(part.size) >= 6:
            rows[name] = fit_costs(part.terms(volume=fitted), part.rest, part.weights)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(COSTS[: 2 + fitted]))
    table.index.name = "fit"
    return table


def _volume_word(wanted: VolumeUse, *, measured: bool, fitted: bool, given: bool) -> str:
    if measured:
        return "measured"
    if fitted:
        return "fitted"
    if wanted == "leave_out":
        return "left out"
    return "not told apart" if given else "not given"


def _log_correlation(rows: pd.DataFrame) -> float:
    if len(rows) < 3:
        return float("nan")
    logs = np.log(rows[["connections", "volume_m3_year"]].to_numpy(dtype=np.float64))
    if (logs.std(axis=0) < 1e-12).any():
        return float("nan")
    return float(np.corrcoef(logs.T)[0, 1])


def _curve(
    rows: pd.DataFrame, each_m3: float, value: Floats, draws: Floats, level: float
) -> pd.DataFrame:
    size = np.geomspace(rows["connections"].min(), rows["connections"].max(), 60)
    per = np.column_stack([1.0 / size, np.ones(60), np.full(60, each_m3)])
    low, high = np.quantile(per @ draws[:, :3].T, [(1 - level) / 2, (1 + level) / 2], axis=1)
    index = pd.Index(size, name="connections")
    return pd.DataFrame({"fitted": per @ value[:3], "low": low, "high": high}, index=index)
