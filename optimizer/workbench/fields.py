"""The promises as sliders, switches and fields, made from the schema."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass

from pydantic.fields import FieldInfo

from optimizer.instance.schema.policy import Policy
from optimizer.messages.words import Words
from optimizer.record import unit_of

__all__ = ["FIRST_FIELDS", "promise_fields", "read_value"]

FIRST_FIELDS = (
    "affordable_share",
    "reach_hours",
    "public_money_price",
    "household_support_share",
    "tariff_scope",
    "connected",
)
"""What planners change most; the others follow in the order of the schema."""

ON_THE_MAP = ("fixed_seats", "keep_together", "keep_apart", "own")
"""Lists that are edited on the map, or in the region's files."""


@dataclass(frozen=True)
class Slider:
    """The part of a number's range in which people choose, and its step."""

    least: float
    most: float
    step: float


SLIDERS = {
    "affordable_share": Slider(0.005, 0.1, 0.0025),
    "affordable_share_both": Slider(0.005, 0.15, 0.0025),
    "reach_hours": Slider(0.25, 6.0, 0.25),
    "public_money_price": Slider(0.0, 10.0, 0.1),
}
SHARE = Slider(0.0, 1.0, 0.05)


def promise_fields(policy: Policy, words: Words) -> list[dict[str, object]]:
    """Return one record for each promise that the page can change.

    Parameters
    ----------
    policy : Policy
        The promises as they are on the desk.
    words : Words
        The reader's language.

    Examples
    --------
    >>> from optimizer.messages.words import words_of
    >>> promise_fields(Policy(), words_of("en"))[0]["name"]
    'affordable_share'
    """
    rest = [n for n in Policy.model_fields if n not in FIRST_FIELDS and n not in ON_THE_MAP]
    return [_field(policy, name, words) for name in (*FIRST_FIELDS, *rest)]


def read_value(name: str, text: object) -> object:
    """Return what the page sent for a promise as Python's value; the schema judges it."""
    info = Policy.model_fields.get(name)
    if info is None or name in ON_THE_MAP:
        return text
    if text in (None, ""):
        return None
    kind = _kind(info)
    if kind == "switch":
        return text is True or text in ("true", "yes")
    if kind == "list":
        return tuple(part.strip() for part in str(text).split(",") if part.strip())
    if kind == "choice" or not isinstance(text, str):
        return text
    try:
        return float(text)
    except ValueError:
        return text


def _field(policy: Policy, name: str, words: Words) -> dict[str, object]:
    info, value = Policy.model_fields[name], policy.model_dump()[name]
    kind, unit = _kind(info), unit_of(Policy, name)
    slider = SLIDERS.get(name, SHARE if "share" in unit else None)
    shown: dict[str, object] = {
        "name": name,
        "label": words(name.replace("_", " ")),
        "meaning": words(info.description or ""),
        "unit": unit,
        "kind": kind,
        "value": ", ".join(map(str, value or ())) if kind == "list" else value,
        "optional": type(None) in typing.get_args(info.annotation),
    }
    if kind == "choice":
        shown["choices"] = [
            {"value": choice, "label": words(str(choice).replace("_", " "))}
            for choice in _choices(info)
        ]
    if kind == "number" and slider is not None:
        shown |= {"least": slider.least, "most": slider.most, "step": slider.step}
    return shown


def _kind(info: FieldInfo) -> str:
    if _choices(info):
        return "choice"
    plain = {a for a in (typing.get_args(info.annotation) or (info.annotation,))}
    if bool in plain or info.annotation is bool:
        return "switch"
    origin = typing.get_origin(info.annotation)
    listed = [a for a in plain if isinstance(a, types.GenericAlias)]
    return "list" if origin is tuple or listed else "number"


def _choices(info: FieldInfo) -> tuple[object, ...]:
    origin = typing.get_origin(info.annotation)
    return typing.get_args(info.annotation) if origin is typing.Literal else ()
