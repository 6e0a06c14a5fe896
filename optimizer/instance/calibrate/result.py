"""What a calibration found: costs, how sure they are, and what the table cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from optimizer.instance.calibrate.limits_of_data import always, scale_shows, sentences
from optimizer.instance.calibrate.service import COSTS, QUANTILES, FitOptions, ServiceFit
from optimizer.instance.calibrate.toml import costs_text
from optimizer.instance.calibrate.words import words_of

__all__ = ["Calibration"]


@dataclass(frozen=True, eq=False)
class Calibration:
    """Costs of the median provider, from a table of providers; money of the table.

    Attributes
    ----------
    source : str
        Name of the table.
    service : str
        The service that :attr:`costs` and :meth:`to_toml` are of.
    fits : mapping of str to ServiceFit
        Every service that was fitted.
    sizes : pandas.DataFrame
        Index ``(service, size_class)``; see
        :func:`~optimizer.instance.calibrate.sizes.size_table`.
    dropped : pandas.DataFrame
        Index ``reason``; ``providers`` left out for it.
    read : int
        Rows read, those of other kinds (``where``) apart.
    options : FitOptions
        How it was fitted.
    size_edges : tuple of float
        Connections at which size classes meet.
    overhead_year : float
        Part of a lone provider's fixed cost that the smallest operator model of the instance
        already has; in the table's money.
    money_factor : float
        Factor from the table's money to the instance's.
    """

    source: str
    service: str
    fits: Mapping[str, ServiceFit]
    sizes: pd.DataFrame
    dropped: pd.DataFrame
    read: int
    options: FitOptions
    size_edges: tuple[float, ...]
    overhead_year: float = 0.0
    money_factor: float = 1.0

    @property
    def costs(self) -> pd.Series:
        """What ``[costs]`` gets: the three costs, overhead out, in the instance's money."""
        values = self.fits[self.service].costs["value"].copy()
        values[COSTS[0]] = max(values[COSTS[0]] - self.overhead_year, 0.0)
        return (values * self.money_factor).rename("value")

    @property
    def intervals(self) -> pd.DataFrame:
        """Costs, fixed share and elasticity with intervals; index ``(service, quantity)``."""
        parts = {name: pd.concat([fit.costs, fit.shape]) for name, fit in self.fits.items()}
        return pd.concat(parts, names=["service", "quantity"])

    @property
    def diagnostics(self) -> pd.DataFrame:
        """How good each fit is; index ``diagnostic``, one column per service."""
        table = pd.DataFrame({name: _diagnostics(fit) for name, fit in self.fits.items()})
        table.index.name = "diagnostic"
        return table

    @property
    def findings(self) -> tuple[str, ...]:
        """What the table tells of the service and what it cannot tell, in sentences."""
        sizes = self.sizes.loc[[self.service]].droplevel("service")
        return (*sentences(self.fits[self.service], sizes), *always())

    def to_toml(self) -> str:
        """Return a section ``[costs]`` for ``instance.toml``, with comments that say its source."""
        return costs_text(
            self.costs,
            self.fits[self.service],
            source=self.source,
            level=self.options.level,
            overhead_year=self.overhead_year,
            money_factor=self.money_factor,
            findings=self.findings,
        )

    def plot(self, path: str | Path, *, language: str = "en") -> Path:
        """Draw providers, fit and interval, and cost per connection against size.

        Parameters
        ----------
        path : str or pathlib.Path
            File to write; its ending (``.png``, ``.svg``) says the format.
        language : {"en", "es", "pt"}
            Language of the words in the picture.
        """
        from optimizer.report.charts.calibration import write_plot  # noqa: PLC0415 - pictures are heavy

        return write_plot(self, path, language=language)

    def __str__(self) -> str:
        """Return the calibration on about one screen."""
        return words_of(
            self.fits,
            self.service,
            source=self.source,
            read=self.read,
            dropped=self.dropped,
            sizes=self.sizes,
            level=self.options.level,
            findings=self.findings,
        )

    __repr__ = __str__


def _diagnostics(fit: ServiceFit) -> dict[str, float]:
    rows = fit.rows
    residual = rows["operating_cost_year"] - rows["fitted_cost_year"]
    relative = rows["operating_cost_year"] / rows["fitted_cost_year"] - 1.0
    found: dict[str, float] = {
        "providers": float(len(rows)),
        "connections_smallest": float(rows["connections"].min()),
        "connections_median": float(rows["connections"].median()),
        "connections_largest": float(rows["connections"].max()),
    }
    found |= {f"log_error_{name}": value for name, value in fit.errors.items()}
    for q, money, share in zip(
        QUANTILES, np.quantile(residual, QUANTILES), np.quantile(relative, QUANTILES), strict=True
    ):
        found[f"residual_q{100 * q:02.0f}_year"] = float(money)
        found[f"relative_error_q{100 * q:02.0f}"] = float(share)
    found["log_correlation_connections_m3"] = fit.log_correlation
    found["scale_economy_shows"] = float(scale_shows(fit))
    return found
