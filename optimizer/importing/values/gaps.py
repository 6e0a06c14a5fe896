"""What stands in tables where nothing is known."""

from __future__ import annotations

__all__ = ["is_gap"]

MARKS = frozenset(
    [
        "-",
        "--",
        "---",
        "—",
        "–",
        ".",
        "..",
        "...",
        "…",
        "*",
        "**",
        "?",
        "n/a",
        "na",
        "n.a.",
        "n.a",
        "nd",
        "n.d.",
        "n.d",
        "n/d",
        "s/d",
        "s.d.",
        "s/i",
        "s.i.",
        "s.i",
        "sin",
        "sd",
        "null",
        "none",
        "nan",
        "nat",
        "#n/a",
        "#n/d",
        "#na",
        "#ref!",
        "#¡ref!",
        "#div/0!",
        "#¡div/0!",
        "#value!",
        "#¡valor!",
        "#valor!",
        "#name?",
        "#¿nombre?",
        "#num!",
        "#null!",
        "sin_dato",
        "ignorado",
    ]
) | {
    "sin informacion",
    "sin información",
    "sin dato",
    "sin datos",
    "no disponible",
    "no data",
    "not available",
    "não disponível",
    "nao disponivel",
    "sem informação",
    "sem informacao",
    "sem dados",
    "no aplica",
}
"""Texts that mean nothing is known, where a number is due."""


def is_gap(cell: object) -> bool:
    """Return whether a cell of a column of numbers says that nothing is known.

    Examples
    --------
    >>> [is_gap(cell) for cell in (None, "S.I.", "---", "#REF!", "0", 0)]
    [True, True, True, True, False, False]
    """
    return cell is None or (isinstance(cell, str) and cell.strip().casefold() in MARKS)
