"""A small valid instance folder, of which a test changes single files."""

from __future__ import annotations

from pathlib import Path

HEAD = 'currency = "PEN"\nprice_year = 2024\ncrs = "EPSG:32718"\n'
INCOMES = "[incomes]\nincome_month = 1500\n"
MODEL = '[[operator_models]]\noperator_model = "social"\noverhead_year = 30000\n'
TOML = HEAD + INCOMES + MODEL
TOWNS = "town,lon,lat,population\nA,-76.1,-6.1,8000\nB,-76.2,-6.2,4000\n"


def folder_with(home: Path, files: dict[str, str | bytes | None] | None = None) -> Path:
    """Write the folder; a file given as None is left out."""
    folder = home / "pair"
    contents: dict[str, str | bytes | None] = {"instance.toml": TOML, "towns.csv": TOWNS}
    for name, content in {**contents, **(files or {})}.items():
        if content is None:
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder
