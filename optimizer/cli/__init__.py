"""The command line: parse, call one public function, print, exit code."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    from optimizer.cli.app import app  # noqa: PLC0415 - keeps ``import optimizer`` quick

    app()
