"""What a reader finds on its way: problems that stop it, and what it handled and must say."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from optimizer.errors import InstanceError, Problem
from optimizer.messages.message import Message

Fault = TypeVar("Fault")

__all__ = ["TOLD_MOST", "Derived", "Fault", "Findings", "near", "number_of", "plain"]

TOLD_MOST = 20
"""Faults of one kind that are told one by one; the rest are counted."""


@dataclass(frozen=True)
class Derived:
    """A datum that the planner did not give and that was derived, or input that was repaired.

    Attributes
    ----------
    table, column : str
        Which datum; the column is empty where the whole table is meant.
    count : int
        For how many rows.
    how : Message
        From what, in words.
    """

    table: str
    column: str
    count: int
    how: Message


@dataclass
class Findings:
    """Collects problems and notes, so that all of them are told at once.

    Examples
    --------
    >>> found = Findings()
    >>> found.problem("towns.csv", 3, "lat", "is empty", "give a latitude")
    >>> [str(p) for p in found.problems]
    ['towns.csv:3 [lat]: is empty; give a latitude']
    """

    problems: list[Problem] = field(default_factory=list)
    notes: list[Derived] = field(default_factory=list)

    def problem(self, file: str, line: int | None, column: str, what: str, remedy: str) -> None:
        """Add a problem."""
        self.problems.append(Problem(file, line, column, what, remedy))

    def faults(
        self, faults: Sequence[Fault], problem: Callable[[Fault], Problem], noun: str = "row"
    ) -> None:
        """Add one problem for each of the first faults of a kind, and one that counts the rest.

        Parameters
        ----------
        faults : sequence
            What is wrong, in the order of the file.
        problem : callable
            The problem of a fault; only called for those that are told.
        noun : str
            What is counted.

        Examples
        --------
        >>> found = Findings()
        >>> found.faults(range(2, 200_002), lambda n: Problem("a.csv", n, "town", "is odd", "mend"))
        >>> len(found.problems), str(found.problems[-1])
        (21, 'a.csv:22 [town]: 199,980 more rows with the same fault; correct them likewise')
        """
        self.problems.extend(problem(fault) for fault in faults[:TOLD_MOST])
        if len(faults) > TOLD_MOST:
            rest, place = len(faults) - TOLD_MOST, problem(faults[TOLD_MOST])
            what = f"{number_of(rest, f'more {noun}')} with the same fault"
            self.problem(place.file, place.line, place.column, what, "correct them likewise")

    def note(self, table: str, column: str, count: int, how: Message) -> None:
        """Add a note on something derived or repaired, unless it concerns nothing."""
        if count:
            self.notes.append(Derived(table, column, count, how))

    def raise_for_problems(self) -> None:
        """Raise one error that lists every problem, if there are any.

        Raises
        ------
        InstanceError
            If anything was found.
        """
        if self.problems:
            raise InstanceError(dict.fromkeys(self.problems))


def plain(text: str) -> str:
    """Return a text without accents, case and separators, for comparison only."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in letters if c.isalnum())


def near(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest known word, or an empty text.

    Examples
    --------
    >>> near("poblation", ["population", "lon"])
    "did you mean 'population'? "
    >>> near("Longitude", ["lat", "lon"])
    "did you mean 'lon'? "
    """
    by_plain = {plain(k): k for k in known}
    own = plain(word)
    close = difflib.get_close_matches(own, by_plain, n=1, cutoff=0.65)
    if not close and own:
        close = [k for k in by_plain if len(k) >= 3 and (own.startswith(k) or k.startswith(own))]
    return f"did you mean {by_plain[close[0]]!r}? " if close else ""


def number_of(count: int, noun: str) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> number_of(1, "town"), number_of(1200, "row")
    ('1 town', '1,200 rows')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
