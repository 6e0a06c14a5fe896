"""The command line: parse, call one public function, print, exit code."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from contextlib import suppress
from io import TextIOWrapper
from typing import NoReturn

from optimizer.interrupts import ENDINGS, Interrupts

__all__ = ["main"]

EXIT_STOPPED = 5
EXIT_OUTPUT = 3
PRESSED = 130
"""What the parser of commands leaves with where it is pressed before a command begins."""
STOPPED = "stopped before any plan was found"


def main() -> None:
    """Run the command line: no ending shows a traceback, and none loses a plan that is known."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    with Interrupts(ENDINGS, tell=_tell) as interrupts:
        try:
            from optimizer.cli.app import app

            app()
        except SystemExit as end:
            if end.code != PRESSED or not interrupts.asked:
                _leave(end.code)
            _tell(STOPPED)
            _leave(EXIT_STOPPED)
        except OSError as error:
            _tell(f"the output cannot be written ({error.strerror or error})")
            _leave(EXIT_OUTPUT)
        except BaseException:
            if not interrupts.asked:
                raise
            _tell(STOPPED)
            _leave(EXIT_STOPPED)


def _leave(code: object) -> NoReturn:
    """Leave with a code once all is written; a search that was left alone is not waited for."""
    number = code if isinstance(code, int) else 0 if code is None else 1
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        number = number or EXIT_OUTPUT
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with suppress(OSError, ValueError):
        sys.stderr.flush()
    others = [t for t in threading.enumerate() if t is not threading.main_thread()]
    if any(not thread.daemon for thread in others):
        os._exit(number)
    if number == EXIT_STOPPED:  # Python would put the signal in place of the code, now and then
        atexit._run_exitfuncs()
        os._exit(number)
    sys.exit(number)


def _tell(words: str) -> None:
    """Say a line on standard error, even from inside a signal."""
    with suppress(OSError, ValueError):
        os.write(sys.stderr.fileno(), f"{words}\n".encode())
