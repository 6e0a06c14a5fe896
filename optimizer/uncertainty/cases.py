"""A region's arrays in each draw: geography shared, figures replaced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.cost_terms.terms import Line, Per
from optimizer.costs.quantities import Quantities, quantities_of
from optimizer.costs.sums import model_cost, town_cost
from optimizer.tariffs.case import Case
from optimizer.uncertainty.draws import Draws, draws_of

__all__ = ["DrawnCases", "drawn_cases"]


@dataclass(frozen=True, eq=False)
class DrawnCases(Sequence[Case]):
    """The case of each draw, made when it is asked for.

    Attributes
    ----------
    given : Case
        The case at the given figures.
    draws : Draws
        Drawn factors.
    collection_rate : array of shape (draws, towns)
        Share of billed money that comes in.
    operation_year, steady_operation_year, replacement_year, transition_year, trips_year : array
        As in :class:`~optimizer.costs.area_cost.CostTable`, shape (draws, towns).
    overhead_year, crew_hour_cost : array of shape (draws, operator models)
        As there.
    """

    given: Case
    draws: Draws
    collection_rate: Floats
    operation_year: Floats
    steady_operation_year: Floats
    replacement_year: Floats
    transition_year: Floats
    trips_year: Floats
    overhead_year: Floats
    crew_hour_cost: Floats

    def __len__(self) -> int:
        return self.draws.count

    @overload
    def __getitem__(self, index: int) -> Case: ...

    @overload
    def __getitem__(self, index: slice) -> list[Case]: ...

    def __getitem__(self, index: int | slice) -> Case | list[Case]:
        """Return the case of a draw, numbered from 0."""
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = range(len(self))[index]
        given = self.given
        cost = replace(
            given.cost,
            operation_year=self.operation_year[at],
            steady_operation_year=self.steady_operation_year[at],
            replacement_year=self.replacement_year[at],
            transition_year=self.transition_year[at],
            trips_year=self.trips_year[at],
            overhead_year=self.overhead_year[at],
            crew_hour_cost=self.crew_hour_cost[at],
        )
        classes = replace(
            given.classes,
            connections=self._of_classes(given.classes.connections, "connections", at),
            consumption_m3_month=self._of_classes(
                given.classes.consumption_m3_month, "consumption", at
            ),
            income_month=self._of_classes(given.classes.income_month, "income", at),
        )
        return given.with_figures(classes, cost, self.collection_rate[at])

    def __iter__(self) -> Iterator[Case]:
        return (self[at] for at in range(len(self)))

    def _of_classes(self, values: Floats, name: str, at: int) -> Floats:
        """Return a figure of the customer classes in a draw; the very array if it is not drawn."""
        if name not in self.draws.town:
            return values
        factor = self.draws.town[name][at]
        each = factor if len(factor) == 1 else factor[self.given.classes.town]
        return np.asarray(values * each, dtype=np.float64)


def drawn_cases(case: Case, draws: Draws | None = None) -> DrawnCases:
    """Return the case in each draw of its uncertain data.

    Parameters
    ----------
    case : Case
        The region at its given figures; its reach, sizes and policy hold in every draw.
    draws : Draws, optional
        Those of the region's own ``[uncertainty]`` by default.

    Examples
    --------
    >>> import optimizer as op
    >>> case = op.case_of(op.read("instances/pair"))
    >>> dear = Draws(1, model={"overhead": np.array([[2.0]])})
    >>> case.cost.overhead_year.tolist(), drawn_cases(case, dear)[0].cost.overhead_year.tolist()
    ([60000.0], [120000.0])
    """
    drawn = draws_of(case.instance) if draws is None else draws
    count, towns, models = drawn.count, case.towns, case.instance.operator_models
    table = pd.DataFrame(case.instance.towns)
    here = _quantities(case, drawn, table)

    def by_town(values: Floats) -> Floats:
        return np.broadcast_to(values, (count, towns))

    def cost(line: Line, *, efficiency: bool = False) -> Floats:
        return by_town(town_cost(table, here, line, efficiency=efficiency, factors=drawn.town))

    def by_model(per: Per) -> Floats:
        return np.broadcast_to(model_cost(models, per, drawn.model), (count, len(models)))

    return DrawnCases(
        given=case,
        draws=drawn,
        collection_rate=by_town(drawn.share("collection_rate", _column(table, "collection_rate"))),
        operation_year=cost(Line.OPERATION, efficiency=True),
        steady_operation_year=cost(Line.OPERATION),
        replacement_year=cost(Line.REPLACEMENT),
        transition_year=cost(Line.TRANSITION),
        trips_year=by_town(case.cost.trips_year * drawn.factor("trips", "hours")),
        overhead_year=by_model(Per.AREA),
        crew_hour_cost=by_model(Per.ROAD_HOUR),
    )


def _quantities(case: Case, drawn: Draws, towns: pd.DataFrame) -> Quantities:
    """Return what there is in each town and draw."""
    lost = drawn.share("non_revenue_water", _column(towns, "non_revenue_water"))
    before = quantities_of(case.classes, lost, towns=case.towns)
    more, thirstier = drawn.factor("connections"), drawn.factor("connections", "consumption")
    return replace(
        before,
        connections=before.connections * more,
        billed_m3_month=before.billed_m3_month * thirstier,
        sewer_connections=before.sewer_connections * more,
        sewer_m3_month=before.sewer_m3_month * thirstier,
    )


def _column(table: pd.DataFrame, name: str) -> Floats:
    return table[name].to_numpy(dtype=np.float64)
