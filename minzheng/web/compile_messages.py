"""Compile the translations (.po → .mo) without the gettext programs: `python -m minzheng.web.compile_messages`."""

import os
import tempfile
from pathlib import Path

import polib

LOCALE = Path(__file__).parent.parent / "locale"


def compile_all(locale: Path = LOCALE) -> list[Path]:
    """Compile what is missing or older than its source. Returns the files written. A folder that cannot be written
    (an installation owned by somebody else) keeps what it has."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        content = polib.pofile(str(source)).to_binary()
        try:
            _replace(target, content)
        except OSError:
            continue
        written.append(target)
    return written


def _replace(target: Path, content: bytes) -> None:
    """Write beside and move into place: two processes may start at the same moment."""
    descriptor, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(name).replace(target)


if __name__ == "__main__":
    for path in compile_all():
        print(path)  # noqa: T201 - says what it made
