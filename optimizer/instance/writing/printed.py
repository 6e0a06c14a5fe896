"""Schedules as files: those that come with the program, and those of instances."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from optimizer.errors import PolicyError
from optimizer.instance.check.settings_checks import Place
from optimizer.instance.check.tariff_checks import tariff_checks
from optimizer.instance.reading.findings import Findings, near
from optimizer.instance.reading.text import read_text
from optimizer.instance.reading.toml_lines import TomlLines
from optimizer.instance.reading.toml_read import TOML_BYTES_MOST
from optimizer.instance.schema.settings import FILE, Settings, schedule_from_toml

__all__ = ["bundled_schedules", "read_schedule"]


def bundled_schedules() -> dict[str, Settings]:
    """Return the schedules that come with the program, by name.

    Examples
    --------
    >>> list(bundled_schedules())
    ['brazil_minimum', 'colombia_strata', 'emsap_chanka', 'flat_unmetered']
    """
    folder = files("optimizer.instance").joinpath("schedules")
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith(".toml"))
    return {
        name.removesuffix(".toml"): _checked(folder.joinpath(name).read_text("utf-8"), name)
        for name in names
    }


def read_schedule(where: str | Path) -> Settings:
    """Return title, currency, tariff and sources of a schedule.

    Parameters
    ----------
    where : str or pathlib.Path
        A TOML file with ``[tariff]``, the folder of an instance, or the name of a schedule that
        comes with the program.

    Raises
    ------
    PolicyError
        If there is no such file, folder or name.
    InstanceError
        With every problem of the file.

    Examples
    --------
    >>> read_schedule("emsap_chanka").tariff.shape
    (1.2, 0.344, 0.457, 0.51)
    """
    path = Path(where)
    if path.is_dir():
        path = path / FILE
    if path.is_file():
        found = Findings()
        text = read_text(path, path.name, found, bytes_most=TOML_BYTES_MOST)
        found.raise_for_problems()
        return _checked(text or "", path.name)
    known = bundled_schedules()
    if str(where) in known:
        return known[str(where)]
    hint = near(str(where), list(known))
    names = ", ".join(known)
    message = f"there is no schedule {where}; {hint}give a folder, a TOML file, or one of {names}"
    raise PolicyError(message)


def _checked(text: str, file: str) -> Settings:
    found = Findings()
    settings = schedule_from_toml(text, found, name=file.removesuffix(".toml"), file=file)
    if settings is not None:
        tariff_checks(settings.tariff, [], Place(file, TomlLines(text).of), found)
    found.raise_for_problems()
    if settings is None:  # a head that cannot be used is always a problem
        raise PolicyError(f"{file}: cannot be used")
    return settings
