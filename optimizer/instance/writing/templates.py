"""A small region to start from, with every setting explained in place."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from optimizer.errors import StoreError
from optimizer.instance.instance import Instance
from optimizer.instance.reading.read import read
from optimizer.instance.schema.fields import (
    Costs,
    Incomes,
    OperatorModel,
    Source,
    Tariff,
    Town,
    Travel,
)
from optimizer.instance.schema.head_fields import FORMAT, Header
from optimizer.instance.schema.policy import Policy
from optimizer.instance.schema.year_fields import Horizon, Investment, Target
from optimizer.instance.writing.toml_text import toml_value
from optimizer.record import Row, unit_of

__all__ = ["new_instance", "template_instance"]

TOWNS = """town,name,lon,lat,population,zone,income_month
upper,Upper Town,-76.60,-6.30,8000,valley,1600
middle,Middle Town,-76.50,-6.40,6000,valley,1400
lower,Lower Town,-76.45,-6.55,3200,valley,1200
"""
HEAD = {"format": FORMAT, "currency": "PEN", "price_year": 2024, "crs": "EPSG:32718"}
MODELS: tuple[Mapping[str, object], ...] = (
    {
        "operator_model": "social enterprise",
        "overhead_year": 35000.0,
        "connections_most": 3000.0,
        "crew_hour_cost": 20.0,
    },
    {
        "operator_model": "small company",
        "overhead_year": 80000.0,
        "connections_least": 1500.0,
        "crew_hour_cost": 20.0,
    },
)
COSTS = {"fixed_cost_year": 15000.0, "connection_cost_year": 60.0, "volume_cost_m3": 0.25}
SOURCE = {"title": "Made up for this template: replace every number"}


def new_instance(folder: str | Path, name: str) -> Path:
    """Write a small instance with comments on every setting; :func:`read` accepts it.

    Parameters
    ----------
    folder : str or pathlib.Path
        Folder to make; its parent is made where absent.
    name : str
        Title of the region.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    StoreError
        If the folder exists or cannot be made.

    Examples
    --------
    >>> folder = new_instance(Path(tempfile.mkdtemp()) / "valley", "Valley")
    >>> sorted(file.name for file in folder.iterdir())
    ['instance.toml', 'towns.csv']
    """
    target = Path(folder)
    try:
        target.mkdir(parents=True)
        (target / "towns.csv").write_text(TOWNS, encoding="utf-8", newline="\n")
        (target / "instance.toml").write_text(_settings(name), encoding="utf-8", newline="\n")
    except FileExistsError:
        raise StoreError(f"{target}: exists already; choose another name") from None
    except OSError as error:
        raise StoreError(f"{target}: cannot be made ({error.strerror})") from error
    return target


def template_instance() -> Instance:
    """Return the template as an instance, without leaving files behind."""
    with tempfile.TemporaryDirectory() as home:
        return read(new_instance(Path(home) / "template", "Template"))


def _settings(name: str) -> str:
    models = [_section(OperatorModel, "[[operator_models]]", model) for model in MODELS]
    blocks = [
        "# Lines that start with # are comments; a setting behind one has the value shown.\n"
        + _section(Header, "", {"title": name, **HEAD}),
        _section(Policy, "[policy]", {"affordable_share": 0.03, "reach_hours": 2.0}),
        _section(Tariff, "[tariff]", {"blocks_m3": [8.0, 20.0]}),
        _section(Costs, "[costs]", COSTS),
        _section(Incomes, "[incomes]", {}),
        _section(Travel, "[travel]", {}),
        _section(Horizon, "# [horizon]", {}),
        *models,
        _section(Source, "[[sources]]", SOURCE),
        _columns(Town),
        _columns(Target),
        _columns(Investment),
    ]
    return "\n".join(blocks)


def _section(record: type[Row], head: str, values: Mapping[str, object]) -> str:
    """Return the keys of a section, each with its meaning; those without a value commented out."""
    lines = [head] if head else []
    for name, info in record.model_fields.items():
        note = f"{info.description} ({unit_of(record, name)})"
        if name in values:
            lines += [f"# {note}", f"{name} = {toml_value(values[name])}"]
        elif info.default is None:
            lines += [f"# {note}", f"# {name} ="]
        else:
            lines += [f"# {note}", f"# {name} = {toml_value(info.default)}"]
    return "\n".join(lines) + "\n"


def _columns(record: type[Row]) -> str:
    """Return the columns of a table as comments."""
    lines = [f"# Columns of {record.where}:"]
    for name, info in record.model_fields.items():
        need = "needed" if info.is_required() else "may be left out"
        lines.append(f"#   {name} ({unit_of(record, name)}; {need}): {info.description}")
    return "\n".join(lines) + "\n"
