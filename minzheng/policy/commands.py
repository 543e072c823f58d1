"""`minzheng assess` and `minzheng policy check`, for analysts and policy officers. Both work on files."""

import datetime as dt
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from minzheng.core.files import policies_dir
from minzheng.policy.assessment import ENGINES
from minzheng.policy.assessment import assess as apply
from minzheng.policy.errors import PolicyError
from minzheng.policy.files import read_subjects, unused_columns, write_results
from minzheng.policy.load import load_policy
from minzheng.policy.rates import Rates, load_rates
from minzheng.policy.review import review

FILE = click.Path(dir_okay=False, path_type=Path)
ROWS_IN_ERROR = 3


@click.command()
@click.argument("policy", type=FILE)
@click.argument("facts", type=FILE)
@click.option("--members", type=FILE, help="Member facts, joined by id.")
@click.option("--rates", type=FILE, multiple=True, help="Rates files, later ones over earlier; default: beside POLICY.")
@click.option("--steps", is_flag=True, help="A column for each step.")
@click.option("--on", "on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day assessed.")
@click.option("--engine", type=click.Choice(ENGINES), default="python", show_default=True)
@click.option("--out", required=True, type=FILE)
@click.option("--database-url", envvar="DATABASE_URL", help="For --engine postgres; default: the installation's own.")
def assess(
    policy: Path,
    facts: Path,
    members: Path | None,
    rates: tuple[Path, ...],
    steps: bool,
    on: dt.datetime,
    engine: str,
    out: Path,
    database_url: str | None,
) -> None:
    """Apply POLICY to the households in FACTS (CSV or Parquet) and write OUT: id, eligible, unmet, amount, error.

    Exit code 3 where a row is in error; the others are computed all the same.
    """
    day = on.date()
    with _refusals():
        law = load_policy(policy, _vocabulary(policy))
        version = law.version_on(day)
        numbers = _rates(policy, rates)
        for column in unused_columns(facts, version):
            click.echo(f"{facts}: {column} is neither a fact nor a rate of this policy; not read", err=True)
        subjects = read_subjects(facts, members, version)
        with _connection(engine, database_url) as connection:
            results = apply(law, numbers, subjects, day, engine, connection)
        write_results(out, results, version, steps=steps)
    failed = sum(1 for result in results if result.error)
    click.echo(
        f"{len(results)} rows, {sum(one.eligible for one in results)} eligible, {failed} in error: {out}", err=True
    )
    if failed:
        sys.exit(ROWS_IN_ERROR)


@click.group("policy")
def policy_group() -> None:
    """The law as data."""


@policy_group.command("check")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Check policies: what the loader refuses (exit code 1), and what lacks a basis, a label, a source or its timing.

    PATHS are policy.yaml files or their directories; without any, everything under policies/.
    """
    directories = [path if path.is_dir() else path.parent for path in paths]
    if not directories:
        directories = sorted(path.parent for path in policies_dir().glob("*/policy.yaml"))
    remarks = [one for path in directories for one in review(path, _vocabulary(path / "policy.yaml"))]
    chinese = _language() == "zh-Hans"
    for one in remarks:
        text = one.zh if chinese else one.en
        click.echo(f"{one.where}: {text}" if one.where else text)
    grave = sum(one.grave for one in remarks)
    click.echo(f"{len(directories)} programmes, {grave} refused, {len(remarks) - grave} remarks", err=True)
    if grave:
        sys.exit(1)


def _vocabulary(policy: Path) -> Path | None:
    """facts.yaml of the policies directory that this policy lies in."""
    path = policy.resolve().parent.parent / "facts.yaml"
    return path if path.exists() else None


def _rates(policy: Path, given: tuple[Path, ...]) -> Rates:
    beside = policy.parent / "rates.yaml"
    if given:
        return load_rates(*given)
    return load_rates(beside) if beside.exists() else Rates()


@contextmanager
def _connection(engine: str, url: str | None) -> Iterator[Any]:
    """A connection that may make temporary tables, where the engine needs one."""
    if engine == "python":
        yield None
        return
    import psycopg

    if url:
        try:
            connection = psycopg.connect(url)
        except psycopg.OperationalError as error:
            raise PolicyError("engine_connection", detail=str(error).strip()) from None
        with connection:
            yield connection
        return
    from minzheng.core.database import admin_connection
    from minzheng.core.installation import running

    with running(), admin_connection() as connection:
        yield connection


@contextmanager
def _refusals() -> Iterator[None]:
    """A refused file is printed with its place and remedy; exit code 2."""
    try:
        yield
    except PolicyError as error:
        click.echo(error.text(_language()), err=True)
        sys.exit(2)


def _language() -> str:
    return "zh-Hans" if os.environ.get("LANG", "").startswith("zh") else "en"
