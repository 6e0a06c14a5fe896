"""Public tables as planners hold them: what a right import gives, by their publishers' figures."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from typer.testing import CliRunner

from optimizer.cli.app import app
from tests.paths import ROOT, SHARED

TABLES = SHARED / "data" / "raw_tables"
PAGE = (ROOT / "docs" / "how_to" / "import.md").read_text(encoding="utf-8")
COMMANDS = {
    shlex.split(line)[2]: shlex.split(line)[1:]
    for line in re.findall(r"^optimizer import .*--data DATA.*$", PAGE, re.M)
}
EXPECTED: dict[str, dict[str, float]] = {
    "peru_ubigeo_distrito.csv": {
        "rows": 704, "population": 6_341_518, "poverty_rate mean": 0.38990, "lat from": -17.184,
        "lat to": -4.016, "lon from": -78.664, "lon to": -68.853,
    },
    "peru_siasar_system_distribution.xls": {
        "rows": 391, "population": 131_734.354, "households": 37_210, "connections": 39_835,
    },
    "brazil_snis_agua_esgoto_agregado_1997.csv": {
        "rows": 100, "connections": 23_070_834, "population_served": 104_527_807,
        "households": 30_286_557, "operating_cost_year": 5_863_220_368.80,
        "total_cost_year": 7_963_308_719.16, "revenue_year": 6_104_457_466.03,
        "tariff_m3 median": 0.685, "operating_cost_m3 median": 0.48,
    },
    "brazil_ibge_dtb_municipio.ods": {"rows": 5570},
    "spain_ign_municipios.csv": {
        "rows": 1053, "population": 1_273_352, "lon from": -6.9987, "lon to": 0.2772,
        "lat from": 38.1482, "lat to": 43.1616,
    },
    "philippines_psgc_ncr_car.xlsx": {"rows": 94, "population": 15_282_122},
    "ghana_admpop_2021.xlsx": {"rows": 260, "population": 30_832_019},
    "mexico_pobreza_marginacion_2020.csv": {"rows": 365, "population": 15_734_385},
    "usa_georgia_G_utm.shp": {
        "rows": 159, "population": 6_478_216, "poverty_rate mean": 0.19341,
    },
    "colombia_uraba_osm_roads.geojson": {"rows": 299},
    "romania_siruta_alba_bacau.csv": {"rows": 171},
    "uganda_borehole_repair.csv": {"rows": 172, "population": 91_246},
}  # fmt: skip
COLUMNS: dict[str, dict[str, tuple[str, int]]] = {
    "peru_ubigeo_distrito.csv": {
        "town": ("inei", 704), "lat": ("latitude", 688), "poverty_rate": ("pct_pobreza_total", 688),
    },
    "peru_siasar_system_distribution.xls": {
        "town": ("ID", 391), "population": ("pob_servida", 385),
    },
    "brazil_snis_agua_esgoto_agregado_1997.csv": {"provider_code": ("Código do Prestador", 100)},
    "brazil_ibge_dtb_municipio.ods": {
        "town": ("Código Município Completo", 5570), "name": ("Nome_Município", 5570),
    },
    "philippines_psgc_ncr_car.xlsx": {"town": ("10-digit PSGC", 94)},
    "ghana_admpop_2021.xlsx": {"town": ("ADM2_PCODE", 260), "name": ("ADM2_EN", 260)},
    "mexico_pobreza_marginacion_2020.csv": {"poverty_rate": ("lp_ingreso_pct", 363)},
    "usa_georgia_G_utm.shp": {"town": ("AreaKey", 159)},
    "romania_siruta_alba_bacau.csv": {"town": ("SIRUTA", 171), "name": ("DENLOC", 171)},
}  # fmt: skip
SAID = {
    "peru_ubigeo_distrito.csv": "16 towns without a place",
    "brazil_snis_agua_esgoto_agregado_1997.csv": "its figure is the sum of the others",
    "brazil_ibge_dtb_municipio.ods": "people: no column of people",
    "ghana_admpop_2021.xlsx": "not used: gha_admpop_adm1_2022",
    "mexico_pobreza_marginacion_2020.csv": "'pob_2020_coneval' could be meant as well",
    "usa_georgia_G_utm.shp": "EPSG:32616",
    "romania_siruta_alba_bacau.csv": "NIV 2 taken for the level of towns",
    "uganda_borehole_repair.csv": "would be 91,409",
}


@pytest.mark.skipif(not TABLES.is_dir(), reason="the public tables are not at hand")
@pytest.mark.parametrize("file", sorted(EXPECTED))
def test_a_public_table_gives_its_published_figures(file: str) -> None:
    arguments = [str(TABLES) if word == "DATA" else word for word in COMMANDS[file]]
    done = CliRunner().invoke(app, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    (sums,) = told["sums"].values()
    for name, value in EXPECTED[file].items():
        assert sums[name] == pytest.approx(value, rel=1e-8 if value > 1000 else 1e-3), name
    columns = {row["field"]: (row["column"], row["known"]) for row in told["columns"]}
    for name, column in COLUMNS.get(file, {}).items():
        assert columns[name] == column
    words = "\n".join([*told["handled"], *told["asked"], *told["missing"]])
    assert SAID.get(file, "") in words


def test_every_table_is_shown_in_the_documentation() -> None:
    assert set(COMMANDS) == set(EXPECTED)
