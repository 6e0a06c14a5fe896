"""The columns of a table of providers, and how a table of one's own is mapped to them."""

from __future__ import annotations

from typing import ClassVar

from optimizer.record import Money, Row, Text, unit_field

__all__ = ["Provider"]


class Provider(Row):
    """One provider (utility, municipality, board) in one year; an empty cell means not known."""

    where: ClassVar[str] = "table of providers"
    provider: Text = unit_field("text", "name or key of the provider", default="")
    service: Text = unit_field(
        "text", "what it provides, for example water; fitted apart", default=""
    )
    connections: float | None = unit_field(
        "connections", "active connections", default=None, ge=0, le=1e9
    )
    operating_cost_year: Money | None = unit_field(
        "money/year", "operating cost, without depreciation and interest", default=None
    )
    volume_m3_year: float | None = unit_field(
        "m3/year", "water produced in the year", default=None, ge=0, le=1e12
    )
    volume_cost_year: Money | None = unit_field(
        "money/year",
        "the part of the operating cost that volume causes (energy, chemicals)",
        default=None,
    )
    weight: float | None = unit_field("factor", "weight of the row", default=None, ge=0, le=1e9)
    staff: float | None = unit_field("persons", "people who work there", default=None, ge=0, le=1e7)
    year: float | None = unit_field("year", "year of the account", default=None, ge=1900, le=2200)
