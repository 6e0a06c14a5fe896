"""The formula page: what is written by hand, and the sections that declarations give."""

from __future__ import annotations

from importlib.resources import files

from optimizer.instance.schema.fields import OperatorModel
from optimizer.promises import AREA_RESOURCES, PROMISES
from optimizer.promises.kinds import AreaResource, LimitedSum, PlanTotal

__all__ = ["formulation", "section"]

BEFORE = "### `connected`"
LABELS = {
    "en": ("Formula", "In words", "Units", "Source", "Components"),
    "es": ("Fórmula", "En palabras", "Unidades", "Fuente", "Componentes"),
}


def formulation(language: str = "en") -> str:
    """Return the formula page in a language, as Markdown.

    Promises on a sum over an area's towns or over a plan have sections made of declarations.

    Parameters
    ----------
    language : str
        ``es``; English for any other.

    Examples
    --------
    >>> "### `viable_size`" in formulation()
    True
    """
    name = "formulation.es.md" if language == "es" else "formulation.md"
    page = files("optimizer.model").joinpath(name).read_text(encoding="utf-8")
    totals = [p for p in PROMISES.values() if isinstance(p, PlanTotal) and p.is_summed]
    sums: list[AreaResource | PlanTotal] = [*AREA_RESOURCES, *totals]
    sections = "\n".join(section(promise, language) for promise in sums)
    return page.replace(BEFORE, f"{sections}\n{BEFORE}", 1)


def section(promise: AreaResource | PlanTotal, language: str = "en") -> str:
    """Return the section of a promise on a sum, made of its declaration."""
    if isinstance(promise, PlanTotal):
        return _listed(promise, _total_formula(promise), language)
    amount = "n_i" if promise.amount == "connections" else promise.amount
    total = f"sum_i {f'{amount} ' if amount else ''}served_by_ijm"
    low, high = ("" if limit is None else f"{limit:g}" for limit in promise.stated)
    least = promise.model_least or promise.least or low
    most = promise.model_most or promise.most or high
    parts = [
        *([f"{least} operate_jm <="] if least else []),
        total,
        *([f"<= {most} operate_jm"] if most else []),
    ]
    return _listed(promise, " ".join(parts), language)


def _total_formula(promise: PlanTotal) -> str:
    """Return the sum over the areas of a plan that a promise limits."""
    chosen = [f"{column} of j = {value}" for column, value in promise.seats.items()]
    chosen += [f"m = {promise.operator_model}"] if promise.operator_model else []
    named = {"per_town_i": promise.per_town, "hours_ij": promise.amount == "hours"}
    served = [name for name, used in named.items() if used]
    named = {"per_seat_j": promise.per_seat, "per_model_m": promise.per_model}
    opened = [name for name, used in named.items() if used]
    if promise.amount == "":
        opened.append("1")
    elif promise.amount in OperatorModel.model_fields:
        opened.append(f"{promise.amount}_m")
    elif promise.amount not in {None, "hours"}:
        served.append("n_i" if promise.amount == "connections" else f"{promise.amount}_i")
    terms = [f"sum_ijm ({' + '.join(served)}) served_by_ijm"] if served else []
    terms += [f"sum_jm ({' + '.join(opened)}) operate_jm"] if opened else []
    low, high = ("" if limit is None else f"{limit:g}" for limit in promise.stated)
    least, most = promise.least or low, promise.most or high
    where = f", areas with {', '.join(chosen)}" if chosen else ""
    total = " + ".join(terms) + where
    return (f"{least} <= " if least else "") + total + (f" <= {most}" if most else "")


def _listed(promise: LimitedSum, formula: str, language: str) -> str:
    known = language if language in LABELS else "en"
    words = promise.words.es if known == "es" else promise.words.en
    source = promise.source or f"policy `{promise.least or promise.most}`"
    components = ", ".join(f"`{name}`" for name in promise.components)
    values = (f"`{formula}`", f"{words}.", promise.unit, source, components)
    lines = [f"- {label}: {value}" for label, value in zip(LABELS[known], values, strict=True)]
    return "\n".join([f"### `{promise.name}`", *lines, ""])
