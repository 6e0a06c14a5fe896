"""Numbers of the restricted master and of column generation."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.solving.branch_and_price.parameters.tuning import UNLIMITED, Tuned, described, number

__all__ = ["BoundingParameters", "MasterParameters"]


@described
@dataclass(frozen=True)
class MasterParameters(Tuned):
    """How the restricted master and the choice among columns are solved."""

    interior_above_towns: int = number(
        1_500, "towns", 0, UNLIMITED, "The simplex method takes minutes a round on larger masters."
    )
    simplex_steps: int = number(
        2_000, "steps", 0, 1e9, "Where the primal simplex cycles, the dual one begins afresh."
    )
    simplex_steps_per_row: int = number(
        10, "steps", 0, 1e6, "Many times what such a programme takes."
    )
    fixing_rounds: int = number(
        60, "rounds", 0, 10_000, "Rounds of subset-row cuts in a choice; most end by themselves."
    )
    fixing_seconds: float = number(
        20.0, "seconds", 0.1, 1e6, "Of one linear programme; a choice beyond it is left to HiGHS."
    )
    fixing_cuts: int = number(
        80, "cuts", 1, 1e5, "Cuts of a round: more slow the programme down than they lift it."
    )
    fixing_gain: float = number(
        0.01, "of the gap", 0, 1, "A round that closes less is counted as idle."
    )
    fixing_patience: int = number(
        4, "rounds", 0, 10_000, "Idle rounds in a row after which cuts are left off."
    )


@described
@dataclass(frozen=True)
class BoundingParameters(Tuned):
    """How column generation raises the dual bound."""

    columns_per_seat: int = number(
        5, "columns", 1, 1e5, "Given to the master a round: fewer take more rounds, more slow it."
    )
    columns_per_seat_interior: int = number(
        2, "columns", 1, 1e5, "The same where the interior point method begins afresh each time."
    )
    interior_weight: float = number(
        0.7, "of the way", 0, 1, "How far duals go from the best ones to those of the master."
    )
    slow_share: float = number(
        1e-6, "of the master's value", 0, 1, "A master that falls by less waits for new groups."
    )
    slow_share_interior: float = number(
        1e-4, "of the master's value", 0, 1, "The same by the interior point method, less exact."
    )
    near_share: float = number(
        1e-10, "of the master's value", 0, 1, "The bound has reached the master: no column is left."
    )
    near_share_interior: float = number(
        1e-5, "of the master's value", 0, 1, "The same by the interior point method, less exact."
    )
    patience: int = number(
        3, "rounds", 0, UNLIMITED, "Rounds without a rise of the bound that end column generation."
    )
    stalled_share: float = number(
        3e-4, "of the master's value", 0, 1, "A fall by less moves the centre of the box at once."
    )
    slow_round_share: float = number(
        0.02, "of the gap", 0, 1, "A round of a block that closes less is counted as idle."
    )
    smoothing: tuple[float, ...] = number(
        (1.0, 0.6, 0.3), "of the way", 0, 1, "Duals between the best and the master's are tried."
    )
    box: float = number(
        0.3, "of a dual", 0, 100, "How far duals may stray from the best ones at first."
    )
    middle_rounds: int = number(
        20, "rounds", 0, 10_000, "Rounds in search of interior duals; a few mostly suffice."
    )
    middle_loss: float = number(
        0.03, "of the gap", 0, 1, "Interior duals may cost so much bound: their lists are shorter."
    )
    middle_list: int = number(
        500, "groups", 1, 1e8, "Longest list of a seat meanwhile: only columns below 0 matter."
    )
    middle_box: float = number(0.03, "of a dual", 0, 100, "They stay as near to the best duals.")
    cut_rounds: int = number(
        12, "rounds", 0, 10_000, "Rounds of subset-row cuts; most end for want of gain."
    )
    cuts_most: int = number(
        600, "cuts", 0, 1e6, "Each makes pricing slower; beyond these the proof is quicker."
    )
    cut_gain: float = number(
        0.03, "of the gap", 0, 1, "A round that closes less is counted as idle."
    )
    cut_patient_towns: int = number(
        200, "towns", 0, UNLIMITED, "Larger regions end with the first idle round: theirs are long."
    )
    cut_patience: int = number(1, "rounds", 0, 1_000, "Idle rounds that smaller regions allow.")
    cuts_per_round: int = number(
        30, "cuts", 1, 1e6, "Of a part, those broken most; more are often broken by the same areas."
    )
    cut_towns_each: int = number(4, "towns", 1, UNLIMITED, "Or one cut for so many towns of it.")
    cut_keep_share: float = number(
        0.005, "of an area's value", 0, 100, "Dearer columns leave the master before cuts come."
    )
    core_lists: tuple[int, ...] = number(
        (2_000, 20_000, 200_000), "groups", 1, 1e9, "Lists of those who would leave: short first."
    )
    core_at_once: int = number(
        200, "groups", 1, 1e7, "Leavers valued exactly at once, those who gain most first."
    )
    choices_most: int = number(
        200, "choices", 1, 1e6, "A choice is made anew without areas that break the core."
    )
    subproblem_list: int = number(
        600, "groups", 1, 1e8, "Longest list of a seat of a subproblem, which need not be proven."
    )
