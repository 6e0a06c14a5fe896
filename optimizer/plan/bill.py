"""Bills of any schedule: one that comes with the program, an instance's, or a stored run's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from optimizer.errors import PolicyError
from optimizer.instance.schema.settings import Settings
from optimizer.instance.writing.printed import read_schedule
from optimizer.plan.area_names import area_key, area_names
from optimizer.plan.folder import RUN_FILE
from optimizer.plan.plan import Plan
from optimizer.plan.store import read_plan
from optimizer.tariffs.bill import Bill, itemised
from optimizer.tariffs.categories import category_prices
from optimizer.tariffs.price_space import schedule_of
from optimizer.tariffs.schedule import CategorySchedule, Schedule

__all__ = ["bill", "bill_table"]

ScheduleLike = str | Path | Schedule | Plan


@dataclass(frozen=True)
class _Titled:
    """A schedule with what stands above it."""

    schedule: Schedule
    title: str = ""
    currency: str = ""


def bill(
    schedule: ScheduleLike,
    m3: float,
    *,
    category: str = "domestic",
    unmetered: bool = False,
    sewer: bool = False,
    area: str = "",
    town: str = "",
) -> Bill:
    """Return the bill of a month, line by line.

    Parameters
    ----------
    schedule : str, pathlib.Path, Schedule or Plan
        The name of a schedule that comes with the program, a TOML file with ``[tariff]``, the
        folder of an instance whose tariff has a ``shape``, the folder of a run, or a plan.
    m3 : float
        Consumption of the month, m3.
    category : str
        Tariff category of the customer.
    unmetered : bool
        Whether the customer has no meter; the bill then does not depend on ``m3``, where the
        schedule says what such customers pay.
    sewer : bool
        Whether the customer has sewerage besides water.
    area, town : str
        Service area of a run or plan (by key, or by the name of one of its towns), and the town
        where each has a schedule of its own; an area is left out where a town says it, or where
        there is only one.

    Returns
    -------
    Bill
        Prints as a bill; ``total_month`` and ``table`` hold the numbers.

    Raises
    ------
    PolicyError
        If there is no such schedule, category, area or town, or the instance leaves prices open.
    InstanceError, StoreError
        If a file or folder cannot be used.

    Examples
    --------
    >>> round(bill("emsap_chanka", 15).total_month, 2)
    7.15
    >>> round(bill("colombia_strata", 20, category="stratum 1").total_month, 2)
    23520.0
    """
    found = _titled(schedule, area=area, town=town)
    return itemised(
        found.schedule,
        m3,
        category=category,
        unmetered=unmetered,
        sewer=sewer,
        title=found.title,
        currency=found.currency,
    )


def bill_table(
    schedule: ScheduleLike,
    m3: Sequence[float],
    *,
    categories: Sequence[str] = (),
    unmetered: bool = False,
    sewer: bool = False,
    area: str = "",
    town: str = "",
) -> pd.DataFrame:
    """Return the bills of several consumptions and categories, money per month.

    Parameters
    ----------
    schedule, unmetered, sewer, area, town
        As in :func:`bill`.
    m3 : sequence of float
        Consumptions, m3/month.
    categories : sequence of str
        Tariff categories; all of the schedule where empty.

    Returns
    -------
    pandas.DataFrame
        Index ``m3``, one column for each category.

    Raises
    ------
    PolicyError, InstanceError, StoreError
        As in :func:`bill`.

    Examples
    --------
    >>> bill_table("brazil_minimum", [5, 10, 15], categories=["domestic", "social"]).round(2)
          domestic  social
    m3
    5.0      40.17   20.40
    10.0     40.17   20.40
    15.0     63.33   34.05
    """
    found = _titled(schedule, area=area, town=town)
    kept = list(categories) or list(found.schedule.categories)
    totals = {
        name: [
            itemised(
                found.schedule, use, category=name, unmetered=unmetered, sewer=sewer
            ).total_month
            for use in m3
        ]
        for name in kept
    }
    return pd.DataFrame(totals, index=pd.Index([float(use) for use in m3], name="m3"))


def _titled(schedule: ScheduleLike, *, area: str, town: str) -> _Titled:
    if isinstance(schedule, Plan):
        return _of_plan(schedule, area=area, town=town)
    if isinstance(schedule, str | Path) and (Path(schedule) / RUN_FILE).is_file():
        return _of_plan(read_plan(schedule), area=area, town=town)
    if area or town:
        raise PolicyError("area and town are for the schedules of a run or a plan")
    if isinstance(schedule, Schedule):
        return _Titled(schedule)
    return _of_settings(read_schedule(schedule), str(schedule))


def _of_settings(settings: Settings, where: str) -> _Titled:
    if settings.tariff.shape is None:
        message = f"{where}: the tariff has no shape, so its prices are still to be found; "
        raise PolicyError(message + "solve the region and ask for a bill of the run")
    year = f" of {settings.price_year}" if settings.price_year else ""
    schedule = schedule_of(settings.tariff, np.ones(1))
    return _Titled(schedule, settings.title, settings.currency + year)


def _of_plan(plan: Plan, *, area: str, town: str) -> _Titled:
    """Return the schedule that holds in an area (or town) of a plan."""
    own, names = plan.tariffs, area_names(plan)
    town = town and plan.instance.town_names.key(town)
    home = str(plan.towns["service_area"].loc[town]) if town else ""
    if area:
        area = area_key(plan, area)
        if town and area != home:
            raise PolicyError(f"{town} is not in the area of {names[area]}, but of {names[home]}")
    elif home or len(names) == 1:
        area = home or str(names.index[0])
    else:
        shown = ", ".join(names.iloc[:12]) + (" ..." if len(names) > 12 else "")
        raise PolicyError(f"say which area or town; areas are {shown}")
    own = own[own.index.get_level_values("service_area") == area]
    places = list(dict.fromkeys(own.index.get_level_values("town")))
    if places != [""]:
        town = town or (places[0] if len(places) == 1 else "")
        if not town:
            called = plan.instance.town_names.label
            shown = ", ".join(called(place) for place in places[:12])
            raise PolicyError(f"say which town; each has a schedule of its own: {shown}")
        own = own[own.index.get_level_values("town") == town]
    instance = plan.instance
    rows = own.reset_index()
    schedule = Schedule(
        {
            name: _category(plan, name, rows[rows["category"] == name])
            for name in dict.fromkeys(rows["category"])
        }
    )
    title = f"{instance.title}: {names[area]}"
    return _Titled(schedule, title, f"{instance.currency} of {instance.price_year}")


def _category(plan: Plan, name: str, rows: pd.DataFrame) -> CategorySchedule:
    """Return one category's schedule from its rows in ``plan.tariffs``."""
    rule = category_prices(plan.instance.tariff)[name]
    drained = rows[rows["component"].str.startswith("sewer block")]
    price = dict(zip(rows["component"], rows["price"].astype(float), strict=True))
    return CategorySchedule(
        price["fixed charge"],
        rule.blocks_m3,
        tuple(price[f"block {b + 1}"] for b in range(len(rule.blocks_m3) + 1)),
        minimum_m3=rule.minimum_m3,
        unmetered_m3=rule.unmetered_m3,
        unmetered_charge_month=(
            None if rule.unmetered_charge is None else price["unmetered charge"]
        ),
        factors=rule.factors,
        sewer_share_of_water_bill=rule.sewer_share,
        sewer_fixed_charge_month=price.get("sewer fixed charge", 0.0),
        sewer_blocks_m3=tuple(drained["to_m3"].dropna().astype(float)),
        sewer_price_m3=tuple(drained["price"].astype(float)),
    )
