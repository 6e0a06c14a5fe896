"""Bytes of a file to text: encodings, byte order marks, binary and oversized files."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path

from optimizer.instance.reading.findings import Findings
from optimizer.messages.message import Message

__all__ = ["BYTES_MOST", "read_text"]

BYTES_MOST = 500_000_000
"""Largest text file that is read, in bytes; the travel table of a large country has 100 MB."""


def read_text(
    path: Path, file: str, found: Findings, *, bytes_most: int = BYTES_MOST
) -> str | None:
    """Return the text of a file, or None when it cannot be read as text.

    UTF-8 with or without a byte order mark is read as it is; UTF-16 with a mark and Windows-1252
    are read and noted. A file whose name ends in ``.gz`` is unpacked.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    file : str
        Its name in messages.
    found : Findings
        Receives problems and notes.
    bytes_most : int
        Largest size in bytes.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for, for ever
            found.problem(file, None, "", "is not a file", "give a file")
            return None
        size = path.stat().st_size
        if size > bytes_most:
            what = f"is too large: {size:,} bytes, at most {bytes_most:,} are read"
            found.problem(file, None, "", what, "keep only the rows and columns that are needed")
            return None
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.GzipFile(fileobj=io.BytesIO(data)).read(bytes_most)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error) or "unknown reason"
        found.problem(file, None, "", f"cannot be read ({reason})", "check file and permissions")
        return None
    return _decode(data, file, found)


def _decode(data: bytes, file: str, found: Findings) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(data, "utf-16", file, found)
    if b"\0" in data:
        remedy = "save it as text (in a spreadsheet: save as CSV UTF-8)"
        found.problem(file, None, "", "is a binary file", remedy)
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _decoded(data, "cp1252", file, found, line=line)


def _decoded(
    data: bytes, encoding: str, file: str, found: Findings, *, line: int | None = None
) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        found.problem(
            file, line, "", "is neither UTF-8 nor Windows-1252 text", "save the file as UTF-8"
        )
        return None
    label = {"cp1252": "Windows-1252", "utf-16": "UTF-16"}[encoding]
    found.note(file, "", 1, Message("read as {label}, not UTF-8: check the accents", label=label))
    return text
