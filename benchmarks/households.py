"""An invented population of any size as two Parquet files, the same bytes of facts wherever it is made.

Every value is mixed from a household's or member's number by whole-number arithmetic: no seed and no order of threads.
The counties are real, the people are nobody. Half the households have no member but one; a family has two on average.
"""

import csv
import lzma
from dataclasses import dataclass
from pathlib import Path

import duckdb

import minzheng

DIVISIONS = Path(minzheng.__file__).parent / "areas" / "data" / "divisions-2023.csv.xz"
WITHOUT = ("71", "81", "82")
"""Provinces whose counties are left out."""

MACROS = """
create macro fifth_power(x) as ((x * x % 2147483647) * (x * x % 2147483647) % 2147483647) * x % 2147483647;
-- A whole number from 0 to below - 1 that depends on the key and the purpose alone. x^5 permutes the numbers modulo
-- 2^31 - 1, so neighbouring keys land far apart.
create macro draw(key, purpose, below) as
    fifth_power((key * 48271 + purpose * 1000003) % 2147483647) // 16 % below;
create macro perhaps(key, purpose, percent, value) as
    case when draw(key, purpose, 100) >= percent then value end;
-- Of every hundred households 41, 33, 15, 7 and 4 have 1 to 5 members: 200 people.
create macro family_size(id) as
    case when id * 37 % 100 < 41 then 1 when id * 37 % 100 < 74 then 2 when id * 37 % 100 < 89 then 3
         when id * 37 % 100 < 96 then 4 else 5 end;
"""

FACTS = """
select id,
       county.code || lpad((1 + draw(id, 1, 18))::varchar, 3, '0') || lpad((200 + draw(id, 2, 12))::varchar, 3, '0')
           as area,
       case when draw(id, 3, 100) < 45 then 'urban' else 'rural' end as residence,
       yuan(case when draw(id, 4, 100) < 5 then 0 else draw(id, 5, 2400000) * family_size(id) end) as annual_income,
       perhaps(id, 6, $missing, yuan(case when draw(id, 7, 100) < 30 then 0
                                          else draw(id, 8, 2200000) * family_size(id) end)) as financial_assets,
       case when draw(id, 9, 100) < 4 then 1 else 0 end as cars,
       case when draw(id, 10, 100) < 3 then 2 else draw(id, 11, 2) end as houses,
       draw(id, 12, 100) < 3 as business_registered
from (select range::bigint as id from range(1, $households + 1)) join county on county.n = draw(id, 13, $counties)
order by id
"""

MEMBERS = """
select id,
       perhaps(person, 21, $missing, draw(person, 22, 96)) as age,
       case when draw(person, 23, 100) < 12 then 1 + draw(person, 24, 4) else 0 end as disability_grade,
       case when draw(person, 23, 100) < 12
            then ['visual', 'hearing', 'physical', 'intellectual', 'mental'][1 + draw(person, 25, 5)]
            else 'none' end as disability_kind,
       draw(person, 26, 100) < 5 as serious_illness,
       perhaps(person, 27, $missing, draw(person, 28, 100) < 90) as covered
from (select id, id * 8 + unnest(range(family_size(id))) as person
      from (select range::bigint as id from range(1, $households + 1)))
order by id, person
"""


@dataclass(frozen=True)
class Population:
    """Where the two files are; `missing` is the share in a hundred of ages, covers and assets that nobody knows."""

    facts: Path
    members: Path
    households: int
    missing: int


def make(folder: Path, households: int, missing: int = 0) -> Population:
    """Write FACTS and MEMBERS of so many households into the folder, unless they are there already."""
    name = f"{households}-{missing}"
    found = Population(folder / f"facts-{name}.parquet", folder / f"members-{name}.parquet", households, missing)
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(MACROS)
        connection.execute("create macro yuan(fen) as (fen::decimal(12, 0) * 0.01::decimal(3, 2))::decimal(12, 2)")
        codes = counties()
        connection.execute(
            "create table county as select i as n, $codes[i + 1] as code from range(len($codes)) t(i)", {"codes": codes}
        )
        for select, path in ((FACTS, found.facts), (MEMBERS, found.members)):
            if not path.exists():
                given = {"households": households, "missing": missing, "counties": len(codes)}
                _write(connection, select, {k: v for k, v in given.items() if f"${k}" in select}, path)
    return found


def _write(connection: duckdb.DuckDBPyConnection, select: str, given: dict[str, int], path: Path) -> None:
    scratch = path.with_suffix(".part")
    for name, value in given.items():
        select = select.replace(f"${name}", str(int(value)))
    connection.execute(f"copy ({select}) to '{scratch}' (format parquet)")
    scratch.replace(path)


def counties() -> list[str]:
    """The six-digit code of every county of the mainland."""
    with lzma.open(DIVISIONS, "rt", encoding="utf-8", newline="") as file:
        codes = [row[0] for row in csv.reader(file)]
    return sorted(code for code in codes if len(code) == 6 and not code.startswith(WITHOUT))
