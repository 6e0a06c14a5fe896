"""The field table of the tariff: what a schedule may look like, and its categories."""

from __future__ import annotations

from typing import ClassVar

from optimizer.record import Name, Row, unit_field

__all__ = ["SEWER", "UNMETERED", "Category", "Tariff"]

SEWER = ", sewer"
"""End of the label of that part of a household group or category which has sewerage."""

UNMETERED = ", unmetered"
"""End of the label of that part of a household group or category which has no meter."""


class Category(Row):
    """A tariff category: a factor on the domestic schedule, or a schedule of its own."""

    where: ClassVar[str] = "instance.toml [[tariff.categories]]"
    category: Name = unit_field("text", "name of the category")
    factor: float = unit_field(
        "factor", "factor on every domestic price", default=1.0, ge=0, le=100
    )
    factor_up_to_m3: float | None = unit_field(
        "m3/month",
        "the factor holds for the fixed charge and up to this consumption, the domestic price "
        "above it (the basic consumption of Colombia); everywhere if left out",
        default=None,
        gt=0,
        le=1e6,
    )
    multiple_least: float | None = unit_field(
        "factor",
        "with free prices: the category has prices of its own, whose mean per m3 at "
        "multiple_at_m3 is at least this many times the domestic mean at reference_m3_month",
        default=None,
        ge=0,
        le=100,
    )
    multiple_most: float | None = unit_field(
        "factor",
        "the same mean price is at most this many times the domestic one",
        default=None,
        gt=0,
        le=100,
    )
    multiple_at_m3: float | None = unit_field(
        "m3/month",
        "consumption at which the category's mean price is compared; that of the tariff's "
        "reference bill if left out",
        default=None,
        ge=0.1,
        le=1e6,
    )
    blocks_m3: tuple[float, ...] | None = unit_field(
        "m3/month", "own upper block limits (with an own shape, or multiples)", default=None
    )
    shape: tuple[float, ...] | None = unit_field(
        "money", "own fixed charge and block prices, in the scale of tariff.shape", default=None
    )
    minimum_m3: float | None = unit_field(
        "m3/month",
        "own least consumption that is billed; that of the tariff if left out",
        default=None,
        ge=0,
        le=1e6,
    )
    unmetered_m3_month: float | None = unit_field(
        "m3/month", "own consumption billed without a meter", default=None, ge=0, le=1e6
    )
    unmetered_charge_month: float | None = unit_field(
        "money/month",
        "own flat charge without a meter, in the scale of tariff.shape",
        default=None,
        ge=0,
        le=1e13,
    )

    @property
    def has_own_prices(self) -> bool:
        """Whether its prices are found within multiples of the domestic ones."""
        return self.multiple_most is not None


class Tariff(Row):
    """What a tariff schedule may look like."""

    where: ClassVar[str] = "instance.toml [tariff]"
    blocks_m3: tuple[float, ...] = unit_field(
        "m3/month", "upper limits of the blocks; the last block is open", default=(8.0, 20.0)
    )
    ladder: float = unit_field(
        "factor",
        "the last block's price is at most this many times the first's",
        default=3.0,
        ge=1,
        le=1000,
    )
    fixed_charge_share: float = unit_field(
        "share 0-1",
        "largest share of the fixed charge in the reference bill",
        default=0.3,
        ge=0,
        lt=1,
    )
    fixed_charge_least_share: float = unit_field(
        "share 0-1",
        "least share of the fixed charge in the reference bill",
        default=0.0,
        ge=0,
        lt=1,
    )
    reference_m3_month: float = unit_field(
        "m3/month", "consumption of the reference bill", default=15.0, ge=0.1, le=1000
    )
    shape: tuple[float, ...] | None = unit_field(
        "money",
        "given shape: fixed charge per month, then the price per m3 of each block; "
        "only its level is then chosen",
        default=None,
    )
    minimum_m3: float = unit_field(
        "m3/month",
        "consumption that is billed even where less is used",
        default=0.0,
        ge=0,
        le=1e6,
    )
    unmetered_m3_month: float | None = unit_field(
        "m3/month",
        "consumption billed to a customer without a meter, whatever the use; the customer's "
        "assumed consumption if left out",
        default=None,
        ge=0,
        le=1e6,
    )
    unmetered_charge_month: float | None = unit_field(
        "money/month",
        "flat charge of a customer without a meter, in the scale of shape, instead of a "
        "consumption; other categories pay it times their factor",
        default=None,
        ge=0,
        le=1e13,
    )
    sewer_share_of_water_bill: float | None = unit_field(
        "share of the water bill",
        "sewerage is paid as this share of the water bill; if left out it has prices of its own",
        default=None,
        ge=0,
        le=5,
    )
    sewer_shape: tuple[float, ...] | None = unit_field(
        "money",
        "given sewer prices, in the scale of shape: fixed charge per month, then price per m3 of "
        "billed water",
        default=None,
    )
    sewer_most_share: float = unit_field(
        "share of the water bill",
        "sewer prices that are to be found: the sewer bill of the reference consumption is at "
        "most this share of the water bill",
        default=1.0,
        gt=0,
        le=5,
    )
    categories: tuple[Category, ...] = unit_field(
        "list", "tariff categories; domestic is always there", default=()
    )
