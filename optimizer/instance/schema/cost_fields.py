"""The cost columns of towns, operator models and ``[costs]``, from the one table of costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import create_model

from optimizer.cost_terms.terms import CostTerm, terms_of
from optimizer.record import Money, Row, unit_field

__all__ = ["settings_terms", "with_cost_columns", "with_cost_settings"]

Decorator = Callable[[type[Row]], type[Row]]


def settings_terms() -> tuple[CostTerm, ...]:
    """Return the costs of towns that ``[costs]`` has where a town gives none of its own."""
    return tuple(term for term in terms_of(table="towns") if term.default is not None)


def with_cost_columns(table: str, *, after: str) -> Decorator:
    """Return a decorator that adds the cost columns of a table to its record, after a field.

    A cost of towns may be left open; one of operator models has its default, or is needed.

    Examples
    --------
    >>> @with_cost_columns("operator_models", after="operator_model")
    ... class Kind(Row):
    ...     operator_model: str = "board"
    >>> list(Kind.model_fields)
    ['operator_model', 'overhead_year', 'supervision_year', 'crew_hour_cost']
    """

    def column(term: CostTerm) -> tuple[Any, Any]:
        if table == "towns":
            return Money | None, unit_field(term.unit, term.meaning, default=None)
        default = ... if term.default is None else term.default
        return Money, unit_field(term.unit, term.meaning, default=default)

    return _with({term.column: column(term) for term in terms_of(table=table)}, after)


def with_cost_settings(*, after: str) -> Decorator:
    """Return a decorator that adds the costs of :func:`settings_terms` to a record."""
    terms = settings_terms()
    columns = {t.column: (Money, unit_field(t.unit, t.meaning, default=t.default)) for t in terms}
    return _with(columns, after)


def _with(columns: dict[str, tuple[Any, Any]], after: str) -> Decorator:
    def decorated(record: type[Row]) -> type[Row]:
        fields: dict[str, Any] = {}
        for name, info in record.model_fields.items():
            fields[name] = (info.annotation, info)
            if name == after:
                fields |= columns
        made = create_model(
            record.__name__,
            __base__=Row,
            __module__=record.__module__,
            __doc__=record.__doc__,
            **fields,
        )
        made.where = record.where
        return made

    return decorated
