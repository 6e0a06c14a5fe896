"""The languages of the reports, and the catalogue of each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol, get_group_symbol

__all__ = ["LANGUAGES", "Language", "catalogue", "separators"]

Language = Literal["en", "es", "pt"]

LANGUAGES: tuple[str, ...] = get_args(Language)
"""Languages that a report can be written in."""

LOCALES: Mapping[Language, str] = {"en": "en_US", "es": "es_PE", "pt": "pt_BR"}
"""Where the reader lives: Spanish is written with the numbers of Peru, Portuguese of Brazil."""


@cache
def catalogue(language: Language) -> dict[str, str]:
    """Return the texts of a language by their English; English itself needs none.

    Examples
    --------
    >>> catalogue("pt")["Towns"], catalogue("en")
    ('Localidades', {})
    """
    if language == "en":
        return {}
    place = files("optimizer.messages").joinpath("catalogues", f"{language}.po")
    with place.open("rb") as file:
        found = read_po(file, locale=LOCALES[language], abort_invalid=True)
    return {str(m.id): str(m.string) for m in found if m.id and m.string}


@cache
def separators(language: Language) -> dict[int, str]:
    """Return what stands for the comma between thousands and for the decimal point.

    Examples
    --------
    >>> "1,234.5".translate(separators("pt")), "1,234.5".translate(separators("es"))
    ('1.234,5', '1,234.5')
    """
    where = LOCALES[language]
    return str.maketrans({",": get_group_symbol(where), ".": get_decimal_symbol(where)})
