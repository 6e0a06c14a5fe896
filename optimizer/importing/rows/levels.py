"""Nested lists: regions, provinces, towns and villages one below the other, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.importing.columns.words import plain

__all__ = ["Levels", "levels_of"]

TOWN_WORDS = frozenset(
    [
        "mun",
        "municipio",
        "municipality",
        "municipal",
        "city",
        "ciudad",
        "cidade",
        "town",
        "distrito",
        "district",
        "commune",
        "comuna",
        "comune",
        "municipalities",
        "oras",
        "municipiu",
        "parroquia",
    ]
)
ABOVE_WORDS = frozenset(
    [
        "reg",
        "region",
        "regiao",
        "prov",
        "province",
        "provincia",
        "state",
        "estado",
        "departamento",
        "department",
        "dpto",
        "uf",
        "county",
        "pais",
        "country",
        "nacional",
        "national",
        "total",
    ]
)
BELOW_WORDS = frozenset(
    [
        "bgy",
        "barangay",
        "brgy",
        "village",
        "aldea",
        "localidad",
        "caserio",
        "submun",
        "centro",
        "poblado",
        "ward",
        "parish",
        "sat",
        "bairro",
        "vereda",
        "anexo",
    ]
)


@dataclass(frozen=True)
class Levels:
    """The levels of a nested list and which of them are towns.

    Attributes
    ----------
    kept : tuple of str
        Values that are towns.
    counts : dict of str to int
        Rows of each level.
    sure : bool
        Whether the values say so; otherwise it must be asked.
    """

    kept: tuple[str, ...]
    counts: dict[str, int]
    sure: bool


def levels_of(
    values: Sequence[object], codes: Sequence[str], parents: Sequence[str] | None
) -> Levels | None:
    """Return the levels of a column, or None where it does not tell levels.

    Words decide where they are known. Numbers tell levels only where codes of parents show that
    the rows are nested; then the level below the top is taken, and asked about.

    Parameters
    ----------
    values : sequence
        Cells of the column.
    codes : sequence of str
        Code of each row.
    parents : sequence of str, optional
        Code of the place above each row.

    Examples
    --------
    >>> found = levels_of(["Prov", "Mun", "City", "Bgy", "Bgy"], list("abcde"), None)
    >>> found.kept, found.sure
    (('Mun', 'City'), True)
    """
    counts = Counter(str(value) for value in values if value is not None)
    if len(counts) < 2:
        return None
    towns = tuple(value for value in counts if _is(value, TOWN_WORDS))
    others = [value for value in counts if _is(value, ABOVE_WORDS | BELOW_WORDS)]
    if towns and others:
        return Levels(towns, dict(counts), sure=True)
    if parents is None:
        return None
    level_of = {code: str(value) for code, value in zip(codes, values, strict=True)}
    steps = Counter(
        (level_of[parent], str(value))
        for parent, value in zip(parents, values, strict=True)
        if parent in level_of and level_of[parent] != str(value)
    )
    below = {lower for _, lower in steps}
    tops = [value for value in counts if value not in below]
    if not tops or not below:
        return None
    second = tuple(lower for (upper, lower), _ in steps.most_common() if upper in tops)
    return Levels(tuple(dict.fromkeys(second)), dict(counts), sure=False)


def _is(value: str, words: frozenset[str]) -> bool:
    own = plain(value).split()
    return bool(own) and (own[0] in words or " ".join(own) in words)
