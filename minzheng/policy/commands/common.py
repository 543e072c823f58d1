"""What the commands that work on policy files share: where the files are, a connection, how a refusal is printed."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from minzheng.policy.errors import PolicyError
from minzheng.policy.rates import Rates, load_rates

FILE = click.Path(dir_okay=False, path_type=Path)
ROWS_IN_ERROR = 3
"""Exit code where a row is in error."""


def vocabulary_of(policy: Path) -> Path | None:
    """facts.yaml of the policies directory that this policy lies in."""
    path = policy.resolve().parent.parent / "facts.yaml"
    return path if path.exists() else None


def rates_of(policy: Path, given: tuple[Path, ...]) -> Rates:
    beside = policy.parent / "rates.yaml"
    if given:
        return load_rates(*given)
    return load_rates(beside) if beside.exists() else Rates()


def mention_unread(facts: Path, columns: Iterable[str], said_in: str | None = None) -> None:
    """Columns of FACTS that nothing reads: perhaps a name mistyped."""
    for column in columns:
        if (said_in or language()) == "en":
            click.echo(f"{facts}: {column} is neither a fact nor a rate of this policy; not read", err=True)
        else:
            click.echo(f"{facts}：{column} 不是这项政策的事实，也不是标准，没有读取", err=True)


@contextmanager
def connected(engine: str, url: str | None, master: str = "local[*]") -> Iterator[Any]:
    """A connection that may make temporary tables, or a Spark session, where the engine needs one."""
    if engine == "spark":
        from minzheng.policy.engines.spark_session import session

        yield session(master)
        return
    if engine != "postgres":
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
def refusals(said_in: str | None = None) -> Iterator[None]:
    """A refused file is printed with its place and remedy, in the user's language unless one is named; exit code 2."""
    try:
        yield
    except PolicyError as error:
        click.echo(error.text(said_in or language()), err=True)
        sys.exit(2)
    except OSError as error:  # The folder of --out is not there, the disk is full.
        click.echo(f"{error.filename or ''}: {error.strerror or error}", err=True)
        sys.exit(2)


def language() -> str:
    return "zh-Hans" if os.environ.get("LANG", "").startswith("zh") else "en"
