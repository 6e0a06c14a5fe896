"""A table in a file to typed rows: the one way, in a folder or given by its path."""

from __future__ import annotations

from pathlib import Path

from optimizer.errors import InstanceError
from optimizer.instance.reading.cells import Table, typed
from optimizer.instance.reading.findings import Findings
from optimizer.instance.reading.tables import RawRows, csv_rows, raw_from_rows
from optimizer.instance.reading.text import read_text
from optimizer.instance.schema.own_columns import with_own_columns
from optimizer.instance.spreadsheet import SPREADSHEETS, sheet_rows
from optimizer.record import Row

__all__ = ["raw_rows", "rows_of", "table_of"]


def table_of(path: Path, record: type[Row], found: Findings, *, file: str = "") -> Table | None:
    """Return the typed rows of a file, or None where it cannot be read or its header not used.

    Parameters
    ----------
    path : pathlib.Path
        A spreadsheet, or a CSV file; see :func:`~optimizer.instance.reading.text.read_text` for its
        encodings and :func:`~optimizer.instance.reading.tables.raw_from_csv` for its separators.
    record : type of Row
        The record that names the columns.
    found : Findings
        Receives problems and notes.
    file : str
        Name in messages, the file's own where left out.
    """
    name = file or path.name
    rows = raw_rows(path, name, found)
    if rows is None:
        return None
    record = with_own_columns(record, rows.header)
    raw = raw_from_rows(rows, record, name, found)
    return None if raw is None else typed(raw, record, found)


def raw_rows(path: Path, file: str, found: Findings) -> RawRows | None:
    """Return the rows of a CSV file or of a spreadsheet, or None where it cannot be read.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    file : str
        Its name in messages.
    found : Findings
        Receives problems and notes.
    """
    if path.suffix.lower() in SPREADSHEETS:
        rows = sheet_rows(path, file, found)
        return None if rows is None else RawRows(rows)
    text = read_text(path, file, found)
    return None if text is None else csv_rows(text, file, found)


def rows_of(path: Path, record: type[Row], found: Findings) -> Table:
    r"""Return the typed rows of a file that must be there and have a usable header.

    Parameters
    ----------
    path, record, found
        As in :func:`table_of`. Wrong cells are told in ``found`` and hold a filler.

    Raises
    ------
    InstanceError
        If the file cannot be read or its header not used.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from optimizer.instance.schema.fields import GroupingRow
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "mine.csv"
    >>> _ = file.write_bytes("town;operator\nA;Peñón\n".encode("cp1252"))
    >>> rows_of(file, GroupingRow, Findings()).frame["operator"].tolist()
    ['Peñón']
    """
    table = table_of(path, record, found)
    if table is None:
        raise InstanceError(found.problems)
    return table
