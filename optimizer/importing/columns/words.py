"""Headers to words, and words to concepts, in Spanish, Portuguese and English."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from rapidfuzz import fuzz, process

__all__ = ["NEUTRAL", "concepts_of", "plain", "tokens_of"]

ALIKE_LEAST = 88.0
"""How alike a word must be to a known one, out of 100, to be taken for it."""
FUZZY_LETTERS_LEAST = 5

LEXICON: dict[str, str] = {
    "pop": "pob pobl poblac poblacion populacao populac population pop popul habitante habitantes "
    "hab habitants inhabitants inhab personas pessoas people persons residents residentes moradores "
    "populatie poptot",
    "household": "hogar hogares vivienda viviendas viv domicilio domicilios household households "
    "dwelling dwellings familias economias hh hogs",
    "connection": "conexion conexiones conex ligacao ligacoes lig connection connections conn "
    "acometida acometidas usuarios customers abonados",
    "name": "nombre nombres nome nomes name names nom denominacion denominacao denloc denumire "
    "label",
    "code": "codigo cod codigos code codes clave cve cd id key geocodigo geocode pcode ident "
    "identificador codmun codmunic",
    "place": "municipio mun munic municipality municipalities distrito district dist comuna commune "
    "ciudad cidade city town towns localidad localidade loc pueblo settlement village community "
    "comunidad comunidades comunidade centropoblado parroquia parish township ccpp cp nm muni "
    "asentamiento",
    "province": "provincia province prov",
    "state": "estado state uf departamento department dpto depto dep region regiao county condado "
    "entidad ent subcounty microrregiao mesorregiao judet jud zona zone cuenca basin bacia",
    "lat": "lat latitud latitude y_lat latdec",
    "lon": "lon long longitud longitude lng longdec longitud_x",
    "east": "este easting utm_e utme x_utm coord_x x xcoord",
    "north": "norte northing utm_n utmn y_utm coord_y y ycoord",
    "density": "densidad densidade density dens",
    "surface": "superficie area areakm superf extension surface sup",
    "capital": "capital cabecera sede",
    "woman": "mujer mujeres femenino femenina feminino feminina mulher mulheres female females women "
    "fem",
    "man": "hombre hombres masculino homem homens male males men masc varones",
    "age": "edad edades idade age ages",
    "rural": "rural rurales",
    "urban": "urb urbana urbano urban urbanos urbanas",
    "served": "servida servidas servido servidos atendida atendidas atendidos abastecida served "
    "beneficiarios beneficiaries cobertura",
    "poverty": "pobreza pobres pobre poverty pov poor lp",
    "extreme": "extrema extremo extreme ext indigencia",
    "percent": "pct porc porcentaje porcentagem percentual percent percentage perc porciento "
    "proporcion proporcao proportion tasa taxa rate share",
    "number": "num numero number nro qtd quantidade cantidad qty count",
    "income": "ingreso ingresos renta renda rendimento rendimiento income incomes salario ing",
    "capita": "percapita capita pc persona pessoa head",
    "per": "per por",
    "month": "mes mensual mensal month monthly mensuales",
    "year": "anual annual year yearly ano anio",
    "mean": "media medio promedio mean average avg prom",
    "median": "mediana median",
    "gini": "gini",
    "line": "linea linha line",
    "size": "tamano tamanho size",
    "use": "consumo consumption use usage",
    "volume": "volumen volume m3",
    "water": "agua water",
    "sewer": "alcantarillado esgoto sewer sewerage sewage desague saneamiento",
    "loss": "perdida perdidas perda perdas loss losses anf nrw",
    "unbilled": "facturada faturada revenue",
    "collect": "cobranza recaudacion arrecadacao collection collected cobro",
    "meter": "medidor medidores micromedicion hidrometracao hidrometro metered meters micromed "
    "medicion",
    "provider": "prestador prestadora provider operador operadora operator utility eps pse empresa "
    "proveedor concesionaria",
    "tariff": "tarifa tarifas tariff tarifario price precio preco",
    "bill": "factura fatura recibo bill cuota conta",
    "cost": "costo costos custo custos coste costes cost costs gasto gastos despesa despesas expense "
    "opex",
    "operation": "operacion operacao operating operation explotacion exploracao operativo",
    "asset": "activos ativos assets asset",
    "level": "nivel niv level levels adminlevel jerarquia",
    "kind": "tipo type kind categoria category clase class",
    "parent": "padre parent superior sirsup",
    "hours": "horas hora hours hour hrs tiempo tempo time minutos minutes",
    "km": "km distancia distance kilometros",
    "origin": "origen origem origin from desde",
    "destination": "destino destination to hasta",
    "without": "sin sem without no car carencia carencias rezago hacinam lack",
    "quintile": "quintil quintile decil decile",
    "national": "nacional national country pais",
}
NEUTRAL = frozenset(
    [
        "de",
        "del",
        "do",
        "da",
        "dos",
        "das",
        "of",
        "the",
        "el",
        "la",
        "los",
        "las",
        "en",
        "em",
        "in",
        "y",
        "e",
        "a",
        "o",
        "and",
        "total",
        "tot",
        "censo",
        "census",
        "cpv",
        "ine",
        "inei",
        "ibge",
        "dane",
        "conapo",
        "coneval",
        "psa",
        "actual",
        "atual",
        "completo",
        "completa",
        "full",
        "segundo",
        "according",
        "s",
        "estimada",
        "estimado",
        "est",
        "proyectada",
        "proy",
        "residente",
        "residents",
        "base",
        "based",
        "on",
        "final",
        "oficial",
        "official",
        "en",
        "es",
        "pt",
        "digit",
        "geographic",
        "geografico",
        "tl",
        "utm",
        "etrs",
        "wgs",
        "grs",
        "decimal",
        "gd",
        "dec",
        "coord",
        "coordenada",
        "water",
        "agua",
        "dptal",
        "distrital",
        "municipal",
    ]
)
WORD_OF = {word: concept for concept, words in LEXICON.items() for word in words.split()}
LONG_WORDS = [word for word in WORD_OF if len(word) >= FUZZY_LETTERS_LEAST]
PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


def plain(text: str) -> str:
    """Return a text in small letters without accents and signs, words apart.

    Examples
    --------
    >>> plain("Código  do Município (IBGE)")
    'codigo do municipio ibge'
    """
    letters = unicodedata.normalize("NFKD", text.casefold().replace("%", " pct "))
    bare = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(bare.split())


def tokens_of(header: str) -> list[str]:
    """Return the words of a header, those that stand joined taken apart.

    Examples
    --------
    >>> tokens_of("TotPop90"), tokens_of("POB_URB_2023"), tokens_of("% pobreza")
    (['tot', 'pop', '90'], ['pob', 'urb', '2023'], ['pct', 'pobreza'])
    """
    letters = unicodedata.normalize("NFKD", header.replace("%", " pct "))
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    bare = bare.encode("ascii", errors="replace").decode()
    return [part.casefold() for part in PARTS.findall(bare)]


@cache
def concepts_of(header: str) -> tuple[tuple[str, ...], float]:
    """Return the concepts that a header names, and which share of its words they explain.

    Years and small words count for nothing.

    Examples
    --------
    >>> concepts_of("POB_URB_2023"), concepts_of("Código Município Completo")
    ((('pop', 'urban'), 1.0), (('code', 'place'), 1.0))
    >>> concepts_of("Poblacoin total")[0]
    ('pop',)
    """
    found: list[str] = []
    unknown = 0
    for token in tokens_of(header):
        concept = _concept_of(token)
        if concept:
            found.append(concept)
        elif not (token.isdigit() or token in NEUTRAL):
            unknown += 1
    count = len(found) + unknown
    return tuple(found), len(found) / count if count else 0.0


def _concept_of(token: str) -> str:
    if token in WORD_OF:
        return WORD_OF[token]
    if token in NEUTRAL or len(token) < FUZZY_LETTERS_LEAST or token.isdigit():
        return ""
    near = process.extractOne(token, LONG_WORDS, scorer=fuzz.ratio, score_cutoff=ALIKE_LEAST)
    return WORD_OF[near[0]] if near else ""
