"""Headers of published tables, and the field that each is."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["PCODE", "PNAME", "known_field"]

HEADERS: Mapping[str, str] = {
    "town": "ubigeo; inei; cvegeo; divipola; cod_ine; mpio_cdpmp; cod_ibge; cd_mun; cd_geocmu; "
    "cd_geocodm; codigo_ibge; geocodigo; geoid; siruta; areakey; fips; psgc; cod_dane; "
    "iddist; codmun; codmpio; id_municipio; 10-digit psgc; codigo municipio completo; "
    "source_id",
    "": "reniec; correspondence code; ruc; asciiname; in003; in004",
    "name": "nm_mun; nm_municip; nomgeo; mpio_cnmbr; nombdist; denloc; nombre_actual; nom_mun; "
    "municipio nome; shapename",
    "zone": "nombprov; nombdep; nom_ent; dpto_cnmbr",
    "population": "t_tl; pobtot; v0001; g12a",
    "households": "vivtot; tvivparhab; ag003; ag013",
    "population_served": "ag001",
    "connections": "ag002",
    "operating_cost_year": "fn015",
    "total_cost_year": "fn017",
    "revenue_year": "fn002",
    "tariff_m3": "in005",
    "operating_cost_m3": "in026",
    "non_revenue_water": "in049",
    "metered_share": "in009",
    "uncollected_share": "in029",
    "level": "niv; geographic level",
    "parent": "sirsup",
}
"""Field -> headers that published tables use for it; those of no field are not to be taken."""
KNOWN = {header: name for name, headers in HEADERS.items() for header in headers.split("; ")}

PCODE = re.compile(r"adm(\d)_?pcode")
PNAME = re.compile(r"adm(\d)_?(?:en|es|pt|fr|name|ref)")
SNIS = re.compile(r"([a-z]{1,2}\d{2,3}[a-z]?)\b")


def known_field(header: str) -> str | None:
    """Return the field that a published header has, empty for none of ours, None where unknown.

    Examples
    --------
    >>> known_field("AG002 - Quantidade de ligações ativas de água"), known_field("RENIEC")
    ('connections', '')
    >>> known_field("ADM2_PCODE"), known_field("altitude")
    ('town', None)
    """
    text = header.strip().casefold()
    if text in KNOWN:
        return KNOWN[text]
    if PCODE.fullmatch(text):
        return "town"
    if PNAME.fullmatch(text):
        return "name"
    code = SNIS.match(text)
    return KNOWN.get(code[1]) if code and code[1] in KNOWN else None
