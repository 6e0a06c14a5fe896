"""What a table of providers can tell about cost and scale, and what it cannot, in sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.instance.calibrate.service import COSTS, ServiceFit

__all__ = ["always", "scale_shows", "sentences"]

_HARDLY = 0.02
"""Below this share of the error, a fixed cost is said to matter hardly."""


def scale_shows(fit: ServiceFit) -> bool:
    """Return whether an economy of scale shows in a service.

    It does where the interval of the fixed share lies above 1 % of the median provider's cost, the
    interval of the elasticity lies below 1, and a fixed cost predicts providers that were held out
    better than cost proportional to connections does.
    """
    better = fit.errors["fit_held_out"] < fit.errors["proportional_held_out"]
    return bool(
        fit.interval("fixed_share").low > 0.01 and fit.interval("elasticity").high < 1.0 and better
    )


def sentences(fit: ServiceFit, sizes: pd.DataFrame) -> list[str]:
    """Return what the providers of a service tell and what they do not.

    Parameters
    ----------
    fit : ServiceFit
        The service.
    sizes : pandas.DataFrame
        Its size classes; see :func:`~optimizer.instance.calibrate.sizes.size_table`.
    """
    own = [_scale(fit), _how_much_better(fit), _form(sizes), _volume(fit), _spread(fit)]
    return [*own, _range(fit)]


def always() -> list[str]:
    """Return what no table of providers can tell."""
    return [
        "One year of accounts compares different providers; it does not show what one town would "
        "save by joining another. Money for joining (transition_cost_year), travel and the loss "
        "of density are not in it.",
        "A lone provider's fixed cost includes its own management, which an instance has again as "
        "overhead_year of its operator model: take that part out (overhead_year of the "
        "calibration), or it is counted twice.",
        "Intervals say how much the figures would change with other providers of the same kind. "
        "Errors that all accounts share (costs borne by the municipality and left out) are not in "
        "them.",
    ]


def _scale(fit: ServiceFit) -> str:
    share, slope = fit.interval("fixed_share"), fit.interval("elasticity")
    facts = (
        f"fixed cost is {_percent(share.value)} ({_percent(share.low)} to "
        f"{_percent(share.high)}) of the median provider's cost, and 1 % more connections cost "
        f"{slope.value:.2f} % more ({slope.low:.2f} to {slope.high:.2f})."
    )
    if scale_shows(fit):
        weak = _gain(fit) < _HARDLY
        return f"{'A weak' if weak else 'An'} economy of scale shows: {facts}"
    if slope.low > 1.0:
        return f"No economy of scale shows, larger providers cost more per connection: {facts}"
    if slope.high < 1.0:
        return (
            "Larger providers cost less per connection, but no fixed cost shows that would "
            f"explain it, so its saving may not be counted on: {facts}"
        )
    return f"No economy of scale can be told from this table: {facts}"


def _how_much_better(fit: ServiceFit) -> str:
    own, flat = fit.errors["fit_held_out"], fit.errors["proportional_held_out"]
    gain = _gain(fit)
    words = "hardly matters for" if gain < _HARDLY else "matters for"
    return (
        f"A fixed cost {words} predicting a provider: the mean error on providers held out is "
        f"{_factor(own)} with it and {_factor(flat)} with one cost per connection for all "
        f"({_percent(abs(gain))} {'smaller' if gain >= 0 else 'larger'} error in logarithms)."
    )


def _gain(fit: ServiceFit) -> float:
    """Return by which share the fixed cost makes the error on held-out providers smaller."""
    own, flat = fit.errors["fit_held_out"], fit.errors["proportional_held_out"]
    return (flat - own) / flat if flat else 0.0


def _form(sizes: pd.DataFrame) -> str:
    many = sizes[sizes["providers"] >= 5]
    if len(many) < 2:
        return "Too few size classes have five providers to see whether the fit has the right form."
    factor = many["cost_over_fit"]
    words = "has the right form" if factor.between(0.9, 1.1).all() else "misses the form"
    return (
        f"The fit {words}: the median provider of a size class costs from {factor.min():.2f} "
        f"({factor.idxmin()} connections) to {factor.max():.2f} ({factor.idxmax()}) times the fit."
    )


def _volume(fit: ServiceFit) -> str:
    if fit.volume == "measured":
        return "The cost per m3 is the median of what providers report, not a fit."
    if fit.volume in ("left out", "not given"):
        reason = "was left out" if fit.volume == "left out" else "cannot be told: no volumes"
        return f"The cost per m3 {reason}; what volume costs is inside the cost per connection."
    share = fit.interval("volume_share")
    facts = (
        f"in a fit with both, m3 take {_percent(share.value)} of cost "
        f"({_percent(share.low)} to {_percent(share.high)}); connections and m3 move "
        f"together (correlation {fit.log_correlation:.2f} in logarithms)"
    )
    if fit.volume == "fitted":
        return f"The cost per m3 is fitted: {facts}."
    return (
        f"The cost per m3 cannot be told from the cost per connection: {facts}. It is written as "
        "0 and is inside the cost per connection; a column volume_cost_year (energy, chemicals) "
        "would measure it."
    )


def _spread(fit: ServiceFit) -> str:
    ratio = fit.rows["operating_cost_year"] / fit.rows["fitted_cost_year"]
    low, high = np.quantile(ratio, [0.25, 0.75])
    return (
        f"Size explains little of one provider's cost: a quarter cost less than {low:.2f} times "
        f"the fit and a quarter more than {high:.2f} times. A town's own accounts are better than "
        "any fit."
    )


def _range(fit: ServiceFit) -> str:
    size = fit.rows["connections"]
    fixed = [*fit.others[COSTS[0]], fit.interval(COSTS[0]).value]
    return (
        f"Nothing is said outside {size.min():,.0f} to {size.max():,.0f} connections; other "
        f"choices of error and of providers give a fixed cost between {min(fixed):,.0f} and "
        f"{max(fixed):,.0f} a year."
    )


def _percent(share: float) -> str:
    return f"{100.0 * share:.1f} %"


def _factor(log_error: float) -> str:
    return f"a factor of {np.exp(log_error):.3f}"
