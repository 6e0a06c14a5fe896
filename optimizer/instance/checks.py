"""Checks across tables (stub until the reader lands)."""

from __future__ import annotations

from optimizer.errors import Problem


def cross_checks(**tables: object) -> list[Problem]:
    """Return every contradiction between tables."""
    del tables
    return []
