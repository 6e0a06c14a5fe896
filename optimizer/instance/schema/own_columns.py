"""The planner's own number columns of ``towns.csv``: any whose name begins with ``own_``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from pydantic import create_model

from optimizer.instance.schema.fields import Town
from optimizer.record import Row, unit_field

__all__ = ["with_own_columns"]

OWN = re.compile(r"own_\w+")
MOST = 1e13


def with_own_columns(record: type[Row], names: Iterable[object]) -> type[Row]:
    """Return the record of a town with the planner's own columns among some names.

    Any other record is returned as it is. Each such column needs a number in every row.

    Examples
    --------
    >>> list(with_own_columns(Town, ["town", "own_staff"]).model_fields)[-1]
    'own_staff'
    """
    own = tuple(dict.fromkeys(name for name in map(str, names) if OWN.fullmatch(name)))
    return _with(own) if record is Town and own else record


@cache
def _with(names: tuple[str, ...]) -> type[Row]:
    meaning = "what the planner counts, for promises of [[policy.own]]"
    columns = {name: (float, unit_field("amount", meaning, ge=0, le=MOST)) for name in names}
    made: type[Row] = create_model("Town", __base__=Town, **columns)  # type: ignore[call-overload]
    return made
