"""One row a field: which words name it, which words speak against it, what its cells must be."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FIELDS", "Field"]


@dataclass(frozen=True)
class Field:
    """How a field is recognised.

    Attributes
    ----------
    name : str
        Field of a town, or of what is derived from it.
    kind : str
        What its cells are: code, name, lon, lat, metres, count, share, amount, text.
    words : tuple of str
        Sets of concepts of :mod:`.words`, any of which names it; the first is the usual one.
    against : str
        Concepts that a header may not name.
    beside : str
        Concepts that may stand in its header and change nothing.
    unit, meaning : str
        For the planner.
    """

    name: str
    kind: str
    words: tuple[str, ...]
    against: str = ""
    beside: str = ""
    unit: str = ""
    meaning: str = ""


_PEOPLE = "density surface woman man age poverty percent capita income household without rural size"
_PER = "month mean year"

FIELDS: tuple[Field, ...] = (
    Field(
        "town",
        "code",
        ("code", "code place"),
        "province state parent level provider kind capital national",
        "place",
        "text",
        "key of the town",
    ),
    Field(
        "name",
        "name",
        ("name place", "name", "place"),
        "code province state provider level kind parent capital national number",
        "",
        "text",
        "name of the town",
    ),
    Field("lon", "lon", ("lon",), "", "", "degrees", "longitude"),
    Field("lat", "lat", ("lat",), "", "", "degrees", "latitude"),
    Field("east", "metres", ("east",), "", "", "metres", "easting, in metres"),
    Field("north", "metres", ("north",), "", "", "metres", "northing, in metres"),
    Field(
        "population",
        "count",
        ("pop", "pop served"),
        _PEOPLE + " capital number",
        "urban served place",
        "persons",
        "people",
    ),
    Field(
        "households",
        "count",
        ("household",),
        "percent income size capita without poverty pop",
        "number served urban place",
        "households",
        "households or dwellings",
    ),
    Field(
        "connections",
        "count",
        ("connection",),
        "percent sewer use cost without",
        "number water place",
        "connections",
        "water connections",
    ),
    Field(
        "density",
        "amount",
        ("pop density", "density"),
        "household",
        "",
        "persons/km2",
        "people per km2",
    ),
    Field("area_km2", "amount", ("surface",), "pop density", "km", "km2", "area of the territory"),
    Field(
        "consumption_m3_month",
        "amount",
        ("use month", "use", "use mean"),
        "household capita",
        "mean water volume connection per",
        "m3/month",
        "use of a connection in a month",
    ),
    Field(
        "collection_rate",
        "share",
        ("collect", "collect percent"),
        "",
        "percent",
        "share",
        "share of billed money that comes in",
    ),
    Field(
        "non_revenue_water",
        "share",
        ("loss", "loss percent", "unbilled"),
        "",
        "percent water",
        "share",
        "water that is never billed",
    ),
    Field(
        "metered_share",
        "share",
        ("meter percent", "meter served"),
        "without number",
        "percent connection",
        "share",
        "share of connections with a meter",
    ),
    Field(
        "sewer_share",
        "share",
        ("sewer percent", "sewer served"),
        "without cost number tariff",
        "percent connection",
        "share",
        "share of connections with sewerage",
    ),
    Field(
        "income_month",
        "amount",
        ("income household", "income", "income mean"),
        "capita line poverty percent number quintile kind extreme",
        "mean month household median",
        "money",
        "income of a household in a month",
    ),
    Field(
        "income_person_month",
        "amount",
        ("income capita", "income mean capita"),
        "line poverty percent number quintile",
        "mean month per",
        "money",
        "income per head in a month",
    ),
    Field(
        "household_size",
        "amount",
        ("pop household", "household size", "pop household mean"),
        "income percent",
        "mean per number",
        "persons",
        "people in a household",
    ),
    Field("gini", "share", ("gini",), "", "income", "share", "inequality of incomes"),
    Field(
        "poverty_rate",
        "share",
        ("poverty percent", "poverty", "poverty percent income"),
        "extreme number line without",
        "percent income pop",
        "share",
        "share of people below the poverty line",
    ),
    Field(
        "poverty_line",
        "amount",
        ("poverty line",),
        "percent number",
        "month capita",
        "money",
        "poverty line per person and month",
    ),
    Field(
        "operator",
        "text",
        ("provider", "provider name"),
        "code kind number cost",
        "name water",
        "text",
        "who serves the town today",
    ),
    Field("provider_code", "code", ("code provider",), "", "", "text", "key of the provider"),
    Field(
        "tariff_m3",
        "amount",
        ("tariff", "tariff mean"),
        "code kind",
        "mean water volume per",
        "money/m3",
        "mean price of water today",
    ),
    Field(
        "bill_today_month",
        "amount",
        ("bill", "bill mean"),
        "code",
        "mean month household water",
        "money",
        "bill of a household today, a month",
    ),
    Field(
        "operating_cost_year",
        "amount",
        ("cost operation", "cost operation year"),
        "volume per",
        "year water",
        "money/year",
        "operating cost, a year",
    ),
    Field(
        "zone",
        "text",
        ("province", "province name", "state name", "state"),
        "code pop number national",
        "name",
        "text",
        "zone for same_zone",
    ),
    Field(
        "level",
        "level",
        ("level", "level kind"),
        "income pop",
        "kind",
        "text",
        "level of the row in a nested list",
    ),
    Field(
        "parent", "parent", ("parent", "parent code"), "", "code", "text", "key of the place above"
    ),
    Field(
        "origin",
        "text",
        ("origin", "origin code"),
        "",
        "code place name",
        "text",
        "where a trip starts",
    ),
    Field(
        "destination",
        "text",
        ("destination", "destination code"),
        "",
        "code place name",
        "text",
        "where a trip ends",
    ),
    Field("hours", "amount", ("hours",), "", "", "hours", "hours of a trip"),
    Field("km", "amount", ("km",), "surface density", "", "km", "length of a trip"),
)
"""The fields, in the order in which they are shown."""
