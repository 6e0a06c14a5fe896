"""Files of the visitor's own, made into a region."""

from __future__ import annotations

import re
from pathlib import Path
from secrets import token_hex

from optimizer.errors import OptimizerError
from optimizer.importing.import_region import import_region

__all__ = ["UPLOAD_BYTES", "imported"]

UPLOAD_BYTES = 100_000_000
"""The largest file that is taken."""
SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".xls", ".ods", ".gpkg", ".geojson", ".parquet")


def imported(name: str, content: bytes, home: Path) -> tuple[Path, list[str]]:
    """Return the folder of the region that a file makes, and what was said and is asked.

    Parameters
    ----------
    name : str
        The file's own name; only its letters are used.
    content : bytes
        What is in it.
    home : Path
        Where the region is kept.

    Raises
    ------
    OptimizerError
        If the file makes no region, with what is missing.
    """
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise OptimizerError(f"{name[:80]}: give one file of {', '.join(SUFFIXES)}")
    stem = re.sub(r"[^a-z0-9]+", "_", Path(name).stem.lower()).strip("_")[:40] or "region"
    folder = home / f"{stem}-{token_hex(2)}"
    source = folder / "source"
    source.mkdir(parents=True)
    file = source / f"{stem}{suffix}"
    file.write_bytes(content)
    found = import_region(file, folder / stem, title=Path(name).stem[:80])
    if found.instance is None or found.folder is None:
        raise OptimizerError("; ".join(("the file makes no region yet", *found.missing)))
    return found.folder, [*found.said, *(str(question) for question in found.asked)]
