"""Grouping plain matrices: the same question without tariffs, for other cost models.

`group` is the entry, `Grouping` its result.
"""

from optimizer.solving.plain_matrices.problem.grouping import Grouping
from optimizer.solving.plain_matrices.run import group

__all__ = ["Grouping", "group"]
