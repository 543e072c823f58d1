"""The population of docs/algorithms/simulation.md: five families of two invented villages, for the living allowance."""

from pathlib import Path
from typing import Any

from minzheng.policy.simulation.population import FAMILY_COLUMNS, write_about, write_table

FACTS = {
    "id": "varchar", "area": "varchar", "residence": "varchar", "annual_income": "decimal(14,2)",
    "financial_assets": "decimal(14,2)", "cars": "bigint", "houses": "bigint", "business_registered": "boolean",
}  # fmt: skip
MEMBERS = {
    "id": "varchar", "age": "bigint", "disability_grade": "bigint", "disability_kind": "varchar",
    "serious_illness": "boolean", "covered": "boolean",
}  # fmt: skip
LIUZHUANG, HEWAN = "990101101201", "990101101202"
FAMILIES: list[tuple[str, str, int, list[int], int | None]] = [
    ("A", LIUZHUANG, 3600, [72, 68], 0),
    ("B", LIUZHUANG, 6000, [40], 0),
    ("C", HEWAN, 7200, [45, 43, 10], 0),
    ("D", HEWAN, 12000, [50], 0),
    ("E", HEWAN, 4800, [60], None),
]
"""Id, village, income of a year, ages, cars (None: not known)."""


def write_small(folder: Path, families: Any = FAMILIES, **extra: dict[str, Any]) -> Path:
    """The folder. extra: columns of facts.parquet beside the usual ones, as {column: {id: value}} with a type under
    `type`."""
    income = [(ident, area, "rural", len(ages), yuan) for ident, area, yuan, ages, _ in families]
    write_table(folder / "families.parquet", FAMILY_COLUMNS, income)
    columns = FACTS | {name: values["type"] for name, values in extra.items()}
    facts = [
        (ident, area, "rural", yuan, 2000, cars, 1, "false", *(values.get(ident) for values in extra.values()))
        for ident, area, yuan, _, cars in families
    ]
    write_table(folder / "dibao" / "facts.parquet", columns, facts)
    members = [(ident, age, None, None, None, "true") for ident, _, _, ages, _ in families for age in ages]
    write_table(folder / "dibao" / "members.parquet", MEMBERS, members)
    write_about(folder, "990101101", "2025-12-01", {LIUZHUANG: "柳庄村", HEWAN: "河湾村"})
    return folder
