"""Service areas as columns: proven plans of whole countries."""

from __future__ import annotations

from optimizer.solving.branch_and_price.solver import solve_columns

__all__ = ["solve_columns"]
