"""What a datum is worth knowing before areas are decided: partial perfect information.

Source: Strong, Oakley, Brennan, Estimating multiparameter partial expected value of perfect
information from a probabilistic sensitivity analysis sample: a nonparametric regression approach
(Medical Decision Making 34, 2014). Here the regression is ridge regression, and the choice that it
leads to in a draw is judged by what the draw really costs, by a regression that did not see the
draw: so the figure errs low, never high but by chance, and its standard error is that of paired
differences.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from optimizer.analysis.certainty.portfolio import Difference, difference
from optimizer.arrays import Floats
from optimizer.uncertainty.draws import Draws

__all__ = ["perfect_information", "worth_of_data"]

FOLDS = 10
PENALTIES = np.logspace(-2, 4, 13)


def perfect_information(values: Floats) -> Difference:
    """Return what knowing every datum is worth, with plans of shape (draws, plans)."""
    best = values.mean(axis=0).argmin()
    return difference(values[:, best] - values.min(axis=1))


def worth_of_data(values: Floats, draws: Draws, known: Mapping[str, str]) -> pd.DataFrame:
    """Return what each datum is worth knowing, money per year, the dearest first.

    Parameters
    ----------
    values : array of shape (draws, plans)
        What each plan of a portfolio comes to in each draw.
    draws : Draws
        The draws.
    known : mapping of str to str
        Whether each datum was given, derived or assumed.

    Returns
    -------
    pandas.DataFrame
        Index ``datum``; ``known``, ``worth_year``, ``standard_error_year``.

    Examples
    --------
    Two plans, of which one is good where a factor is above 1: knowing it is worth 1 a year.

    >>> factor = np.repeat([[0.5], [1.5]], 50, axis=0)
    >>> plans = np.column_stack([np.zeros(100), 4 * (1 - factor[:, 0])])
    >>> worth_of_data(plans, Draws(100, town={"income": factor}), {}).round(2)["worth_year"].item()
    1.0
    """
    rows = {}
    for name in dict.fromkeys([*draws.town, *draws.model]):
        parts = [group[name] for group in (draws.town, draws.model) if name in group]
        found = _worth(values, _features(parts))
        rows[name] = (known.get(name, ""), found.mean_year, found.standard_error_year)
    columns = ["known", "worth_year", "standard_error_year"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("datum")
    return table.sort_values("worth_year", ascending=False, kind="stable")


def _features(parts: list[Floats]) -> Floats:
    """Return what a regression sees of a datum: each town's figure, their mean and its square."""
    columns = np.unique(np.concatenate(parts, axis=1), axis=1)
    spread = columns.std(axis=0)
    columns = (columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    mean = columns.mean(axis=1, keepdims=True)
    return np.concatenate([columns, mean, mean**2], axis=1)


def _worth(values: Floats, features: Floats) -> Difference:
    """Return what is saved by choosing the plan that regression expects to be best."""
    usual = int(values.mean(axis=0).argmin())
    dearer = values - values[:, [usual]]
    chosen = np.full(len(values), usual)
    fold = np.arange(len(values)) % min(FOLDS, len(values))
    for k in np.unique(fold):
        out = fold == k
        guess = _ridge(features[~out], dearer[~out], features[out])
        chosen[out] = guess.argmin(axis=1)
    saved = difference(-dearer[np.arange(len(values)), chosen])
    return saved if saved.mean_year > 0 else Difference(0.0, saved.standard_error_year)


def _ridge(x: Floats, y: Floats, at: Floats) -> Floats:
    """Return predictions of ridge regression, its penalty by generalised cross-validation."""
    middle, level = x.mean(axis=0), y.mean(axis=0)
    u, size, vt = np.linalg.svd(x - middle, full_matrices=False)
    part = u.T @ (y - level)
    best, guess = np.full(y.shape[1], np.inf), np.tile(level, (len(at), 1))
    for penalty in PENALTIES:
        shrink = size**2 / (size**2 + penalty)
        rest = ((y - level - u @ (shrink[:, None] * part)) ** 2).sum(axis=0)
        score = rest / (len(x) - 1 - shrink.sum()) ** 2
        weight = np.divide(shrink, size, out=np.zeros_like(size), where=size > 0)
        here = level + (at - middle) @ vt.T @ (weight[:, None] * part)
        better = score < best
        best, guess = np.where(better, score, best), np.where(better, here, guess)
    return guess
