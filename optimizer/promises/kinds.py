"""The kinds of promises: methods implement kinds, promises only declare themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from optimizer.record import Row

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance
    from optimizer.instance.schema.policy import Policy

__all__ = [
    "AreaMoney",
    "AreaResource",
    "AreaTest",
    "Bond",
    "Connection",
    "LimitedSum",
    "PairFilter",
    "PlanTotal",
    "Promise",
    "Relaxation",
    "SeatRule",
    "TariffSpace",
    "Words",
]


@dataclass(frozen=True)
class Words:
    """One text in every language of the reports.

    Attributes
    ----------
    en, es, pt : str
        English, Spanish, Portuguese.
    """

    en: str
    es: str
    pt: str


@dataclass(frozen=True, eq=False)
class Relaxation:
    """A promise made weaker.

    Attributes
    ----------
    how : str
        ``dropped``, or ``loosened`` with the step in words.
    change : callable
        Returns the region with the weaker promise.
    """

    how: str
    change: Callable[[Instance], Instance]


def _nothing(_region: Instance) -> list[Relaxation]:
    return []


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One promise: what a planner may ask of a plan.

    Attributes
    ----------
    name : str
        Its name everywhere: model, audit, messages, reports.
    words : Words
        What it says.
    unit : str
        Unit of the amounts by which it is broken.
    components : tuple of str
        Constraints of the compact model that state it; index sets or variables where it is built
        into them.
    fields : type of Row, optional
        Its fields of the policy: name, unit, bounds, default, meaning.
    relaxations : callable
        How a region's promise may be dropped or loosened one step; empty where it makes none.
    source : str
        Where the promise comes from.
    """

    name: str
    words: Words
    unit: str
    components: tuple[str, ...] = ()
    fields: type[Row] | None = None
    relaxations: Callable[[Instance], list[Relaxation]] = _nothing
    source: str = ""

    @property
    def bends(self) -> bool:
        """Whether it can be made weaker; the others say what a plan is."""
        return self.relaxations is not _nothing


class PairFilter(Promise):
    """A pair of seat and town (or operator model) may not be."""


class SeatRule(Promise):
    """A town must be a seat, so that an area holds at most one such town."""


class Bond(Promise):
    """Two towns go together, or apart."""


class Connection(Promise):
    """An area is connected in a graph of towns."""


class TariffSpace(Promise):
    """What prices may be."""


class AreaMoney(Promise):
    """What an area may charge, need or be paid."""


class AreaTest(Promise):
    """Judged on whole areas, with their seat and operator model."""


@dataclass(frozen=True, kw_only=True)
class LimitedSum(Promise):
    """A sum within limits.

    Attributes
    ----------
    least, most : str, optional
        Fields of the policy that limit the sum; a field without value does not.
    stated : tuple of float or None
        Least and most that the promise itself states; a planner's own does.
    own : bool
        Whether it is a planner's own, stated in ``policy.own``.
    """

    least: str | None = None
    most: str | None = None
    stated: tuple[float | None, float | None] = (None, None)
    own: bool = False

    @property
    def stem(self) -> str:
        """The name of its rows in the compact model, without ``_least`` and ``_most``."""
        if self.own:
            return f"own_{self.name}"
        return self.name.removesuffix("_most").removesuffix("_least")

    def limits(self, policy: Policy) -> tuple[float | None, float | None]:
        """Return least and most that a policy states; ``None`` where it states none."""
        low, high = self.stated
        fields = policy.model_dump() if self.least or self.most else {}
        low = fields[self.least] if self.least and fields[self.least] is not None else low
        high = fields[self.most] if self.most and fields[self.most] is not None else high
        return low, high


@dataclass(frozen=True, kw_only=True)
class AreaResource(LimitedSum):
    """A sum over an area's towns within limits, of the area or of its operator model.

    Attributes
    ----------
    amount : str
        What is summed: a number column of ``towns.csv``, ``connections`` for those of all
        customers, or nothing where each town counts one.
    model_least, model_most : str, optional
        Columns of the operator models that limit it.
    """

    amount: str = ""
    model_least: str | None = None
    model_most: str | None = None


@dataclass(frozen=True, kw_only=True)
class PlanTotal(LimitedSum):
    """A sum over the areas of a plan, within limits.

    Attributes
    ----------
    amount : str or None
        What is summed: nothing where each operator counts one, a number column of the operator
        models or of ``towns.csv``, ``connections`` for those of all customers, ``hours`` for the
        travel from the seat to each town. ``None`` where code of its own adds it up.
    seats : mapping
        Only areas count whose seat has these texts in columns of ``towns.csv``.
    operator_model : str
        Only areas that this model runs count; all where empty.
    per_town, per_seat, per_model : mapping
        Amounts by name that come on top: of towns, of seats, of operator models.
    """

    amount: str | None = None
    seats: Mapping[str, str] = field(default_factory=dict)
    operator_model: str = ""
    per_town: Mapping[str, float] = field(default_factory=dict)
    per_seat: Mapping[str, float] = field(default_factory=dict)
    per_model: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_summed(self) -> bool:
        """Whether its declaration alone says what is summed."""
        return self.amount is not None or bool(self.per_town or self.per_seat or self.per_model)
