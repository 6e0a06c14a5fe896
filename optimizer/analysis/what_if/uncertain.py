"""Uncertain data: distributions in a file, and seeded draws from them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import model_validator

from optimizer.analysis.what_if.scenario_file import MULTIPLIED, read_records
from optimizer.arrays import Floats
from optimizer.errors import InstanceError, Problem
from optimizer.instance.reading.findings import near
from optimizer.record import Row, unit_field

__all__ = ["Uncertain", "draw", "read_uncertain"]


class Uncertain(Row):
    """One uncertain datum: a factor on what the region has, or the value itself.

    Examples
    --------
    >>> Uncertain(distribution="uniform", low=0.9, high=1.2).each
    'region'
    """

    where: ClassVar[str] = "uncertain.toml"
    distribution: Literal["uniform", "triangular", "normal", "lognormal"] = unit_field(
        "text", "shape: uniform, triangular, normal or lognormal"
    )
    low: float | None = unit_field("as drawn", "smallest value", default=None)
    mode: float | None = unit_field("as drawn", "most likely value (triangular)", default=None)
    high: float | None = unit_field("as drawn", "largest value", default=None)
    mean: float = unit_field("as drawn", "mean (normal) or median (lognormal)", default=1.0)
    sd: float | None = unit_field(
        "as drawn", "standard deviation, of the logarithm for lognormal", default=None, ge=0
    )
    each: Literal["region", "town"] = unit_field(
        "text", "one draw for the whole region, or one for each town", default="region"
    )
    absolute: bool = unit_field(
        "yes/no", "the draw is the value itself, not a factor (the two shares only)", default=False
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {
            "uniform": {"low": self.low, "high": self.high},
            "triangular": {"low": self.low, "mode": self.mode, "high": self.high},
            "normal": {"sd": self.sd},
            "lognormal": {"sd": self.sd},
        }[self.distribution]
        missing = [name for name, value in needed.items() if value is None]
        if missing:
            message = f"a {self.distribution} distribution needs {' and '.join(missing)}"
            raise ValueError(message)
        ordered = [v for v in (self.low, self.mode, self.high) if v is not None]
        if ordered != sorted(ordered):
            message = "low, mode and high must rise"
            raise ValueError(message)
        return self


def read_uncertain(file: str | Path) -> dict[str, Uncertain]:
    """Return the uncertain data of a TOML file; every section is one datum.

    For example::

        [costs]
        distribution = "triangular"
        low = 0.9
        mode = 1.0
        high = 1.3
        each = "town"

        [collection_rate]
        distribution = "uniform"
        low = 0.6
        high = 0.9
        absolute = true

    Raises
    ------
    InstanceError
        With every problem of the file and its line.
    """
    path = Path(file)
    records, lines = read_records(path, Uncertain)
    problems = []
    for name, record in records.items():
        if name not in MULTIPLIED:
            remedy = f"{near(name, MULTIPLIED)}choose among {', '.join(MULTIPLIED)}"
            problems.append(Problem(path.name, lines.of(name), name, "is not known", remedy))
        elif record.absolute and name not in ("collection_rate", "non_revenue_water"):
            what, remedy = "cannot be drawn as a value", "draw a factor: absolute = false"
            problems.append(Problem(path.name, lines.of(name), name, what, remedy))
    if problems:
        raise InstanceError(problems)
    return records


def draw(
    uncertain: Mapping[str, Uncertain], towns: int, *, draws: int, seed: int
) -> dict[str, Floats]:
    """Return draws of every uncertain datum; the draws of one do not depend on the others.

    Parameters
    ----------
    uncertain : mapping of str to Uncertain
        Distributions by name.
    towns : int
        Number of towns.
    draws, seed : int
        How many draws, and the seed.

    Returns
    -------
    dict of str to array of shape (draws, towns) or (draws, 1)

    Examples
    --------
    >>> same = Uncertain(distribution="uniform", low=1.1, high=1.1)
    >>> draw({"costs": same}, 2, draws=3, seed=0)["costs"].ravel().tolist()
    [1.1, 1.1, 1.1]
    """
    return {
        name: _draw_one(
            record,
            np.random.default_rng([seed, zlib.crc32(name.encode())]),
            (draws, towns if record.each == "town" else 1),
        )
        for name, record in uncertain.items()
    }


def _draw_one(record: Uncertain, rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    low = -np.inf if record.low is None else record.low
    high = np.inf if record.high is None else record.high
    mode, sd = record.mode or 0.0, record.sd or 0.0
    if record.distribution == "uniform":
        values = rng.uniform(low, high, shape)
    elif record.distribution == "triangular":
        values = rng.triangular(low, mode, high, shape) if high > low else np.full(shape, low)
    elif record.distribution == "normal":
        values = rng.normal(record.mean, sd, shape)
    else:
        values = record.mean * rng.lognormal(0.0, sd, shape)
    return np.clip(values, max(low, 0.0), high)
