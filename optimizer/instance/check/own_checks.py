"""Checks of a planner's own promises: what they name must be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from optimizer.instance.check.settings_checks import Place
from optimizer.instance.reading.findings import Findings, near
from optimizer.instance.schema.fields import OperatorModel
from optimizer.instance.schema.policy import Policy
from optimizer.promises.own import OwnPromise
from optimizer.record import is_number

__all__ = ["own_checks"]

NAMED_MOST = 12


def own_checks(
    policy: Policy, towns: pd.DataFrame, models: Iterable[str], place: Place, found: Findings
) -> None:
    """Check that promises of the planner's own name columns, towns and models that there are.

    Parameters
    ----------
    policy : Policy
        The promises.
    towns : pandas.DataFrame
        The table of towns, their keys in the column ``town``.
    models : iterable of str
        Operator models.
    place : Place
        Where ``[policy]`` stands.
    found : Findings
        Receives problems.
    """
    named = [str(model) for model in models]
    for at, own in enumerate(policy.own):
        for key, name, known, what in _names(own, towns, named):
            if name in known:
                continue
            shown = ", ".join(known[:NAMED_MOST]) + ", ..." * (len(known) > NAMED_MOST)
            remedy = near(name, known) + f"add it, or choose one of {shown}"
            line = place.line("policy", "own", at, key)
            found.problem(
                place.file, line, f"policy.own[{at + 1}].{key}", f"{name!r} is no {what}", remedy
            )


def _names(
    own: OwnPromise, towns: pd.DataFrame, models: list[str]
) -> Iterator[tuple[str, str, list[str], str]]:
    """Yield the field, the name in it, what is known, and what it should be."""
    numbers = [str(name) for name in towns.select_dtypes("number").columns]
    limits = [name for name, info in OperatorModel.model_fields.items() if is_number(info)]
    keys = [str(key) for key in towns["town"]]
    total = own.kind == "plan_total"
    columns = [*numbers, "hours", *limits] if total else numbers
    what = "number column of towns.csv or of the operator models"
    if own.column:
        yield "column", own.column, columns, what if total else "number column of towns.csv"
    for field, name in (("model_least", own.model_least), ("model_most", own.model_most)):
        if name:
            yield field, name, limits, "number column of the operator models"
    for name in own.seats:
        yield "seats", name, [str(column) for column in towns.columns], "column of towns.csv"
    if own.operator_model:
        yield "operator_model", own.operator_model, models, "operator model"
    for field, amounts, known, kind in (
        ("per_town", own.per_town, keys, "town"),
        ("per_seat", own.per_seat, keys, "town"),
        ("per_model", own.per_model, models, "operator model"),
    ):
        for name in amounts:
            yield field, name, known, kind
