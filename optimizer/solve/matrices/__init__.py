"""Grouping plain matrices: the same question without tariffs, for other cost models.

`group` is the entry, `Grouping` its result.
"""

from optimizer.solve.matrices.grouping import Grouping
from optimizer.solve.matrices.run import group

__all__ = ["Grouping", "group"]
