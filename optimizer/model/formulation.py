"""The formula page: what is written by hand, and the sections that declarations give."""

from __future__ import annotations

from importlib.resources import files

from optimizer.promises import AREA_RESOURCES
from optimizer.promises.kinds import AreaResource

__all__ = ["formulation", "section"]

BEFORE = "### `connected`"
LABELS = {
    "en": ("Formula", "In words", "Units", "Source", "Components"),
    "es": ("Fórmula", "En palabras", "Unidades", "Fuente", "Componentes"),
}


def formulation(language: str = "en") -> str:
    """Return the formula page in a language, as Markdown.

    Promises on a sum over an area's towns have sections made of their declarations.

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
    sections = "\n".join(section(promise, language) for promise in AREA_RESOURCES)
    return page.replace(BEFORE, f"{sections}\n{BEFORE}", 1)


def section(promise: AreaResource, language: str = "en") -> str:
    """Return the section of a promise on a sum over an area's towns, made of its declaration."""
    known = language if language in LABELS else "en"
    words = promise.words.es if known == "es" else promise.words.en
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
    source = promise.source or f"policy `{promise.least or promise.most}`"
    components = ", ".join(f"`{name}`" for name in promise.components)
    values = (f"`{' '.join(parts)}`", f"{words}.", promise.unit, source, components)
    lines = [f"- {label}: {value}" for label, value in zip(LABELS[known], values, strict=True)]
    return "\n".join([f"### `{promise.name}`", *lines, ""])
