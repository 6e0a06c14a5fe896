"""Uncertain data: what may be off, the draws of it, and the region or its arrays in each draw.

For what values areas in many draws (:mod:`~optimizer.uncertainty.cases`)::

    drawn = drawn_cases(case)        # the draws of the region's own [uncertainty]
    len(drawn), drawn[0].cost        # a Case of each draw, about a millisecond each

A draw is fixed by the seed, its number, how many there are, and the key of the town: neither the
order of towns nor other data change it. A :class:`~optimizer.tariffs.case.Case` of a draw shares
reach, hours, resources (sizes), rules of tariffs and policy with the given one; drawn are
``classes`` (connections, consumption, income), ``cost`` (every column of it but ``size``, ``least``
and ``most``; hours on the road stand in ``trips_year``, so that they change cost and never reach),
``revenue_year``, ``caps``, ``price_most``, ``level_most``, ``stand_alone_year`` and what follows
from them. So for an area S, its seat j and operator model m in draw d::

    C_d = case_d.cost.serve_requirement(S, hours, S != j)[:, m].sum() + open_requirement()[m]
    value = mean over d of C_d + lambda max(0, C_d - R_d(S))

with ``R_d`` from :func:`optimizer.tariffs.revenue.best_revenue` (or public money with support from
:func:`optimizer.tariffs.public_money.least_public_money`) of ``case_d``. Which seat and model may
serve whom is said by the given case alone.
"""
