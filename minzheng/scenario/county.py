"""What the county of a scenario sets otherwise than the law as it is shipped: a copy of `policies/` with its settings,
as an office makes one. It counts while the scenario lasts."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from minzheng.cases import procedure
from minzheng.core.files import policies_dir
from minzheng.scenario import places

POLICIES = "MINZHENG_POLICIES"


@contextmanager
def own_policies() -> Iterator[Path]:
    """A copy of the law in force, which is the law from here on; afterwards it is what it was."""
    before = os.environ.get(POLICIES)
    with tempfile.TemporaryDirectory(prefix="minzheng-county-") as scratch:
        own = Path(scratch) / "policies"
        shutil.copytree(policies_dir(), own)
        os.environ[POLICIES] = str(own)
        try:
            yield own
        finally:
            os.environ.pop(POLICIES)
            if before is not None:
                os.environ[POLICIES] = before


def set_otherwise(own: Path, programme: str, kind: str, part: str, says: Mapping[str, Any]) -> bool:
    """Lay the county's settings over a part of a programme's procedure (`areas:`), in every version that has the part.
    Whether one has it. Raises what the procedure's reader refuses."""
    file = own / programme / "procedure.yaml"
    whole = yaml.safe_load(file.read_text(encoding="utf-8"))
    kinds = [version["procedures"].get(kind) or {} for version in whole["versions"] if "procedures" in version]
    parts = [rules[part] for rules in kinds if isinstance(rules.get(part), dict)]
    for found in parts:
        found["areas"] = (found.get("areas") or {}) | {places.COUNTY: dict(says)}
    file.write_text(yaml.safe_dump(whole, allow_unicode=True, sort_keys=False), encoding="utf-8")
    procedure.load(programme)
    return bool(parts)
