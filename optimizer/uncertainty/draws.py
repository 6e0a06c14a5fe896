"""Draws of uncertain data: a factor for each datum, draw and town."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from scipy.special import ndtr

from optimizer.arrays import Floats
from optimizer.cost_terms.factors import FACTORS, SHARES_MOST
from optimizer.instance.check.uncertainty_checks import correlation_matrix
from optimizer.instance.instance import Instance
from optimizer.instance.schema.uncertainty_fields import Uncertain, Uncertainty
from optimizer.uncertainty.ranges import stated_or_default
from optimizer.uncertainty.scores import common_scores, own_scores

__all__ = ["Draws", "draw", "draws_of"]

NOTHING: Mapping[str, Floats] = MappingProxyType({})
COLLECTION_LEAST = 0.001
"""Smallest collection rate that the field allows."""


@dataclass(frozen=True, eq=False)
class Draws:
    """Drawn factors.

    Attributes
    ----------
    count : int
        Number of draws.
    town : mapping of str to array of shape (draws, towns) or (draws, 1)
        Factor of each datum, by the names of :data:`~optimizer.cost_terms.factors.UNCERTAIN`.
    model : mapping of str to array of shape (draws, operator models) or (draws, 1)
        The same for costs of operator models.
    absolute : frozenset of str
        Names whose draws are the values themselves.
    """

    count: int
    town: Mapping[str, Floats] = field(default_factory=lambda: NOTHING)
    model: Mapping[str, Floats] = field(default_factory=lambda: NOTHING)
    absolute: frozenset[str] = field(default_factory=frozenset)

    def factor(self, *names: str) -> Floats:
        """Return the product of the towns' factors of some data; 1 where nothing was drawn."""
        product: Floats = np.ones((1, 1))
        for name in names:
            if name in self.town and name not in self.absolute:
                product = product * self.town[name]
        return product

    def share(self, name: str, given: Floats) -> Floats:
        """Return collection or losses of each town: drawn, or multiplied by the drawn factor.

        Parameters
        ----------
        name : str
            ``collection_rate`` or ``non_revenue_water``.
        given : array of shape (towns,)
            As the region has it.

        Examples
        --------
        >>> twice = Draws(1, town={"collection_rate": np.full((1, 1), 2.0)})
        >>> twice.share("collection_rate", np.array([0.4, 0.8])).tolist()
        [[0.8, 1.0]]
        """
        least = COLLECTION_LEAST if name == "collection_rate" else 0.0
        if name in self.absolute:
            drawn = self.town[name] + np.zeros(len(given))
        else:
            drawn = given * self.factor(name)
        return np.asarray(np.clip(drawn, least, SHARES_MOST[name]), dtype=np.float64)

    def only(self, name: str) -> Draws:
        """Return the draws of one datum alone; the others stay as given."""
        return Draws(
            self.count,
            {k: v for k, v in self.town.items() if k == name},
            {k: v for k, v in self.model.items() if k == name},
            self.absolute,
        )


def draws_of(region: Instance, *, draws: int | None = None, seed: int | None = None) -> Draws:
    """Return the draws of a region's uncertain data, stated or by default.

    Parameters
    ----------
    region : Instance
        Its ``uncertainty`` says what is drawn.
    draws, seed : int, optional
        Other numbers than the region's own: fresh draws to judge a plan by.

    Examples
    --------
    >>> import optimizer as op
    >>> draws_of(op.read("instances/pair"), draws=3).town["income"].shape
    (3, 2)
    """
    own = region.uncertainty
    return draw(
        own.replace(data=stated_or_default(region)),
        [str(town) for town in region.towns.index],
        [str(model) for model in region.operator_models.index],
        draws=own.draws if draws is None else draws,
        seed=own.seed if seed is None else seed,
    )


def draw(
    uncertainty: Uncertainty,
    towns: Sequence[str],
    models: Sequence[str],
    *,
    draws: int,
    seed: int,
) -> Draws:
    """Return draws of uncertain data; those of one do not depend on others it is independent of.

    Parameters
    ----------
    uncertainty : Uncertainty
        Distributions and correlations.
    towns, models : sequence of str
        Keys of the towns and of the operator models.
    draws, seed : int
        How many draws, and the seed.

    Examples
    --------
    >>> same = Uncertain(distribution="uniform", low=1.1, high=1.1)
    >>> found = draw(Uncertainty(data={"costs": same}), ["a", "b"], ["m"], draws=3, seed=0)
    >>> found.town["costs"].ravel().tolist(), found.model["costs"].ravel().tolist()
    ([1.1, 1.1, 1.1], [1.1, 1.1, 1.1])
    """
    data = uncertainty.data
    names = list(data)
    mix = _square_root(correlation_matrix(uncertainty))
    common = common_scores(names, draws=draws, seed=seed) @ mix
    kinds = {name: {table for table, _ in FACTORS.get(name, ())} for name in names}
    of_towns = [n for n in names if kinds[n] != {"operator_models"}]
    of_models = [n for n in names if "operator_models" in kinds[n]]

    def factors(wanted: Sequence[str], keys: Sequence[str]) -> dict[str, Floats]:
        apart = [name for name in wanted if data[name].each == "town"]
        own = {name: own_scores(name, keys, draws=draws, seed=seed) for name in apart}
        found = {}
        for name in wanted:
            score = common[:, [names.index(name)]]
            if name in own:
                shared = data[name].common_share
                weight = mix[[names.index(other) for other in apart], names.index(name)]
                parts = [w * own[other] for w, other in zip(weight, apart, strict=True) if w]
                rest = sum(parts, np.zeros((draws, len(keys)))) / np.sqrt((weight**2).sum())
                score = np.sqrt(shared) * score + np.sqrt(1.0 - shared) * rest
            found[name] = _value(data[name], np.asarray(score, dtype=np.float64))
        return found

    absolute = frozenset(name for name, record in data.items() if record.absolute)
    return Draws(draws, factors(of_towns, towns), factors(of_models, models), absolute)


def _square_root(matrix: Floats) -> Floats:
    """Return the symmetric root of a matrix of correlations; it mixes correlated data only."""
    value, vector = np.linalg.eigh(matrix)
    root = vector * np.sqrt(np.maximum(value, 0.0)) @ vector.T
    return np.where(np.abs(root) < 1e-12, 0.0, root)


def _value(record: Uncertain, score: Floats) -> Floats:
    """Return the value of a distribution at normal scores."""
    low = -np.inf if record.low is None else record.low
    high = np.inf if record.high is None else record.high
    sd = record.sd or 0.0
    if record.distribution == "uniform":
        values = low + (high - low) * ndtr(score)
    elif record.distribution == "triangular":
        values = _triangular(record, ndtr(score))
    elif record.distribution == "normal":
        values = record.mean + sd * score
    else:
        values = record.mean * np.exp(sd * score)
    return np.asarray(np.clip(values, max(low, 0.0), high), dtype=np.float64)


def _triangular(record: Uncertain, share: Floats) -> Floats:
    low, mode, high = (float(v or 0.0) for v in (record.low, record.mode, record.high))
    if high <= low:
        return np.full(share.shape, low)
    below = low + np.sqrt(share * (high - low) * (mode - low))
    above = high - np.sqrt((1.0 - share) * (high - low) * (high - mode))
    return np.where(share < (mode - low) / (high - low), below, above)
