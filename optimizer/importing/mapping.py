"""The file ``mapping.toml``: which column is what, to be edited and used again."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from optimizer.errors import InstanceError, PolicyError, Problem
from optimizer.importing.columns.guess import Guess
from optimizer.importing.wishes import Wishes
from optimizer.instance.reading.findings import near
from optimizer.instance.writing.toml_text import toml_key, toml_value

__all__ = ["Mapped", "mapping_text", "parse_wishes", "read_mapping"]

DUPLICATES = ("stop", "first", "number")
HEAD = """# Which column of which file is what. Change a line and run the import again:
#   optimizer import --mapping mapping.toml --data FOLDER --to REGION
# A field may be columns joined by * / + - with blanks around them ("density * area");
# an empty text means that the file has no such column. keep chooses rows by the values of a column.
"""

Mapped = dict[str, Wishes]
"""Wishes by the file, or by ``file [sheet]``."""


def mapping_text(tables: Sequence[tuple[str, str, Sequence[Guess], Wishes]]) -> str:
    r"""Return ``mapping.toml`` of the tables of an import.

    Parameters
    ----------
    tables : sequence of (str, str, sequence of Guess, Wishes)
        File, sheet, fields with their columns, and what was asked.

    Examples
    --------
    >>> text = mapping_text([("a.csv", "", [Guess("town", "cod", 1.0)], Wishes())])
    >>> print(text.split("\n\n")[1].strip())
    [[tables]]
    file = "a.csv"
    [tables.columns]
    town = "cod"  # 100 % sure
    """
    blocks = [HEAD]
    for file, sheet, guesses, wishes in tables:
        lines = ["[[tables]]", f"file = {toml_value(file)}"]
        lines += [f"sheet = {toml_value(sheet)}"] if sheet else []
        lines += [f"crs = {toml_value(wishes.crs)}"] if wishes.crs else []
        if wishes.duplicates != "stop":
            lines.append(f"duplicates = {toml_value(wishes.duplicates)}")
        lines.append("[tables.columns]")
        known = {guess.field: guess for guess in guesses}
        for name, column in {**{g.field: g.column for g in guesses}, **wishes.columns}.items():
            sure = f"  # {100 * known[name].sure:.0f} % sure" if name in known else ""
            others = known[name].others if name in known else ()
            also = f"; or {', '.join(others[:3])}" if others else ""
            lines.append(f"{toml_key(name)} = {toml_value(column)}{sure}{also}")
        if wishes.keep:
            lines.append("[tables.keep]")
            lines += [f"{toml_key(c)} = {toml_value(list(v))}" for c, v in wishes.keep.items()]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def read_mapping(path: Path) -> Mapped:
    """Return the wishes of a mapping file, in its order.

    Raises
    ------
    InstanceError
        If it cannot be read or holds something else.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        remedy = "give the mapping.toml of an earlier import"
        raise InstanceError(
            [Problem(path.name, None, "", f"cannot be read ({error})", remedy)]
        ) from None
    tables = content.get("tables")
    if not isinstance(tables, list) or not all(isinstance(t, dict) and "file" in t for t in tables):
        problem = Problem(path.name, None, "tables", "has no [[tables]] with a file", "add them")
        raise InstanceError([problem])
    return {
        _place(table): Wishes(
            columns={str(k): str(v) for k, v in table.get("columns", {}).items()},
            keep={str(k): tuple(map(str, _listed(v))) for k, v in table.get("keep", {}).items()},
            crs=str(table.get("crs", "")),
            sheet=str(table.get("sheet", "")),
            duplicates=str(table.get("duplicates", "stop")),
        )
        for table in tables
    }


def _place(table: Mapping[str, object]) -> str:
    return f"{table['file']} [{table['sheet']}]" if table.get("sheet") else str(table["file"])


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


def parse_wishes(
    maps: Sequence[str],
    keeps: Sequence[str],
    *,
    known: Sequence[str],
    crs: str = "",
    sheet: str = "",
    duplicates: str = "stop",
) -> Wishes:
    """Return the wishes of options such as ``population=POB_URB_2023`` and ``NIV=2,3``.

    Raises
    ------
    PolicyError
        If an option has no ``=`` or names no field.

    Examples
    --------
    >>> parse_wishes(["population=POB"], ["NIV=2"], known=["population"]).keep
    {'NIV': ('2',)}
    """
    columns: dict[str, str] = {}
    for text in maps:
        name, sign, column = text.partition("=")
        if not sign or name.strip() not in known:
            hint = near(name, known)
            message = f"--map {text}: write FIELD=COLUMN; {hint}fields are {', '.join(known)}"
            raise PolicyError(message)
        columns[name.strip()] = column.strip()
    keep: dict[str, tuple[str, ...]] = {}
    for text in keeps:
        name, sign, values = text.partition("=")
        if not sign or not values:
            raise PolicyError(f"--keep {text}: write COLUMN=VALUE,VALUE")
        keep[name.strip()] = tuple(part.strip() for part in values.split(","))
    if duplicates not in DUPLICATES:
        raise PolicyError(f"--duplicates {duplicates}: write {', '.join(DUPLICATES)}")
    return Wishes(columns, keep, crs, sheet, duplicates)
