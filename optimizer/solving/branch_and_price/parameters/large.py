"""Numbers of large regions, and of the order of steps."""

from __future__ import annotations

import math
from dataclasses import dataclass

from optimizer.solving.branch_and_price.parameters.tuning import UNLIMITED, Tuned, described, number

__all__ = ["LargeParameters", "Pace", "SolverParameters"]


@described
@dataclass(frozen=True)
class Pace(Tuned):
    """How far a block is taken."""

    rounds: int = number(6, "rounds", 1, UNLIMITED, "Of column generation.")
    near: float = number(
        1e-4, "of the master's value", 0, 1, "By which its bound may stay below its master."
    )
    cut_rounds: int = number(0, "rounds", 0, 1_000, "Of subset-row cuts, with new rounds each.")
    patience: int = number(
        3, "rounds", 0, UNLIMITED, "Without a noticeable rise that end them early."
    )
    box: float = number(0.3, "of a dual", 0, 100, "How far duals may stray at first.")


@described
@dataclass(frozen=True)
class LargeParameters(Tuned):
    """How regions of thousands of towns are taken block by block."""

    blocks_above_towns: int = number(
        1_500, "towns", 0, UNLIMITED, "Larger masters take longer than all their blocks."
    )
    block_towns: int = number(
        450, "towns", 1, UNLIMITED, "Of a block: a master in seconds, borders still few."
    )
    alone_near: float = number(
        3e-3, "of the master's value", 0, 1, "Blocks alone need not be exact: borders err more."
    )
    alone_seconds_share: float = number(0.3, "of the time left", 0, 1, "For all blocks alone.")
    sweep_turns: tuple[float, ...] = number(
        (math.pi / 4, 0.0, 3 * math.pi / 8), "radians", 0, math.pi, "Other borders in each sweep."
    )
    sweep_seconds_share: float = number(0.2, "of the time left", 0, 1, "For a first sweep.")
    sweep_pace: Pace = Pace()
    cut_turns: tuple[float, ...] = number(
        (0.0, math.pi / 4, math.pi / 2, 3 * math.pi / 8), "radians", 0, math.pi, "Sweeps with cuts."
    )
    cut_seconds_share: float = number(0.4, "of the time left", 0, 1, "For a sweep with cuts.")
    cut_pace: Pace = Pace(rounds=40, near=5e-6, cut_rounds=6, patience=15, box=0.05)
    cut_rise: float = number(
        1e-4, "of the bound", 0, 1, "The next sweep is left off where it may gain less."
    )
    cut_block_rise: float = number(
        1e-6, "of a block's bound", 0, 1, "A block whose cuts lift it by less is done."
    )
    after_box: float = number(0.02, "of a dual", 0, 100, "Of the whole region: its duals are near.")
    useful_share: float = number(
        1e-3, "of an area's value", 0, 10, "Reduced cost of columns that a block alone hands on."
    )
    begin_share: float = number(
        0.01, "of an area's value", 0, 10, "Reduced cost of columns that a block begins with."
    )
    keep_share: float = number(
        0.005, "of an area's value", 0, 10, "Reduced cost of columns that a sweep keeps."
    )
    list_most: int = number(600, "groups", 1, 1e8, "Longest list of a seat of a block.")
    sure_share: float = number(
        0.6, "of an area", 0.5, 1, "Areas used more by a block's master are taken into a plan."
    )
    repairs: int = number(3, "repairs", 0, 1_000, "Of what such a plan leaves unserved.")


@described
@dataclass(frozen=True)
class SolverParameters(Tuned):
    """In which order, and how often, the wings are used."""

    small_towns: int = number(
        200, "towns", 0, UNLIMITED, "Larger regions get a good plan before a proof is tried."
    )
    close_share: float = number(
        0.03, "of the gap", 0, 1, "Bounds of larger regions need not come nearer to the master."
    )
    many_towns: int = number(
        700, "towns", 0, UNLIMITED, "Regions whose plan still needs time when the bound is near."
    )
    many_towns_list: int = number(3_000, "groups", 1, 1e8, "Longest list of their seats.")
    reserve_share: float = number(0.25, "of the time", 0, 1, "Kept for their plan.")
    window_turns: tuple[tuple[int, int], ...] = number(
        ((0, 120), (200, 200), (320, 320), (500, 500)),
        "towns",
        0,
        UNLIMITED,
        "Windows between bounds.",
    )
    redo_gain: float = number(
        0.1, "of the gap", 0, 1, "Windows are solved anew while a turn closes more."
    )
    persist_gain: float = number(
        0.01, "of the gap", 0, 1, "Cuts and proof are repeated while a turn closes more."
    )
    at_once_towns: int = number(
        60, "towns", 0, UNLIMITED, "Small regions are proven at once where the gap is small, too."
    )
    at_once_gap: float = number(
        0.01, "of the plan's value", 0, 1, "A gap of so much is small: see at_once_towns."
    )
