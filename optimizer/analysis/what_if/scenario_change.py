"""Apply a scenario to a region: what is multiplied, set, closed, refused, offered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
from pydantic import ValidationError

from optimizer.analysis.what_if.road_closed import CLOSED_HOURS, travel_without_roads
from optimizer.analysis.what_if.scenario_file import Scenario
from optimizer.cost_terms.factors import FACTORS, SHARES_MOST
from optimizer.errors import InstanceError, PolicyError, Problem
from optimizer.instance.instance import Instance
from optimizer.instance.reading.findings import near
from optimizer.instance.schema.fields import OperatorModel, Tariff
from optimizer.instance.town_names import TownNames

__all__ = ["changed_region"]


def changed_region(region: Instance, scenario: Scenario) -> Instance:
    """Return the region as a scenario has it, validated again.

    A factor multiplies the columns that :data:`~optimizer.cost_terms.factors.FACTORS` names; one on
    ``collection_rate`` stops at 1, one on ``non_revenue_water`` at 0.99. A closed pair
    of towns keeps its place in the travel table, 1,000 hours apart; other pairs whose way led
    through it keep theirs, but a closed road sends them the best other way. A town that refuses is
    kept apart from every other town.

    Raises
    ------
    InstanceError, PolicyError
        If the scenario names what the region does not have, or leaves it contradictory.

    Examples
    --------
    >>> import optimizer as op
    >>> dear = changed_region(op.read("instances/pair"), Scenario(multiply={"costs": 1.2}))
    >>> float(dear.operator_models.loc["social enterprise", "overhead_year"])
    72000.0
    """
    names = region.town_names
    scenario = _keyed(scenario, names)
    _check_names(region, scenario, names)
    policy = region.policy.replace(**scenario.policy)
    others = {town: [str(o) for o in region.towns.index if o != town] for town in scenario.refuse}
    refused = tuple((town, other) for town, rest in others.items() for other in rest)
    changed = region.replace(
        policy=policy.replace(keep_apart=policy.keep_apart + refused),
        tariff=_tariff(region.tariff, scenario.tariff),
        operator_models=_models(region.operator_models, scenario),
        travel_table=_travel(_roads_left(region, scenario), scenario),
    )
    for name, factor in scenario.multiply.items():
        changed = _multiplied(changed, name, factor)
    if scenario.set:
        changed = changed.replace(towns=changed.towns.assign(**scenario.set))
    return changed


def _keyed(scenario: Scenario, names: TownNames) -> Scenario:
    """Return the scenario with towns by their keys, where it calls them by name."""
    key = names.keyed
    changes = {
        "refuse": tuple(key(town) for town in scenario.refuse),
        "close": tuple((key(a), key(b)) for a, b in scenario.close),
        "close_roads": tuple((key(a), key(b)) for a, b in scenario.close_roads),
        "hours": tuple((key(a), key(b), hours) for a, b, hours in scenario.hours),
    }
    return scenario.model_copy(update=changes)


def _check_names(region: Instance, scenario: Scenario, names: TownNames) -> None:
    towns = list(names.names)
    models = [str(m) for m in region.operator_models.index]
    columns = [str(c) for c in region.towns.select_dtypes("number").columns]
    problems = [
        *_unknown("refuse", scenario.refuse, towns, names.hint),
        *_unknown("close", [t for pair in scenario.close for t in pair], towns, names.hint),
        *_unknown(
            "close_roads", [t for pair in scenario.close_roads for t in pair], towns, names.hint
        ),
        *_unknown("hours", [t for a, b, _ in scenario.hours for t in (a, b)], towns, names.hint),
        *_unknown("drop_operator_models", scenario.drop_operator_models, models),
        *_unknown("set", scenario.set, columns),
    ]
    if problems:
        raise InstanceError(problems)


def _unknown(
    key: str,
    names: Iterable[str],
    known: Sequence[str],
    hint: Callable[[str], str] | None = None,
) -> list[Problem]:
    nearest = hint or partial(near, known=known)
    return [
        Problem(
            "scenario",
            None,
            key,
            f"{name!r} is not in the region",
            f"{nearest(name)}correct it",
        )
        for name in dict.fromkeys(names)
        if name not in known
    ]


def _tariff(tariff: Tariff, changes: Mapping[str, object]) -> Tariff:
    try:
        return Tariff.model_validate({**tariff.model_dump(), **changes})
    except ValidationError as error:
        lines = [f"tariff.{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise PolicyError("; ".join(lines)) from None


def _models(models: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    gone = {*scenario.drop_operator_models, *(m.operator_model for m in scenario.operator_models)}
    kept = models[~models.index.isin(gone)]
    if not scenario.operator_models:
        return kept
    rows = [OperatorModel.model_dump(model) for model in scenario.operator_models]
    added = pd.DataFrame(rows).set_index("operator_model")[list(models.columns)]
    return pd.concat([kept, added.astype(models.dtypes.to_dict())])


def _roads_left(region: Instance, scenario: Scenario) -> pd.DataFrame | None:
    if not scenario.close_roads:
        return region.travel_table
    return travel_without_roads(region, scenario.close_roads)


def _travel(table: pd.DataFrame | None, scenario: Scenario) -> pd.DataFrame | None:
    given = [(a, b, CLOSED_HOURS) for a, b in scenario.close] + list(scenario.hours)
    if not given:
        return table
    rows = [(x, y, hours, np.nan) for a, b, hours in given for x, y in ((a, b), (b, a))]
    new = pd.DataFrame(rows, columns=["origin", "destination", "hours", "km"])
    new = new.drop_duplicates(["origin", "destination"], keep="last")
    new = new.set_index(["origin", "destination"])
    if table is None:
        return new
    known = table["km"].reindex(new.index)
    return pd.concat([table[~table.index.isin(new.index)], new.assign(km=known)])


def _multiplied(region: Instance, name: str, factor: float) -> Instance:
    """Return the region with the columns of a named factor multiplied, where it has them."""
    tables = {
        "towns": region.towns,
        "households": region.households,
        "customers": region.customers,
        "operator_models": region.operator_models,
    }
    for table, column in FACTORS[name]:
        if column in tables[table].columns:
            values = (tables[table][column] * factor).clip(upper=SHARES_MOST.get(column))
            tables[table] = tables[table].assign(**{column: values})
    return region.replace(**tables)
