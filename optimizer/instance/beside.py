"""``beside.csv``: the planner's own columns, kept with the towns and given back in every output."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from optimizer.errors import Problem
from optimizer.instance.reading.findings import Findings
from optimizer.instance.reading.tables import whole_csv
from optimizer.instance.reading.text import read_text

__all__ = ["FILE", "beside_columns", "read_beside"]

FILE = "beside.csv"


def read_beside(path: Path, towns: pd.DataFrame, found: Findings) -> pd.DataFrame | None:
    """Return the planner's own columns as texts, index ``town``, or None where there is no file.

    Parameters
    ----------
    path : pathlib.Path
        The file: a column ``town`` and any others.
    towns : pandas.DataFrame
        Column ``town``: the keys that the file may have.
    found : Findings
        Receives problems.
    """
    if not path.is_file():
        return None
    text = read_text(path, path.name, found)
    raw = None if text is None else whole_csv(text, path.name, found)
    if raw is None:
        return None
    if "town" not in raw.columns:
        remedy = "add a column town with the keys of towns.csv"
        found.problem(path.name, 1, "town", "column is missing", remedy)
        return None
    keys = ["" if cell is None else str(cell) for cell in raw.columns.pop("town")]
    known = set(towns["town"])
    wrong = [at for at, key in enumerate(keys) if key not in known or key in keys[:at]]

    def problem(at: int) -> Problem:
        what = f"{keys[at]!r} is no town of towns.csv, or stands twice"
        return Problem(path.name, raw.lines[at], "town", what, "correct the key, or remove the row")

    found.faults(wrong, problem)
    frame = pd.DataFrame(
        {name: ["" if c is None else str(c) for c in cells] for name, cells in raw.columns.items()},
        index=pd.Index(keys, name="town"),
        dtype=object,
    )
    if wrong:
        return None
    return frame.reindex(list(dict.fromkeys(towns["town"]))).fillna("")


def beside_columns(beside: pd.DataFrame | None, towns: pd.Index, taken: list[str]) -> pd.DataFrame:
    """Return the planner's own columns for an output that has columns already.

    A column whose name is taken there is called ``given_NAME``.

    Parameters
    ----------
    beside : pandas.DataFrame or None
        Of an instance.
    towns : pandas.Index
        Rows of the output.
    taken : list of str
        Columns that the output has.

    Examples
    --------
    >>> own = pd.DataFrame({"Name": ["x"]}, index=pd.Index(["a"], name="town"))
    >>> beside_columns(own, own.index, ["name"]).columns.tolist()
    ['given_Name']
    """
    if beside is None:
        return pd.DataFrame(index=towns)
    used = {name.casefold() for name in taken}
    names = [f"given_{name}" if name.casefold() in used else name for name in beside.columns]
    return beside.reindex(towns).fillna("").set_axis(names, axis=1)
