"""The fields of ``[uncertainty]``: how far each kind of datum may be off, and how often to draw."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import ValidationError, model_validator

from optimizer.errors import PolicyError
from optimizer.plain_numbers import figure
from optimizer.record import Name, Row, unit_field

__all__ = ["Uncertain", "Uncertainty"]

Distribution = Literal["uniform", "triangular", "normal", "lognormal"]


class Uncertain(Row):
    """One uncertain datum: a factor on what the region has, or the value itself.

    Examples
    --------
    >>> Uncertain(distribution="uniform", low=0.9, high=1.2).each
    'region'
    """

    where: ClassVar[str] = "instance.toml [uncertainty.data.NAME]"
    distribution: Distribution = unit_field(
        "text", "shape: uniform, triangular, normal or lognormal"
    )
    low: float | None = unit_field("as drawn", "smallest value", default=None)
    mode: float | None = unit_field("as drawn", "most likely value (triangular)", default=None)
    high: float | None = unit_field("as drawn", "largest value", default=None)
    mean: float = unit_field("as drawn", "mean (normal) or median (lognormal)", default=1.0)
    sd: float | None = unit_field(
        "as drawn", "standard deviation, of the logarithm for lognormal", default=None, ge=0
    )
    each: Literal["region", "town"] = unit_field(
        "text",
        "one draw for the whole region, or one for each town (for each operator model, where it is "
        "a cost of operator models)",
        default="region",
    )
    common_share: float = unit_field(
        "share 0-1",
        "part of the variance that all towns have in common, where each has its own draw",
        default=0.0,
        ge=0,
        le=1,
    )
    absolute: bool = unit_field(
        "yes/no", "the draw is the value itself, not a factor (the two shares only)", default=False
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {
            "uniform": {"low": self.low, "high": self.high},
            "triangular": {"low": self.low, "mode": self.mode, "high": self.high},
            "normal": {"sd": self.sd},
            "lognormal": {"sd": self.sd},
        }[self.distribution]
        missing = [name for name, value in needed.items() if value is None]
        if missing:
            message = f"a {self.distribution} distribution needs {' and '.join(missing)}"
            raise ValueError(message)
        ordered = [v for v in (self.low, self.mode, self.high) if v is not None]
        if ordered != sorted(ordered):
            message = "low, mode and high must rise"
            raise ValueError(message)
        if self.common_share and self.each == "region":
            message = 'common_share is for data with each = "town"'
            raise ValueError(message)
        return self

    @property
    def words(self) -> str:
        """The distribution in a few words.

        Examples
        --------
        >>> Uncertain(distribution="lognormal", sd=0.35, each="town", common_share=0.25).words
        'x lognormal, median 1, sd 0.35, each town, 0.25 of it in common'
        """
        shown = {"normal": "mean", "lognormal": "median"}
        parts = [f"{'value' if self.absolute else 'x'} {self.distribution}"]
        if self.distribution in shown and self.sd is not None:
            parts += [
                f"{shown[self.distribution]} {figure(self.mean, 'g')}",
                f"sd {figure(self.sd, 'g')}",
            ]
        bounds = {"from": self.low, "mostly": self.mode, "to": self.high}
        parts += [
            f"{word} {figure(value, 'g')}" for word, value in bounds.items() if value is not None
        ]
        if self.each == "town":
            parts.append("each town")
        if self.common_share:
            parts.append(f"{self.common_share:g} of it in common")
        return ", ".join(parts)


class Uncertainty(Row):
    """How many draws of uncertain data there are, and from what they are drawn.

    Where no datum is stated, default ranges hold (:mod:`optimizer.uncertainty.ranges`); where any
    is, only the stated ones are uncertain.

    Examples
    --------
    >>> Uncertainty().draws
    100
    """

    where: ClassVar[str] = "instance.toml [uncertainty]"
    draws: int = unit_field(
        "count", "draws of all uncertain data together", default=100, ge=1, le=100_000
    )
    seed: int = unit_field("number", "seed of the draws", default=0, ge=0, le=2**31 - 1)
    data: dict[str, Uncertain] = unit_field(
        "list", "distribution of each datum, in [uncertainty.data.NAME]", default={}
    )
    correlations: tuple[tuple[Name, Name, float], ...] = unit_field(
        "list", "two data and the correlation of their normal scores, from -1 to 1", default=()
    )

    def replace(self, **changes: Any) -> Uncertainty:  # noqa: ANN401 - any field
        """Return a copy with the given fields changed, validated again.

        Raises
        ------
        PolicyError
            If a name is not a field of the section or a value is outside its bounds.
        """
        try:
            return Uncertainty.model_validate({**self.model_dump(), **changes})
        except ValidationError as error:
            lines = [
                f"uncertainty.{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()
            ]
            raise PolicyError("; ".join(lines)) from None
