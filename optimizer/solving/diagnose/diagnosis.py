"""What a diagnosis says: one promise, by how much it must bend, and the region with it bent."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from optimizer.instance.instance import Instance
from optimizer.messages.message import Message

__all__ = ["Diagnosis"]


@dataclass(frozen=True)
class Diagnosis:
    """One promise (or a few together) that, bent, would make a plan possible.

    Attributes
    ----------
    promise : str
        Name of the rule; names joined by `` + `` where only several promises together help;
        ``scale`` for a warning about the size of numbers.
    amount : float
        By how much it must bend, in ``unit``; ``nan`` where no single number says it.
    unit : str
        Unit of the amount.
    words : Message
        The finding in the planner's words, beginning with the promise.
    relative : float
        The bend as a share of what was promised; findings are sorted by it.
    proven : bool
        Whether less was proven not to be enough, and the bent region to have a plan.
    bent : Instance or None
        The region with the promise bent, ready to be solved; ``None`` where the finding of a
        check only says what is impossible.
    """

    promise: str
    amount: float
    unit: str
    words: Message
    relative: float = math.nan
    proven: bool = True
    bent: Instance | None = field(default=None, repr=False, compare=False)
