"""`minzheng snapshot` and `minzheng simulate`. They read; what they write are the files that were asked for."""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import click
from rich.console import Console

from minzheng.core.errors import refuse
from minzheng.policy.commands.common import language
from minzheng.policy.simulation import (
    Law,
    Simulation,
    laws_on_disk,
    open_population,
    read_rates,
    read_setting,
    simulated,
    with_policy,
    with_rates,
    with_settings,
)

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])
ENGINES = ("duckdb", "python")
Existing = Callable[[Path | None], AbstractContextManager[None]]
Change = Callable[[Mapping[str, Law]], dict[str, Law]]


def add_to(group: click.Group, existing: Existing) -> None:
    """Add the commands; `existing` runs a block with a data directory that has been set up."""
    group.add_command(_snapshot(existing))
    group.add_command(_simulate(existing))


def _snapshot(existing: Existing) -> click.Command:
    @click.command("snapshot")
    @click.option("--data", type=FOLDER, help="Data directory (default: MINZHENG_DATA or .data).")
    @click.option("--area", required=True, help="Division code.")
    @click.option("--on", "on", required=True, type=DAY, help="The day of which the facts are.")
    @click.option("--user", help="See what this user sees (default: the whole area).")
    @click.option("--out", required=True, type=FOLDER, help="A new or empty folder.")
    def snapshot(data: Path | None, area: str, on: dt.datetime, user: str | None, out: Path) -> None:
        """Write the population of an area as Parquet files, without names and numbers: for simulations elsewhere."""
        with existing(data), _seeing(user, area):
            from minzheng.planning import simulation

            written = simulation.snapshot(out, area=area, on=on.date())
        console = Console(stderr=True)
        console.print(f"{written.families} families: {out}")
        for code, count in written.parties.items():
            console.print(f"  {code}: {count}")
        for code, count in written.excluded.items():
            console.print(f"  {code}: {count} left out, covered by a benefit that excludes it")

    return snapshot


def _simulate(existing: Existing) -> click.Command:
    @click.command("simulate")
    @click.option("--population", type=FOLDER, help="A folder that `minzheng snapshot`, or anybody else, has made.")
    @click.option("--data", type=FOLDER, help="Data directory, for the live population.")
    @click.option("--area", help="Division code, for the live population.")
    @click.option("--user", help="See what this user sees (default: the whole area).")
    @click.option("--on", "on", required=True, type=DAY, help="The day whose law and facts count.")
    @click.option("--programme", "programmes", multiple=True, help="Only these (default: all that are paid regularly).")
    @click.option("--rates", type=FILE, multiple=True, help="Changed rates: programme → rates, or rates alone.")
    @click.option("--policy", "policies", multiple=True, help="CODE=POLICY.yaml: another policy for a programme.")
    @click.option("--set", "settings", multiple=True, help="programme.rate=value, wherever the rate holds.")
    @click.option("--base-rates", type=FILE, multiple=True, help="Local rates in force, over policies/ (a snapshot's).")
    @click.option("--engine", type=click.Choice(ENGINES), default="duckdb", show_default=True)
    @click.option("--out", type=FOLDER, help="Write simulation.xlsx and simulation.json here.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
    def simulate(
        population: Path | None,
        data: Path | None,
        area: str | None,
        user: str | None,
        on: dt.datetime,
        programmes: tuple[str, ...],
        rates: tuple[Path, ...],
        policies: tuple[str, ...],
        settings: tuple[str, ...],
        base_rates: tuple[Path, ...],
        engine: str,
        out: Path | None,
        as_json: bool,
    ) -> None:
        """What if: compare the law in force with a changed one over a population. No table of the database is written.

        Example: minzheng simulate --area 990101101 --on 2025-12-01 --set dibao.standard=700 --set dibao.elderly=0.25
        """
        _need_one_population(population, area)
        day = on.date()
        alone = programmes[0] if len(programmes) == 1 else None
        overlays = [read_rates(path, alone) for path in rates]
        wanted = [read_setting(text) for text in settings]

        def change(laws: Mapping[str, Law], place: str) -> dict[str, Law]:
            changed = dict(laws)
            for text in policies:
                code, path = _policy_of(text)
                changed = with_policy(changed, code, path)
            for overlay in overlays:
                changed = with_rates(changed, overlay)
            return with_settings(changed, wanted, day, place)

        with (
            _of_files(population, base_rates, change, day, programmes, engine)
            if population is not None
            else _of_people(existing, data, area or "", user, change, day, programmes, engine)
        ) as found:
            _deliver(found, out, as_json)

    return simulate


@contextmanager
def _of_files(
    folder: Path,
    base_rates: tuple[Path, ...],
    change: Callable[[Mapping[str, Law], str], dict[str, Law]],
    day: dt.date,
    programmes: tuple[str, ...],
    engine: str,
) -> Iterator[Simulation]:
    population = open_population(folder)
    before = laws_on_disk(base_rates)
    after = change(before, population.area)
    with simulated(population, before, after, day, programmes=programmes, engine=engine) as found:
        yield found


@contextmanager
def _of_people(
    existing: Existing,
    data: Path | None,
    area: str,
    user: str | None,
    change: Callable[[Mapping[str, Law], str], dict[str, Law]],
    day: dt.date,
    programmes: tuple[str, ...],
    engine: str,
) -> Iterator[Simulation]:
    with existing(data), _seeing(user, area):
        from minzheng.planning import simulation

        before = simulation.stored_laws()
        after = change(before, area)
        with simulation.simulated_live(
            after, before=before, area=area, on=day, programmes=programmes, engine=engine
        ) as found:
            yield found


@contextmanager
def _seeing(username: str | None, area: str) -> Iterator[None]:
    """The scope of a user who may simulate in this area, or of the whole area; nothing can be written in it."""
    from minzheng.access import perms
    from minzheng.access.models import User
    from minzheng.access.scope import acting, scope
    from minzheng.areas.queries import area as known_area
    from minzheng.core.reading import read_only

    with read_only():
        known_area(area)
        if username is None:
            with scope([area]):
                yield
            return
        user = User.objects.filter(username=username).first()
        if user is None:
            raise refuse(
                "simulation.user",
                zh="没有用户“{user}”。",
                en="There is no user “{user}”.",
                remedy_zh="请核对用户名，或不写 --user。",
                remedy_en="Check the name, or leave --user out.",
                user=username,
            )
        perms.require(user, "planning.simulate", area)
        with acting(user):
            yield


def _deliver(found: Simulation, out: Path | None, as_json: bool) -> None:
    """Files where they are wanted, then the terminal."""
    from minzheng.planning.terminal import show
    from minzheng.policy.simulation.workbook import workbook

    text = json.dumps(found.summary.as_dict(), ensure_ascii=False, indent=2)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "simulation.xlsx").write_bytes(workbook(found, language()))
        (out / "simulation.json").write_text(text + "\n", encoding="utf-8")
    if as_json:
        click.echo(text)
    else:
        show(found.summary, Console(), language())
    if out is not None:
        click.echo(f"{out / 'simulation.xlsx'}", err=True)


def _need_one_population(population: Path | None, area: str | None) -> None:
    if (population is None) == (area is None):
        raise refuse(
            "simulation.which_population",
            zh="请指明一个人群：--population 目录，或 --area 区划（在用数据库）。",
            en="Name one population: --population DIR, or --area CODE (the live database).",
            remedy_zh="两个只写一个。",
            remedy_en="Give exactly one of the two.",
        )


def _policy_of(text: str) -> tuple[str, Path]:
    code, equals, path = text.partition("=")
    if not (equals and code and path):
        raise refuse(
            "simulation.policy",
            zh="看不懂 --policy “{text}”。",
            en="--policy “{text}” cannot be read.",
            remedy_zh="写成 项目=政策文件，例如 dibao=new.yaml。",
            remedy_en="Write programme=file, for example dibao=new.yaml.",
            text=text,
        )
    return code, Path(path)
