"""Codes of towns that statistical offices give, recognised by their form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["SYSTEMS", "CodeSystem", "code_text", "system_of"]

FITS_LEAST = 0.98
"""Share of codes that must have the form of a system."""


@dataclass(frozen=True)
class CodeSystem:
    """The codes of one office.

    Attributes
    ----------
    name, country : str
        Of the office's list; country by ISO 3166.
    digits : int
        Length.
    form : re.Pattern
        Of a code with its leading zeros.
    words : str
        Words of a header that name it.
    box : tuple of float
        West, south, east, north of the country in degrees.
    """

    name: str
    country: str
    digits: int
    form: re.Pattern[str]
    words: str
    box: tuple[float, float, float, float]


_PERU = re.compile(r"(?:0[1-9]|1\d|2[0-5])\d{4}")
_BRAZIL = r"(?:1[1-7]|2[1-9]|3[1235]|4[1-3]|5[0-3])"
_COLOMBIA = re.compile(
    r"(?:05|08|11|13|15|17|18|19|20|23|25|27|41|44|47|50|52|54|63|66|68|70|73|76|81|85|86|88|91|94|"
    r"95|97|99)\d{3}"
)
BRAZIL = (-74.1, -33.9, -28.6, 5.4)

SYSTEMS: tuple[CodeSystem, ...] = (
    CodeSystem("IBGE", "BR", 7, re.compile(_BRAZIL + r"\d{5}"), "ibge mun brasil", BRAZIL),
    CodeSystem(
        "IBGE without check digit", "BR", 6, re.compile(_BRAZIL + r"\d{4}"), "ibge mun", BRAZIL
    ),
    CodeSystem("INEI ubigeo", "PE", 6, _PERU, "ubigeo inei iddist", (-81.5, -18.5, -68.5, 0.1)),
    CodeSystem("DANE", "CO", 5, _COLOMBIA, "dane divipola mpio dpto", (-82.0, -4.4, -66.8, 13.6)),
    CodeSystem(
        "INEGI",
        "MX",
        5,
        re.compile(r"(?:0[1-9]|[12]\d|3[0-2])\d{3}"),
        "cvegeo cve inegi",
        (-118.5, 14.5, -86.6, 32.8),
    ),
    CodeSystem(
        "INE (Spain)",
        "ES",
        5,
        re.compile(r"(?:0[1-9]|[1-4]\d|5[0-2])\d{3}"),
        "ine cod",
        (-18.3, 27.5, 4.4, 43.9),
    ),
    CodeSystem(
        "INE (Spain), 11 digits",
        "ES",
        11,
        re.compile(r"(?:0[1-9]|[1-4]\d|5[0-2])\d{9}"),
        "ine cod",
        (-18.3, 27.5, 4.4, 43.9),
    ),
    CodeSystem(
        "FIPS",
        "US",
        5,
        re.compile(r"(?:0[1-9]|[1-4]\d|5[0-6])\d{3}"),
        "fips geoid areakey",
        (-179.9, 18.8, -66.8, 71.5),
    ),
    CodeSystem(
        "PSGC", "PH", 10, re.compile(r"(?:0[1-9]|1\d)\d{8}"), "psgc", (116.0, 4.5, 127.0, 21.3)
    ),
    CodeSystem(
        "P-code (UN OCHA)",
        "",
        0,
        re.compile(r"[A-Z]{2,3}\d{2,10}"),
        "pcode",
        (-180.0, -90.0, 180.0, 90.0),
    ),
)


def code_text(cell: object) -> str:
    """Return a code as text; whole numbers lose their decimals.

    Examples
    --------
    >>> code_text(50001.0), code_text("50001.0"), code_text(" A-1 "), code_text(True)
    ('50001', '50001', 'A-1', 'True')
    """
    text = str(cell).strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return text[:-2] if re.fullmatch(r"\d+\.0", text) else text


def system_of(codes: Sequence[str], header: str) -> CodeSystem | None:
    """Return the list that codes belong to, or None.

    The form alone decides nothing where several lists share it: then a word of the header must.
    Leading zeros may be lost: the codes are as long as the list's, or one shorter.

    Examples
    --------
    >>> system_of(["10101", "150101"], "ubigeo").name
    'INEI ubigeo'
    >>> system_of(["1100015", "3550308"], "codigo").name
    'IBGE'
    """
    given = [code for code in codes if code]
    if not given:
        return None
    words = header.casefold()
    fitting = []
    for system in SYSTEMS:
        whole = [c.zfill(system.digits) if c.isdigit() else c for c in given]
        lengths = Counter(map(len, given))
        near = all(n in (system.digits, system.digits - 1) for n in lengths) or not system.digits
        if near and sum(bool(system.form.fullmatch(c)) for c in whole) >= FITS_LEAST * len(given):
            fitting.append(system)
    named = [system for system in fitting if any(word in words for word in system.words.split())]
    if named:
        return named[0]
    exact = [s for s in fitting if s.digits >= 7 and all(len(c) == s.digits for c in given)]
    return exact[0] if len(exact) == 1 else None
