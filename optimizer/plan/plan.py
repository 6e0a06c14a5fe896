"""A plan: which town belongs to which service area, what it pays, and how sure we are."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import pandas as pd

from optimizer.audit import Audit, audit
from optimizer.audit.certificate.duals import Duals
from optimizer.errors import UnconfirmedError
from optimizer.instance.beside import beside_columns
from optimizer.instance.instance import Instance
from optimizer.plan.folder import write_plan
from optimizer.plan.path.build import write_years
from optimizer.plan.statistics import statistics
from optimizer.plan.summary import summary

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from optimizer.analysis.loyalty.stability import Stability
    from optimizer.analysis.what_if.support_instruments import SupportInstruments
    from optimizer.analysis.what_if.tariff_freedom import TariffFreedom
    from optimizer.report.page.notebook import Explorer

__all__ = ["Outcome", "Plan", "Status"]

Status = Literal[
    "optimal",
    "within_gap",
    "time_limit",
    "interrupted",
    "infeasible",
    "unconfirmed",
    "evaluated",
]


@dataclass(frozen=True)
class Outcome:
    """How a plan was found and how sure it is.

    Attributes
    ----------
    status : str
        ``optimal``: proven best. ``within_gap``: proven to be within the gap that was asked for.
        ``time_limit``, ``interrupted``: the best plan so far. ``infeasible``: no plan keeps every
        promise. ``unconfirmed``: the plan's own figures do not bear out what the method says, so
        that nothing of it may be used. ``evaluated``: a grouping that was given, with its best
        tariffs.
    objective : float
        Cost plus weighted public money, money per year.
    bound : float
        No plan can be cheaper than this; ``nan`` for an evaluated grouping.
    seconds : mapping of str to float
        Time of each phase (``geography``, ``build``, ``solve``, ``tariffs`` ...).
    method : str
        ``compact``, ``columns`` or ``given grouping``.
    broken_promises : tuple of str
        Promises that an evaluated grouping breaks or that must bend, in words; where nothing was
        confirmed, the figures that fail.
    versions : mapping of str to str
        Versions of the solver and of the libraries that matter.
    options : mapping of str to object
        How hard to compute was asked for; empty where nobody asked (an evaluated grouping).
    duals : Duals or None
        What the bound rests on, from which :func:`optimizer.audit.certificate.check_certificate`
        proves it again; ``None`` where the method gives none.
    refined_saving_year : float
        Where demand responds: by how much the published schedules are better than the best of the
        menu, of which objective and bound speak, money per year. 0 otherwise.
    """

    status: Status
    objective: float
    bound: float
    seconds: Mapping[str, float] = field(default_factory=dict)
    method: str = ""
    broken_promises: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    refined_saving_year: float = 0.0
    options: Mapping[str, object] = field(default_factory=dict)
    duals: Duals | None = None

    @property
    def gap(self) -> float:
        """Relative gap between objective and bound, a share of the objective.

        ``nan`` where there is no bound (an evaluated grouping), infinite for a bound of minus
        infinity or an objective of zero above its bound.

        Examples
        --------
        >>> Outcome("time_limit", objective=200.0, bound=190.0).gap
        0.05
        """
        short = self.objective - self.bound
        if math.isnan(short):
            return math.nan
        if short <= 0:
            return 0.0
        return short / abs(self.objective) if self.objective else math.inf


@dataclass(frozen=True, eq=False)
class Plan:
    """A partition of the towns into service areas, with tariffs, subsidies and proof.

    Attributes
    ----------
    instance : Instance
        The region and the promises that the plan was made for.
    areas : pandas.DataFrame
        Index ``service_area``; see
    ``instance/schema/plan_tables.py`` for all columns.
    towns : geopandas.GeoDataFrame
        Index ``town``.
    tariffs : pandas.DataFrame
        Index ``(service_area, town, category, component)``; town is empty where the whole area
        has one schedule.
    bills : pandas.DataFrame
        Index ``(town, group)``.
    finances : pandas.DataFrame
        Index ``service_area``; the income statement, money per year.
    outcome : Outcome
        Status, objective, bound, seconds.
    draws : pandas.DataFrame or None
        Index ``(draw, service_area)``, columns of ``instance/schema/draws_table.py``: what the
        areas come to in each draw, where the policy's objective is ``expected``. All other tables
        are at the given figures.
    """

    instance: Instance
    areas: pd.DataFrame
    towns: gpd.GeoDataFrame
    tariffs: pd.DataFrame
    bills: pd.DataFrame
    finances: pd.DataFrame
    outcome: Outcome
    draws: pd.DataFrame | None = None

    @property
    def objective(self) -> float:
        """Requirements plus weighted public money, money per year."""
        return self.outcome.objective

    @property
    def bound(self) -> float:
        """No plan can have a smaller objective than this; ``nan`` for an evaluated grouping."""
        return self.outcome.bound

    @property
    def gap(self) -> float:
        """Relative gap between objective and bound; ``nan`` for an evaluated grouping."""
        return self.outcome.gap

    @property
    def status(self) -> Status:
        """How sure the plan is; see :class:`Outcome`."""
        return self.outcome.status

    @property
    def seconds(self) -> Mapping[str, float]:
        """Time of each phase."""
        return self.outcome.seconds

    @property
    def beside(self) -> pd.DataFrame:
        """The planner's own columns, in the rows of ``towns``; there may be none."""
        return beside_columns(self.instance.beside, self.towns.index, list(self.towns.columns))

    def __str__(self) -> str:
        """Return a summary of one screen."""
        return summary(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the summary, the map, the areas."""
        from optimizer.report.page.notebook import plan_card  # noqa: PLC0415

        return plan_card(self)

    def raise_if_unconfirmed(self) -> None:
        """Raise where the plan's own figures do not bear out what was found.

        Raises
        ------
        UnconfirmedError
            With the figures that fail.
        """
        if self.status == "unconfirmed":
            figures = "; ".join(self.outcome.broken_promises)
            other = "columns" if self.outcome.method == "compact" else "compact"
            message = (
                "the answer failed the check of its own figures and is not kept: "
                f"{figures}. That is a fault of the engine, not of your data: please report it "
                f"with the region (CONTRIBUTING.md says how); the method {other!r} may answer"
            )
            raise UnconfirmedError(message)

    def audit(self) -> Audit:
        """Recompute everything that the plan claims; see :func:`optimizer.audit.audit`."""
        return audit(self)

    def statistics(self) -> pd.DataFrame:
        """Return the plan's key figures; see :func:`optimizer.plan.statistics.statistics`."""
        return statistics(self)

    def write(
        self,
        folder: str | Path,
        *,
        options: Mapping[str, object] | None = None,
        allow_failed: bool = False,
        overwrite: bool = False,
    ) -> Path:
        """Write the plan, its map and, where there is a horizon, its years.

        See :func:`optimizer.plan.store.write_plan` and
        :func:`optimizer.plan.path.build.write_years`.
        """
        # The one place where a plan looks up to the report: imported when it is used.
        from optimizer.report.map.static import plan_map  # noqa: PLC0415

        return write_plan(
            self,
            folder,
            options=options,
            allow_failed=allow_failed,
            overwrite=overwrite,
            extras=(
                lambda made: plan_map(self, made / "map.png"),
                lambda made: write_years(self, made),
            ),
        )

    # The package report stands above plan and shows it; the methods below are its doors, and import
    # it when they are called, so that a plan can be made and checked without matplotlib.

    def report(
        self,
        path: str | Path,
        *,
        language: str = "en",
        stability: Stability | None = None,
        instruments: SupportInstruments | None = None,
        freedom: TariffFreedom | None = None,
    ) -> Path:
        """Write the plan as one HTML file; see :func:`optimizer.report.page.page.write_page`."""
        from optimizer.report.page.page import write_page  # noqa: PLC0415

        return write_page(
            self,
            path,
            language=language,
            stability=stability,
            instruments=instruments,
            freedom=freedom,
        )

    def workbook(self, path: str | Path, *, language: str = "en") -> Path:
        """Write the tables as XLSX; see ``workbook.write_workbook``."""
        from optimizer.report.workbook.workbook import write_workbook  # noqa: PLC0415

        return write_workbook(self, path, language=language)

    def charts(self, folder: str | Path, *, language: str = "en") -> list[Path]:
        """Write every chart as SVG and PNG; see ``charts.write_charts``."""
        from optimizer.report.charts.charts import write_charts  # noqa: PLC0415

        return write_charts(self, folder, language=language)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the map; see :func:`optimizer.report.page.notebook.plot_plan`."""
        from optimizer.report.page.notebook import plot_plan  # noqa: PLC0415

        return plot_plan(self, ax)

    def explore(self) -> Explorer:
        """Return the report as an object that a notebook shows in a frame."""
        from optimizer.report.page.notebook import Explorer  # noqa: PLC0415
        from optimizer.report.page.page import page_html  # noqa: PLC0415

        return Explorer(page_html(self))

    def with_instance(self, instance: Instance) -> Plan:
        """Return the same plan seen against another instance's promises."""
        return dataclasses.replace(self, instance=instance)

    def with_seconds(self, seconds: Mapping[str, float]) -> Plan:
        """Return the same plan with the seconds of its phases."""
        return dataclasses.replace(
            self, outcome=dataclasses.replace(self.outcome, seconds=dict(seconds))
        )

    def with_broken_promises(self, words: tuple[str, ...]) -> Plan:
        """Return the same plan with the promises that it breaks, in words."""
        return dataclasses.replace(
            self, outcome=dataclasses.replace(self.outcome, broken_promises=words)
        )
