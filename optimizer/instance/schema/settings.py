"""The settings of ``instance.toml``: everything that is not a table of towns."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from optimizer.errors import Problem
from optimizer.instance.reading.findings import Derived, Findings, near
from optimizer.instance.reading.separators import open_cells
from optimizer.instance.reading.toml_lines import TomlLines
from optimizer.instance.reading.toml_read import content_of
from optimizer.instance.reading.wording import said
from optimizer.instance.schema.demand_fields import Demand
from optimizer.instance.schema.fields import (
    Category,
    Costs,
    DerivedRow,
    Incomes,
    OperatorModel,
    Source,
    Tariff,
    Travel,
)
from optimizer.instance.schema.head_fields import FORMAT, Header
from optimizer.instance.schema.policy import Policy
from optimizer.instance.schema.uncertainty_fields import Uncertain, Uncertainty
from optimizer.instance.schema.year_fields import Horizon
from optimizer.messages.stored import taken_text
from optimizer.promises.own import OwnPromise
from optimizer.record import Row, is_number, unit_of

__all__ = ["FILE", "Settings", "schedule_from_toml", "settings_from_toml"]

FILE = "instance.toml"
UNKNOWN_YEAR = 1900
Record = TypeVar("Record", bound=Row)


@dataclass(frozen=True, eq=False)
class Settings:
    """Everything that ``instance.toml`` says, each part valid by itself.

    Attributes
    ----------
    title, currency, price_year, crs, assumptions
        See :class:`~optimizer.instance.schema.head_fields.Header`.
    costs, incomes, tariff, travel, policy
        Records of the sections of the same name.
    operator_models : tuple of OperatorModel
        In the order of the file.
    demand : Demand
        How consumption follows the price.
    horizon : Horizon or None
        None where there is no ``[horizon]``.
    uncertainty : Uncertainty
        How far the data may be off.
    sources, derived
        Where figures come from, and what an earlier reading derived.
    """

    title: str
    currency: str
    price_year: int
    crs: str
    assumptions: tuple[str, ...] = ()
    costs: Costs = field(default_factory=Costs)
    incomes: Incomes = field(default_factory=Incomes)
    tariff: Tariff = field(default_factory=Tariff)
    travel: Travel = field(default_factory=Travel)
    policy: Policy = field(default_factory=Policy)
    operator_models: tuple[OperatorModel, ...] = ()
    demand: Demand = field(default_factory=Demand)
    horizon: Horizon | None = None
    uncertainty: Uncertainty = field(default_factory=Uncertainty)
    sources: tuple[Source, ...] = ()
    derived: tuple[Derived, ...] = ()


SECTIONS = ("policy", "tariff", "costs", "travel", "incomes", "demand", "horizon", "uncertainty")
LISTS = ("operator_models", "sources", "derived")


def settings_from_toml(text: str, found: Findings, *, name: str) -> Settings | None:
    """Return the settings of a TOML text, or None when the text or its head cannot be used.

    Parameters
    ----------
    text : str
        Content of ``instance.toml``.
    found : Findings
        Receives problems, each with its line.
    name : str
        Title where the text gives none.

    Examples
    --------
    >>> found = Findings()
    >>> lines = ['currency = "PEN"', "price_year = 2024", 'crs = "EPSG:32718"', "unit = 1"]
    >>> settings_from_toml(chr(10).join(lines), found, name="pair").title
    'pair'
    >>> found.problems[0].line, found.problems[0].what
    (4, 'is not a known key')
    """
    content = content_of(text, FILE, found)
    if content is None:
        return None
    reader = _Reader(content, TomlLines(text), found)
    return _settings(reader, name=name)


def schedule_from_toml(text: str, found: Findings, *, name: str, file: str) -> Settings | None:
    """Return the settings of a file that holds a tariff: a schedule, or an ``instance.toml``.

    A schedule has a title, a currency, ``[tariff]`` and sources; its price year may be unknown (0).

    Parameters
    ----------
    text : str
        Content of the file.
    found : Findings
        Receives problems, each with its line.
    name : str
        Title where the text gives none.
    file : str
        Name in messages.

    Examples
    --------
    >>> text = 'currency = "PEN"' + chr(10) + "[tariff]" + chr(10) + "shape = [1, 0.5, 0.6, 0.7]"
    >>> schedule_from_toml(text, Findings(), name="mine", file="mine.toml").tariff.shape
    (1.0, 0.5, 0.6, 0.7)
    """
    content = content_of(text, file, found)
    if content is None:
        return None
    unplaced = {"crs": "EPSG:4326", "price_year": UNKNOWN_YEAR}
    settings = _settings(_Reader(unplaced | content, TomlLines(text), found, file), name=name)
    if settings is not None and "price_year" not in content:
        return dataclasses.replace(settings, price_year=0)
    return settings


def _settings(reader: _Reader, *, name: str) -> Settings | None:
    """Return the settings that a reader finds, or None when their head cannot be used."""
    head = reader.head()
    parts = Settings(
        title=name,
        currency="",
        price_year=0,
        crs="",
        costs=reader.section(Costs, "costs"),
        incomes=reader.section(Incomes, "incomes"),
        tariff=reader.section(Tariff, "tariff"),
        travel=reader.section(Travel, "travel"),
        policy=reader.section(Policy, "policy"),
        operator_models=reader.records(OperatorModel, "operator_models"),
        demand=reader.section(Demand, "demand"),
        horizon=reader.section(Horizon, "horizon") if "horizon" in reader.content else None,
        uncertainty=reader.section(Uncertainty, "uncertainty"),
        sources=reader.records(Source, "sources"),
        derived=tuple(
            Derived(row.table, row.column, row.count, taken_text(row.how, row.parts))
            for row in reader.records(DerivedRow, "derived")
        ),
    )
    if head is None:
        return None
    return dataclasses.replace(
        parts,
        title=head.title or name,
        currency=head.currency,
        price_year=head.price_year,
        crs=head.crs,
        assumptions=head.assumptions,
    )


@dataclass(frozen=True, eq=False)
class _Reader:
    """Turns parsed TOML into records; problems get the line of their key."""

    content: Mapping[str, object]
    lines: TomlLines
    found: Findings
    file: str = FILE

    def head(self) -> Header | None:
        """Return the keys above the first section."""
        rest = {k: v for k, v in self.content.items() if k not in SECTIONS + LISTS}
        told = rest.get("format", FORMAT)
        if type(told) is int and told > FORMAT:
            what = f"is {told}: the folder was written by a newer version"
            remedy = f"read it with that version; this one reads formats up to {FORMAT}"
            self.found.problems.append(self._problem(("format",), what, remedy))
        return self._record(Header, rest, (), known=[*Header.model_fields, *SECTIONS, *LISTS])

    def section(self, kind: type[Record], key: str) -> Record:
        """Return the record of a section; its defaults stand where it cannot be used."""
        value = self.content.get(key, {})
        if not isinstance(value, dict):
            self._not_a(key, f"write [{key}] on a line of its own, then its keys")
            return kind()
        record = self._record(kind, value, (key,))
        return kind() if record is None else record

    def records(self, kind: type[Record], key: str) -> tuple[Record, ...]:
        """Return the usable records of a list of sections."""
        values = self.content.get(key, [])
        if not isinstance(values, list) or not all(isinstance(v, dict) for v in values):
            self._not_a(key, f"write [[{key}]] above each of its entries")
            return ()
        records = [self._record(kind, value, (key, at)) for at, value in enumerate(values)]
        return tuple(record for record in records if record is not None)

    def _not_a(self, key: str, remedy: str) -> None:
        self.found.problem(self.file, self.lines.of(key), key, "is not a section", remedy)

    def _record(
        self,
        kind: type[Record],
        value: Mapping[str, Any],
        path: tuple[str | int, ...],
        *,
        known: Sequence[str] = (),
    ) -> Record | None:
        """Return a record; its good keys alone are tried again when some are wrong."""
        doubtful = {k for k, v in value.items() if self._is_open(kind, k, v, path)}
        good = {k: v for k, v in value.items() if k not in doubtful}
        try:
            return kind.model_validate(good)
        except ValidationError as error:
            details = error.errors(include_url=False)
        keys = known or list(kind.model_fields)
        self.found.faults(details, lambda detail: self._wrong(kind, detail, path, keys), "key")
        try:
            return kind.model_validate(_without(good, [detail["loc"] for detail in details]))
        except ValidationError:
            return None

    def _is_open(
        self, kind: type[Row], key: str, value: object, path: tuple[str | int, ...]
    ) -> bool:
        """Return whether a number can be read in two ways as it is written; say so if it can."""
        info = kind.model_fields.get(key)
        if info is None or not is_number(info) or not isinstance(value, str | float):
            return False
        unit = unit_of(kind, key)
        text = value
        if not isinstance(text, str):
            place = re.search(rf"\b{re.escape(key)}\s*=\s*([\d.+-]+)", self.lines.text(*path, key))
            text = place[1] if place else ""
        doubtful = open_cells([text], unit, info, any_unit=isinstance(value, str))
        for fraction, thousands in doubtful.values():
            what = f"{text} may mean {fraction} or {thousands}"
            remedy = f"write {fraction} or {thousands}, whichever is meant ({unit})"
            self.found.problems.append(self._problem((*path, key), what, remedy))
        return bool(doubtful)

    def _wrong(
        self,
        kind: type[Row],
        detail: ErrorDetails,
        path: tuple[str | int, ...],
        known: Sequence[str],
    ) -> Problem:
        place = (*path, *detail["loc"])
        if detail["type"] == "extra_forbidden":
            inner = list(_inner(detail["loc"]).model_fields) if len(detail["loc"]) > 2 else known
            hint = near(str(detail["loc"][-1]), inner)
            remedy = f"{hint}rename or remove it" if hint else f"keys are: {', '.join(inner)}"
            return self._problem(place, "is not a known key", remedy)
        if detail["type"] == "missing":
            meaning = _info(kind, detail["loc"]).description
            return self._problem(place, "is missing", f"add it: {meaning}")
        if not detail["loc"]:
            what = detail["msg"].removeprefix("Value error, ")
            return self._problem(place, what, "change one of them")
        owner, name = _owner(kind, detail["loc"])
        info, unit = owner.model_fields[name], unit_of(owner, name)
        return self._problem(place, *said(detail, detail["input"], info, unit))

    def _problem(self, place: tuple[str | int, ...], what: str, remedy: str) -> Problem:
        name = ""
        for part in place:
            name += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
        return Problem(self.file, self.lines.of(*place), name.lstrip("."), what, remedy)


def _without(value: Mapping[str, Any], wrong: Sequence[Sequence[str | int]]) -> dict[str, Any]:
    """Return the keys that are not wrong; of a section within the section, its own keys."""
    inside = {(w[0], w[1]) for w in wrong if len(w) > 1 and isinstance(value.get(str(w[0])), dict)}
    whole = {w[0] for w in wrong if w} - {key for key, _ in inside}
    kept = {k: v for k, v in value.items() if k not in whole}
    for key, part in inside:
        kept[str(key)] = {k: v for k, v in kept[str(key)].items() if k != part}
    return kept


def _owner(kind: type[Row], loc: Sequence[str | int]) -> tuple[type[Row], str]:
    """Return the record and field at a place inside a record."""
    if loc[0] in INNER and len(loc) > 2:
        return _inner(loc), str(loc[2])
    return kind, str(loc[0])


INNER: Mapping[str | int, type[Row]] = {
    "categories": Category,
    "own": OwnPromise,
    "data": Uncertain,
}


def _inner(loc: Sequence[str | int]) -> type[Row]:
    return INNER[loc[0]]


def _info(kind: type[Row], loc: Sequence[str | int]) -> FieldInfo:
    owner, name = _owner(kind, loc)
    return owner.model_fields[name]
