"""Numbers of the listing of all groups."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.solving.branch_and_price.parameters.tuning import UNLIMITED, Tuned, described, number

__all__ = ["ListingParameters"]


@described
@dataclass(frozen=True)
class ListingParameters(Tuned):
    """When all groups are listed and valued once, and how the master is priced by lookup."""

    groups_most: int = number(
        6_000_000, "groups", 0, 1e9, "Some 100 bytes and some microseconds each; else the search."
    )
    group_draws_most: float = number(
        2e8, "groups times draws", 0, 1e15, "A minute or two; beyond it the mean is not listed."
    )
    settled_most: int = number(
        2_000_000, "groups", 0, 1e9, "Valued exactly at once; of more only those that matter are."
    )
    groups_most_alone: int = number(
        2_000, "groups", 0, 1e9, "Where each is a programme of its own: some milliseconds."
    )
    towns_least: int = number(
        12, "towns", 0, UNLIMITED, "Smaller regions are solved sooner than code is compiled."
    )
    cells: int = number(
        500, "cells", 10, 1e6, "Scale of connections on which groups are counted before."
    )
    tell_seconds: float = number(2.0, "seconds", 0.1, 1e6, "Between two lines of progress.")
    groups_at_once: int = number(
        50_000, "groups", 1, 1e7, "Valued between two looks at the clock: a tenth of a second."
    )
    columns_per_seat: int = number(
        20, "columns", 1, 1e5, "Given to the master a round; all are known, so more cost little."
    )
    smoothing: float = number(
        0.6, "of the way", 0.01, 1, "How far duals go from the best ones to those of the master."
    )
    rounds: int = number(400, "rounds", 1, UNLIMITED, "Of the master; it mostly ends after 30.")
    cut_rounds: int = number(
        10, "rounds", 0, 10_000, "Rounds of subset-row cuts; most end for want of gain."
    )
    few_columns: int = number(
        10_000, "columns", 1, 1e8, "The best, among which better plans are sought meanwhile."
    )
    columns_most: int = number(
        60_000, "columns", 1, 1e8, "A longer last choice is left to narrow widths first."
    )
