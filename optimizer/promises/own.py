"""A planner's own promises: records in the policy that travel wherever the policy does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import model_validator

from optimizer.messages.message import Listed, Message
from optimizer.plain_numbers import figure
from optimizer.promises.kinds import AreaResource, PlanTotal, Promise, Relaxation, Words
from optimizer.promises.relax import policy
from optimizer.record import Name, Row, Text, unit_field

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance
    from optimizer.instance.schema.policy import Policy

__all__ = ["OwnPromise", "limited"]

STEP = 0.1
TAKEN = frozenset(
    [
        "tables",
        "travel",
        "cost",
        "tariff_scope",
        "tariff_shape",
        "bill",
        "support",
        "burden",
        "revenue",
        "solidarity",
        "transfers",
        "stand_alone",
        "objective",
        "bound",
        "status",
        "broken_promises",
        "draws",
        "files",
        "own",
    ]
)
"""Names of other rules of the audit."""


class OwnPromise(Row):
    """A promise of the planner's own: a sum over every area, or over the plan, within limits.

    Examples
    --------
    >>> OwnPromise(name="staff", column="own_staff", most=40).words_said
    'own_staff of an area: at most 40'
    >>> OwnPromise(name="north", kind="plan_total", seats={"zone": "north"}, most=3).words_said
    'operators of the plan, seats with zone north: at most 3'
    """

    where: ClassVar[str] = "instance.toml [[policy.own]]"
    name: Name = unit_field("text", "its name in audits, messages and reports")
    kind: Literal["area_resource", "plan_total"] = unit_field(
        "text",
        "area_resource: a sum over the towns of every area; plan_total: one sum over the plan",
        default="area_resource",
    )
    column: Text = unit_field(
        "text",
        "what each town adds: a number column of towns.csv (own_... are the planner's own); "
        "connections are those of all customers; empty: each town counts one. Of a plan_total also "
        "hours from the seat or a number column of the operator models; empty: each operator "
        "counts one",
        default="",
    )
    seats: dict[Name, Text] = unit_field(
        "text by column",
        "of a plan_total: only areas count whose seat has these texts in columns of towns.csv, "
        'as in { zone = "north" }',
        default={},
    )
    operator_model: Text = unit_field(
        "text", "of a plan_total: only areas that this operator model runs count", default=""
    )
    per_town: dict[Name, float] = unit_field(
        "amount by town", "of a plan_total: what towns add on top, by key", default={}
    )
    per_seat: dict[Name, float] = unit_field(
        "amount by town", "of a plan_total: what operators add that sit in a town", default={}
    )
    per_model: dict[Name, float] = unit_field(
        "amount by model", "of a plan_total: what operators of a model add", default={}
    )
    least: float | None = unit_field("as the column", "least sum", default=None, ge=0)
    most: float | None = unit_field("as the column", "most sum", default=None, ge=0)
    model_least: Text = unit_field(
        "text", "number column of the operator models that gives the least sum", default=""
    )
    model_most: Text = unit_field(
        "text", "number column of the operator models that gives the most sum", default=""
    )
    words: Text = unit_field("text", "what it says; made from the rest if left out", default="")

    @model_validator(mode="after")
    def _limited(self) -> Self:
        if not self.name.isidentifier() or self.name in TAKEN:
            message = f"own promise {self.name!r}: choose another name, of letters, digits and _"
            raise ValueError(message)
        if not (self.model_least or self.model_most) and self.least is None and self.most is None:
            message = f"own promise {self.name!r} limits nothing; give least or most"
            raise ValueError(message)
        if self.least is not None and self.most is not None and self.most < self.least:
            message = f"own promise {self.name!r}: most is smaller than least"
            raise ValueError(message)
        self._fits_its_kind()
        return self

    def _fits_its_kind(self) -> None:
        total = self.kind == "plan_total"
        given = {
            "seats": self.seats,
            "operator_model": self.operator_model,
            "per_town": self.per_town,
            "per_seat": self.per_seat,
            "per_model": self.per_model,
        }
        others = {"model_least": self.model_least, "model_most": self.model_most}
        strange = [name for name, value in (others if total else given).items() if value]
        if strange:
            message = f"own promise {self.name!r}: {strange[0]} is not for the kind {self.kind}"
            raise ValueError(message)

    @property
    def words_said(self) -> str:
        """What it says: the planner's words, or its data."""
        if self.words:
            return self.words
        limits: list[Message] = []
        if self.least is not None:
            limits.append(Message("at least {limit:g}", limit=self.least))
        if self.most is not None:
            limits.append(Message("at most {limit:g}", limit=self.most))
        if self.model_least:
            text = "at least {column} of its operator model"
            limits.append(Message(text, column=self.model_least))
        if self.model_most:
            text = "at most {column} of its operator model"
            limits.append(Message(text, column=self.model_most))
        if self.kind == "plan_total":
            return self._total_said(Listed(tuple(limits), joined=", "))
        return Message(
            "{column} of an area: {limits}",
            column=self.column or Message("towns"),
            limits=Listed(tuple(limits), joined=", "),
        )

    def _total_said(self, limits: Listed) -> Message:
        chosen = [
            Message("seats with {column} {value}", column=column, value=value)
            for column, value in self.seats.items()
        ]
        if self.operator_model:
            chosen.append(Message("run by {operator_model}", operator_model=self.operator_model))
        given = {"per_town": self.per_town, "per_seat": self.per_seat, "per_model": self.per_model}
        named = [name for name, amounts in given.items() if amounts]
        return Message(
            "{parts}: {limits}",
            parts=Listed(
                (
                    Message(
                        "{column} of the plan",
                        column=self.column or " + ".join(named) or Message("operators"),
                    ),
                    *chosen,
                ),
                joined=", ",
            ),
            limits=limits,
        )

    def promise(self) -> AreaResource | PlanTotal:
        """Return it as a promise like those that come with the program."""
        said, stem = self.words_said, f"own_{self.name}"
        words, stated = Words(said, said, said), (self.least, self.most)
        if self.kind == "plan_total":
            counted = bool(self.column) or not (self.per_town or self.per_seat or self.per_model)
            return PlanTotal(
                name=self.name,
                unit=self.column.removeprefix("own_") or "operators",
                words=words,
                components=(stem,),
                relaxations=_relaxations(self),
                source="policy.own",
                stated=stated,
                own=True,
                amount=self.column if counted else None,
                seats=self.seats,
                operator_model=self.operator_model,
                per_town=self.per_town,
                per_seat=self.per_seat,
                per_model=self.per_model,
            )
        return AreaResource(
            name=self.name,
            unit=self.column.removeprefix("own_") or "towns",
            words=words,
            components=(f"{stem}_least", f"{stem}_most"),
            relaxations=_relaxations(self),
            source="policy.own",
            amount=self.column,
            model_least=self.model_least or None,
            model_most=self.model_most or None,
            stated=stated,
            own=True,
        )


def _relaxations(own: OwnPromise) -> Callable[[Instance], list[Relaxation]]:
    def relaxations(region: Instance) -> list[Relaxation]:
        found = [policy("dropped", own=_others(region.policy, own.name))]
        if own.most is not None and own.most > 0:
            more = own.most * (1 + STEP)
            wider = limited(region.policy, own.promise(), own.least, more).own
            found.append(policy(f"loosened to at most {figure(more, ',.4g')}", own=wider))
        return found

    return relaxations


def _others(policy: Policy, name: str) -> tuple[OwnPromise, ...]:
    return tuple(own for own in policy.own if own.name != name)


def limited(policy: Policy, promise: Promise, least: float | None, most: float | None) -> Policy:
    """Return a policy with other limits of an own promise; without any, it is dropped."""
    changed = []
    for own in policy.own:
        if own.name != promise.name:
            changed.append(own)
        elif least is not None or most is not None or own.model_least or own.model_most:
            changed.append(own.model_copy(update={"least": least, "most": most}))
    return policy.replace(own=tuple(changed))
