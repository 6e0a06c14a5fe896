"""What a rejected value is called, and what the planner can do about it."""

from __future__ import annotations

import re
import typing
import unicodedata

import annotated_types
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from optimizer.plain_numbers import figure, is_plain

__all__ = ["bounds_of", "is_within", "said"]

SHOWN_MOST = 80
"""Characters of a wrong value that a message shows."""

BLANKS = {"nan", "na", "n/a", "null", "none", "-", "--", "inf", "-inf", "infinity", "#n/a"}
ONE_GROUP = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?:,\d{3})+|(?:\.\d{3})+|(?:['’ \u00a0\u202f]\d{3})+)")
PLAIN_COMMA = re.compile(r"[+-]?\d+,\d+")
NUMBER_TYPES = {"float_parsing", "float_type"}
BOUND_WORDS = {
    "greater_than": ("gt", "is not above"),
    "greater_than_equal": ("ge", "is below"),
    "less_than": ("lt", "is not below"),
    "less_than_equal": ("le", "is above"),
}


def said(detail: ErrorDetails, value: object, info: FieldInfo, unit: str) -> tuple[str, str]:
    """Return what is wrong with a value, and a remedy.

    Parameters
    ----------
    detail : ErrorDetails
        One error of pydantic.
    value : object
        The value as it came; ``None`` for an empty cell.
    info : FieldInfo
        The field, whose bounds the remedy names.
    unit : str
        Unit of the field.

    Examples
    --------
    >>> from optimizer.instance.schema.fields import Town
    >>> detail = {"type": "less_than_equal", "ctx": {"le": 1.0}, "loc": (), "msg": "", "input": 0}
    >>> said(detail, "35", Town.model_fields["collection_rate"], "share 0-1")
    ('35 is above 1', 'write 0.35 instead of 35')
    """
    kind = detail["type"]
    shown = f"{value!r}" if isinstance(value, str) else f"{value}"
    if len(shown) > SHOWN_MOST:
        shown = f"{shown[:SHOWN_MOST]} ..."
    if value is None or kind == "string_too_short":
        return "is empty", f"give {_meaning(info)}"
    if kind in BOUND_WORDS:
        return _out_of_bounds(detail, value, info, unit)
    if kind == "finite_number" or str(value).strip().casefold() in BLANKS:
        remedy = "leave the cell empty" if not info.is_required() else f"give {_meaning(info)}"
        return f"{shown} is not a finite number", remedy
    if kind.startswith("int_"):
        return f"{shown} is not a whole number", f"give a whole number ({unit})"
    if kind in NUMBER_TYPES:
        return f"{shown} is not a number", _number_remedy(str(value), unit)
    return _not_a_number_field(detail, shown, info)


def _not_a_number_field(detail: ErrorDetails, shown: str, info: FieldInfo) -> tuple[str, str]:
    """Return words for what can be wrong with texts, choices and yes/no."""
    context = detail.get("ctx", {})
    words = {
        "flag": (f"{shown.lower()} is not a number or text", f"give {_meaning(info)}"),
        "bool_parsing": (f"{shown} is neither yes nor no", "write yes or no"),
        "bool_type": (f"{shown} is neither yes nor no", "write yes or no"),
        "string_type": (f"{shown} is not a text", f'put it in quotation marks: "{shown}"'),
        "tuple_type": (
            f"{shown} is not a list",
            "put brackets around it; a set of towns is a list inside the list",
        ),
        "string_too_long": (
            f"is longer than {context.get('max_length')} characters",
            "shorten it",
        ),
        "literal_error": (
            f"{shown} is not one of the choices",
            f"write {context.get('expected')}",
        ),
    }
    message = detail["msg"].removeprefix("Value error, ")
    otherwise = (f"{shown}: {message}", f"give {_meaning(info)}")
    return words.get(detail["type"], otherwise)


def _meaning(info: FieldInfo) -> str:
    return info.description or "a value"


def _out_of_bounds(
    detail: ErrorDetails, value: object, info: FieldInfo, unit: str
) -> tuple[str, str]:
    key, words = BOUND_WORDS[detail["type"]]
    what = f"{value} {words} {figure(detail['ctx'][key], 'g')}"
    if unit == "persons" and key == "ge" and float(str(value)) > 0:
        many = figure(float(str(value)) * 1000, "g")
        remedy = f"write {many} where it counts thousands; leave out a place "
        return what, remedy + f"of fewer than {figure(detail['ctx'][key], 'g')} people"
    if key in ("lt", "le") and unit.startswith("share") and 1 < float(str(value)) <= 100:
        return what, f"write {float(str(value)) / 100:g} instead of {value}"
    return what, f"give a number {bounds_of(info)} ({unit})".replace("  ", " ")


def bounds_of(info: FieldInfo) -> str:
    """Return the bounds of a field in words, empty where it has none.

    Examples
    --------
    >>> from optimizer.instance.schema.fields import Town
    >>> bounds_of(Town.model_fields["collection_rate"])
    'at least 0.001 and at most 1'
    """
    words = []
    for mark in _all_marks(info):
        if isinstance(mark, annotated_types.Gt):
            words.append(f"above {figure(_number(mark.gt), 'g')}")
        elif isinstance(mark, annotated_types.Ge):
            words.append(f"at least {figure(_number(mark.ge), 'g')}")
        elif isinstance(mark, annotated_types.Lt):
            words.append(f"below {figure(_number(mark.lt), 'g')}")
        elif isinstance(mark, annotated_types.Le):
            words.append(f"at most {figure(_number(mark.le), 'g')}")
    return " and ".join(words)


def is_within(info: FieldInfo, value: float) -> bool:
    """Return whether a number lies within the bounds of a field.

    Examples
    --------
    >>> from optimizer.instance.schema.fields import Town
    >>> is_within(Town.model_fields["lat"], 8.0), is_within(Town.model_fields["lat"], 8000.0)
    (True, False)
    """
    return all(
        not (
            (isinstance(mark, annotated_types.Gt) and not value > _number(mark.gt))
            or (isinstance(mark, annotated_types.Ge) and not value >= _number(mark.ge))
            or (isinstance(mark, annotated_types.Lt) and not value < _number(mark.lt))
            or (isinstance(mark, annotated_types.Le) and not value <= _number(mark.le))
        )
        for mark in _all_marks(info)
    )


def _number(bound: object) -> float:
    return float(str(bound))


def _all_marks(info: FieldInfo) -> list[object]:
    return [*info.metadata, *_marks(info.annotation)]


def _marks(annotation: object) -> list[object]:
    """Return the bounds inside an optional type, such as ``Money | None``."""
    found: list[object] = []
    for part in typing.get_args(annotation):
        found += part.metadata if isinstance(part, FieldInfo) else _marks(part)
    return found


def _number_remedy(text: str, unit: str) -> str:
    plain = unicodedata.normalize("NFKC", text).replace("_", "")
    if plain != text and is_plain(plain):
        return f"write {plain}, in plain digits"
    if ONE_GROUP.fullmatch(text):
        fraction = f"{float(text.replace(',', '.')):g}"
        return f"write {text.replace(',', '')} or {fraction}, whichever is meant"
    if GROUPS.fullmatch(text):
        digits = re.sub(r"[^\d+-]", "", text)
        return f"write {digits}, without separators of thousands"
    if PLAIN_COMMA.fullmatch(text):
        return f"write {text.replace(',', '.')} with a decimal point"
    if "%" in text:
        return "write a share between 0 and 1, without the percent sign"
    separated = any(mark in text for mark in ",'  \u00a0")
    otherwise = f"give a plain number such as 12.5 ({unit})"
    return "write it without separators of thousands" if separated else otherwise
