"""``optimizer open``: the workbench in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import optimizer as op
from optimizer.cli.failures import failures
from optimizer.cli.settings import bundled_homes, opened

__all__ = ["open_"]


def open_(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(help="Regions, bundled ones by name, runs or studies; all bundled if none."),
    ] = None,
    *,
    host: Annotated[
        str, typer.Option(help="Address to listen on; others than this machine need a password.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; a free one by default.")] = 0,
    password: Annotated[
        str | None,
        typer.Option(
            envvar="OPTIMIZER_PASSWORD", help="What visitors must know.", show_envvar=True
        ),
    ] = None,
    results: Annotated[Path, typer.Option(help="Folder for sessions and runs.")] = Path("results"),
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
) -> None:
    """Open regions and runs on a map in the browser: move a town, see every bill."""
    with failures(as_json=False) as voice:
        voice.live = True
        given = [place for f in folders or () for place in opened(f)] or _bundled()
        op.open(
            *given,
            host=host,
            port=port,
            password=password,
            results=results,
            browser=browser,
            on_start=lambda where: typer.echo(f"the workbench is at {where}\nCtrl-C ends it"),
        )


def _bundled() -> list[Path]:
    """Return the folders of the regions that come with the program."""
    homes = (home for home in bundled_homes() if home.is_dir())
    found = {
        file.parent.name: file.parent for home in homes for file in home.glob("*/instance.toml")
    }
    return [found[name] for name in sorted(found)]
