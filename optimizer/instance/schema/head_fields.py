"""The keys above the first section of ``instance.toml``."""

from __future__ import annotations

from typing import ClassVar

from optimizer.record import Name, Row, Text, unit_field

__all__ = ["FORMAT", "Header"]

FORMAT = 1
"""Layout of a region's folder. Folders without a number are of format 1."""


class Header(Row):
    """What the instance is called, and in which money and coordinates it is measured."""

    where: ClassVar[str] = "instance.toml"
    format: int = unit_field(
        "number", "layout of the files of this folder; 1 if left out", default=FORMAT, ge=1
    )
    title: Text = unit_field(
        "text", "title shown in reports; the folder's name if left out", default=""
    )
    currency: Name = unit_field("text", "currency of all money, for example PEN")
    price_year: int = unit_field("year", "year of all prices", ge=1900, le=2200)
    crs: Name = unit_field("text", "projected coordinate system in metres, for example EPSG:32718")
    assumptions: tuple[Text, ...] = unit_field(
        "list", "what was assumed and not measured, one sentence each", default=()
    )
