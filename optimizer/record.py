"""What every record of the field table shares: units, bounds, and the file that holds it."""

from __future__ import annotations

import re
from collections.abc import ValuesView
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from optimizer.plain_numbers import is_plain

__all__ = [
    "TOWNS",
    "Money",
    "Name",
    "Row",
    "Text",
    "Water",
    "is_number",
    "only_plain",
    "unit_field",
    "unit_of",
]

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Money = Annotated[float, Field(ge=0, le=1e13)]

TOWNS = "keys or names of towns"
"""Unit of a field that lists towns, or sets of them; they may be called by key or by name."""

LITRE = 0.001
"""Cubic metres a month; a price that must bring money on less of them is beyond reason."""


def _none_or_a_litre(water: float) -> float:
    if 0.0 < water < LITRE:
        raise PydanticCustomError("drops", "less than a litre a month, and not 0")
    return water


ONLY_NUMBERS = re.compile(r"(?!.*(?:str|bool|Literal|Any|optimizer\.)).*\b(?:float|int)\b")


def only_plain(value: object) -> object:
    """Return a value that is to be a number; texts that only Python takes for one are refused."""
    if isinstance(value, str) and not is_plain(value):
        raise PydanticCustomError("float_parsing", "not a number in plain digits")
    return value


Water = Annotated[float, AfterValidator(_none_or_a_litre)]


def unit_field(
    unit: str,
    meaning: str,
    *,
    default: Any = ...,  # noqa: ANN401 - a default has the type of its field
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
) -> Any:  # noqa: ANN401 - pydantic's own return type
    """Return a pydantic field that carries its unit; bounds are in that unit."""
    return Field(
        default,
        description=meaning,
        json_schema_extra={"unit": unit},
        ge=ge,
        gt=gt,
        le=le,
        lt=lt,
    )


class Row(BaseModel):
    """A frozen record that knows which file holds it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False
    )
    where: ClassVar[str] = ""

    @field_validator("*", mode="before")
    @classmethod
    def _flags_are_no_numbers(cls, value: object, info: ValidationInfo) -> object:
        """Refuse yes and no where a number or text is due; Python itself takes yes for 1."""
        annotation = str(cls.model_fields[str(info.field_name)].annotation)
        if ONLY_NUMBERS.match(annotation):
            for text in _texts_in(value):
                only_plain(text)
        if not any(word in annotation for word in ("bool", "Any", "optimizer.")):
            flag = _flag_in(value)
            if flag is not None:
                raise PydanticCustomError("flag", "{flag} is not a number or text", {"flag": flag})
        return value


def _flag_in(value: object) -> str | None:
    """Return the first yes or no inside a value, if there is any."""
    if isinstance(value, bool | np.bool_):
        return str(value).lower()
    inner = value.values() if isinstance(value, dict) else value
    if not isinstance(inner, list | tuple | set | frozenset | ValuesView):
        return None
    return next((flag for part in inner if (flag := _flag_in(part)) is not None), None)


def _texts_in(value: object) -> list[str]:
    """Return every text inside a value."""
    inner = value.values() if isinstance(value, dict) else value
    if isinstance(inner, str):
        return [inner]
    if not isinstance(inner, list | tuple | set | frozenset | ValuesView):
        return []
    return [text for part in inner for text in _texts_in(part)]


def unit_of(record: type[Row], field: str) -> str:
    """Return the unit of a field as the field table states it.

    Examples
    --------
    >>> from optimizer.instance.schema.fields import Town
    >>> unit_of(Town, "consumption_m3_month")
    'm3/month'
    """
    extra = record.model_fields[field].json_schema_extra
    return str(extra["unit"]) if isinstance(extra, dict) else ""


def is_number(info: FieldInfo) -> bool:
    """Return whether a field holds a number."""
    return "float" in str(info.annotation)
