"""The command that turns a table of providers into costs."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import optimizer as op
from optimizer.cli.failures import failures
from optimizer.cli.options import AsJson, StopAfter, pairs_in
from optimizer.cli.places import check_file
from optimizer.cli.running import options_of
from optimizer.errors import PolicyError, StoreError

if TYPE_CHECKING:
    from optimizer.instance.calibrate import Calibration
    from optimizer.instance.calibrate.service import VolumeUse

__all__ = ["calibrate"]

Table = Annotated[Path, typer.Argument(help="CSV file of providers (.gz too).")]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", help="Fields and the table's columns: connections=AG002,staff=FN026."),
]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", help="Only rows with these texts: scope=local,year=2021."),
]
Service = Annotated[str | None, typer.Option(help="The service whose costs are written.")]
Least = Annotated[float, typer.Option(help="Fewest connections of a provider.")]
Most = Annotated[float, typer.Option(help="Most connections of a provider.")]
Cheap = Annotated[float, typer.Option(help="Cost per connection below which it is an error.")]
Dear = Annotated[float, typer.Option(help="Cost per connection above which it is an error.")]
VolumeFactor = Annotated[float, typer.Option(help="1000 where volumes are in thousands of m3.")]
Volume = Annotated[str, typer.Option(help="Cost per m3: auto, fit or leave_out.")]
Overhead = Annotated[float, typer.Option(help="Part of the fixed cost that the operator has.")]
Money = Annotated[float, typer.Option(help="Factor from the table's to the instance's money.")]
Draws = Annotated[int, typer.Option(help="Repetitions of the bootstrap.")]
Seed = Annotated[int, typer.Option(help="Seed of everything random.")]
Write = Annotated[Path | None, typer.Option(help="TOML file to write, with [costs].")]
Plot = Annotated[Path | None, typer.Option(help="Picture to write, .png or .svg.")]
Language = Annotated[str, typer.Option("--lang", help="Language of the picture: en, es or pt.")]


def calibrate(
    table: Table,
    *,
    columns: Columns = None,
    where: Where = None,
    service: Service = None,
    connections_least: Least = 0.0,
    connections_most: Most = math.inf,
    unit_cost_least: Cheap = 0.0,
    unit_cost_most: Dear = math.inf,
    volume_factor: VolumeFactor = 1.0,
    volume: Volume = "auto",
    overhead_year: Overhead = 0.0,
    money_factor: Money = 1.0,
    draws: Draws = 200,
    seed: Seed = 0,
    write: Write = None,
    plot: Plot = None,
    language: Language = "en",
    time_limit: StopAfter = None,
    as_json: AsJson = False,
) -> None:
    """Fit fixed, per-connection and per-m3 costs to a table of providers.

    Columns are provider, service, connections, operating_cost_year, volume_m3_year,
    volume_cost_year, weight, staff and year; --column maps names of your own. Only connections and
    operating_cost_year are needed.
    """
    with failures(as_json=as_json, doing="fitting the costs", time_limit=time_limit):
        options_of(time_limit=time_limit)
        check_file(write, "--write")
        check_file(plot, "--plot")
        found = op.calibrate(
            table,
            columns=_pairs(columns, "--column"),
            where=_pairs(where, "--where"),
            service=service,
            limits=op.Limits(connections_least, connections_most, unit_cost_least, unit_cost_most),
            volume_factor=volume_factor,
            volume=_volume(volume),
            overhead_year=overhead_year,
            money_factor=money_factor,
            draws=draws,
            seed=seed,
        )
        written = _written(found, write, plot, language)
        typer.echo(_json(found) if as_json else str(found))
        if not as_json:
            typer.echo("".join(f"\nwritten to {path}" for path in written), nl=bool(written))


def _written(
    found: Calibration, write: Path | None, plot: Path | None, language: str
) -> list[Path]:
    try:
        if plot is not None:
            found.plot(plot, language=language)
        if write is not None:
            write.parent.mkdir(parents=True, exist_ok=True)
            write.write_text(found.to_toml(), encoding="utf-8", newline="\n")
    except OSError as error:
        raise StoreError(f"cannot write {error.filename}: {error.strerror}") from None
    return [path for path in (write, plot) if path is not None]


def _pairs(texts: Sequence[str] | None, option: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in pairs_in(texts or []):
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            message = f"{option} {text}: write name=value"
            raise PolicyError(message)
        pairs[name.strip()] = value.strip()
    return pairs


def _volume(name: str) -> VolumeUse:
    if name == "auto":
        return "auto"
    if name == "fit":
        return "fit"
    if name == "leave_out":
        return "leave_out"
    message = f"--volume {name}: choose auto, fit or leave_out"
    raise PolicyError(message)


def _json(found: Calibration) -> str:
    record = {
        "source": found.source,
        "service": found.service,
        "costs": found.costs.to_dict(),
        "intervals": json.loads(found.intervals.reset_index().to_json(orient="records")),
        "sizes": json.loads(found.sizes.reset_index().to_json(orient="records")),
        "diagnostics": json.loads(found.diagnostics.to_json()),
        "dropped": {str(why): int(n) for why, n in found.dropped["providers"].items()},
        "read": found.read,
        "findings": list(found.findings),
    }
    return json.dumps(record, ensure_ascii=False, indent=2)
