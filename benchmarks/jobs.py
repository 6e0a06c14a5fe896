"""What the national benchmarks solve: regions cut from the public tables, and how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import optimizer as op
from optimizer.instance.instance import Instance
from optimizer.instance.sources.brazil import brazil, municipalities
from optimizer.instance.sources.peru import peru
from optimizer.instance.sources.peru_tables import districts

__all__ = ["DATA", "SECTIONS", "Job", "build"]

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
SMALL = (2_000.0, 30_000.0)
MINAS = (-44.5, -19.5)


@dataclass(frozen=True)
class Job:
    """One region, its promises and the method.

    Attributes
    ----------
    section, name : str
        Table and row.
    country : str
        ``peru``, ``brazil`` or the name of a region of ``benchmarks/regions``.
    people : (float, float)
        Least and most people of a town.
    nearest : (float, float, int) or None
        Only so many towns nearest to a longitude and latitude.
    promises : tuple of (str, object)
        Changes of the policy; areas may be in pieces unless ``connected`` is asked for.
    method : str
        ``columns`` or ``compact``.
    gap, time_limit : float
        Where to stop.
    threads : int
        Parts that are worked on side by side.
    """

    section: str
    name: str
    country: str
    people: tuple[float, float] = SMALL
    nearest: tuple[float, float, int] | None = None
    promises: tuple[tuple[str, object], ...] = ()
    method: str = "columns"
    gap: float = 0.0
    time_limit: float = 60.0
    threads: int = 2


def build(job: Job) -> Instance:
    """Return the instance of a job."""
    promises = dict(job.promises)
    hours = max(2.5, float(promises.get("reach_hours", 2.0)))  # type: ignore[arg-type]
    people_least, people_most = job.people
    if job.country == "peru":
        only = None
        if job.nearest is not None:
            table = districts(DATA)
            table = table[table["pob_urbana_2023"].between(*job.people)]
            only = _nearest(table["lon"], table["lat"], job.nearest)
        region = peru(DATA, people_least=people_least, people_most=people_most, only=only)
    elif job.country == "brazil":
        only = None
        if job.nearest is not None:
            table = municipalities(DATA)
            table = table[table["pop_est_2025"].between(*job.people)]
            only = _nearest(table["lon"], table["lat"], job.nearest)
        region = brazil(
            DATA, people_least=people_least, people_most=people_most, only=only, hours_most=hours
        )
    else:
        region = op.read(ROOT / "benchmarks" / "regions" / job.country)
    return region.replace(policy=region.policy.replace(**{"connected": False, **promises}))


def _nearest(lon: pd.Series, lat: pd.Series, place: tuple[float, float, int]) -> list[object]:
    """Return the labels of the towns nearest to a place, as the crow flies."""
    x = (lon - place[0]) * np.cos(np.radians(place[1]))
    far = np.hypot(x, lat - place[1])
    return list(far.sort_values(kind="stable").index[: place[2]])


def _san_martin() -> Iterator[Job]:
    for hours in (1.0, 2.0, 4.0):
        for share in (0.03, 0.04, 0.05):
            for scope in ("service_area", "town"):
                promises = (
                    ("reach_hours", hours),
                    ("affordable_share", share),
                    ("tariff_scope", scope),
                )
                name = f"{hours:g} h, {share:.0%}, {scope}"
                yield Job("san_martin", name, "san_martin_47", promises=promises)
    for hours in (1.0, 2.0, 3.0, 4.0):
        near = (("reach_hours", hours), ("connected", True))
        yield Job("san_martin", f"{hours:g} h, connected", "san_martin_47", promises=near)


def _countries() -> Iterator[Job]:
    most = float("inf")
    yield Job("countries", "Peru 2,000-30,000", "peru", time_limit=180)
    whole = (("connected", True),)
    name = "Peru 2,000-30,000, connected"
    yield Job("countries", name, "peru", promises=whole, time_limit=180)
    yield Job("countries", "Peru from 500", "peru", people=(500.0, most), time_limit=180)
    for hours in (1.0, 2.0):
        near = (("reach_hours", hours),)
        small = f"Brazil 2,000-30,000, {hours:g} h"
        yield Job("countries", small, "brazil", promises=near, time_limit=600)
        whole = (*near, ("connected", True))
        yield Job("countries", f"{small}, connected", "brazil", promises=whole, time_limit=600)
        every = f"Brazil, all, {hours:g} h"
        yield Job("countries", every, "brazil", people=(0.0, most), promises=near, time_limit=600)


def _growth() -> Iterator[Job]:
    for towns in (50, 100, 200, 400, 800, 1_600):
        place = (*MINAS, towns)
        yield Job("growth", f"{towns} towns, 2 h", "brazil", nearest=place, time_limit=120)
    every = (0.0, float("inf"))
    for towns in (2_800, 5_571):
        place = (*MINAS, towns)
        name = f"{towns} towns, 2 h"
        yield Job("growth", name, "brazil", people=every, nearest=place, time_limit=120)
    for hours in (1.0, 2.0, 3.0, 4.0):
        promises = (("reach_hours", hours),)
        place = (*MINAS, 100)
        name = f"100 towns, {hours:g} h"
        yield Job("growth", name, "brazil", nearest=place, promises=promises, time_limit=120)


def _methods() -> Iterator[Job]:
    """Yield 20 regions of 30 to 80 towns around towns drawn with a fixed seed, by both methods."""
    rng = np.random.default_rng(2006)
    for country, table in (("peru", districts(DATA)), ("brazil", municipalities(DATA))):
        people = "pob_urbana_2023" if country == "peru" else "pop_est_2025"
        small = table[table[people].between(*SMALL)]
        for k in range(10):
            centre = small.iloc[int(rng.integers(len(small)))]
            place = (*(float(centre[c]) for c in ("lon", "lat")), int(rng.integers(30, 81)))
            for method in ("columns", "compact"):
                name = f"{country} {k + 1}: {place[2]} towns"
                yield Job("methods", name, country, nearest=place, method=method)


SECTIONS = {
    "san_martin": _san_martin,
    "countries": _countries,
    "growth": _growth,
    "methods": _methods,
}
