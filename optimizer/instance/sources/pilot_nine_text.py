"""The text of ``instances/pilot_nine/instance.toml``; figures in braces come from the builder."""

# ruff: noqa: E501 - a sentence of an assumption is one line of TOML

from __future__ import annotations

__all__ = ["PILOT_NINE"]

PILOT_NINE = """\
# Written by `python -m optimizer.instance.sources pilot_nine`; change the builder, not this file.
#
# The nine municipalities of the pilot of specialised operators of 2006-07. They lie in seven
# regions, so few, if any, can share an operator: the plan says so, and from which reach on it would
# differ (Nauta and Tamshiyacu first, then Nueva Cajamarca and Tabalosos).
format = 1
title = "The nine towns of the small-town pilot, Peru"
currency = "PEN"
price_year = 2023
crs = "EPSG:32718"
assumptions = [
    "A town is the urban population of its district in 2023; Sechura, Laredo and Nueva Cajamarca have outgrown the bracket of 2,000-30,000 since the pilot.",
    "Travel: straight line x {detour} at {speed} km/h, as on the roads of San Martin (median of its pairs); Nauta and Tamshiyacu are joined by river and reached by boat, not by road.",
    "EPSG:32718 (UTM 18 South) covers all nine with one system; lengths there are up to 0.5 % too long (at Sechura, 6 degrees from its meridian). Travel is measured on the ellipsoid and is not affected.",
    "Incomes: spending of households is lognormal; the share below the poverty line is that of the district's poverty map of 2018, taken as unchanged; the Gini is {gini}; 4 people a household.",
    "Poverty line of 2018 of the natural region (Costa 392, Sierra 280, Selva 287 per person and month) times the rise of the national line (344 in 2018, 446 in 2023).",
    "One household connection per 4 people; 15 m3 a month for every household; collection 85 %; non-revenue water 35 %.",
    "Operating costs, works that wear out, commercial customers (4 % of connections, 25 m3 a month), operator models and the cost of joining are those of the region san_martin, whose instance.toml says how they were found; pumping on the coast costs more.",
]

[policy]
affordable_share = 0.03
reach_hours = 2.0
public_money_price = 3.0

{tariff}
{costs}
[travel]
detour_factor = {detour}
speed_km_h = {speed}

[incomes]
gini = {gini}
persons_per_household = 4.0

{models}
[[sources]]
title = "Pilot of specialised operators in nine small municipalities"
publisher = "Water and Sanitation Program (WSP), 2008"
licence = "names of the towns"
used_for = "which towns"

[[sources]]
title = "Directorio Nacional de Municipalidades 2025; population estimates by district 2023, urban and rural"
publisher = "INEI, MINAM (Peru)"
licence = "public statistics"
used_for = "towns.csv: codes, names, places, urban population, regions"

[[sources]]
title = "Mapa de pobreza provincial y distrital 2018; poverty lines 2018 and 2023"
publisher = "INEI (Peru)"
licence = "public statistics; the lines as quoted in the press"
used_for = "towns.csv: income_month"

[[sources]]
title = "SNIS 2021: providers of water and sewerage"
publisher = "Ministerio das Cidades (Brazil), SNIS"
licence = "ODbL 1.0; only fitted figures are used"
used_for = "[costs]"

[[sources]]
title = "Tariff schedule of EMSAP Chanka (Andahuaylas, Peru)"
publisher = "SUNASS"
licence = "regulation"
used_for = "[tariff]"
"""
