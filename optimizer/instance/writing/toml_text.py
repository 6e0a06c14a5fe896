"""Settings to TOML text: the few shapes that ``instance.toml`` has, lists on one line."""

from __future__ import annotations

import json
from collections.abc import Mapping

from optimizer.instance.reading.separators import plain_number

__all__ = ["toml_key", "toml_text", "toml_value"]


def toml_value(value: object) -> str:
    r"""Return a value as TOML.

    Parameters
    ----------
    value : str, bool, int, float, list, tuple or mapping of str
        Floats are written so that reading gives exactly the same number.

    Raises
    ------
    TypeError
        If there is no TOML for the value.

    Examples
    --------
    >>> toml_value("a 'b'"), toml_value((8.0, 20)), toml_value({"paved": 60.0})
    ('"a \'b\'"', '[8.0, 20]', '{ paved = 60.0 }')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, int):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Mapping):
        pairs = [f"{toml_key(str(key))} = {toml_value(item)}" for key, item in value.items()]
        return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
    raise TypeError(f"no TOML for a {type(value).__name__}")


def toml_key(key: str) -> str:
    """Return a key, in quotation marks where it needs them."""
    bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if bare else toml_value(key)


def toml_text(
    head: Mapping[str, object],
    sections: Mapping[str, Mapping[str, object]],
    lists: Mapping[str, list[dict[str, object]]],
) -> str:
    r"""Return a TOML text of keys, sections and lists of sections.

    Parameters
    ----------
    head : mapping
        Keys above the first section.
    sections : mapping of str to mapping
        ``[name]``, then its keys. Empty sections are left out.
    lists : mapping of str to list of dict
        ``[[name]]`` for each entry; a dotted name belongs to the section before the dot.

    Examples
    --------
    >>> toml_text({"crs": "EPSG:32718"}, {"policy": {"reach_hours": 2.0}}, {"sources": [{}]})
    'crs = "EPSG:32718"\n\n[policy]\nreach_hours = 2.0\n\n[[sources]]\n'
    """
    blocks = [_keys(head)]
    for name, keys in sections.items():
        if keys:
            blocks.append(f"[{name}]\n{_keys(keys)}")
        blocks += [
            f"[[{k}]]\n{_keys(row)}"
            for k, rows in lists.items()
            for row in rows
            if k.partition(".")[0] == name
        ]
    blocks += [
        f"[[{k}]]\n{_keys(row)}"
        for k, rows in lists.items()
        for row in rows
        if k.partition(".")[0] not in sections
    ]
    return "\n".join(blocks)


def _keys(keys: Mapping[str, object]) -> str:
    return "".join(f"{toml_key(key)} = {toml_value(value)}\n" for key, value in keys.items())
