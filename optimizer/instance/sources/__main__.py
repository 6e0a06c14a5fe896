"""Write a region made from the public tables: ``python -m optimizer.instance.sources NAME``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from optimizer.errors import StoreError
from optimizer.instance.instance import Instance
from optimizer.instance.sources.folder import write_folder
from optimizer.instance.sources.pilot_nine import pilot_nine
from optimizer.instance.sources.san_martin import san_martin, san_martin_utilities
from optimizer.instance.sources.sao_paulo import sao_paulo
from optimizer.instance.writing.write import write

__all__ = ["BUILDERS", "LARGE", "main"]

BUILDERS: dict[str, Callable[[Path], dict[str, str]]] = {
    "pilot_nine": pilot_nine,
    "san_martin": san_martin,
    "san_martin_47": san_martin,
    "san_martin_utilities": san_martin_utilities,
}
"""Builder of each bundled region: from the folder of public tables to the instance's files."""

LARGE: dict[str, Callable[[Path], Instance]] = {"sao_paulo": sao_paulo}
"""Regions too large to be bundled; their folder is made where it is wanted."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files of one region; return 0, or 3 where a public table is missing."""
    parser = argparse.ArgumentParser(prog="python -m optimizer.instance.sources")
    parser.add_argument("region", choices=sorted({*BUILDERS, *LARGE}))
    parser.add_argument("--data", type=Path, required=True, help="folder of the public tables")
    parser.add_argument("--out", type=Path, required=True, help="instance folder to write")
    given = parser.parse_args(arguments)
    try:
        if given.region in LARGE:
            write(LARGE[given.region](given.data), given.out, overwrite=True)
        else:
            write_folder(BUILDERS[given.region](given.data), given.out)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error.filename}: not found; --data must hold the public tables\n")
        return 3
    except StoreError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    files = sorted(str(path.relative_to(given.out)) for path in given.out.rglob("*.*"))
    sys.stdout.write(f"{given.out}: {', '.join(files)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
