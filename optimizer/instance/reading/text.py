"""Bytes of a file to text: encodings, byte order marks, binary and oversized files."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from pathlib import Path

from optimizer.instance.reading.findings import Findings
from optimizer.messages.message import Message

__all__ = ["BYTES_MOST", "read_text"]

BYTES_MOST = 500_000_000
"""Largest text file that is read, in bytes; the travel table of a large country has 100 MB."""

UTF_16_ZEROS_LEAST = 0.7
"""Share of zeros among every second byte from which bytes are text in UTF-16."""
ACCENTED = re.compile(r"(?<=[A-Za-z])[áéíóúñãõçâêôüÁÉÍÓÚÑÃÕÇÂÊÔÜ](?=[A-Za-z ])")
TWICE = re.compile("Ã[\u0080-\u00bf\u2018-\u2022\u0160-\u0178\u20ac]")
LABELS = {
    "cp1252": "Windows-1252",
    "cp850": "DOS (code page 850)",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
}


def read_text(
    path: Path, file: str, found: Findings, *, bytes_most: int = BYTES_MOST
) -> str | None:
    """Return the text of a file, or None when it cannot be read as text.

    UTF-8 with or without a byte order mark is read as it is; UTF-16, with a mark or without,
    Windows-1252 (and so ISO-8859-1) and the encoding of DOS are read and noted.
    A file whose name ends in ``.gz`` is unpacked.

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
            data = gzip.GzipFile(fileobj=io.BytesIO(data)).read(bytes_most + 1)
        if len(data) > bytes_most:
            what = f"is too large: unpacked it has more than {bytes_most:,} bytes"
            found.problem(file, None, "", what, "keep only the rows and columns that are needed")
            return None
    except (OSError, EOFError, ValueError, zlib.error) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error) or "unknown reason"
        found.problem(file, None, "", f"cannot be read ({reason})", "check file and permissions")
        return None
    return _decode(data, file, found)


def _decode(data: bytes, file: str, found: Findings) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(data, "utf-16", file, found)
    if b"\0" in data:
        encoding = _unmarked_utf_16(data)
        if encoding:
            return _decoded(data, encoding, file, found)
        remedy = "save it as text (in a spreadsheet: save as CSV UTF-8)"
        found.problem(file, None, "", "is a binary file", remedy)
        return None
    try:
        return _twice_encoded(data.decode("utf-8-sig"), file, found)
    except UnicodeDecodeError:
        return _decoded(data, _one_byte_encoding(data), file, found)


def _unmarked_utf_16(data: bytes) -> str:
    """Return the UTF-16 encoding of bytes without a mark, empty where they are no such text.

    Texts in Latin letters have a zero in every second byte.
    """
    start = data[:10_000]
    odd, even = start[1::2].count(0), start[::2].count(0)
    most = UTF_16_ZEROS_LEAST * (len(start) // 2)
    if odd > most and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > most and odd == 0 else ""


def _one_byte_encoding(data: bytes) -> str:
    """Return which encoding of one byte a letter gives words: that of Windows or of DOS."""
    in_windows, in_dos = (
        _letters_inside_words(data.decode(encoding, errors="replace"))
        for encoding in ("cp1252", "cp850")
    )
    return "cp850" if in_dos > in_windows else "cp1252"


def _letters_inside_words(text: str) -> int:
    """Return how many letters with accents of Spanish and Portuguese stand beside plain letters."""
    return len(ACCENTED.findall(text))


def _twice_encoded(text: str, file: str, found: Findings) -> str:
    """Return a text that was encoded to UTF-8 twice (San JosÃ©) as it was meant."""
    if not TWICE.search(text):
        return text
    try:
        once = text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text
    found.note(file, "", 1, Message("encoded twice, read as it was meant: check the accents"))
    return once


def _decoded(data: bytes, encoding: str, file: str, found: Findings) -> str | None:
    label = LABELS[encoding]
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"is neither UTF-8 nor {label} text"
        found.problem(file, line, "", what, "save the file as UTF-8")
        return None
    found.note(file, "", 1, Message("read as {label}, not UTF-8: check the accents", label=label))
    return text
