"""Service areas as columns: proven plans of whole countries."""

from __future__ import annotations

from optimizer.solving.branch_and_price.listing.expected import lists_draws, solve_listed_draws
from optimizer.solving.branch_and_price.solver import solve_columns

__all__ = ["lists_draws", "solve_columns", "solve_listed_draws"]
