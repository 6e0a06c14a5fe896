"""A tariff path: how a plan's tariffs, its cash and its debts move over the years."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.audit.result import Audit
from optimizer.audit.years.path import audit_path
from optimizer.errors import AuditError
from optimizer.instance.schema.path_tables import PATH_TABLES
from optimizer.instance.schema.year_fields import Horizon
from optimizer.plan.csv_tables import write_table
from optimizer.plan.path.services import SHARES
from optimizer.plan.path.summary import path_summary
from optimizer.plan.place import check_place, whole_folder

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from optimizer.plan.plan import Plan

__all__ = ["TariffPath", "path_frames", "path_summary_text", "write_path_files"]


@dataclass(frozen=True, eq=False)
class TariffPath:
    """The years after a plan: its grouping stays, its schedules follow a path of levels.

    The schedule of a year is its level times the plan's own schedule. All money is real (of the
    price year) unless a column says ``nominal``; it flows at the end of each year.

    Attributes
    ----------
    plan : Plan
        The plan whose tariffs move.
    horizon : Horizon
        Years, rates and limits.
    years : pandas.DataFrame
        Index ``(service_area, year)``: the cash flow; see ``instance/schema/path_tables.py`` for
        the columns of all tables. The area is ``region`` where all share one tariff.
    levels : pandas.DataFrame
        Index ``(service_area, town, year)``: level and real rise of every schedule.
    bills : pandas.DataFrame
        Index ``(town, group, year)``: bills and burdens.
    worth : pandas.DataFrame
        Index ``service_area``: present values, net present value, average tariffs. There is no
        rate of return among them: tariffs are set so that it is the discount rate.
    broken_promises : tuple of str
        What no path could keep, by how much and in which year; empty where all is kept.
    """

    plan: Plan
    horizon: Horizon
    years: pd.DataFrame
    levels: pd.DataFrame
    bills: pd.DataFrame
    worth: pd.DataFrame
    broken_promises: tuple[str, ...] = ()

    @property
    def npv(self) -> float:
        """Net present value of all areas together, money of the price year."""
        return float(self.worth["npv"].sum())

    def tariffs(self, year: int) -> pd.DataFrame:
        """Return the schedules of a year, as ``plan.tariffs``, real money.

        Parameters
        ----------
        year : int
            Calendar year of the path.

        Raises
        ------
        KeyError
            If the year is not one of the path's.

        Examples
        --------
        >>> import optimizer as op
        >>> path = op.tariff_path(op.solve(op.read("instances/growing")))
        >>> path.tariffs(2026).columns.tolist()
        ['from_m3', 'to_m3', 'price']
        """
        of_year = self.levels["level"].xs(year, level="year")
        schedules = [tuple(map(str, key)) for key in of_year.index.to_list()]
        level = dict(zip(schedules, of_year.tolist(), strict=True))
        areas = [str(area) for area in self.plan.tariffs.index.get_level_values("service_area")]
        towns = [str(town) for town in self.plan.tariffs.index.get_level_values("town")]
        pooled = self.plan.instance.policy.tariff_scope == "region"
        keys = [next(iter(level))] * len(areas) if pooled else list(zip(areas, towns, strict=True))
        share = self.plan.tariffs.index.get_level_values("component").isin(SHARES)
        factor = np.where(share, 1.0, [level[key] for key in keys])
        return self.plan.tariffs.assign(price=self.plan.tariffs["price"] * factor)

    def __str__(self) -> str:
        """Return a summary of one screen."""
        return path_summary(self)

    __repr__ = __str__

    def audit(self) -> Audit:
        """Recompute every balance by code of its own; see :mod:`optimizer.audit.years.path`."""
        return audit_path(self)

    def plot(self, ax: Axes | None = None, *, language: str = "en") -> Axes:
        """Draw tariffs and cash; see :func:`optimizer.report.charts.path_chart.plot_path`."""
        # Here and in picture() a path looks up to the report: imported when it is used.
        from optimizer.report.charts.path_chart import plot_path  # noqa: PLC0415

        return plot_path(self, ax, language=language)

    def picture(self, file: str | Path, *, language: str = "en") -> Path:
        """Write bills and cash flow as PNG or SVG; see ``charts.path_chart``."""
        from optimizer.report.charts.path_chart import write_path_picture  # noqa: PLC0415

        return write_path_picture(self, Path(file), language=language)

    def write(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Audit the path and write its tables as CSV files and a summary; whole or not at all.

        Parameters
        ----------
        folder : str or pathlib.Path
            Folder to make.
        overwrite : bool
            Replace an earlier path in the same place. Any other folder is never replaced.

        Raises
        ------
        AuditError
            If the path contradicts itself, its plan or the instance; nothing is written.
        StoreError
            If the folder exists and may not be replaced, or cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> import optimizer as op
        >>> path = op.tariff_path(op.solve(op.read("instances/growing")))
        >>> made = path.write(Path(tempfile.mkdtemp()) / "path")
        >>> sorted(file.name for file in made.iterdir())[:2]
        ['path_bills.csv', 'path_levels.csv']
        """
        found = self.audit()
        if not found.sound:
            raise AuditError(f"not written, because the path fails its audit\n{found}")
        target = Path(folder)
        check_place(target, "path", _is_path, overwrite=overwrite)
        with whole_folder(target, overwrite=overwrite) as fresh:
            write_path_files(self, found, fresh)
        return target


def path_frames(path: TariffPath) -> dict[str, pd.DataFrame]:
    """Return the tables of a path by the names of :data:`PATH_TABLES`."""
    return {
        "path_years": path.years,
        "path_levels": path.levels,
        "path_bills": path.bills,
        "path_worth": path.worth,
    }


def write_path_files(path: TariffPath, found: Audit, folder: Path) -> None:
    """Write the tables and the summary of a path into a folder that is there."""
    for name, frame in path_frames(path).items():
        write_table(frame, PATH_TABLES[name], folder / f"{name}.csv")
    text = path_summary_text(path, found)
    (folder / "path_summary.txt").write_text(text, encoding="utf-8", newline="\n")


def path_summary_text(path: TariffPath, found: Audit) -> str:
    """Return the text of ``path_summary.txt``."""
    return f"{path_summary(path)}\n\n{found}\n"


def _is_path(folder: Path) -> bool:
    there = {entry.name for entry in folder.iterdir()}
    return there <= {f"{name}.csv" for name in PATH_TABLES} | {"path_summary.txt", "path.png"}
