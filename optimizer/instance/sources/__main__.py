"""Write a bundled region from the public tables: ``python -m optimizer.instance.sources NAME``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from optimizer.instance.sources.folder import write_folder
from optimizer.instance.sources.pilot_nine import pilot_nine
from optimizer.instance.sources.san_martin import san_martin

__all__ = ["BUILDERS", "main"]

BUILDERS: dict[str, Callable[[Path], dict[str, str]]] = {
    "pilot_nine": pilot_nine,
    "san_martin": san_martin,
}
"""Builder of each region: from the folder of public tables to the files of the instance."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files of one region; return 0, or 3 where a public table is missing."""
    parser = argparse.ArgumentParser(prog="python -m optimizer.instance.sources")
    parser.add_argument("region", choices=sorted(BUILDERS))
    parser.add_argument("--data", type=Path, required=True, help="folder of the public tables")
    parser.add_argument("--out", type=Path, required=True, help="instance folder to write")
    given = parser.parse_args(arguments)
    try:
        files = BUILDERS[given.region](given.data)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error.filename}: not found; --data must hold the public tables\n")
        return 3
    write_folder(files, given.out)
    sys.stdout.write(f"{given.out}: {', '.join(sorted(files))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
