"""Countries: money, income per head, poverty line, people in a household.

The table ``countries.csv`` holds orders of magnitude, written down by hand and not checked against
the series one by one: the exchange rate near 2021 (compare World Bank, WDI PA.NUS.FCRF), national
income per head near 2022 (compare NY.GNP.PCAP.CD), the poverty line that an office publishes,
people in a household. They tell a year's income from a month's, a person's from a household's; no
plan counts with them unless an import says so.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Country", "countries", "countries_of_currency"]


@dataclass(frozen=True)
class Country:
    """Money and households of a country; None where the table does not know."""

    iso: str
    name: str
    currency: str
    per_usd: float
    income_head_usd_year: float
    poverty_line_month: float | None
    line_of: str
    persons_per_household: float

    @property
    def income_head_year(self) -> float:
        """Return gross national income per head in the country's own money, a year."""
        return self.income_head_usd_year * self.per_usd


@cache
def countries() -> dict[str, Country]:
    """Return the countries of the table by their ISO code.

    Examples
    --------
    >>> countries()["PE"].currency, countries()["PE"].poverty_line_month
    ('PEN', 446.0)
    """
    text = files("optimizer.plausible").joinpath("countries.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        row["iso"]: Country(
            row["iso"],
            row["country"],
            row["currency"],
            float(row["per_usd_2021"]),
            float(row["gni_head_usd_2022"]),
            float(row["poverty_line_month"]) if row["poverty_line_month"] else None,
            row["line_of"],
            float(row["persons_per_household"]),
        )
        for row in rows
    }


def countries_of_currency(currency: str) -> list[Country]:
    """Return the countries of the table that pay with a currency.

    Examples
    --------
    >>> [country.iso for country in countries_of_currency("EUR")]
    ['ES', 'PT']
    """
    return [c for c in countries().values() if c.currency == currency.strip().upper()]
