"""Read ``--set field=value`` pairs and names of runs."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import optimizer as op
from optimizer.errors import InstanceError, PolicyError, Problem, StoreError

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance
    from optimizer.plan.plan import Plan

__all__ = [
    "bundled",
    "opened",
    "region_folder",
    "region_of",
    "run_folder",
    "runs_in",
    "runs_of",
    "safe_name",
    "stored_plan",
    "with_settings",
]

HORIZON = "horizon."
"""What the name of a field of the horizon begins with."""
DEMAND = "demand."
"""What the name of a field of demand begins with."""
PYTHON_NUMBER = re.compile(r"(?<![\w-])[+-]?\d+_[\d_]*(?![^\W\d_])")
"""A number with underscores, which TOML and Python take for thousands."""


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
    promises = {k: _listed(instance, k, v) for k, v in promises.items()}
    if answers:
        instance = instance.replace(demand=instance.demand.replace(**answers))
    if promises:
        instance = instance.replace(policy=instance.policy.replace(**promises))
    if years:
        horizon = (instance.horizon or op.Horizon()).replace(**years)
        instance = instance.replace(horizon=horizon)
    return instance


def _listed(instance: Instance, name: str, value: object) -> object:
    """Return a value as the promise takes it: ``a,b`` makes a list, ``a+b,c+d`` one of sets."""
    takes = instance.policy.model_dump().get(name)
    if not isinstance(takes, tuple):
        return value
    texts = value.split(",") if isinstance(value, str) else value
    if not isinstance(texts, list):
        return (str(texts),) if isinstance(texts, int) else texts
    parts = [part.strip() if isinstance(part, str) else part for part in texts]
    if "tuple[tuple[" not in str(type(instance.policy).model_fields[name].annotation):
        return tuple(part for part in parts if part != "")
    return tuple(
        [town.strip() for town in part.split("+")] if isinstance(part, str) else part
        for part in parts
        if part != ""
    )


def region_folder(folder: Path) -> Path:
    """Return the folder of a region or run; a bundled region may be given by its name.

    Raises
    ------
    InstanceError
        If there is no such folder; names that are near are told.
    """
    if folder.exists():
        return folder
    homes = bundled_homes()
    if folder.name == str(folder):
        for home in homes:
            if (home / folder.name / "instance.toml").is_file():
                return home / folder.name
    beside = [p.name for p in _inside(folder.parent) if p.is_dir()]
    known = sorted({*beside, *(p.name for home in homes for p in _inside(home))})
    near = difflib.get_close_matches(folder.name, known, n=1, cutoff=0.5)
    what = "there is no such folder" + (f"; did you mean {near[0]!r}?" if near else "")
    remedy = "give the folder of a region, or the name of a bundled one, such as san_martin"
    raise InstanceError([Problem(str(folder), None, "", what, remedy)])


def run_folder(folder: Path) -> Path:
    """Return the folder of a run.

    Raises
    ------
    StoreError
        If it is none; runs that are near are told.
    """
    if (folder / "run.json").is_file():
        return folder
    around = [*_inside(folder), *_inside(folder.parent)]
    runs = {p.name: p for p in around if (p / "run.json").is_file()}
    near = difflib.get_close_matches(folder.name, runs, n=1, cutoff=0.5) or list(runs)[:1]
    hint = f"; did you mean {runs[near[0]]}?" if near else ""
    raise StoreError(f"{folder}: is not a run; there is no run.json in it{hint}")


def _inside(folder: Path) -> list[Path]:
    """Return what is in a folder, nothing where it is none."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def region_of(folder: Path, settings: Sequence[str] | None) -> Instance:
    """Return the region of an instance's or a run's folder, its promises changed as asked for."""
    found = region_folder(folder)
    stored = (found / "run.json").is_file()
    region = op.read_plan(found).instance if stored else op.read(found)
    return with_settings(region, settings or [])


def stored_plan(folder: Path) -> Plan:
    """Return the plan of a run, which is audited first."""
    found = run_folder(folder)
    from optimizer.plan.run_audit import read_sound

    return read_sound(found)


def opened(folder: Path) -> list[Path]:
    """Return the runs of a study, or the one folder of a region or run.

    Raises
    ------
    InstanceError, StoreError
        If there is no such folder, or the study holds no run any more.
    """
    return list(runs_in([folder]).values()) if _is_study(folder) else [region_folder(folder)]


def _is_study(folder: Path) -> bool:
    return (folder / "study.json").is_file() and not (folder / "run.json").is_file()


def runs_in(folders: Sequence[Path]) -> dict[str, Path]:
    """Return the folders of runs by name; a study stands for all its runs, by their plans' names.

    A run is called as its folder, with the parent's name where that of another is the same.

    Raises
    ------
    StoreError
        If a folder is neither; runs that are near are told.
    """
    named: list[tuple[str, Path]] = []
    for folder in folders:
        if _is_study(folder):
            from optimizer.analysis.many.study import study_runs

            found = study_runs(folder)
            if not found:
                raise StoreError(f"{folder}: the study holds no run any more")
            named += found.items()
        else:
            named.append((folder.name, run_folder(folder)))
    names = [name for name, _ in named]
    clash = {name for name in names if names.count(name) > 1}
    return {f"{p.parent.name}/{n}" if n in clash else n: p for n, p in named}


def runs_of(folders: Sequence[Path]) -> Mapping[str, Plan]:
    """Return the stored plans of runs and studies, each audited first; see :func:`runs_in`."""
    return {name: stored_plan(folder) for name, folder in runs_in(folders).items()}


def _setting(text: str) -> tuple[str, Any]:
    name, mark, value = text.partition("=")
    if not mark:
        message = f"--set {text}: write field=value, for example --set affordable_share=0.05"
        raise PolicyError(message)
    if PYTHON_NUMBER.search(value) and not set("'\"") & set(value):
        raise PolicyError(f"--set {text}: write numbers in plain digits, without _")
    try:
        return name.strip(), tomllib.loads(f"value = {value.strip()}")["value"]
    except (ValueError, RecursionError):  # no TOML, or lists thousands deep
        plain = value.strip()
        return name.strip(), None if plain == "none" else plain


def safe_name(name: str) -> str:
    """Return a name that is safe as one part of a path."""
    cleaned = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("._")
    return cleaned or "run"


def bundled_homes() -> list[Path]:
    """Return the folders that may hold bundled regions: of a clone, of an installed package."""
    package = Path(__file__).resolve().parents[1]
    return [package.parent / "instances", package / "bundled", Path("instances")]


def bundled(name: str) -> Path:
    """Return the folder of a bundled instance, in a clone or in an installed package.

    Raises
    ------
    PolicyError
        If there is no such instance.
    """
    for home in bundled_homes():
        if (home / name / "instance.toml").is_file():
            return home / name
    message = f"the bundled instance {name} is not here: install the package again"
    raise PolicyError(message)
