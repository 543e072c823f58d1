"""The `minzheng` command. Each command starts what it needs and says what it did; refusals are printed, not traced."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from django.db import DatabaseError
from rich.console import Console
from rich.markup import escape

from minzheng.core.config import data_dir
from minzheng.core.database import uses_embedded_server
from minzheng.core.errors import Refused, refuse
from minzheng.core.installation import migrate, running
from minzheng.core.outages import explained
from minzheng.payments import commands as payments
from minzheng.payments.bank_commands import bank_group
from minzheng.planning import commands as planning
from minzheng.policy.commands import assess, explain, policy_group
from minzheng.scenario.commands import scenario_group

console = Console(stderr=True, emoji=False)  # `file.yaml:100:` is no picture
DATA = click.option(
    "--data", type=click.Path(path_type=Path), default=None, help="Data directory (default: MINZHENG_DATA or .data)."
)


class Commands(click.Group):
    """Prints a refusal in the user's language instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Refused as known:
            refused: Refused | None = known
        except (DatabaseError, OSError) as error:
            refused = explained(error)
            if refused is None:
                raise
        assert refused is not None
        language = "zh-Hans" if os.environ.get("LANG", "").startswith("zh") else "en"
        console.print(f"[red]{refused.code}[/red] {escape(refused.text(language))}")
        sys.exit(2)


@click.group(cls=Commands)
@click.version_option(package_name="minzheng")
def main() -> None:
    """Minzheng (民政): the year of a civil-affairs office."""


@main.command()
@DATA
def setup(data: Path | None) -> None:
    """Make or update the database: tables, divisions, roles, policies."""
    with running(data) as directory:
        _prepare()
        console.print(f"Ready: {directory}")


@main.command()
@DATA
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve(data: Path | None, host: str, port: int) -> None:
    """Serve the site."""
    _need_port(host, port)
    with running(data):
        _prepare()
        _serve(host, port)


@main.command()
@DATA
@click.option("--figures", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out"), show_default=True)
@click.option("--no-serve", is_flag=True, help="Build the year and write the report, then stop.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def demo(data: Path | None, figures: Path | None, out: Path, no_serve: bool, host: str, port: int) -> None:
    """Live through a year of the invented township 安和镇, write its report, and serve it."""
    from minzheng.demo import run

    if not no_serve:
        _need_port(host, port)
    run.demo(
        data=data or data_dir(),
        figures=figures,
        out=out,
        console=console,
        then=None if no_serve else lambda: _serve(host, port),
    )


@main.group()
def report() -> None:
    """Reports."""


@report.command("work")
@DATA
@click.option("--area", required=True, help="Division code of the office.")
@click.option("--year", required=True, type=int)
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def report_work(data: Path | None, area: str, year: int, out: Path) -> None:
    """The year's work and next year's plan, as a Word file in official layout (GB/T 9704)."""
    with _existing(data):
        from minzheng.access.scope import scope
        from minzheng.planning import docx
        from minzheng.planning.report import work_report

        with scope([area]):
            docx.write(work_report(area, year), out)
        console.print(f"Written: {out}")


@main.group()
def user() -> None:
    """Users."""


@user.command("add")
@DATA
@click.option("--username", required=True)
@click.option("--name", required=True, help="The name that papers and lists show.")
@click.option("--role", required=True, help="A role of policies/roles.yaml.")
@click.option("--area", required=True, help="Division code in which the role is held.")
@click.option("--office", required=True, help="Name of the office; set up where it does not exist.")
@click.password_option()
def user_add(data: Path | None, username: str, name: str, role: str, area: str, office: str, password: str) -> None:
    """Add somebody who can sign in, with a role in an area: how a new installation gets its first users."""
    with _existing(data):
        from minzheng.access import actions
        from minzheng.access.scope import scope

        with scope([area]):
            actions.add_first_user(username=username, name=name, role=role, area=area, office=office, password=password)
        console.print(f"{username}: {role}, {area}")


@main.group()
def ledger() -> None:
    """The ledger."""


@ledger.command("verify")
@DATA
@click.option("--seal", default="", help="A last seal that an earlier check printed; the chain must still hold it.")
def ledger_verify(data: Path | None, seal: str) -> None:
    """Check every row, block and balance of the ledger again; names the first broken link."""
    noted = _seal(seal)
    with _existing(data):
        from minzheng.access.scope import EVERYWHERE, scope
        from minzheng.payments import ledger as book

        with scope([EVERYWHERE]):
            result = book.verify(noted)
        console.print(str(result))
        sys.exit(0 if result.sound else 1)


def _seal(text: str) -> bytes | None:
    """The seal that a check printed; refuses what is none."""
    try:
        noted = bytes.fromhex(text)
    except ValueError:
        noted = b"?"
    if len(noted) not in (0, 32):
        raise refuse(
            "ledger.not_a_seal",
            zh="“{text}”不是封印。",
            en="“{text}” is no seal.",
            remedy_zh="请原样填写上次 minzheng ledger verify 打印的 64 位封印。",
            remedy_en="Give the 64 digits that an earlier minzheng ledger verify printed.",
            text=text,
        )
    return noted or None


main.add_command(bank_group)
main.add_command(assess)
main.add_command(explain)
main.add_command(policy_group)
main.add_command(scenario_group)


@contextmanager
def _existing(data: Path | None) -> Iterator[None]:
    """A data directory that has been set up; refuses one that has not, and makes none."""
    directory = data or data_dir()
    if uses_embedded_server() and not (directory / "postgres").exists():
        raise refuse(
            "installation.none",
            zh="数据目录 {data} 里没有安装。",
            en="Nothing is installed in the data directory {data}.",
            remedy_zh="先运行 minzheng demo 或 minzheng setup，或用 --data 指出已有的目录。",
            remedy_en="Run minzheng demo or minzheng setup first, or name the directory with --data.",
            data=directory,
        )
    with running(data):
        migrate()
        yield


planning.add_to(main, _existing)
payments.add_to(main, _existing)


def _prepare() -> None:
    from minzheng.access import actions as access
    from minzheng.access.scope import EVERYWHERE, scope
    from minzheng.areas.actions import load_divisions
    from minzheng.areas.models import Area
    from minzheng.awards.actions import store_overlaps
    from minzheng.policy import registry
    from minzheng.web.compile_messages import compile_all

    migrate()
    compile_all()
    with scope([EVERYWHERE]):
        if not Area.objects.filter(level="community").exists():
            load_divisions()
        access.store_conflicts()
        store_overlaps()
        registry.store_files()


def _need_port(host: str, port: int) -> None:
    """Refuse a port in use before anything is built: two servers would share it silently."""
    with socket.socket() as probe:
        if probe.connect_ex((host, port)) == 0:
            raise refuse(
                "serve.port",
                zh="端口 {port} 已被占用。",
                en="The port {port} is in use.",
                remedy_zh="请关闭占用它的程序，或换一个端口：--port {other}。",
                remedy_en="Stop what uses it, or name another: --port {other}.",
                port=port,
                other=port + 1,
            )


def _serve(host: str, port: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    console.print(f"http://{host}:{port}/")
    Granian(
        "minzheng.web.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, blocking_threads=8
    ).serve()


if __name__ == "__main__":
    main()
