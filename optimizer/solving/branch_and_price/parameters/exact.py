"""Numbers of the proof."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.solving.branch_and_price.parameters.tuning import UNLIMITED, Tuned, described, number

__all__ = ["ExactParameters"]


@described
@dataclass(frozen=True)
class ExactParameters(Tuned):
    """How plans are proven by listing every column that a better one may use."""

    lists: tuple[int, ...] = number(
        (1_000, 8_000, 64_000, 512_000), "groups", 1, 1e9, "Of a seat: short lists mostly suffice."
    )
    short_labels: int = number(
        150_000, "labels", 0, 1e12, "Of all seats together in a proof that is only tried."
    )
    short_columns: int = number(15_000, "columns", 0, 1e9, "It chooses among at most.")
    long_labels: int = number(3_000_000, "labels", 0, 1e12, "The same of the last proof.")
    long_columns: int = number(
        60_000, "columns", 0, 1e9, "The same of the last proof: some minutes of HiGHS."
    )
    halved_above: int = number(
        2_000, "columns", 0, UNLIMITED, "A longer list is first cut at half the gap: often enough."
    )
    better_lists: tuple[int, ...] = number(
        (80, 160, 320, 640), "groups", 1, 1e9, "Of a seat, in search of better plans first."
    )
    better_columns: int = number(
        1_000, "columns", 1, 1e8, "The best, of which such plans are made."
    )
    better_columns_per_town: int = number(60, "columns", 1, 1e6, "And the best of each town.")
    better_seconds: float = number(10.0, "seconds", 0.1, 1e6, "Of such a choice.")
    first_width: float = number(
        1 / 32, "of the gap", 1e-6, 1, "A long proof begins narrow: each width raises the bound."
    )
    wider: float = number(1.5, "times", 1.01, 100, "The next width.")
    pyomo_columns: int = number(
        1_000,
        "columns",
        0,
        UNLIMITED,
        "A last choice among fewer is made by the readable Pyomo model.",
    )
    fraction: float = number(
        0.02, "areas", 1e-6, 0.5, "Numbers of areas nearer to a whole one are not cut."
    )
    count_near: float = number(
        0.05, "of the gap", 0, 1, "How near to its master the bound of the other side must come."
    )
    count_seconds_share: float = number(
        0.3, "of the time left", 0, 1, "To rule out the other side."
    )
