"""Independent parts of one computation side by side.

HiGHS and the compiled search let other threads run, so that threads suffice; what a part finds does
not depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["in_threads"]

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def in_threads(
    call: Callable[[Item], Answer], items: Sequence[Item], threads: int
) -> Iterator[Answer]:
    """Yield what a function answers for each item, in the order of the items.

    Parameters
    ----------
    call : callable
        Changes nothing that the call for another item reads.
    items : sequence
        Items; they are begun in this order.
    threads : int
        Most calls at a time; with one, all are made by the thread that asks.

    Examples
    --------
    >>> list(in_threads(abs, [-3, 2, -1], threads=2))
    [3, 2, 1]
    """
    workers = min(threads, len(items))
    if workers <= 1:
        yield from map(call, items)
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(call, items)
