"""The one table of costs: every column, what it is paid for, and the factors that move it.

Declarations only; what they come to is computed in :mod:`optimizer.costs`. A new cost is one row of
:data:`~optimizer.cost_terms.terms.TERMS` and one of the audit's own table.
"""
