"""Group small towns under shared water operators and set the tariffs that pay for them.

The public names; each is loaded when it is first used, so that importing the package is quick::

    import optimizer as op

    region = op.read("instances/san_martin")
    plan = op.solve(region, gap=0.001, time_limit=300)
    plan.audit().raise_for_failures()

They stand in ``__init__.pyi``, with the module of each, once for readers, tools and the program.
"""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

_RENAMED = {
    "economics": "optimizer.tariffs and optimizer.costs",
    "study": "optimizer.analysis",
}
"""Rooms of before, and where their content is now."""


def _homes() -> dict[str, str]:
    """Return the module of each public name, as the stub says."""
    stub = ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    return {
        alias.name: str(node.module)
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


_HOMES = _homes()
__all__ = sorted(_HOMES)  # noqa: PLE0605 - read by tools from the stub


def __getattr__(name: str) -> object:
    """Load a public name from its home when it is first used (PEP 562)."""
    if name == "__version__":
        return _version()
    if name in _RENAMED:
        message = (
            f"'optimizer.{name}' is now {_RENAMED[name]}; public names are used as optimizer.NAME"
        )
        raise AttributeError(message)
    if name not in _HOMES:
        message = f"module 'optimizer' has no attribute {name!r}"
        raise AttributeError(message)
    home = import_module(_HOMES[name])
    if name not in vars(home):
        import_module(f"{home.__name__}.{name}")
    return vars(home)[name]


def _version() -> str:
    """Return the installed version, ``0+unknown`` in a copy that is not installed."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - slow to load

    try:
        return version("town-water-optimizer")
    except PackageNotFoundError:
        return "0+unknown"


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
