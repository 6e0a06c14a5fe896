"""Rows that are no towns: totals, notes, other levels, repeated towns."""
