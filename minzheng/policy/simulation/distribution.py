"""How resources are spread over the people of the population: Gini, poverty gap, headcount, Lorenz curve.

A family's resources of a year are its annual income and the assistance simulated (what is paid once is not in it); each
of its people has an equal part of them. Everything is counted in whole numbers: with R the family's resources of a year
in fen and n its people, the resources of a head and month are R / 12n, and people are weighted equally.

- Gini = Σ R (2C − n − W) / (W Σ R), families in rising order of R / n, C the people up to and with the family, W all of
  them: the mean difference between two people over twice the mean, as an exact fraction.
- Poor: R / 12n below the line z of the place (fen a month). Gap = Σ (12nz − R) over the poor, in twelfths of a fen a
  month. P1 (Foster, Greer, Thorbecke) = Σ n (z − R / 12n) / z over the poor, by W. Headcount = poor people by W.

Only registered families are in the population, not all who live there: the figures say how a change moves those
families against one another, not how equal the place is.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import duckdb

from minzheng.policy.values import FAMILY, decimal_text

GINI = """
with ordered as (
    -- Two different fractions of families of at most 100 people differ by far more than the twelfth decimal.
    select r, n, (cast(r as hugeint) * 1000000000000) // n as place from spread
), counted as (
    select r, n, sum(n) over (order by place rows unbounded preceding) as c from ordered
)
select sum(cast(r as hugeint) * (2 * c - n - w.people)), any_value(w.people), any_value(w.resources)
from counted, (select sum(n) as people, sum(cast(r as hugeint)) as resources from spread) w
"""
LORENZ = """
with ordered as (
    select r, n, (cast(r as hugeint) * 1000000000000) // n as place from spread
), counted as (
    select sum(n) over run as c, sum(cast(r as hugeint)) over run as s from ordered
    window run as (order by place rows unbounded preceding)
), whole as (select sum(n) as people, sum(cast(r as hugeint)) as resources from spread)
select max(10000 * c // people), max(10000 * s // resources) from counted, whole
where resources > 0 group by (50 * c - 1) // people order by 1
"""
POOR = """
select z, sum(n), sum(cast(n as hugeint) * 12 * z - r) from spread
where z is not null and r < 12 * n * z group by z order by z
"""
WITH_LINE = "select coalesce(sum(n), 0) from spread where z is not null"
LEFT_OUT = """
select case when income is null then 'income' when n is null or n < 1 or n > ? then 'people' else 'line' end as reason,
       count(*), coalesce(sum(n), 0)
from resources where income is null or n is null or n < 1 or n > ? or z is null group by reason order by reason
"""


@dataclass(frozen=True)
class Distribution:
    """One side of the comparison. gap_twelfths: twelfths of a fen a month."""

    families: int
    people: int
    resources: int
    """Fen a year, all families together."""
    gini: Fraction | None
    """None where nobody has anything."""
    poor: int
    counted: int
    """People for whom there is a line."""
    gap_twelfths: int
    p1: Fraction | None
    lorenz: tuple[tuple[int, int], ...]
    """Points of the curve in ten-thousandths: so many of the people have so much of the resources; for drawing."""

    @property
    def headcount(self) -> Fraction | None:
        return Fraction(self.poor, self.counted) if self.counted else None

    @property
    def gap(self) -> int:
        """The poverty gap in fen a month, rounded half up."""
        return (2 * self.gap_twelfths + 12) // 24

    def as_dict(self) -> dict[str, Any]:
        return {
            "families": self.families,
            "people": self.people,
            "gini": shown(self.gini),
            "gini_fraction": str(self.gini) if self.gini is not None else None,
            "poor_people": self.poor,
            "people_with_a_line": self.counted,
            "headcount": shown(self.headcount),
            "poverty_gap": decimal_text(Fraction(self.gap, 100), 2, 2),
            "p1": shown(self.p1),
        }


def shown(share: Fraction | None) -> str | None:
    """A share for reading: four decimals, half up."""
    return None if share is None else decimal_text(share, 4, 4)


def distribution(connection: duckdb.DuckDBPyConnection, side: str) -> Distribution:
    """The figures of one side (`before` or `after`), from the table `resources`: income, before, after (fen a year), n
    (people), z (the line in fen a month)."""
    assert side in ("before", "after")
    relation = connection.table("resources").filter(f"income is not null and n between 1 and {FAMILY}")
    relation.project(f"income + {side} as r, n, z").create_view("spread", replace=True)
    families = _one(connection, "select count(*) from spread")[0]
    gini_part, people, resources = _one(connection, GINI)
    poor = connection.execute(POOR).fetchall()
    counted = int(_one(connection, WITH_LINE)[0])
    shares = sum((Fraction(gap, 12 * z) for z, _, gap in poor), Fraction(0))
    return Distribution(
        families=families,
        people=int(people or 0),
        resources=int(resources or 0),
        gini=Fraction(int(gini_part), int(people) * int(resources)) if people and resources > 0 else None,
        poor=int(sum(n for _, n, _ in poor)),
        counted=counted,
        gap_twelfths=int(sum(gap for _, _, gap in poor)),
        p1=shares / counted if counted else None,
        lorenz=((0, 0), *((int(c), int(s)) for c, s in connection.execute(LORENZ).fetchall())) if families else (),
    )


def left_out(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    """Families that these figures could not count, and their people, by what is not known: `income`, `people`, or the
    poverty `line` (these are in the Gini, not among the poor)."""
    rows = connection.execute(LEFT_OUT, [FAMILY, FAMILY]).fetchall()
    return {str(reason): (int(families), int(people)) for reason, families, people in rows}


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row
