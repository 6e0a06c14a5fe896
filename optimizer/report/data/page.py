"""One HTML file on a region's data, for the table before anything is solved."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from optimizer.instance.instance import Instance
from optimizer.plausible.account import account
from optimizer.plausible.judge import Plausibility, plausibility
from optimizer.plausible.measures import measured
from optimizer.plausible.ranges import RANGES
from optimizer.report.data.pictures import distribution_svg, map_svg

__all__ = ["data_report"]


def data_report(instance: Instance, path: str | Path) -> Path:
    """Write a page on a region's data: what is doubtful, maps, distributions, what is assumed.

    Parameters
    ----------
    instance : Instance
        Any region.
    path : str or pathlib.Path
        File to make; its folder is made where absent.

    Examples
    --------
    >>> import tempfile
    >>> import optimizer as op
    >>> page = data_report(op.read("instances/pair"), Path(tempfile.mkdtemp()) / "pair.html")
    >>> "every number is within its usual range" in page.read_text(encoding="utf-8")
    True
    """
    found = plausibility(instance)
    told = account(instance)
    assets = files("optimizer.report.assets")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = environment.from_string(assets.joinpath("data.html.j2").read_text("utf-8"))
    measures = [
        {
            "where": f"{one.file} [{one.column}]",
            "unit": RANGES[one.measure].unit,
            "source": RANGES[one.measure].source,
            "picture": Markup(distribution_svg(one)),  # noqa: S704 - our own drawing
        }
        for one in measured(instance)
        if (np.isfinite(one.values) & (one.values > 0)).any()
    ]
    text = template.render(
        title=instance.title,
        towns=len(instance.towns),
        people=float(instance.towns["population"].sum()),
        currency=instance.currency,
        year=instance.price_year,
        found=found,
        told=told,
        measures=measures,
        map=Markup(map_svg(instance, _towns_of(found))),  # noqa: S704 - our own drawing
        style=Markup(assets.joinpath("page.css").read_text("utf-8")),  # noqa: S704
    )
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", newline="\n")
    return target


def _towns_of(found: Plausibility) -> set[str]:
    """Return the towns that a finding names."""
    keys = [key for s in (*found.stops, *found.asks) for key in s.keys]
    return {part for key in keys for part in (key, key.split(",")[0], *key.split(" to "))}
