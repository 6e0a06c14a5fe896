"""A sentence that keeps what it was made of, so that it can be said again in another language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter
from types import MappingProxyType
from typing import Any

from optimizer.plain_numbers import figure

__all__ = ["Listed", "Message", "Town", "Value", "filled", "places"]


@dataclass(frozen=True)
class Town:
    """A town, or the area of its seat, by its key; a page says its name."""

    key: str

    def __str__(self) -> str:
        return self.key


@dataclass(frozen=True)
class Listed:
    """Several things in a row, as ``a, b and 3 more``.

    Attributes
    ----------
    items : tuple
        The first of them, each a name, a town, a message or a list.
    more : int
        How many are left out.
    joined : str
        What stands between them; empty for commas with ``and`` before the last.
    """

    items: tuple[str | Town | Listed, ...]
    more: int = 0
    joined: str = ""

    def __str__(self) -> str:
        words = [str(item) for item in self.items] + [f"{self.more} more"] * bool(self.more)
        if self.joined or len(words) < 2:
            return self.joined.join(words)
        return ", ".join(words[:-1]) + " and " + words[-1]


class Message(str):
    """An English sentence with its values: ``Message("{n} towns", n=3)`` is ``3 towns``.

    It is a text like any other in a table, a log or an exception, and besides it keeps the text
    with places (``id``, which the catalogues translate) and the ``values`` of the places (numbers,
    texts, towns by their key, lists, other messages). How a number is rounded stands in the id,
    as in ``{hours:.4g}``; which separators it gets is the reader's. The same design as
    ``zope.i18nmessageid.Message``.

    Parameters
    ----------
    id : str
        The sentence in English, with places.
    **values : str, int, float, Town, Listed or Message
        What stands in the places.

    Examples
    --------
    >>> far = Message("{town} is {hours:.4g} h away", town=Town("b7"), hours=2.5)
    >>> far, far.values["hours"]
    ('b7 is 2.5 h away', 2.5)
    """

    __slots__ = ("_id", "_values")
    _id: str
    _values: Mapping[str, Value]

    def __new__(cls, id: str, /, **values: Value) -> Message:
        """Return the sentence in English, which remembers its parts."""
        self = super().__new__(cls, filled(id, id, {k: english(v) for k, v in values.items()}))
        object.__setattr__(self, "_id", id)
        object.__setattr__(self, "_values", MappingProxyType(dict(values)))
        return self

    @property
    def id(self) -> str:
        """The sentence in English, with places."""
        return self._id

    @property
    def values(self) -> Mapping[str, Value]:
        """What stands in the places."""
        return self._values

    def __setattr__(self, name: str, value: object) -> None:
        message = f"a message does not change: {name} cannot be set"
        raise AttributeError(message)

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self._id, dict(self._values))


def _again(id: str, values: Mapping[str, Value]) -> Message:
    return Message(id, **values)


Value = str | int | float | Town | Listed | Message


def english(value: Value) -> str | int | float:
    """Return a value as English says it; numbers stay, for the format of their place."""
    return value if isinstance(value, (int, float)) else str(value)


@cache
def places(text: str) -> Mapping[str, str]:
    """Return the places of a text, each with the format of its number.

    Examples
    --------
    >>> dict(places("{town} is {hours:.4g} h away"))
    {'town': '', 'hours': '.4g'}
    """
    found = Formatter().parse(text)
    return {name: spec or "" for _, name, spec, _ in found if name is not None}


def filled(text: str, source: str, values: Mapping[str, str | int | float]) -> str:
    """Return a text with its places filled, numbers as the source text formats them."""
    if not values:
        return text
    formats = places(source)
    shown = {
        name: value if isinstance(value, str) else figure(value, formats.get(name, ""))
        for name, value in values.items()
    }
    return "".join(
        before + (shown[name] if name is not None else "")
        for before, name, _, _ in Formatter().parse(text)
    )
