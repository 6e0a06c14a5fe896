"""An instance: what is, as frozen tables whose gaps have been filled and named."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import pandas as pd

from optimizer.errors import InstanceError
from optimizer.instance.check.checks import cross_checks, horizon_checks
from optimizer.instance.check.demand_checks import demand_checks
from optimizer.instance.check.settings_checks import Place
from optimizer.instance.check.uncertainty_checks import expected_checks, uncertainty_checks
from optimizer.instance.fingerprint import fingerprint
from optimizer.instance.reading.findings import Derived
from optimizer.instance.schema.demand_fields import Demand
from optimizer.instance.schema.fields import Source, Tariff, Travel
from optimizer.instance.schema.policy import Policy
from optimizer.instance.schema.uncertainty_fields import Uncertainty
from optimizer.instance.schema.year_fields import Horizon
from optimizer.instance.town_names import TownNames
from optimizer.instance.writing.show import instance_card, tree

__all__ = ["Derived", "Instance"]


@dataclass(frozen=True, eq=False)
class Instance:
    """A region: towns, customers, operator models, tariff rules, travel and promises.

    All tables are complete: every optional datum has been filled, and :attr:`derived` names what
    was filled and how. Tables are never changed in place; use :meth:`replace`.

    Attributes
    ----------
    name : str
        Short name (the folder's), used in file names and run names.
    title, currency : str
        Shown in reports; all money is in this currency at the price year.
    price_year : int
        Year of all prices.
    crs : str
        Projected coordinate system in which lengths are measured, such as ``"EPSG:32718"``.
    towns : geopandas.GeoDataFrame
        Index ``town``; columns of ``fields.Town`` without gaps except
        ``income_month``, ``gini``, ``poverty_rate``, ``asset_value``, ``leaving_chance``;
        geometry in EPSG:4326.
    households : pandas.DataFrame
        Index ``(town, group)``; ``share``, ``connections``, ``income_month``,
        ``consumption_m3_month``, ``category``.
    customers : pandas.DataFrame
        Index ``(town, category)``; ``connections``, ``consumption_m3_month``. May be empty.
    operator_models : pandas.DataFrame
        Index ``operator_model``; columns of ``fields.OperatorModel``.
    tariff, travel, policy
        Rules of the schedule, rules of derived travel, promises.
    travel_table : pandas.DataFrame or None
        Index ``(origin, destination)``; ``hours``, ``km``. Only what the planner gave.
    adjacency_table : pandas.DataFrame or None
        Columns ``town_a``, ``town_b``, ``shared_border_km``. Only what the planner gave.
    roads : geopandas.GeoDataFrame or None
        Lines with ``speed_km_h`` and/or ``road_class``, EPSG:4326.
    boundaries : geopandas.GeoDataFrame or None
        Polygons, index ``town``, EPSG:4326.
    groupings : mapping of str to pandas.Series
        The planner's own groupings: town -> operator label.
    demand : Demand
        How consumption follows the price, where the policy asks for it.
    horizon : Horizon or None
        The years of a tariff path; None where the plan is one of a single year.
    uncertainty : Uncertainty
        How far the data may be off, and the draws of them.
    targets : pandas.DataFrame or None
        Index ``town``; columns of ``year_fields.Target``, with gaps.
    investments : pandas.DataFrame or None
        Columns of :class:`~optimizer.instance.schema.year_fields.Investment`, one row per works.
    beside : pandas.DataFrame or None
        Index ``town``; the planner's own columns as texts, given back in every output.
    sources, assumptions, derived
        Where the figures come from, what was assumed, and what was filled in.

    Raises
    ------
    InstanceError
        If the tables contradict each other; lists every problem.
    """

    name: str
    title: str
    currency: str
    price_year: int
    crs: str
    towns: gpd.GeoDataFrame
    households: pd.DataFrame
    customers: pd.DataFrame
    operator_models: pd.DataFrame
    tariff: Tariff = field(default_factory=Tariff)
    travel: Travel = field(default_factory=Travel)
    policy: Policy = field(default_factory=Policy)
    travel_table: pd.DataFrame | None = None
    adjacency_table: pd.DataFrame | None = None
    roads: gpd.GeoDataFrame | None = None
    boundaries: gpd.GeoDataFrame | None = None
    groupings: Mapping[str, pd.Series] = field(default_factory=dict)
    demand: Demand = field(default_factory=Demand)
    horizon: Horizon | None = None
    uncertainty: Uncertainty = field(default_factory=Uncertainty)
    targets: pd.DataFrame | None = None
    investments: pd.DataFrame | None = None
    beside: pd.DataFrame | None = None
    sources: tuple[Source, ...] = ()
    assumptions: tuple[str, ...] = ()
    derived: tuple[Derived, ...] = ()

    def __post_init__(self) -> None:
        """Take towns by their keys where promises call them by name; check that all agrees."""
        if not self.policy.towns_named() <= set(map(str, self.towns.index)):
            policy = self.policy.with_towns(self.town_names.keyed)
            object.__setattr__(self, "policy", policy)
        problems = cross_checks(
            towns=self.towns,
            households=self.households,
            customers=self.customers,
            operator_models=self.operator_models,
            tariff=self.tariff,
            policy=self.policy,
            crs=self.crs,
            travel_table=self.travel_table,
            adjacency_table=self.adjacency_table,
        )
        problems += horizon_checks(
            self.towns.index,
            self.targets,
            self.investments,
            price_year=self.price_year,
            horizon=self.horizon,
            demand_response=self.policy.demand_response,
        )
        problems += demand_checks(
            self.demand,
            policy=self.policy,
            tariff=self.tariff,
            operator_models=self.operator_models,
            horizon=self.horizon,
            place=Place("settings"),
        )
        problems += uncertainty_checks(self.uncertainty, Place("settings"))
        problems += expected_checks(self.policy, self.horizon, Place("settings"))
        if problems:
            raise InstanceError(problems)

    @cached_property
    def town_names(self) -> TownNames:
        """What each town may be called: by key, by name, by name with zone or key."""
        return TownNames.of(self.towns)

    def replace(self, **changes: object) -> Instance:
        """Return a copy with the given attributes changed, validated again.

        Examples
        --------
        >>> from optimizer.instance.writing.templates import template_instance
        >>> valley = template_instance()
        >>> valley.replace(policy=valley.policy.replace(reach_hours=0.5)).policy.reach_hours
        0.5
        """
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    @property
    def areas_connected(self) -> bool:
        """Whether a plan's areas must be connected: ``policy.connected``, with auto decided.

        Examples
        --------
        >>> from optimizer.instance.writing.templates import template_instance
        >>> valley = template_instance()
        >>> valley.policy.connected, valley.areas_connected
        ('auto', False)
        """
        asked = self.policy.connected
        if asked != "auto":
            return bool(asked)
        if self.adjacency_table is not None:
            return True
        return self.boundaries is not None and bool(
            self.towns.index.isin(self.boundaries.index).all()
        )

    def fingerprint(self) -> str:
        """Return the SHA-256 of the content, the same on every machine.

        Name, row order, ``beside`` and ``derived`` do not count; see
        :func:`optimizer.instance.fingerprint.fingerprint`.

        Examples
        --------
        >>> from optimizer.instance.writing.templates import template_instance
        >>> valley = template_instance()
        >>> valley.fingerprint() == valley.replace(name="other").fingerprint()
        True
        """
        return fingerprint(self)

    def __repr__(self) -> str:
        return tree(self)

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """Return what a notebook shows: data, promises, size, the first towns."""
        return instance_card(self)
