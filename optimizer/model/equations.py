"""Print the equations of a rule with the region's own names."""

from __future__ import annotations

import pyomo.environ as pyo

__all__ = ["equations_of"]


def equations_of(model: pyo.ConcreteModel, components: tuple[str, ...], town: str) -> list[str]:
    """Return the equations of the named constraints as text.

    Parameters
    ----------
    model : ConcreteModel
        A built compact model.
    components : tuple of str
        Names of its components; those that are not constraints have no equations.
    town : str
        Only equations in which this town stands; empty for all.
    """
    lines: list[str] = []
    for name in components:
        component = model.component(name)
        if not isinstance(component, pyo.Constraint):
            continue
        for index in component:
            text = f"{component[index].name}: {component[index].expr}"
            if not town or _stands_in(text, town):
                lines.append(text)
    return lines


def _stands_in(text: str, town: str) -> bool:
    """Return whether a town is one of the indices that an equation names."""
    for mark in "[](),":
        text = text.replace(mark, "\n")
    return town in {part.strip().strip("'") for part in text.split("\n")}
