"""The command that prints bills."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import optimizer as op
from optimizer.cli.failures import failures
from optimizer.cli.options import AsJson, numbers_in
from optimizer.cli.settings import bundled_homes

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["bill"]

Where = Annotated[
    str, typer.Argument(help="A bundled schedule, an instance, a TOML file, or a run.")
]
Uses = Annotated[
    list[str] | None,
    typer.Option("--m3", help="Consumption; several, with commas between them, give a table."),
]
Category = Annotated[str, typer.Option(help="Tariff category; domestic, or all in a table.")]
Area = Annotated[str, typer.Option(help="Service area of a run.")]
Town = Annotated[str, typer.Option(help="Town of a run, where each has its own schedule.")]


def bill(
    schedule: Where = "",
    m3: Uses = None,
    category: Category = "",
    area: Area = "",
    town: Town = "",
    *,
    unmetered: Annotated[bool, typer.Option("--unmetered", help="Without a meter.")] = False,
    sewer: Annotated[bool, typer.Option("--sewer", help="With sewerage besides water.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="List the bundled schedules.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print what a customer pays for a month's water, line by line."""
    with failures(as_json=as_json):
        if listed:
            _list(as_json=as_json)
            return
        if not schedule:
            raise op.PolicyError("say which schedule; optimizer bill --list names some")
        schedule = _bundled_region(schedule)
        uses = [use for text in m3 or [] for use in numbers_in(text, "--m3")]
        if not uses:
            raise op.PolicyError("say how much is used, for example --m3 15")
        if len(uses) == 1:
            made = op.bill(
                schedule,
                uses[0],
                category=category or "domestic",
                unmetered=unmetered,
                sewer=sewer,
                area=area,
                town=town,
            )
            typer.echo(_record(made) if as_json else str(made))
            return
        table = op.bill_table(
            schedule,
            uses,
            categories=[category] if category else [],
            unmetered=unmetered,
            sewer=sewer,
            area=area,
            town=town,
        )
        _show(table, as_json=as_json)


def _show(table: pd.DataFrame, *, as_json: bool) -> None:
    if as_json:
        typer.echo(table.to_json(orient="table", double_precision=10, force_ascii=False))
    else:
        typer.echo(table.to_string(float_format=lambda money: f"{money:,.2f}"))


def _bundled_region(schedule: str) -> str:
    """Return the folder of a bundled region where a schedule has its name and is none itself."""
    named = (home / schedule for home in bundled_homes())
    found = [folder for folder in named if (folder / "instance.toml").is_file()]
    plain = not Path(schedule).exists() and Path(schedule).name == schedule
    return str(found[0]) if plain and found else schedule


def _list(*, as_json: bool) -> None:
    from optimizer.instance.writing.printed import bundled_schedules

    found = bundled_schedules()
    if as_json:
        titles = {name: settings.title for name, settings in found.items()}
        typer.echo(json.dumps(titles, ensure_ascii=False, indent=2))
        return
    for name, settings in found.items():
        typer.echo(f"{name}: {settings.title}")
        categories = ["domestic", *(c.category for c in settings.tariff.categories)]
        typer.echo(f"  categories: {', '.join(categories)}")
        for source in settings.sources:
            typer.echo(f"  source: {', '.join(filter(None, (source.title, source.publisher)))}")
        for words in settings.assumptions:
            typer.echo(f"  note: {words}")


def _record(made: op.Bill) -> str:
    """Return a bill as JSON; open and missing limits are null."""
    record = dataclasses.asdict(made) | {"total_month": made.total_month}
    for line in record["lines"]:
        for key in ("from_m3", "to_m3"):
            line[key] = line[key] if math.isfinite(line[key]) else None
    return json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False)
