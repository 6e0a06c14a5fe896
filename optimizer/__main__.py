"""``python -m optimizer``."""

from __future__ import annotations

from optimizer.cli import main

if __name__ == "__main__":
    main()
