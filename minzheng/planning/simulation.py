"""What if, over the live population: the same comparison as over files (`policy.simulation`), read in the user's scope.

Nothing is written: the database refuses a write while the population is read, and the comparison happens in a folder
that is removed. What comes out is not an award, not an amount owed, and no list to pay from.
"""

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from minzheng.core import crypto
from minzheng.core.errors import refuse
from minzheng.core.reading import read_only
from minzheng.planning.population import Written, candidates_of, families, subjects_of, write_population
from minzheng.policy import Explanation, explain, registry
from minzheng.policy.simulation import Law, Simulation, open_population, simulated, wanted_programmes

FEW = 3_000
"""Families that the reference engine works out sooner than DuckDB starts; both give the same fen."""


def stored_laws() -> dict[str, Law]:
    """The programmes in force as the database holds them, in the declared order."""
    return {one.code: Law(one.policy, one.rates) for one in registry.programmes()}


def snapshot(folder: Path, *, area: str, on: dt.date) -> Written:
    """The population of an area as files for others: no names, no numbers of people; ids are pseudonyms that only this
    installation's key leads back."""
    if folder.exists() and any(folder.iterdir()):
        raise refuse(
            "simulation.folder",
            zh="目录 {folder} 不是空的。",
            en="The folder {folder} is not empty.",
            remedy_zh="请指定一个新目录，避免新旧资料混在一起。",
            remedy_en="Name a new one, so that old and new files do not mix.",
            folder=folder,
        )
    folder.mkdir(parents=True, exist_ok=True)
    with read_only():
        return write_population(folder, area=area, on=on, name=pseudonym)


def pseudonym(ident: str) -> str:
    """A name that is always the same for the same party, and cannot be worked back without the installation's key."""
    digest = crypto.digest(ident, purpose="snapshot")
    return hashlib.blake2b(digest, digest_size=10).hexdigest()


@contextmanager
def simulated_live(
    after: Mapping[str, Law],
    *,
    before: Mapping[str, Law],
    area: str,
    on: dt.date,
    programmes: Sequence[str] = (),
    engine: str = "",
    most: int | None = None,
) -> Iterator[Simulation]:
    """Compare two laws over the people of an area. engine: by default the one that is quicker for so many. most:
    refuses more families than this (a page cannot wait)."""
    only = wanted_programmes(before, after, on, area, programmes)
    with tempfile.TemporaryDirectory(prefix="mz-population-") as scratch:
        folder = Path(scratch)
        with read_only():
            written = write_population(folder, area=area, on=on, only=only)
        if not written.parties:
            raise refuse(
                "simulation.nobody",
                zh="区划 {area} 在 {on} 没有可以测算的人：没有家庭登记，或没有在册待遇。",
                en="There is nobody to simulate in {area} on {on}: no family is registered, or no benefit runs.",
                remedy_zh="请换一个日期或区划。",
                remedy_en="Choose another day or area.",
                area=area,
                on=on,
            )
        if most is not None and written.families > most:
            raise refuse(
                "simulation.too_many",
                zh="{area} 有 {count} 户，网页上一次最多测算 {most} 户。",
                en="{area} has {count} families; the page simulates {most} at most.",
                remedy_zh="请选一个乡镇，或用命令行 minzheng simulate。",
                remedy_en="Choose a township, or use minzheng simulate on the command line.",
                area=area,
                count=written.families,
                most=most,
            )
        chosen = engine or ("python" if written.families <= FEW else "duckdb")
        with simulated(open_population(folder), before, after, on, programmes=programmes, engine=chosen) as found:
            yield found


def why(law: Law, *, party: str, area: str, on: dt.date) -> Explanation | None:
    """Why a party (its id in the simulation, `h12`, `p34`) gets what it gets under a law; None where it is not in the
    population of the place (`area`: where it lives)."""
    with read_only():
        laws = [one for one in registry.programmes() if one.policy.versions[0].starts_on <= on]
        programme = next((one for one in laws if one.code == law.code), None)
        if programme is None:
            return None
        candidates, _ = candidates_of(programme, laws, families(area, on), area, on)
        wanted = [one for one in candidates if one.id == party]
        if not wanted:
            return None
        return explain(law.policy, law.rates, subjects_of(law.code, wanted, on)[0], on)
