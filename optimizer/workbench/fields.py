"""The promises as sliders, switches and fields, made from the schema."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
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
CHOICES: Mapping[object, str] = {True: "yes", False: "no"}
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
    return READERS[_kind(info)](text)


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
            {
                "value": choice,
                "label": words(CHOICES.get(choice, str(choice).replace("_", " "))),
            }
            for choice in _choices(info)
        ]
    if kind == "number" and slider is not None:
        shown |= {"least": slider.least, "most": slider.most, "step": slider.step}
    return shown


def _kind(info: FieldInfo) -> str:
    if _choices(info):
        return "choice"
    parts = _parts(info)
    if bool in parts:
        return "switch"
    return "list" if any(typing.get_origin(part) is tuple for part in parts) else "number"


def _parts(info: FieldInfo) -> tuple[object, ...]:
    """Return the types that a field takes, one by one."""
    union = typing.get_origin(info.annotation) in {typing.Union, types.UnionType}
    return typing.get_args(info.annotation) if union else (info.annotation,)


def _choices(info: FieldInfo) -> tuple[object, ...]:
    """Return the words that a field takes, where it takes words."""
    parts = _parts(info)
    listed = [typing.get_args(p) for p in parts if typing.get_origin(p) is typing.Literal]
    words = [word for own in listed for word in own]
    return (*words, *((True, False) if words and bool in parts else ()))


def _number(text: object) -> object:
    try:
        return float(text) if isinstance(text, str) else text
    except ValueError:
        return text


def _list(text: object) -> object:
    return tuple(part.strip() for part in str(text).split(",") if part.strip())


READERS: Mapping[str, Callable[[object], object]] = {
    "switch": lambda text: text is True or text in {"true", "yes"},
    "list": _list,
    "choice": lambda text: {"true": True, "false": False}.get(str(text).lower(), text),
    "number": _number,
}
"""What the page sends for each kind of field, as Python's value."""
