"""How a folder is mutated: cells, rows, columns, keys, coordinates, bytes; one seed, one folder."""

from __future__ import annotations

import csv
import io
import json
import random
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

import annotated_types
from pydantic.fields import FieldInfo

from benchmarks.fuzz.folders import TURNS, Files, originals
from optimizer.instance.schema.demand_fields import Demand
from optimizer.instance.schema.fields import (
    Category,
    Costs,
    Incomes,
    OperatorModel,
    Tariff,
    Town,
    Travel,
)
from optimizer.instance.schema.policy import Policy
from optimizer.instance.schema.year_fields import Horizon
from optimizer.instance.writing.toml_text import toml_text
from optimizer.record import Row, is_number

__all__ = ["mutated"]

CELLS = (
    "", "nan", "-1", "0", "1", "1e308", "-1e308", "5e-324", "1e-300", "1e13", "19.550", "8,000",
    "true", "∞", "=1+1", "x" * 5000, "é", "'", '"', "a\nb", "-0.0", "99999999999", "0.5", "0,5",
    "1e9", "NA", "alba", "c1", "t1", "１２", "0x10", "1_000", " 8 ", "inf", "1.234.567",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    0, 1, -1, 0.5, 1e-300, 5e-324, 1e300, 1e13, float("inf"), float("nan"), True, False, "", "x",
    "8.000", [], [[]], {}, {"a": 1}, [1, 2], ["alba"], [["alba", "brisa"]], 2.5, 1000, 10**30,
)  # fmt: skip
SECTIONS: Mapping[str, type[Row]] = {
    "policy": Policy,
    "tariff": Tariff,
    "costs": Costs,
    "incomes": Incomes,
    "travel": Travel,
    "demand": Demand,
    "horizon": Horizon,
}


def mutated(seed: int) -> tuple[str, Files]:
    """Return the kind of a case and the files of its folder; the seed says all.

    Examples
    --------
    >>> mutated(3) == mutated(3), mutated(0)[0]
    (True, 'tables')
    """
    rng = random.Random(seed)  # noqa: S311 - no secret is made
    kind = TURNS[seed % len(TURNS)]
    files = dict(rng.choice(originals(kind)))
    for _ in range(rng.choice((1, 1, 1, 2, 2, 4))):
        _mutate(kind, files, rng)
    return kind, files


def _mutate(kind: str, files: Files, rng: random.Random) -> None:
    """Change one file of a folder that the caller has made."""
    names = sorted(files)
    wanted = {
        "tables": ".csv",
        "settings": ".toml",
        "layers": ".geojson",
        "run": ("run.json", ".csv"),
        "by path": ("grouping.csv", "chances.csv", "scenarios.toml"),
    }[kind]
    name = rng.choice([n for n in names if n.endswith(wanted)] or names)
    if rng.random() < 0.12:
        _roughly(files, name, rng)
        return
    try:
        files[name] = _finely(name, files[name], rng)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, csv.Error):
        _roughly(files, name, rng)  # a file that an earlier mutation broke


def _finely(name: str, data: bytes, rng: random.Random) -> bytes:
    """Return a file with one of its cells, keys or values changed; it stays readable."""
    text = data.decode()
    if name.endswith(".csv"):
        return _table(text, rng).encode()
    if name.endswith(".toml"):
        return _settings(tomllib.loads(text), rng, scenario=name == "scenarios.toml").encode()
    return json.dumps(_leaf_changed(json.loads(text), rng)).encode()


def _roughly(files: Files, name: str, rng: random.Random) -> None:
    """Change a file without regard to what it holds."""
    data = files[name]
    at = rng.randrange(len(data) + 1)
    ways: tuple[Callable[[], bytes | None], ...] = (
        lambda: data[:at],
        lambda: data[:at] + rng.randbytes(rng.choice((1, 4, 50))) + data[at:],
        lambda: data[:at] + data[at + 1 :],
        lambda: data.replace(b",", b";"),
        lambda: data.replace(b",", b"\t"),
        lambda: data.decode(errors="replace").encode("utf-16"),
        lambda: data.decode(errors="replace").encode("cp1252", "replace"),
        lambda: data.replace(b"\n", b"\r\n"),
        lambda: data.replace(b"\n", b"\r"),
        lambda: b"",
        lambda: b"\xef\xbb\xbf" + data,
        lambda: data + data,
        lambda: b"[" * 5000,
        lambda: None,
    )
    changed = rng.choice(ways)()
    if changed is None:
        del files[name]
    else:
        files[name] = changed


def _table(text: str, rng: random.Random) -> str:
    head, *rows = csv.reader(io.StringIO(text))
    row, column = rng.randrange(len(rows)), rng.randrange(len(head))
    cells = [*CELLS, *(r[column] for r in rows), *(r[0] for r in rows)]
    step = rng.randrange(12)
    if step <= 2:
        rows[row][column] = rng.choice(cells)
    elif step >= 9:
        rows[row][column] = f"{float(rows[row][column]) * rng.choice((0.01, 0.3, 0.9, 3, 100)):.4f}"
    elif step == 4:
        factor = 10.0 ** rng.randint(-12, 12)
        for own in rows:
            own[column] = repr(float(own[column]) * factor)
    elif step == 5:
        rows.insert(row, list(rows[row])) if rng.random() < 0.5 else rows.pop(row)
    elif step == 6:
        taken = rng.randrange(len(head))
        head[column] = rng.choice((head[column][:-1], "", head[taken], "x"))
    else:
        name, info = rng.choice(list(Town.model_fields.items()))
        head.append(name)
        for own in rows:
            own.append(str(_value(info, rng)) if rng.random() < 0.85 else rng.choice(CELLS))
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([head, *rows])
    return written.getvalue()


def _settings(content: dict[str, Any], rng: random.Random, *, scenario: bool) -> str:
    if scenario:
        section = rng.choice(list(content))
        key = rng.choice(list(content[section]))
        content[section][key] = rng.choice((rng.choice(VALUES), {"costs": rng.choice(VALUES)}))
        return toml_text({}, content, {})
    lists: dict[str, list[dict[str, Any]]] = {
        name: content.pop(name) for name in ("operator_models", "sources") if name in content
    }
    lists["tariff.categories"] = content.get("tariff", {}).pop("categories", [])
    sections = {k: content.pop(k) for k in list(content) if isinstance(content[k], dict)}
    for _ in range(rng.choice((1, 2, 3))):
        step = rng.randrange(10)
        if step < 7:
            name = rng.choice(list(SECTIONS))
            _key(sections.setdefault(name, {}), SECTIONS[name], rng)
        elif step == 7:
            _key(rng.choice(lists["operator_models"]), OperatorModel, rng)
        elif step == 8:
            lists["tariff.categories"].append({"category": "shop"})
            _key(lists["tariff.categories"][-1], Category, rng)
        else:
            content[rng.choice([*content, "x"])] = rng.choice(VALUES)
    return toml_text(content, sections, lists)


def _key(section: dict[str, Any], record: type[Row], rng: random.Random) -> None:
    name, info = rng.choice(list(record.model_fields.items()))
    section[name] = _value(info, rng) if rng.random() < 0.93 else rng.choice(VALUES)


def _value(info: FieldInfo, rng: random.Random) -> Any:  # noqa: ANN401 - any field's value
    """Return a value that a field may have, its bounds among them."""
    annotation = str(info.annotation)
    if "bool" in annotation:
        return rng.random() < 0.5
    if is_number(info) and "tuple" not in annotation and "dict" not in annotation:
        low, high = 0.0, 1e13
        for mark in info.metadata:
            if isinstance(mark, annotated_types.Ge | annotated_types.Gt):
                low = float(str(getattr(mark, "ge", getattr(mark, "gt", 0))))
            if isinstance(mark, annotated_types.Le | annotated_types.Lt):
                high = float(str(getattr(mark, "le", getattr(mark, "lt", 0))))
        inner = low + (high - low) * 10.0 ** rng.uniform(-12, 0)
        mild = low + min(high - low, 10.0 ** rng.uniform(-3, 4)) * rng.random()
        return rng.choice((low, high, inner, mild, mild, mild, low + (high - low) * rng.random()))
    return _listed(info, annotation, rng)


def _listed(info: FieldInfo, annotation: str, rng: random.Random) -> Any:  # noqa: ANN401
    """Return a list, count, choice or text that a field may have."""
    towns = ("alba", "brisa", "c1", "c2", "c3", "q1", "all")
    choices = getattr(info.annotation, "__args__", ())
    made: Any = rng.choice(towns)
    if "tuple[float" in annotation:
        made = [rng.choice((0.0, 1.0, 8.0, 20.0, 1e6)) for _ in range(rng.randrange(5))]
    elif "tuple[tuple" in annotation:
        made = [[rng.choice(towns) for _ in range(2)]]
    elif "tuple" in annotation:
        made = [made]
    elif "int" in annotation:
        made = rng.randrange(4)
    elif choices and isinstance(choices[0], str):
        made = rng.choice(choices)
    return made


def _leaf_changed(content: Any, rng: random.Random) -> Any:  # noqa: ANN401 - any JSON
    """Return JSON content with one value replaced, removed or doubled."""
    places: list[tuple[Any, Any]] = []
    _places(content, places)
    within, key = rng.choice(places)
    step = rng.randrange(6)
    if step == 0:
        del within[key]
    elif step == 1 and isinstance(within, list):
        within.insert(key, within[key])
    elif step == 2 and isinstance(within[key], int | float):
        within[key] = within[key] * 10.0 ** rng.randint(-9, 9)
    else:
        within[key] = rng.choice((*VALUES, None, -76.5, 1e9, "town", [0, 0], "Point"))
    return content


def _places(content: Any, places: list[tuple[Any, Any]]) -> None:  # noqa: ANN401
    inner = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in list(inner):
        places.append((content, key))
        if isinstance(value, dict | list):
            _places(value, places)
