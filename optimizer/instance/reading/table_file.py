"""A table in a file to typed rows: the one way, in a folder or given by its path."""

from __future__ import annotations

from pathlib import Path

from optimizer.errors import InstanceError
from optimizer.instance.reading.cells import Table, typed
from optimizer.instance.reading.findings import Findings
from optimizer.instance.reading.tables import raw_from_csv
from optimizer.instance.reading.text import read_text
from optimizer.instance.schema.own_columns import named_in, with_own_columns
from optimizer.record import Row

__all__ = ["rows_of", "table_of"]


def table_of(path: Path, record: type[Row], found: Findings, *, file: str = "") -> Table | None:
    """Return the typed rows of a file, or None where it cannot be read or its header not used.

    Parameters
    ----------
    path : pathlib.Path
        A CSV file; see :func:`~optimizer.instance.reading.text.read_text` for its encodings and
        :func:`~optimizer.instance.reading.tables.raw_from_csv` for its separators.
    record : type of Row
        The record that names the columns.
    found : Findings
        Receives problems and notes.
    file : str
        Name in messages, the file's own where left out.
    """
    name = file or path.name
    text = read_text(path, name, found)
    if text is None:
        return None
    record = with_own_columns(record, named_in(text))
    raw = raw_from_csv(text, record, name, found)
    return None if raw is None else typed(raw, record, found)


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
