"""The texts of the regions of San Martin; figures in braces come from the builder."""

# ruff: noqa: E501 - a sentence of an assumption is one line of TOML

from __future__ import annotations

__all__ = ["EXISTING", "SAN_MARTIN", "SAN_MARTIN_UTILITIES"]

SAN_MARTIN = """\
# Written by `python -m optimizer.instance.sources san_martin`; change the builder, not this file.
format = 1
title = "San Martin, Peru: {towns} small towns"
currency = "PEN"
price_year = 2023
crs = "EPSG:32718"
assumptions = [
    "A town is the urban population of a district (2,000-30,000 people in 2023); in districts with several towns this overstates the capital.",
    "One household connection per 4 people: every urban household of about 3.7 people, 9 in 10 connected.",
    "Consumption of 15 m3 a month for every household, whatever its income; unmetered today.",
    "Travel: fastest way over the road graph at 50 (national), 30 (departmental), 20 (local) and 15 km/h (links); from town to road 1.3 x straight line at 15 km/h.",
    "The national road (PE-5N and others) is rebuilt from its junction points, not from its line: its length is approximate (checked distances are within 20 %, Lamas and Sauce within 60 %).",
    "Navarro and Huimbayoc are reached by river; the table gives a road time over tracks and is optimistic for them.",
    "roads.geojson is a schematic drawing (straight between nodes of the graph); each line takes the time of the road, not its length.",
    "Neighbours: towns whose districts share a border, and towns whose districts touch one left-out district (no length of border is given for these {across} of {pairs} pairs).",
    "Incomes: spending of households is lognormal; the share below the poverty line is that of the district's poverty map of 2018, taken as unchanged; the Gini is {gini}.",
    "Poverty line {line} per person and month: the line of the Selva for 2018 (287) times the rise of the national line (344 in 2018, 446 in 2023).",
    "Operating costs come from Brazil, not from Peru: {providers} local water-only providers of 100-20,000 connections (SNIS 2021), median fit {fixed_a:,.0f} + {each_a:.0f} per connection (from 500 connections: {fixed_b:,.0f} + {each_b:.0f}), in reais.",
    "Reais to soles: 0.72 (parity of 2021; the market rates give the same), and 1.146 for consumer prices from 2021 to 2023.",
    "Of the fixed cost of a lone provider (geometric mean of the two fits), 35,000 is the overhead of the smallest operator model, which towns can share; the rest stays with the town.",
    "Cost per connection: mean of the two fits less energy and chemicals ({volume_share:.0%}) less 12 for the growth of operators with size. Cost per m3 produced: lower quartile, for systems fed by gravity.",
    "Works that wear out (pumps, meters, chlorination, small rehabilitation): 500 per connection, 20 years, 4 %; pipes and plants are granted.",
    "Collection 85 % (small towns: 40-95 %); non-revenue water 35 % (Peru outside Lima).",
    "Commercial customers: 4 % of household connections, 25 m3 a month each.",
    "Joining another operator costs a one-off 40,000 (meters read, staff, books), 5,000 a year over 10 years.",
    "Operator models, their overheads, ranges, fees and margins are assumed.",
]

[policy]
connected = "no"
# 3 % of income is the usual limit for water alone, 5 % for water and sewerage: try both.
affordable_share = 0.03
reach_hours = 2.0
# A unit of public money weighs as much as 3 units of cost.
public_money_price = 3.0

{tariff}
{costs}
[travel]
# Only for a town that is added without a row in travel.csv.
detour_factor = 1.6
speed_km_h = 30
snap_km_most = 13

[travel.road_speeds_km_h]
national = 50
departmental = 30
local = 20
link = 15
access = 15

[incomes]
poverty_line_person_month = {line}
persons_per_household = 4.0
gini = {gini}

{models}
[[sources]]
title = "Directorio Nacional de Municipalidades 2025; population estimates by district 2023, urban and rural"
publisher = "INEI, MINAM (Peru)"
licence = "public statistics"
used_for = "towns.csv: codes, names, places, urban population, provinces"

[[sources]]
title = "Mapa de pobreza provincial y distrital 2018; poverty lines 2018 and 2023"
publisher = "INEI (Peru)"
licence = "public statistics; the lines as quoted in the press"
used_for = "towns.csv: poverty_rate; [incomes]"

[[sources]]
title = "Red vial departamental y vecinal; junction points of the national network"
publisher = "Ministerio de Transportes y Comunicaciones (MTC), Peru"
licence = "government publication"
used_for = "travel.csv; roads.geojson"

[[sources]]
title = "District limits (referential, for the census)"
publisher = "INEI (Peru)"
licence = "only the fact of which districts touch, and for how far, is used"
used_for = "adjacency.csv"

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


def _with_utilities() -> str:
    """Return the text of the region with its large towns and the utilities that exist."""
    changes = {
        "sources san_martin`": "sources san_martin_utilities`",
        "{towns} small towns": "{towns} towns and the utilities that exist",
        "(2,000-30,000 people in 2023)": "(2,000 people and more in 2023)",
        "One household connection per 4 people: every urban household of about 3.7 people, 9 in 10 connected.": "Connections of the towns of EMAPA San Martin are those of its customer codes of July 2025, of Moyobamba those that its utility tells; elsewhere one household connection per 4 people.",
        '    "Operator models, their overheads': _KNOWN + '    "Operator models, their overheads',
        'connected = "no"\n': "",
    }
    text = SAN_MARTIN
    for old, new in changes.items():
        if old not in text:
            raise ValueError(old)
        text = text.replace(old, new)
    return text.rstrip() + "\n\n" + _SOURCES


_KNOWN = """\
    "EMAPA San Martin serves Tarapoto, La Banda de Shilcayo, Morales, Lamas, Bellavista, Picota, San Jose de Sisa, Saposoa and Pucacaca here (Caspisapa and San Cristobal are below 2,000 people); EPS Moyobamba and EPS Rioja serve their cities only. Their overheads and largest sizes are assumed.",
    "The trips of a crew grow with a town: 52 a year per 1,000 connections, at least 12; small towns are visited on the way.",
    "Block prices rise to 1.8 times the first at most, and the fixed charge is 10 to 17 % of a bill of 15 m3: so at the small utilities of Huancavelica, Calca, Huaral and Andahuaylas.",
"""

_SOURCES = """\
[[sources]]
title = "EMAPA San Martin: connections and tariffs (SUNASS, resolution 77-2024); customer codes by locality, July 2025"
publisher = "SUNASS; EMAPA San Martin (Peru)"
licence = "regulation; figures only"
used_for = "towns.csv: connections; operators.csv"

[[sources]]
title = "EPS Moyobamba and EPS Rioja: people served"
publisher = "SUNASS (Peru); Diario Voces"
licence = "figures only"
used_for = "towns.csv: connections of Moyobamba; operators.csv"
"""

EXISTING = """\
operator_model,overhead_year,crew_hour_cost,connections_most,efficiency,board_fee_share_revenue,margin_share_cost,seat,towns_today,may_grow,may_shrink,may_be_replaced
EMAPA San Martin,700000.0,50,120000.0,0.97,0.02,0.03,220901,220909; 220910; 220501; 220201; 220701; 220301; 220401; 220705,yes,no,no
EPS Moyobamba,230000.0,50,45000.0,0.97,0.02,0.03,220101,,yes,no,no
EPS Rioja,150000.0,50,25000.0,0.97,0.02,0.03,220801,,yes,no,no
"""
"""``operators.csv``: seats and towns are facts; money and sizes are assumed."""

SAN_MARTIN_UTILITIES = _with_utilities()
