"""Read ``--set field=value`` pairs and names of runs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from optimizer.errors import PolicyError
from optimizer.instance.instance import Instance
from optimizer.instance.reading.read import read
from optimizer.instance.schema.year_fields import Horizon
from optimizer.plan.folder import RUN_FILE
from optimizer.plan.plan import Plan
from optimizer.plan.run_audit import read_sound
from optimizer.plan.store import read_plan

__all__ = ["bundled", "region_of", "runs_of", "safe_name", "with_settings"]

HORIZON = "horizon."
"""What the name of a field of the horizon begins with."""
DEMAND = "demand."
"""What the name of a field of demand begins with."""


def with_settings(instance: Instance, settings: Sequence[str]) -> Instance:
    """Return the instance with policy fields changed by ``field=value`` texts.

    A field of the horizon is written ``horizon.years=10``; a region without a horizon gets one. A
    field of demand is written ``demand.price_elasticity=-0.3``.

    Raises
    ------
    PolicyError
        If a text has no ``=``, a field does not exist or a value is outside its bounds.
    """
    changes = dict(_setting(text) for text in settings)
    if not changes:
        return instance
    years = {k.removeprefix(HORIZON): v for k, v in changes.items() if k.startswith(HORIZON)}
    answers = {k.removeprefix(DEMAND): v for k, v in changes.items() if k.startswith(DEMAND)}
    promises = {k: v for k, v in changes.items() if not k.startswith((HORIZON, DEMAND))}
    if answers:
        instance = instance.replace(demand=instance.demand.replace(**answers))
    if promises:
        instance = instance.replace(policy=instance.policy.replace(**promises))
    if years:
        horizon = (instance.horizon or Horizon()).replace(**years)
        instance = instance.replace(horizon=horizon)
    return instance


def region_of(folder: Path, settings: Sequence[str] | None) -> Instance:
    """Return the region of an instance's or a run's folder, its promises changed as asked for."""
    stored = (folder / RUN_FILE).is_file()
    region = read_plan(folder).instance if stored else read(folder)
    return with_settings(region, settings or [])


def runs_of(folders: Sequence[Path]) -> Mapping[str, Plan]:
    """Return stored plans by the names of their folders, with the parent's where they clash.

    Raises
    ------
    AuditError
        If a run is not what its own tables and its instance say.
    """
    names = [folder.name for folder in folders]
    if len(set(names)) < len(names):
        names = [f"{folder.parent.name}/{folder.name}" for folder in folders]
    return {name: read_sound(folder) for name, folder in zip(names, folders, strict=True)}


def _setting(text: str) -> tuple[str, Any]:
    name, mark, value = text.partition("=")
    if not mark:
        message = f"--set {text}: write field=value, for example --set affordable_share=0.05"
        raise PolicyError(message)
    try:
        return name.strip(), tomllib.loads(f"value = {value.strip()}")["value"]
    except (ValueError, RecursionError):  # no TOML, or lists thousands deep
        plain = value.strip()
        return name.strip(), None if plain == "none" else plain


def safe_name(name: str) -> str:
    """Return a name that is safe as one part of a path."""
    cleaned = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("._")
    return cleaned or "run"


def bundled(name: str) -> Path:
    """Return the folder of a bundled instance, in a clone or in an installed package.

    Raises
    ------
    PolicyError
        If there is no such instance.
    """
    package = Path(__file__).resolve().parents[1]
    for home in (package.parent / "instances", package / "bundled", Path("instances")):
        if (home / name / "instance.toml").is_file():
            return home / name
    message = f"the bundled instance {name} is not here: install the package again"
    raise PolicyError(message)
