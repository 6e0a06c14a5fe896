"""A table as a file holds it: rows as they come, or named columns with shapes."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd

__all__ = ["Grid", "Sheet", "clean_text"]

SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u3000\t\r\n"), " ")
UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad"))


def clean_text(text: str) -> str:
    r"""Return a text with plain single spaces, none at its ends, and no unseen characters.

    Examples
    --------
    >>> clean_text(" San\u00a0 Jos\u00e9\n"), clean_text("S\0I\0")
    ('San José', 'SI')
    """
    plain = text.replace("\0", "").translate(UNSEEN).translate(SPACES)
    return " ".join(plain.split())


@dataclass(frozen=True, eq=False)
class Sheet:
    """Rows of a file before its header is known.

    Attributes
    ----------
    file : str
        Name in messages.
    name : str
        Sheet of a workbook or layer of a map; empty where a file has one.
    rows : list of list
        Cells: texts, numbers, dates, or None.
    lines : list of int
        Line of each row in its file, counted from 1.
    named : bool
        Whether the first row is known to be the header.
    shapes : geopandas.GeoSeries or None
        Shape of each row behind the header.
    """

    file: str
    name: str
    rows: list[list[object]]
    lines: list[int]
    named: bool = False
    shapes: gpd.GeoSeries | None = None


@dataclass(frozen=True, eq=False)
class Grid:
    """Named columns of a sheet.

    Attributes
    ----------
    file, name
        As in :class:`Sheet`.
    columns : dict of str to list
        Cells of each column, all of one length; an empty cell is None.
    lines : list of int
        Line of each row.
    shapes : geopandas.GeoSeries or None
        Shape of each row.
    """

    file: str
    name: str
    columns: dict[str, list[object]]
    lines: list[int]
    shapes: gpd.GeoSeries | None = None
    notes: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def place(self) -> str:
        """Return the file, with its sheet where it has several."""
        return f"{self.file} [{self.name}]" if self.name else self.file

    def taken(self, rows: list[int]) -> Grid:
        """Return some rows, by position."""
        return Grid(
            self.file,
            self.name,
            {key: [cells[at] for at in rows] for key, cells in self.columns.items()},
            [self.lines[at] for at in rows],
            None
            if self.shapes is None
            else gpd.GeoSeries(self.shapes.iloc[rows].reset_index(drop=True)),
            self.notes,
        )
