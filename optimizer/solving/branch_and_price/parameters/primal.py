"""Numbers of the search for plans."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.errors import PolicyError
from optimizer.solving.branch_and_price.parameters.tuning import UNLIMITED, Tuned, described, number

__all__ = ["PrimalParameters"]


@described
@dataclass(frozen=True)
class PrimalParameters(Tuned):
    """How plans are found and improved."""

    quick_dive_near: tuple[float, ...] = number(
        (3e-3,), "of the master's value", 0, 1, "Bound of each step of a first, quick dive."
    )
    quick_dive_sure: tuple[float, ...] = number(
        (0.6,), "of an area", 0, 1, "It takes what the master uses more; above 0.5 none overlap."
    )
    careful_dive_near: tuple[float, ...] = number(
        (3e-4, 1e-5), "of the master's value", 0, 1, "The same of dives that follow."
    )
    careful_dive_sure: tuple[float, ...] = number(
        (0.8, 0.8), "of an area", 0, 1, "They take less for granted."
    )
    settle_seconds: float = number(
        5.0, "s", 0, UNLIMITED, "For seats and models of given areas under totals: a choice of few."
    )
    dive_towns_each: int = number(
        100, "towns", 1, UNLIMITED, "One area more is taken for so many towns, so that dives end."
    )
    dive_seconds_share: float = number(
        0.1, "of the time left", 0, 1, "Of a dive: three leave the proof most of the time."
    )
    dive_missing: float = number(
        0.1, "of the towns", 0, 1, "A master that serves fewer gives no good dive."
    )
    dive_sure_later: float = number(
        1.0, "of an area", 0, 1, "After the first step only whole areas are taken together."
    )
    window_towns: tuple[int, ...] = number(
        (80, 120, 200, 320, 500), "towns", 1, UNLIMITED, "Windows grow: small ones are quick."
    )
    window_widths: tuple[float, ...] = number(
        (0.004, 0.01, 0.02, 0.03, 0.05), "of an area's value", 0, 10, "Their columns' reduced cost."
    )
    window_columns: int = number(
        3_000, "columns", 1, 1e8, "The best of a window: HiGHS chooses among them in seconds."
    )
    window_columns_per_town: int = number(
        25, "columns", 1, 1e6, "Or so many for each of its towns."
    )
    window_seconds: float = number(
        10.0, "seconds", 0.1, 1e6, "Of one choice; longer ones seldom end better."
    )
    window_above_towns: int = number(
        120, "towns", 0, UNLIMITED, "Smaller parts are left to the proof, which sees all columns."
    )
    window_visits: int = number(
        5, "windows", 1, UNLIMITED, "That hold a town without gain before it starts none any more."
    )
    windows_together: int = number(
        12, "windows", 1, UNLIMITED, "Chosen side by side, whatever the threads: the same plan."
    )
    windows_looked_ahead: int = number(
        40, "windows", 1, UNLIMITED, "Looked at for some that share no town."
    )
    rich_list: int = number(
        100, "groups", 1, 1e8, "Searched of each seat before windows of a large region."
    )
    rich_width: float = number(
        0.05, "of an area's value", 0, 10, "Reduced cost that they may have."
    )
    anew_towns: int = number(
        250, "towns", 1, UNLIMITED, "A window solved anew: a few seconds of column generation."
    )
    anew_visits: int = number(1, "windows", 1, UNLIMITED, "That hold a town.")
    anew_width: float = number(
        0.001, "of an area's value", 0, 10, "Reduced cost of columns that it begins with."
    )
    anew_box: float = number(0.03, "of a dual", 0, 100, "The region's duals are near already.")
    anew_near: float = number(
        1e-3, "of the master's value", 0, 1, "Its bound need only be near: it serves its plan."
    )
    anew_rounds: int = number(12, "rounds", 1, UNLIMITED, "Of its column generation.")
    anew_columns_per_seat: int = number(2, "columns", 1, 1e5, "Given to its master a round.")
    anew_list: int = number(40, "groups", 1, 1e8, "Longest list of its seats.")
    anew_cut_rounds: int = number(2, "rounds", 0, 1_000, "Of subset-row cuts: plans get whole.")
    anew_rounds_with_cuts: int = number(
        4, "rounds", 1, UNLIMITED, "Of column generation after each."
    )
    anew_seconds_share: float = number(0.1, "of the time left", 0, 1, "A window takes at most.")
    anew_seconds: float = number(15.0, "seconds", 0.1, 1e6, "A window takes at most.")
    anew_cut_share: float = number(
        0.4, "of its time", 0, 1, "Cuts take at most; the dive needs the rest."
    )
    assign_pairs: int = number(
        60_000, "pairs", 0, UNLIMITED, "Larger assignment programmes find no plan in their time."
    )
    assign_seconds: float = number(10.0, "seconds", 0.1, 1e6, "An assignment takes at most.")
    assign_seconds_share: float = number(
        0.2, "of the time left", 0, 1, "And of a short time limit."
    )
    assign_gap: float = number(
        0.02, "of its value", 0, 1, "It is a start; its cost is rough anyway."
    )
    exchange_towns: int = number(
        60,
        "towns",
        0,
        UNLIMITED,
        "Exchanges of two towns are tried up to here: their number squares.",
    )
    move_rounds: int = number(200, "rounds", 0, UNLIMITED, "Of moves; most end by themselves.")
    dissolve_towns: int = number(
        1_000, "towns", 0, UNLIMITED, "Areas of larger regions are not dissolved one by one."
    )
    dissolve_sweeps: int = number(
        20, "sweeps", 0, UNLIMITED, "Over all areas; few change anything."
    )

    def __post_init__(self) -> None:
        """Refuse lists of unequal length too."""
        super().__post_init__()
        for name in ("quick_dive_near", "careful_dive_near", "window_towns"):
            other = name.replace("_near", "_sure").replace("_towns", "_widths")
            given = vars(self)
            if len(given[name]) != len(given[other]):
                raise PolicyError(f"{name} and {other} go together: give as many of each")
