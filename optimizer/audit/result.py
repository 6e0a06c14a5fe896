"""The answer of an audit."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from optimizer.audit.ledger import Ledger
from optimizer.audit.promises import RULES
from optimizer.errors import AuditError
from optimizer.messages.message import Message

__all__ = ["Audit", "audit_of", "broken_words"]

_SHOWN = 20


@dataclass(frozen=True, eq=False)
class Audit:
    """What an audit checked and what it found.

    Attributes
    ----------
    failures : pandas.DataFrame
        One row per failure: ``kind`` (``arithmetic``: the plan contradicts the instance or itself;
        ``promise``: the plan is sound and breaks a promise), ``rule``, ``town`` and
        ``service_area`` (empty where none is meant), ``amount`` (how much too much, negative for
        too little, in the rule's unit), ``unit``, ``message``.
    checked : pandas.Series
        Number of checks per rule; index ``rule``.
    """

    failures: pd.DataFrame
    checked: pd.Series

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return self.failures.empty

    @property
    def sound(self) -> bool:
        """Whether the arithmetic holds; promises may be broken, and are then listed."""
        return not bool((self.failures["kind"] == "arithmetic").any())

    @property
    def broken_promises(self) -> pd.DataFrame:
        """The failures of promises only."""
        return self.failures[self.failures["kind"] == "promise"].reset_index(drop=True)

    @property
    def broken_words(self) -> tuple[Message, ...]:
        """What each broken promise says, one line a promise: how often, and the worst."""
        return broken_words(self.failures)

    def with_more(self, other: Audit) -> Audit:
        """Return both together."""
        failures = pd.concat([self.failures, other.failures])
        failures = failures.sort_values("kind", kind="stable", ignore_index=True)
        checked = self.checked.add(other.checked, fill_value=0).astype("int64")
        order = list(dict.fromkeys([*self.checked.index, *other.checked.index]))
        return Audit(failures=failures, checked=checked.reindex(order).rename("checks"))

    def raise_for_failures(self, *, arithmetic_only: bool = False) -> None:
        """Raise if anything failed.

        Parameters
        ----------
        arithmetic_only : bool
            Let broken promises pass, as for a grouping that the planner brought.

        Raises
        ------
        AuditError
            With the failures in words.
        """
        if (self.sound if arithmetic_only else self.passed) is False:
            raise AuditError(str(self))

    def __str__(self) -> str:
        checks, count = int(self.checked.sum()), len(self.failures)
        head = f"audit: {checks:,} checks of {len(self.checked)} rules, "
        if self.passed:
            return head + "all passed"
        lines = [head + (f"{count} failure" if count == 1 else f"{count} failures")]
        shown = self.failures.head(_SHOWN)
        columns = ["rule", "kind", "town", "service_area", "message"]
        for rule, kind, town, area, message in shown[columns].to_numpy().tolist():
            words = [f"town {town}"] * bool(town) + [f"area {area}"] * bool(area)
            place = f": {', '.join(words)}" if words else ""
            lines.append(f"  {rule} ({kind}){place}: {message}")
        if count > _SHOWN:
            lines.append(f"  ... and {count - _SHOWN} more")
        return "\n".join(lines)


def audit_of(ledger: Ledger) -> Audit:
    """Return what a ledger noted, in the order of the rules."""
    checked = pd.Series(dict(ledger.checked), dtype="int64", name="checks").rename_axis("rule")
    in_order = [rule for rule in RULES if rule in checked.index]
    in_order += [rule for rule in checked.index if rule not in RULES]
    return Audit(failures=ledger.failures(), checked=checked.reindex(in_order))


def broken_words(failures: pd.DataFrame) -> tuple[Message, ...]:
    """Return what the failures say of each broken promise: how often, and the worst.

    Parameters
    ----------
    failures : DataFrame
        As in :class:`Audit`.
    """
    lines = []
    promises = failures[failures["kind"] == "promise"]
    for rule, found in promises.groupby("rule", sort=True):
        worst = found.iloc[int(found["amount"].abs().fillna(0.0).to_numpy().argmax())]
        lines.append(
            Message(
                "{rule}: broken once: {message}"
                if len(found) == 1
                else "{rule}: broken {n} times, worst: {message}",
                rule=str(rule),
                n=len(found),
                message=worst["message"],
            )
        )
    return tuple(lines)
