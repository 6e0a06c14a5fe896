"""What every study of many plans gives: a table, plans, HTML in a notebook, a folder of runs."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from optimizer.analysis.compare.shown import printed, units_of
from optimizer.html import card
from optimizer.instance.csv_cells import escaped, number_text
from optimizer.plan.csv_tables import write_rows
from optimizer.plan.place import check_place, whole_folder
from optimizer.plan.plan import Plan

__all__ = ["STUDY_FILE", "Study", "study_runs"]

STUDY_FILE = "study.json"


class Study(ABC):
    """A question that takes several plans to answer."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What was asked, in a few words."""

    @property
    @abstractmethod
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables that are kept, by the names of their files."""

    @property
    @abstractmethod
    def runs(self) -> Mapping[str, Plan]:
        """The plans that are kept, by name, in the order in which they are looked at."""

    @abstractmethod
    def shown(self) -> pd.DataFrame:
        """Return the table that is printed: cells of text."""

    @abstractmethod
    def notes(self) -> Sequence[str]:
        """Return the sentences below the table."""

    def __str__(self) -> str:
        """Return the table, what its money is, and the sentences."""
        return printed(self.shown(), [*self._units(), *self.notes()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the same."""
        return card(self.title, table=self.shown(), notes=[*self._units(), *self.notes()])

    def _units(self) -> list[str]:
        regions = [plan.instance for plan in self.runs.values()]
        return [units_of(regions)] if regions else []

    def write(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Write every plan as a run, the tables as CSV, and the text that is printed.

        Parameters
        ----------
        folder : str or pathlib.Path
            Folder to make: there whole or not at all. ``study.json`` names the run of each plan,
            so that ``optimizer report`` and ``optimizer compare`` take the folder for all of them.
        overwrite : bool
            Replace an earlier study in the same place. Any other folder is never replaced.

        Returns
        -------
        pathlib.Path
            The folder.

        Raises
        ------
        StoreError
            If the folder exists and may not be replaced, or cannot be written.
        AuditError
            If a plan fails its audit; nothing is written.
        """
        target = Path(folder)
        check_place(target, "study", _is_study, overwrite=overwrite)
        with whole_folder(target, overwrite=overwrite) as fresh:
            places = _places(self.runs)
            for name, plan in self.runs.items():
                plan.write(fresh / places[name])
            for name, table in self.tables.items():
                _write_table(table, fresh / f"{name}.csv")
            (fresh / "summary.txt").write_text(f"{self.title}\n{self}\n", encoding="utf-8")
            record = {"study": self.title, "plans": places}
            text = json.dumps(record, ensure_ascii=False, indent=2)
            (fresh / STUDY_FILE).write_text(f"{text}\n", encoding="utf-8")
        return target


def study_runs(folder: Path) -> dict[str, Path]:
    """Return the runs of a study by the names of their plans; empty where the folder is none."""
    try:
        told = json.loads((folder / STUDY_FILE).read_text(encoding="utf-8"))
        named = {str(name): folder / Path(str(place)).name for name, place in told["plans"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return {name: place for name, place in named.items() if place.is_dir()}


def _is_study(folder: Path) -> bool:
    return (folder / STUDY_FILE).is_file()


def _places(runs: Mapping[str, Plan]) -> dict[str, str]:
    """Return a name of a folder for each plan: its own, made safe, with a number where taken."""
    places: dict[str, str] = {}
    for name in runs:
        plain = re.sub(r"[^A-Za-z0-9.-]+", "_", name).strip("._")[:60] or "plan"
        taken, number, place = {p.casefold() for p in places.values()}, 1, plain
        while place.casefold() in taken:
            number += 1
            place = f"{plain}-{number}"
        places[name] = place
    return places


def _write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV: numbers as short as they read back equal, formulas as texts."""
    flat = table.reset_index()
    rows = [[_cell(value) for value in row] for row in flat.to_numpy(dtype=object).tolist()]
    write_rows(path, [str(name) for name in flat.columns], rows)


def _cell(value: object) -> str:
    if value is None or value is pd.NA:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number_text(value)
    return escaped(str(value))
