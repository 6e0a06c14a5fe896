"""Numbers of the arrays of a case and of pricing."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.solving.branch_and_price.parameters.tuning import UNLIMITED, Tuned, described, number

__all__ = ["PricingParameters", "ProblemParameters"]


@described
@dataclass(frozen=True)
class ProblemParameters(Tuned):
    """How the arrays of a case are worked on."""

    entries_at_once: int = number(
        2_000_000, "array entries", 1_000, 1e9, "Groups are valued in parts: bounds the memory."
    )
    programmes_at_once: int = number(
        20_000, "linear programmes", 1, 1e7, "Tariffs found in one batch: bounds the memory."
    )
    programmes_compiled_towns: int = number(
        12, "towns", 0, UNLIMITED, "Smaller regions have too few programmes to compile code for."
    )
    counted_above_towns: int = number(
        20, "towns", 0, UNLIMITED, "Smaller parts are solved before counting operators would pay."
    )
    least_violation: float = number(
        0.02, "areas", 1e-6, 1, "Subset rows broken by less lift the bound by next to nothing."
    )


@described
@dataclass(frozen=True)
class PricingParameters(Tuned):
    """How seats are searched for groups of negative reduced cost."""

    no_subsidy_weight: float = number(
        20.0, "money per money", 1, 1e6, "Largest multiplier of a lack of revenue no one may fill."
    )
    multiplier_rounds: int = number(
        2, "rounds", 0, 100, "Multipliers are raised in turn; a third round gains next to nothing."
    )
    multiplier_halvings: int = number(
        7,
        "halvings",
        1,
        60,
        "Precision of a multiplier, 1/128 of its range: bounds are flat there.",
    )
    compiled_above_towns: int = number(
        60,
        "towns",
        0,
        UNLIMITED,
        "Smaller regions are solved sooner than the compiler is done once.",
    )
    compiled_above_towns_with_cuts: int = number(
        40, "towns", 0, UNLIMITED, "Cut duals make a region of some dozen towns hard already."
    )
    compiled_above_list: int = number(
        100_000, "groups", 0, UNLIMITED, "Longer lists of a seat take numpy minutes."
    )
    nodes_per_group: int = number(
        100, "labels", 0, 1e6, "Labels that a seat may look at in one try, by groups wanted."
    )
    nodes_least: int = number(
        50_000, "labels", 1, 1e9, "But at least so many: milliseconds of compiled code."
    )
    nodes_most: int = number(
        10_000_000, "labels", 1, 1e12, "And at most so many, about a second: Ctrl-C is heard."
    )
    nodes_batch: int = number(
        50_000_000, "labels", 1, 1e12, "Seats searched in one call: some seconds, for Ctrl-C."
    )
    seats_batch: int = number(
        50, "seats", 1, UNLIMITED, "Seats searched in one call: shares the work among threads."
    )
    cells_batch: int = number(
        1_000_000, "array entries", 1, 1e9, "Seats searched in one numpy step: bounds the memory."
    )
    whole_towns_few_seats: int = number(
        13, "towns", 1, 20, "Neighbourhoods listed whole where seats are few: 2^13 groups."
    )
    whole_towns: int = number(
        10, "towns", 1, 20, "Neighbourhoods listed whole where seats are many: 2^10 groups."
    )
    few_seats: int = number(
        60, "seats", 0, UNLIMITED, "So many seats with whole lists still fit the memory."
    )
    list_first: int = number(
        20, "groups", 1, 1e6, "First lists are short: the first duals are rough anyway."
    )
    list_growth: int = number(
        3, "times", 2, 100, "A list that may miss better groups grows by this."
    )
    list_most: int = number(
        100_000, "groups", 1, 1e8, "No list grows longer: bounds the memory of a seat."
    )
    wanted_share: float = number(
        0.01, "of an area's value", 0, 1, "Groups dearer than this by reduced cost seldom serve."
    )
    unsure_share: float = number(
        0.1, "of the gap", 0, 1, "How unsure all seats together may leave the bound."
    )
    tries: int = number(
        9, "tries", 1, 50, "A compiled search splits its branches and tries again; then it settles."
    )
    tries_for_all: int = number(
        2,
        "tries",
        1,
        50,
        "After these only the least reduced cost is sought, which sets the bound.",
    )
    tries_before_lowering: int = number(
        4, "tries", 0, 50, "After these the threshold is lowered too: a weaker, true answer."
    )
    splits_per_try: int = number(
        4, "splits", 1, 20, "Each split doubles the branches at most: 16 times as many a try."
    )
    most_branches: int = number(
        4_000, "branches", 1, 1e6, "More are not split: bounding them costs more than it saves."
    )
    guards: int = number(
        24, "labels", 0, 1_000, "Labels kept a step to dominate later ones; each is compared."
    )
    compiled_halvings: int = number(
        10, "halvings", 1, 60, "As multiplier_halvings; compiled code affords three more."
    )
    compiled_rounds: int = number(2, "rounds", 0, 100, "As multiplier_rounds, in compiled code.")
