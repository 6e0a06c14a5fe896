"""One table: what is usual, what cannot be, and who says so.

Money has no size of its own: it is held against the income of the country (gross national income
per head and year) where the currency is known, else against the region's own incomes.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["RANGES", "Range"]

INF = float("inf")


@dataclass(frozen=True)
class Range:
    """What a measure of a column may be.

    Attributes
    ----------
    measure : str
        Name of the measure.
    unit : str
        What is measured, in words.
    low, high : float
        Usual for the median of the towns; outside, it is asked about.
    town_low, town_high : float
        Usual for a single town.
    never_below, never_above : float
        Outside, it cannot be.
    source : str
        Where the range comes from.
    """

    measure: str
    unit: str
    low: float
    high: float
    town_low: float
    town_high: float
    never_below: float
    never_above: float
    source: str


_SNIS = (
    "SNIS 2021: 527 local water providers of Brazil, median R$ 413 a connection and year, "
    "43,700 + 323 a connection; a factor of ten either way"
)
_ASSUMED = (
    "a factor of about fifteen around the overheads of Peruvian and Brazilian small operators"
)

RANGES: dict[str, Range] = {
    row.measure: row
    for row in (
        Range("people", "people of a town", 100, 60_000, 10, 5e7, 0, INF,
              "small towns: 2,001-30,000 people (Peru, DL 1280); municipalities of Brazil: half below 11,000"),
        Range("people_per_connection", "people a connection", 1.5, 12, 1.1, 30, 1.0, 100,
              "mean households: 2.3 (Europe) to 8.3 (Senegal); a connection may serve several"),
        Range("litres_person_day", "litres a person and day", 35, 450, 8, 1500, 0.5, 5000,
              "IBNET Blue Book 2014: 50-300; subsistence 50-100; without meters more"),
        Range("collection_rate", "share collected", 0.3, 1.0, 0.05, 1.0, 0.0, 1.0,
              "small towns 40-95 %; SNIS IN029"),
        Range("non_revenue_water", "share not billed", 0.03, 0.75, 0.0, 0.95, 0.0, 1.0,
              "SNIS IN049 2021: local providers 20-45 %, few below 5 %; IBNET up to 70 %"),
        Range("unmetered_share", "share without a meter", 0.02, 1.0, 0.0, 1.0, 0.0, 1.0,
              "a share below 2 % everywhere is a per cent of a per cent"),
        Range("sewer_share", "share with sewers", 0.02, 1.0, 0.0, 1.0, 0.0, 1.0, "as for meters"),
        Range("gini", "Gini coefficient", 0.18, 0.68, 0.1, 0.9, 0.0, 1.0,
              "World Bank SI.POV.GINI: countries 0.23-0.63"),
        Range("poverty_rate", "share of the poor", 0.01, 0.95, 0.0, 1.0, 0.0, 1.0,
              "national lines: 5-77 % of countries (World Bank SI.POV.NAHC)"),
        Range("income_of_national", "income a head over national income a head", 0.15, 1.8, 0.02, 8,
              0.003, 60, "households spend about 0.6 of national income; small towns 0.3-1 of that"),
        Range("cost_of_income", "yearly cost of a connection over yearly income", 0.0008, 0.6, 0.0002,
              3, 1e-5, 60, "bills take 0.5-5 % of income, costs up to three times bills"),
        Range("connection_cost", "cost a connection over national income a head", 5e-4, 0.05, 5e-5,
              0.5, 1e-6, 20, _SNIS),
        Range("fixed_cost", "fixed cost of a town over national income a head", 0.09, 15, 0.005, 2000,
              1e-4, 1e6, _SNIS),
        Range("volume_cost", "cost of a m3 over national income a head", 8e-7, 1.2e-4, 1e-7, 1e-3,
              1e-8, 0.05, "SNIS 2021 IN026 R$ 1-6 a m3 in all, energy and chemicals 5-40 % of it"),
        Range("replacement_cost", "replacement a connection over national income a head", 1.3e-4, 0.05,
              1e-5, 0.5, 1e-7, 20, "works of 500-3,000 US$ a connection over 20-50 years"),
        Range("transition_cost", "joining cost a year over national income a head", 0.004, 5, 0.0, INF,
              0, 1e5, _ASSUMED),
        Range("overhead_least", "overhead of the smallest operator over national income a head", 0.15,
              25, 0.02, 300, 1e-4, 1e5, _ASSUMED),
        Range("overhead_most", "overhead of the largest operator over national income a head", 0.3,
              250, 0.03, 3000, 1e-4, 1e6, _ASSUMED),
        Range("crew_hour_cost", "hour of crew and vehicle over national income a head", 1e-4, 0.015,
              1e-5, 0.1, 1e-7, 5, "two people and a vehicle: 1-6 hours' wages and fuel"),
        Range("trips_year", "trips of a crew a year", 6, 370, 1, 1500, 0, 5000,
              "once a month to once a day"),
        Range("speed", "straight-line km/h between towns", 5, 85, 1, 140, 0.02, 350,
              "OSRM and road graphs of Peru and Brazil: 14-60 km/h of straight line"),
        Range("detour", "road km over straight km", 1.0, 3.5, 0.9, 20, 0.6, 500,
              "road networks: 1.2-1.7; mountains up to 3"),
        Range("customer_share", "customers over household connections", 5e-4, 0.6, 0, 5, 0, 100,
              "commerce and public 3-12 % of connections (SNIS, SUNASS)"),
        Range("customer_use", "m3 a month of a customer", 2, 250, 0.01, 1e5, 0, 1e6,
              "commerce 15-60 m3, schools and offices 50-200 m3 (SUNASS tariff studies)"),
        Range("road_speed", "km/h of roads", 6, 120, 1, 180, 0.1, 200, "limits and tracks"),
        Range("derived_speed", "km/h where nothing is known", 8, 110, 1, 180, 0.1, 200, "as roads"),
        Range("efficiency", "factor on operating cost", 0.6, 1.4, 0.3, 3, 0.01, 100,
              "best mergers save up to 9 % (Mercadier, Cont, Ferro 2016); operators differ by 40 %"),
        Range("model_size", "largest area of the largest operator over a usual town", 1, INF, 0, INF,
              0, INF, "an operator serves one usual town at least"),
        Range("model_least", "smallest area of the smallest operator over all connections", 0, 1, 0,
              INF, 0, INF, "some operator must be small enough for the region"),
    )
}  # fmt: skip
"""The ranges, by measure."""
