"""Read the public grouping instances: each reader returns the arguments of `optimizer.group`."""

from __future__ import annotations

import csv
import json
import math
import re
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from benchmarks.lattices import REGIONS, region_instance
from benchmarks.public import PublicInstance

__all__ = ["FAMILIES", "PublicInstance", "list_instances", "read_instance", "shared_folder"]

FAMILIES = ("pmed", "pmedcap", "holmberg", "districts", "connected", "regions")
"""`districts` and `connected` are the same states without and with connected areas."""


def shared_folder() -> Path | None:
    """Return the folder of public instances beside the project, None when it is absent."""
    folder = Path(__file__).resolve().parents[1].parent / "shared" / "benchmarks"
    return folder if folder.is_dir() else None


def list_instances(family: str) -> list[str]:
    """Return the names of a family's instances, in their usual order."""
    folder = _folder()
    if family == "pmed":
        return [f"pmed{number}" for number in range(1, 41)]
    if family == "pmedcap":
        return [f"pmedcap1_{number:02d}" for number in range(1, 21)]
    if family == "holmberg":
        return [f"p{number}" for number in range(1, 72)]
    if family == "regions":
        return list(REGIONS)
    rows = _districting_rows(folder)
    return [row["state"] for row in rows]


def read_instance(family: str, name: str) -> PublicInstance:
    """Read one instance.

    Parameters
    ----------
    family : {"pmed", "pmedcap", "holmberg", "districts", "connected", "regions"}
    name : str

    Raises
    ------
    FileNotFoundError
        When the folder of public instances is absent.
    """
    folder = _folder()
    if family == "pmed":
        return _read_pmed(folder / "pmed_orlib", name)
    if family == "pmedcap":
        return _read_pmedcap(folder / "pmedcap_osman", name)
    if family == "holmberg":
        return _read_holmberg(folder / "sscflp" / "holmberg", name)
    if family == "regions":
        return region_instance(name)
    return _read_state(folder, name, connected=family == "connected")


def _folder() -> Path:
    folder = shared_folder()
    if folder is None:
        raise FileNotFoundError("the folder shared/benchmarks is not beside the project")
    return folder


def _read_pmed(folder: Path, name: str) -> PublicInstance:
    numbers = [int(word) for word in (folder / f"{name}.txt").read_text().split()]
    towns, _, seats = numbers[:3]
    length = {}
    for tail, head, cost in zip(numbers[3::3], numbers[4::3], numbers[5::3], strict=True):
        length[min(tail, head) - 1, max(tail, head) - 1] = cost  # the last of two counts
    ends = np.array(list(length))
    values = np.array(list(length.values()), dtype=float)
    graph = csr_array((values, (ends[:, 0], ends[:, 1])), shape=(towns, towns))
    distance = shortest_path(graph, method="D", directed=False)
    pattern = re.compile(rf"^{name}\s+(\d+)", re.MULTILINE)
    found = pattern.search((folder / "pmedopt.txt").read_text())
    return PublicInstance(
        family="pmed",
        name=name,
        serve_cost=distance,
        open_cost=np.zeros(towns),
        demand=np.ones(towns),
        capacity=None,
        min_demand=None,
        operators=seats,
        adjacency=None,
        seat_towns=None,
        optimum=float(found.group(1)) if found else None,
        tolerance=1e-6,
    )


def _read_pmedcap(folder: Path, name: str) -> PublicInstance:
    words = (folder / f"{name}.txt").read_text().split()
    towns, seats, capacity = int(words[2]), int(words[3]), float(words[4])
    table = np.array(words[5 : 5 + 4 * towns], dtype=float).reshape(towns, 4)
    points = table[:, 1:3]
    distance = np.floor(np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1)))
    return PublicInstance(
        family="pmedcap",
        name=name,
        serve_cost=distance,
        open_cost=np.zeros(towns),
        demand=table[:, 3],
        capacity=np.full(towns, capacity),
        min_demand=None,
        operators=seats,
        adjacency=None,
        seat_towns=np.arange(towns),
        optimum=float(words[1]),
        tolerance=1e-6,
    )


def _read_holmberg(folder: Path, name: str) -> PublicInstance:
    numbers = np.array((folder / name).read_text().split(), dtype=float)
    seats, towns = int(numbers[0]), int(numbers[1])
    capacity, opening, rest = np.split(numbers[2:], [seats, 2 * seats])
    optima = (folder / "os").read_text().split()
    return PublicInstance(
        family="holmberg",
        name=name,
        serve_cost=rest[towns : towns + towns * seats].reshape(towns, seats),
        open_cost=opening,
        demand=rest[:towns],
        capacity=capacity,
        min_demand=None,
        operators=None,
        adjacency=None,
        seat_towns=None,
        optimum=float(optima[int(name[1:]) - 1]),
        tolerance=1e-6,
    )


def _districting_rows(folder: Path) -> list[dict[str, str]]:
    table = folder / "districting_2010_county" / "KNOWN_OPTIMA.csv"
    with table.open(newline="") as lines:
        return list(csv.DictReader(lines))


def _read_state(folder: Path, name: str, *, connected: bool) -> PublicInstance:
    path = folder / "districting_2010_county" / "instances" / f"{name}.json"
    state = json.loads(path.read_text())
    people = np.array(state["pop"], dtype=float)
    distance = np.array(state["dist_km"], dtype=float)
    row = next(row for row in _districting_rows(folder) if row["state"] == name)
    value = row["moi_contiguous" if connected else "moi_hess_no_contiguity"]
    known = {"infeasible": math.inf, "?": None, "": None}
    return PublicInstance(
        family="connected" if connected else "districts",
        name=name,
        serve_cost=people[:, None] * distance**2 / 1e6,
        open_cost=np.zeros(people.size),
        demand=people,
        capacity=np.full(people.size, float(state["U"])),
        min_demand=np.full(people.size, float(state["L"])),
        operators=int(state["k"]),
        adjacency=tuple((int(a), int(b)) for a, b in state["edges"]) if connected else None,
        seat_towns=np.arange(people.size),
        optimum=known[value] if value in known else float(value),
        tolerance=0.0051,
        note="the data differ from the published" if name == "AK" else "",
    )
