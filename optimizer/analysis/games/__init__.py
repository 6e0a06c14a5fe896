"""Cooperative cost games: who should pay what, who would rather leave, who belongs together.

Stands on its own for any *characteristic function*: ``cost`` is a mapping or a callable from a
``frozenset`` of players to what that coalition pays when it serves itself. Players are any
hashable labels; shares are pandas Series indexed by player, in the money of ``cost``, and add up
to the cost of all players together.

A game may be anything: it need not be subadditive (larger is not always cheaper), its core may be
empty, and an infinite cost says that a coalition cannot form.

============================================  ====================================================
question                                      function
============================================  ====================================================
share in proportion to something              :func:`proportional`
pay what you add, share the rest by benefit   :func:`separable_costs_remaining_benefits`
pay what you add on average, in any order     :func:`shapley`, :func:`estimate_shapley`
make the least content coalition content      :func:`least_core`, :func:`nucleolus`
would some coalition rather leave?            :func:`core_violations`
what does it take to keep everybody?          :func:`stabilising_subsidy`
which groups are cheapest altogether?         :func:`best_partition`
============================================  ====================================================

Tabulate the cost once with :func:`tabulate` when several functions are to use it.

Sources: H. P. Young, N. Okada, T. Hashimoto, "Cost allocation in water resources development",
Water Resources Research 18(3), 1982; D. Schmeidler, "The nucleolus of a characteristic function
game", SIAM Journal on Applied Mathematics 17, 1969; M. Maschler, B. Peleg, L. S. Shapley,
"Geometric properties of the kernel, nucleolus, and related solution concepts", Mathematics of
Operations Research 4, 1979.
"""

from optimizer.analysis.games.characteristic import (
    LARGEST_TABULATED,
    Cost,
    Game,
    GameError,
    tabulate,
)
from optimizer.analysis.games.core import LeastCore, Separate, core_violations, least_core
from optimizer.analysis.games.partition import Partition, best_partition
from optimizer.analysis.games.prenucleolus import nucleolus
from optimizer.analysis.games.rules_of_thumb import proportional, separable_costs_remaining_benefits
from optimizer.analysis.games.shapley_value import ShapleyEstimate, estimate_shapley, shapley
from optimizer.analysis.games.subsidy import StabilisingSubsidy, stabilising_subsidy
from optimizer.analysis.games.weights import Weight

__all__ = [
    "LARGEST_TABULATED",
    "Cost",
    "Game",
    "GameError",
    "LeastCore",
    "Partition",
    "Separate",
    "ShapleyEstimate",
    "StabilisingSubsidy",
    "Weight",
    "best_partition",
    "core_violations",
    "estimate_shapley",
    "least_core",
    "nucleolus",
    "proportional",
    "separable_costs_remaining_benefits",
    "shapley",
    "stabilising_subsidy",
    "tabulate",
]
