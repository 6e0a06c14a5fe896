"""What is near: travel between towns, who neighbours whom, which seat reaches which town."""

from optimizer.geography.adjacency import adjacency_of
from optimizer.geography.nearest import nearest_reach, pair_reach
from optimizer.geography.reach import Reach, reach_of
from optimizer.geography.territories import territories_of
from optimizer.geography.travel import travel_pairs

__all__ = [
    "Reach",
    "adjacency_of",
    "nearest_reach",
    "pair_reach",
    "reach_of",
    "territories_of",
    "travel_pairs",
]
