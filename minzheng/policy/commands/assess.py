"""`minzheng assess`: a policy applied to a file of households."""

import datetime as dt
import os
import sys
from pathlib import Path

import click

from minzheng.policy.assessment import ENGINES
from minzheng.policy.batch import assess_files
from minzheng.policy.commands.common import (
    FILE,
    ROWS_IN_ERROR,
    connected,
    language,
    mention_unread,
    rates_of,
    refusals,
    vocabulary_of,
)
from minzheng.policy.load import load_policy


def _out(context: click.Context, parameter: click.Parameter, value: str) -> Path:
    """A name that ends as a folder's does is one; it is made where its own folder is there."""
    path = Path(value)
    if value.endswith(("/", os.sep)) and path.parent.is_dir() and not path.exists():
        path.mkdir()
    return path


@click.command()
@click.argument("policy", type=FILE)
@click.argument("facts", type=FILE)
@click.option("--members", type=FILE, help="Member facts, joined by id.")
@click.option("--rates", type=FILE, multiple=True, help="Rates files, later ones over earlier; default: beside POLICY.")
@click.option("--steps", is_flag=True, help="A column for each step.")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="The day assessed.")
@click.option("--month", type=click.DateTime(["%Y-%m"]), help="The benefit month assessed, instead of a day.")
@click.option("--engine", type=click.Choice(ENGINES), default="python", show_default=True)
@click.option(
    "--out", required=True, callback=_out, help="A file, or an empty folder (NAME/ makes it) for Parquet files."
)
@click.option("--database-url", envvar="DATABASE_URL", help="For --engine postgres; default: the installation's own.")
@click.option("--master", envvar="SPARK_MASTER", default="local[*]", show_default=True, help="For --engine spark.")
def assess(
    policy: Path,
    facts: Path,
    members: Path | None,
    rates: tuple[Path, ...],
    steps: bool,
    on: dt.datetime | None,
    month: dt.datetime | None,
    engine: str,
    out: Path,
    database_url: str | None,
    master: str,
) -> None:
    """Apply POLICY to the households in FACTS (CSV or Parquet) and write OUT: id, eligible, unmet, amount, error.

    With --month a month whose rules change within it is split by days where the policy says so (prorate).
    Exit code 3 where a row is in error; the others are computed all the same.
    """
    moment = on or month
    if moment is None or (on and month):
        raise click.UsageError("Name the day with --on, or the benefit month with --month.")
    with refusals():
        law = load_policy(policy, vocabulary_of(policy))
        numbers = rates_of(policy, rates)
        with connected(engine, database_url, master) as connection:
            tally = assess_files(
                law,
                numbers,
                moment.date(),
                facts,
                members,
                out,
                steps=steps,
                engine=engine,
                connection=connection,
                month=month is not None,
            )
    mention_unread(facts, tally.unread)
    if language() == "en":
        click.echo(f"{tally.rows} rows, {tally.eligible} eligible, {tally.failed} in error: {out}", err=True)
    else:
        click.echo(f"{tally.rows} 行，{tally.eligible} 行符合条件，{tally.failed} 行算不出：{out}", err=True)
    if tally.failed:
        sys.exit(ROWS_IN_ERROR)
