"""The words of maps, charts, page and workbook, in English and Spanish.

There is one table, ``assets/labels.csv`` with the columns ``en`` and ``es``. English text is the
key, so that code and templates read naturally. The meanings of plan columns are those of
:mod:`optimizer.instance.schema.plan_tables`; the table of labels only adds their translation.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from optimizer.errors import OptimizerError

__all__ = ["LANGUAGES", "STATUS", "Language", "Words", "words_of"]

Language = Literal["en", "es"]

LANGUAGES: tuple[str, ...] = get_args(Language)
"""Languages that a report can be written in."""

STATUS: Mapping[str, str] = {
    "optimal": "proven best",
    "within_gap": "proven to be within the gap that was asked for",
    "time_limit": "best plan found; the search ended before it was proven",
    "interrupted": "best plan when the computation was stopped",
    "infeasible": "no plan keeps every promise",
    "unconfirmed": "not to be used: its own figures do not bear out what was found",
    "evaluated": "a given grouping with its best tariffs",
}
"""How sure a plan is, in words."""


@dataclass(frozen=True)
class Words:
    """The words of one language.

    Call it with an English text to get the text in that language. The texts have the places
    ``{name}``, filled from the values that follow.

    Examples
    --------
    >>> words_of("es")("Service areas")
    'Áreas de prestación'
    >>> words_of("en")("{n} towns", n="3")
    '3 towns'
    """

    language: Language
    table: dict[str, str]

    def __call__(self, english: str, **values: str) -> str:
        """Return the text in this language.

        Raises
        ------
        KeyError
            If the table of labels lacks the text: a mistake of the program, caught by a test.
        """
        text = self.table[english]
        return text.format_map(values) if values else text

    def unit(self, unit: str, currency: str) -> str:
        """Return a unit of a plan column for people, with the currency instead of "money".

        Examples
        --------
        >>> words_of("es").unit("money/month or money/m3", "PEN")
        'PEN/mes o PEN/m³'
        """
        return self.table[unit].replace("m3", "m³").replace("money", currency)

    def count(self, number: float, one: str, many: str) -> str:
        """Return a number with its noun, given as English texts with the place ``{n}``."""
        return self(one if round(number) == 1 else many, n=f"{number:,.0f}")


def words_of(language: str) -> Words:
    """Return the words of a language.

    Parameters
    ----------
    language : {"en", "es"}
        English or Spanish.

    Raises
    ------
    OptimizerError
        If the language is another one.
    """
    for known in get_args(Language):
        if known == language:
            return Words(known, _tables()[known])
    message = f"language {language!r} is unknown; choose one of {', '.join(LANGUAGES)}"
    raise OptimizerError(message)


@cache
def _tables() -> dict[str, dict[str, str]]:
    """Return for each language the texts by their English."""
    text = files("optimizer.report").joinpath("assets/labels.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return {name: {row["en"]: row[name] for row in rows} for name in LANGUAGES}
