"""Which column is what, how sure that is, and what else it could be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.importing.columns.content import fitness
from optimizer.importing.columns.known import PCODE, PNAME, known_field
from optimizer.importing.columns.vocabulary import FIELDS, Field
from optimizer.importing.columns.words import concepts_of, tokens_of
from optimizer.importing.reading.sheet import Grid
from optimizer.importing.values.numbers import Signs

__all__ = ["ASKED_BELOW", "TAKEN_LEAST", "Guess", "guesses"]

TAKEN_LEAST = 0.8
"""A column is taken for a field where the guess is at least so sure."""
NEEDED_TAKEN_LEAST = 0.6
"""The same for fields that every region needs; below :data:`ASKED_BELOW` they are asked about."""
NEEDED = frozenset({"town", "name", "lon", "lat", "population"})
ASKED_BELOW = 0.8
YEAR_UNKNOWN = 9999
NEAR = 0.05
"""Two columns whose guesses differ by less could both be meant."""
KINDS: Mapping[str, str] = {
    "population_served": "count",
    "total_cost_year": "amount",
    "revenue_year": "amount",
    "operating_cost_m3": "amount",
    "uncollected_share": "share",
}
"""Kinds of fields that only published headers name."""


@dataclass(frozen=True)
class Guess:
    """A column taken for a field.

    Attributes
    ----------
    field, column : str
        The field, and the header of its column.
    sure : float
        From 0 to 1.
    others : tuple of str
        Columns that could be meant as well.
    """

    field: str
    column: str
    sure: float
    others: tuple[str, ...] = ()


def guesses(grid: Grid, signs: Signs, *, taken: Mapping[str, str]) -> list[Guess]:
    """Return the columns that are recognised, each for one field, the surest first.

    Parameters
    ----------
    grid : Grid
        Named columns.
    signs : Signs
        What the file shows of its decimal sign.
    taken : mapping of str to str
        Fields that the planner has named, with their columns.
    """
    used = set(taken.values())
    scores = [
        (score, field, column)
        for column, cells in grid.columns.items()
        if column not in used
        for field, score in _scores(column, cells, signs).items()
        if field not in taken and score >= (NEEDED_TAKEN_LEAST if field in NEEDED else TAKEN_LEAST)
    ]
    order = {column: at for at, column in enumerate(grid.columns)}
    full = {c: sum(cell is not None for cell in cells) for c, cells in grid.columns.items()}
    different = {c: len(set(map(str, cells))) for c, cells in grid.columns.items()}
    scores.sort(
        key=lambda s: (
            -round(s[0], 2),
            -(year_in(s[2]) or YEAR_UNKNOWN),
            -full[s[2]],
            -different[s[2]],
            order[s[2]],
        )
    )
    found: dict[str, Guess] = {}
    columns: set[str] = set()
    for score, field, column in scores:
        if field not in found and column not in columns:
            near = [
                c
                for s, f, c in scores
                if f == field
                and c != column
                and s > score - NEAR
                and (year_in(c) == year_in(column) or not year_in(c) * year_in(column))
            ]
            found[field] = Guess(field, column, round(score, 2), tuple(near))
            columns.add(column)
    for name in _unused(set(found)):
        del found[name]
    shown = [field.name for field in FIELDS] + list(KINDS)
    return sorted(
        [
            Guess(g.field, g.column, g.sure, tuple(c for c in g.others if c not in columns))
            for g in found.values()
        ],
        key=lambda guess: shown.index(guess.field),
    )


def year_in(header: str) -> int:
    """Return the year in a header, 0 where it has none.

    Examples
    --------
    >>> year_in("pop_est_2025"), year_in("POB_90"), year_in("population")
    (2025, 0, 0)
    """
    years = [int(token) for token in tokens_of(header) if len(token) == 4 and token.isdigit()]
    return max([year for year in years if 1900 <= year <= 2100], default=0)


def _unused(found: set[str]) -> set[str]:
    """Return the fields that say nothing beside the others that were found."""
    drop = set()
    if "population" in found or not {"density", "area_km2"} <= found:
        drop |= {"density", "area_km2"}
    if not {"origin", "destination"} <= found:
        drop |= {"origin", "destination", "hours", "km"}
    if "level" not in found:
        drop |= {"parent"}
    if {"lon", "lat"} <= found:
        drop |= {"east", "north"}
    return drop & found


def _scores(column: str, cells: list[object], signs: Signs) -> dict[str, float]:
    """Return how well a column fits each field that its header may name."""
    known = known_field(column)
    if known == "":
        return {}
    if known is not None:
        kind = next((f.kind for f in FIELDS if f.name == known), KINDS.get(known, "amount"))
        depth = _depth(column)
        scores = {known: (1.0 - 0.01 * (9 - depth) * bool(depth)) * fitness(cells, kind, signs)}
        if known == "name" and depth:
            scores["zone"] = 0.85
        return scores
    concepts, explained = concepts_of(column)
    if not concepts:
        return {}
    scores = {}
    for field in FIELDS:
        named = _named(field, concepts, explained)
        if named:
            scores[field.name] = named * fitness(cells, field.kind, signs)
    return scores


def _depth(column: str) -> int:
    """Return the administrative level in a header such as ADM2_EN, 0 where it has none."""
    text = column.strip().casefold()
    match = PCODE.fullmatch(text) or PNAME.fullmatch(text)
    return int(match[1]) if match else 0


def _named(field: Field, concepts: tuple[str, ...], explained: float) -> float:
    """Return how well the words of a header name a field, from 0 to 1."""
    if any(word in concepts for word in field.against.split()):
        return 0.0
    best = 0.0
    for rank, words in enumerate(field.words):
        due = words.split()
        if not all(word in concepts for word in due):
            continue
        beside = [c for c in concepts if c not in due and c not in field.beside.split()]
        share = explained * (len(concepts) - len(beside)) / len(concepts)
        best = max(best, (0.55 + 0.45 * share) * (1.0 - 0.02 * rank))
    return best
