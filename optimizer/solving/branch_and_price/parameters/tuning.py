"""Numbers that tune the engine: each with a unit, a range and a reason, refused out of range."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import TypeVar

from optimizer.errors import PolicyError

__all__ = ["UNLIMITED", "Tuned", "described", "number"]

T = TypeVar("T")
C = TypeVar("C", bound="type[Tuned]")

UNLIMITED = 10**9
"""More than any region has towns, or any search rounds."""


def number(default: T, unit: str, least: float, most: float, reason: str) -> T:
    """Return a field of a :class:`Tuned` class.

    Parameters
    ----------
    default : int, float or tuple
        Its usual value; the entries of a tuple share unit and range.
    unit : str
        What it counts.
    least, most : float
        Range.
    reason : str
        What it does, and what a smaller or larger one would cost.
    """
    about = {"unit": unit, "least": least, "most": most, "reason": reason}
    return field(default=default, metadata=about)


@dataclass(frozen=True)
class Tuned:
    """Numbers that tune one wing; their docstrings are written by :func:`described`."""

    def __post_init__(self) -> None:
        """Refuse numbers out of their range, all at once."""
        wrong = list(self.wrong())
        if wrong:
            raise PolicyError("; ".join(wrong))

    def wrong(self) -> Iterator[str]:
        """Tell what is wrong with each number that is out of its range."""
        given = vars(self)
        for each in fields(self):
            if not each.metadata:
                continue
            least, most = each.metadata["least"], each.metadata["most"]
            whole = all(isinstance(value, int) for value in _flat(each.default))
            kind = "whole numbers" if whole else "numbers"
            able = [_fits(value, least, most, whole=whole) for value in _flat(given[each.name])]
            if not able or not all(able):
                yield (
                    f"{type(self).__name__}.{each.name} {given[each.name]}: give {kind} of "
                    f"{each.metadata['unit']} from {least:g} to {most:g}"
                )


def described(cls: C) -> C:
    """Write the fields of a class into its docstring: default, unit, range and reason."""
    lines = [cls.__doc__ or "", "", "Attributes", "----------"]
    for each in fields(cls):
        about = each.metadata
        if about:
            lines.append(f"{each.name} : {about['unit']}, usually {each.default}")
            lines.append(f"    {about['reason']} From {about['least']:g} to {about['most']:g}.")
    cls.__doc__ = "\n".join(lines)
    return cls


def _flat(value: object) -> list[object]:
    if isinstance(value, tuple):
        return [each for part in value for each in _flat(part)]
    return [value]


def _fits(value: object, least: float, most: float, *, whole: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        return False
    return not math.isnan(value) and least <= value <= most
