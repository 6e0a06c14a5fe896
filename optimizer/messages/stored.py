"""Messages in files: as JSON beside their English, so that a stored run is told in any language.

A sentence is taken back from its parts only where the catalogues know it and it still says what
was written; otherwise the written text is all there is. So a file can bring no format of its own.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from optimizer.messages.catalogue import catalogue
from optimizer.messages.message import Listed, Message, Town, Value

__all__ = ["parts_of", "stored", "taken", "taken_text"]

_WRONG = (KeyError, TypeError, ValueError, AttributeError, RecursionError)


def stored(text: str) -> dict[str, object] | str:
    """Return a message as JSON can hold it; a plain text stays one.

    Examples
    --------
    >>> stored(Message("{town} is not served", town=Town("b7")))["values"]
    {'town': {'town': 'b7'}}
    """
    if not isinstance(text, Message):
        return text
    values = {name: _packed(value) for name, value in text.values.items()}
    return {"text": str(text), "id": text.id, "values": values}


def parts_of(text: str) -> str:
    """Return the parts of a message as one line of JSON; empty for a plain text."""
    if not isinstance(text, Message):
        return ""
    values = {name: _packed(value) for name, value in text.values.items()}
    return json.dumps({"id": text.id, "values": values}, ensure_ascii=False)


def taken(record: str | Mapping[str, Any]) -> Message:
    """Return a message from what :func:`stored` made of it, or from a plain text.

    Examples
    --------
    >>> taken(stored(Message("{town} is not served", town=Town("b7")))).id
    '{town} is not served'
    >>> taken("a text of an older run").id
    '{text}'

    Raises
    ------
    KeyError, TypeError
        If it is neither.
    """
    if isinstance(record, str):
        return _plain(record)
    text = str(record["text"])
    try:
        found = _message(record)
    except _WRONG:
        return _plain(text)
    return found if found == text else _plain(text)


def taken_text(text: str, parts: str) -> Message:
    """Return a message from its English and what :func:`parts_of` made of it."""
    try:
        record = {**json.loads(parts), "text": text} if parts else text
    except _WRONG:
        return _plain(text)
    return taken(record)


def _plain(text: str) -> Message:
    return Message("{text}", text=text)


def _message(record: Mapping[str, Any]) -> Message:
    id = str(record["id"])
    if id not in catalogue("es"):
        message = f"no message is called {id!r}"
        raise KeyError(message)
    return Message(id, **{str(name): _unpacked(v) for name, v in dict(record["values"]).items()})


def _packed(value: Value) -> object:
    if isinstance(value, Message):
        return stored(value)
    if isinstance(value, Town):
        return {"town": value.key}
    if isinstance(value, Listed):
        items = [_packed(item) for item in value.items]
        return {"items": items, "more": value.more, "joined": value.joined}
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": str(value)}
    return value


def _unpacked(value: Any) -> Value:  # noqa: ANN401 - JSON
    if isinstance(value, (str, int, float)):
        return value
    if "town" in value:
        return Town(str(value["town"]))
    if "number" in value:
        return float(value["number"])
    if "items" in value:
        items = tuple(_item(item) for item in value["items"])
        return Listed(items, int(value["more"]), str(value["joined"]))
    return _message(value)


def _item(item: Any) -> str | Town | Listed:  # noqa: ANN401 - JSON
    found = _unpacked(item)
    return str(found) if isinstance(found, (int, float)) else found
