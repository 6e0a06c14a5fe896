"""What every test begins with."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
SLOW = ROOT / "tests" / "slow.txt"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that are named as slow."""
    lines = SLOW.read_text(encoding="utf-8").splitlines()
    slow = {line.strip() for line in lines if line.strip() and not line.startswith("#")}
    for item in items:
        if slow & {item.nodeid, item.nodeid.partition("[")[0]}:
            item.add_marker(pytest.mark.slow)


def pytest_configure() -> None:
    """Hear Ctrl-C also where whoever started the tests ignores it, as shells do in background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
