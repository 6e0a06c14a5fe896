"""The answer of an audit."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from optimizer.errors import AuditError

__all__ = ["Audit"]

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
