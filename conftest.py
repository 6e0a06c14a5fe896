"""What every test begins with."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Hear Ctrl-C also where whoever started the tests ignores it, as shells do in background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
