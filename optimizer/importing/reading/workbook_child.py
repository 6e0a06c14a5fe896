"""Run by itself: the sheets of a workbook as JSON, within a limit of memory.

A workbook may ask for more memory than there is (a cell in the last row of the last column); the
process that reads it then ends, and not the planner's.
"""

from __future__ import annotations

import datetime
import json
import sys

import python_calamine

__all__ = ["main"]

ROWS_MOST = 200_000
CELLS_MOST = 20_000_000


def main(path: str, bytes_most: int) -> None:
    """Write the sheets of a workbook to standard output."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (bytes_most, bytes_most))
    book = python_calamine.CalamineWorkbook.from_path(path)
    sheets = {}
    for meta in book.sheets_metadata:
        if "Visible" not in str(meta.visible) or "WorkSheet" not in str(meta.typ):
            continue
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.total_height > ROWS_MOST or sheet.total_height * sheet.total_width > CELLS_MOST:
            message = f"its sheet {meta.name!r} is too large"
            raise MemoryError(message)
        rows = sheet.to_python(skip_empty_area=False)
        sheets[meta.name] = [[_plain(cell) for cell in row] for row in rows]
    json.dump(sheets, sys.stdout, default=str)


def _plain(cell: object) -> object:
    """Return a cell that JSON can hold; dates become ``{"date": ...}``."""
    if isinstance(cell, datetime.datetime | datetime.date):
        return {"date": cell.isoformat()}
    if isinstance(cell, datetime.time | datetime.timedelta):
        return {"time": str(cell)}
    return cell


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
