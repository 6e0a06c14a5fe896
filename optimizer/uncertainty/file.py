"""Uncertain data in a file of their own, for plans that were made without."""

from __future__ import annotations

from pathlib import Path

from optimizer.errors import InstanceError
from optimizer.instance.check.settings_checks import Place
from optimizer.instance.check.uncertainty_checks import uncertainty_checks
from optimizer.instance.reading.toml_read import read_records
from optimizer.instance.schema.uncertainty_fields import Uncertain, Uncertainty

__all__ = ["read_uncertain"]


def read_uncertain(file: str | Path) -> dict[str, Uncertain]:
    """Return the uncertain data of a TOML file; every section is one datum.

    The sections are those of ``[uncertainty.data]`` in ``instance.toml``, for example::

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
    place = Place(path.name, lines.of)
    problems = uncertainty_checks(Uncertainty(data=records), place, path=())
    if problems:
        raise InstanceError(problems)
    return records
