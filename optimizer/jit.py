"""The inner loops of the search are compiled when first used, and kept on disk after that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

__all__ = ["compiled", "inlined"]

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Return a function as machine code, compiled at its first call; it runs beside others."""
    return cast("F", numba.njit(cache=True, nogil=True)(function))


def inlined(function: F) -> F:
    """Return a function that is compiled as part of each compiled function that calls it."""
    return cast("F", numba.njit(inline="always")(function))
