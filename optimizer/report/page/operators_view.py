"""What operators that exist keep, take on and lose in a plan, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.analysis.explain.operator_changes import operator_changes
from optimizer.instance.incumbents import incumbents_of
from optimizer.messages.words import Words

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["operator_words"]

NAMED_MOST = 12
"""Towns that one sentence names."""


def operator_words(plan: Plan, words: Words) -> list[str]:
    """Return a sentence on each operator that exists: the towns that stay, join and leave.

    Parameters
    ----------
    plan : Plan
        Any plan.
    words : Words
        The language.

    Examples
    --------
    >>> import optimizer as op
    >>> from optimizer.messages.words import words_of
    >>> operator_words(op.evaluate(op.read("instances/pair"), "together"), words_of("en"))
    []
    """
    exist = incumbents_of(plan.instance.operator_models)
    if not exist or plan.areas.empty:
        return []
    changes = operator_changes(plan)
    told = []
    for one in exist:
        stays = changes[
            (changes["operator_today"] == one.operator) & (changes["change"] == "stays")
        ]
        joins = changes[(changes["operator"] == one.operator) & (changes["change"] == "joins")]
        left = changes[(changes["operator_today"] == one.operator) & (changes["change"] != "stays")]
        text = words(
            "{operator} keeps {kept} of {today}",
            operator=one.operator,
            kept=words.number(len(stays)),
            today=words.count(len(one.today), "{n} town", "{n} towns"),
        )
        if len(joins):
            text += words(", takes on {towns}", towns=_named(joins["name"].tolist()))
        if len(left):
            text += words(", loses {towns}", towns=_named(left["name"].tolist()))
        told.append(f"{text}.")
    return told


def _named(names: list[str]) -> str:
    more = ", ..." if len(names) > NAMED_MOST else ""
    return ", ".join(names[:NAMED_MOST]) + more
