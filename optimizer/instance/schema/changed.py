"""A record with some of its fields changed, and in words what is wrong with a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from optimizer.errors import PolicyError
from optimizer.instance.reading.findings import near
from optimizer.instance.reading.wording import said
from optimizer.record import Row, unit_of

__all__ = ["changed"]

Record = TypeVar("Record", bound=Row)


def changed(
    record: Record,
    changes: Mapping[str, object],
    *,
    place: str = "",
    stated: Mapping[str, Sequence[str]] | None = None,
) -> Record:
    """Return a copy of a record with the given fields changed, validated again.

    Parameters
    ----------
    record : Row
        What is changed.
    changes : mapping of str to object
        New values of its fields.
    place : str
        What stands before the name of a field in messages, such as ``horizon.``.
    stated : mapping of str to sequence of str, optional
        Fields by other names that a planner may give for them, such as those of promises.

    Raises
    ------
    PolicyError
        If a name is not a field or a value is outside its bounds; tells what to write.

    Examples
    --------
    >>> from optimizer.instance.schema.policy import Policy
    >>> changed(Policy(), {"reach_hour": 2.0})
    Traceback (most recent call last):
    optimizer.errors.PolicyError: there is no 'reach_hour'; did you mean 'reach_hours'?
    """
    kind = type(record)
    try:
        return kind.model_validate({**record.model_dump(), **changes})
    except ValidationError as error:
        details = error.errors(include_url=False)
    raise PolicyError("; ".join(_words(kind, detail, place, stated or {}) for detail in details))


def _words(
    kind: type[Row], detail: ErrorDetails, place: str, stated: Mapping[str, Sequence[str]]
) -> str:
    """Return what is wrong with one change, and what to write instead."""
    if not detail["loc"]:
        return f"{place}{detail['msg'].removeprefix('Value error, ')}"
    name = str(detail["loc"][0])
    if detail["type"] == "extra_forbidden" and len(detail["loc"]) == 1:
        fields = [place + field for field in kind.model_fields]
        if name in stated:
            return f"{name} is a promise; its fields are {', '.join(stated[name])}"
        hint = near(place + name, fields) or f"choose one of {', '.join(fields)}"
        return f"there is no {place + name!r}; {hint.strip()}"
    where = place + ".".join(map(str, detail["loc"]))
    inner = len(detail["loc"]) > 1 and isinstance(detail["loc"][-1], str)
    if inner or name not in kind.model_fields:
        return f"{where}: {detail['msg']} (it is {str(detail['input'])[:80]})"
    info, unit = kind.model_fields[name], unit_of(kind, name)
    what, remedy = said(detail, detail["input"], info, unit)
    return f"{where}: {what}; {remedy}"
