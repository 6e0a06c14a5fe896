"""What the planner asks of an import, and what an import asks of the planner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Question", "Wishes"]


@dataclass(frozen=True)
class Question:
    """Something that must not be settled without a word.

    Attributes
    ----------
    where : str
        File, with its sheet or column.
    what : str
        What is open, and what is taken meanwhile.
    how : str
        How the planner settles it.
    """

    where: str
    what: str
    how: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.how}"


@dataclass(frozen=True)
class Wishes:
    """What the planner asks for, of one table or of all.

    Attributes
    ----------
    columns : mapping of str to str
        Field -> column, or columns joined by ``*``, ``/``, ``+`` or ``-`` with blanks around
        them; an empty column means that the table has none.
    keep : mapping of str to tuple of str
        Column -> values; only such rows are taken.
    crs : str
        Coordinate system of metres or shapes that say none.
    sheet : str
        Sheet or layer; the most telling where empty.
    duplicates : str
        What becomes of rows that repeat a key with other figures: ``stop``, ``first``, ``sum`` or
        ``number`` (a key of its own for each).
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    crs: str = ""
    sheet: str = ""
    duplicates: str = "stop"
