"""One person's desk: a draft, its history, and the plan that every number on the page is of."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from optimizer.instance.instance import Instance
from optimizer.plan.plan import Plan
from optimizer.solving.evaluation import Evaluator
from optimizer.workbench.draft import Draft

__all__ = ["Desk", "Step"]

KEPT_REGIONS = 6
"""Sets of promises whose geography and arrays are kept; each is some megabytes."""


@dataclass(frozen=True)
class Step:
    """One entry of the history: what was done, and what came of it."""

    words: str
    draft: Draft


class Desk:
    """A draft that changes by steps; every step can be undone.

    Parameters
    ----------
    instance : Instance
        The region as it was read.
    draft : Draft
        What lies on the desk at first.
    """

    def __init__(self, instance: Instance, draft: Draft) -> None:
        self.instance = instance
        self.lock = threading.RLock()
        self._steps = [Step("", draft)]
        self._at = 0
        self.revision = 0
        self._evaluators: OrderedDict[str, Evaluator] = OrderedDict()

    @property
    def draft(self) -> Draft:
        """What lies on the desk now."""
        return self._steps[self._at].draft

    @property
    def undoes(self) -> str | None:
        """What the next undo takes back; nothing where all is undone."""
        return self._steps[self._at].words if self._at else None

    @property
    def redoes(self) -> str | None:
        """What the next redo does again."""
        return self._steps[self._at + 1].words if self._at + 1 < len(self._steps) else None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The history up to now."""
        return tuple(self._steps[: self._at + 1])

    def do(self, words: str, change: Callable[[Draft], Draft]) -> None:
        """Take a step; what was undone before it is forgotten."""
        with self.lock:
            draft = change(self.draft)
            if draft != self.draft:
                self._steps[self._at + 1 :] = [Step(words, draft)]
                self._at += 1
                self.revision += 1

    def drop(self, before: Draft) -> None:
        """Forget the last step, which led away from a draft."""
        with self.lock:
            if self._at and self._steps[self._at - 1].draft == before:
                del self._steps[self._at]
                self._at -= 1

    def undo(self) -> None:
        """Take the last step back, where there is one."""
        with self.lock:
            self._at = max(0, self._at - 1)
            self.revision += 1

    def redo(self) -> None:
        """Take the step that was taken back once more."""
        with self.lock:
            self._at = min(len(self._steps) - 1, self._at + 1)
            self.revision += 1

    def region(self) -> Instance:
        """Return the region under the promises of the draft."""
        return self._evaluator().instance

    def plan(self, *, audited: bool) -> Plan:
        """Return the plan of the draft; broken promises are in it after the audit only."""
        with self.lock:
            evaluator, grouping = self._evaluator(), self.draft.grouping()
        return evaluator.plan(grouping) if audited else evaluator.unaudited(grouping)

    def _evaluator(self) -> Evaluator:
        policy = self.draft.policy
        key = policy.model_dump_json()
        with self.lock:
            found = self._evaluators.get(key)
            if found is None:
                found = Evaluator(self.instance.replace(policy=policy))
                self._evaluators[key] = found
            self._evaluators.move_to_end(key)
            while len(self._evaluators) > KEPT_REGIONS:
                self._evaluators.popitem(last=False)
        return found
