"""Roles and conflicting acts, read from policies/roles.yaml."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml

from minzheng.core.errors import Text
from minzheng.core.files import policies_dir


@dataclass(frozen=True)
class Role:
    """A readable list of permissions."""

    code: str
    name: Text
    permissions: frozenset[str]


@dataclass(frozen=True)
class Roles:
    """`supervision`: by role, whose late tasks it sees (by their role), from how many working days after the clock has
    run out."""

    roles: dict[str, Role]
    conflicts: tuple[tuple[str, str], ...]
    supervision: dict[str, dict[str, int]] = field(default_factory=dict)

    def permissions(self) -> frozenset[str]:
        return frozenset().union(*(role.permissions for role in self.roles.values()))


@lru_cache
def load(path: Path | None = None) -> Roles:
    """The roles of this installation. Each act in `conflicts` must be a permission that some role has."""
    data = yaml.safe_load((path or policies_dir() / "roles.yaml").read_text(encoding="utf-8"))
    roles = {code: Role(code, entry["name"], frozenset(entry["permissions"])) for code, entry in data["roles"].items()}
    conflicts = tuple((first, second) for first, second in data["conflicts"])
    supervision = {code: dict(entry) for code, entry in (data.get("supervision") or {}).items()}
    for code, supervised in supervision.items():
        for name in (code, *supervised):
            if name not in roles:
                raise ValueError(f"roles.yaml: supervision names the role “{name}”, which is not there")
    return Roles(roles, conflicts, supervision)
