"""`minzheng scenario`: timelines of office events, lived through by the same actions as the screens."""

import datetime as dt
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape

from minzheng.core.errors import Refused, pick
from minzheng.core.installation import running
from minzheng.core.pgserver import EmbeddedPostgres

if TYPE_CHECKING:
    from minzheng.scenario.place import Place
    from minzheng.scenario.reader import Scenario
    from minzheng.scenario.result import Result

NOT_AS_SAID = 3
"""The exit code where a scenario did not go as it says."""

console = Console(stderr=True, emoji=False)  # `file.yaml:100:` is no picture


@click.group("scenario")
def scenario_group() -> None:
    """Scenarios: timelines of office events, as data (docs/scenarios.md)."""


@scenario_group.command("run")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Keep the database in this directory.",
)
@click.option("--json", "as_json", is_flag=True, help="Print amounts by month and each case's stage as JSON.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Stop after this day.")
def run(files: tuple[Path, ...], data: Path | None, as_json: bool, until: dt.datetime | None) -> None:
    """Live through scenarios, each in a database of its own that is thrown away.

    As JSON one file gives an object, several give a list of those that came to their end.

    Exit code 3 where an act was refused that the file does not expect, or something is not as it expects.
    """
    with _own_server(files, data):
        from minzheng.scenario.reader import load

        scenarios = [load(path) for path in files]
        last = until.date() if until else None
        found = list(_played(scenarios, data, last))
    results = [one for one, _ in found if one is not None]
    if as_json:
        documents = [one.as_dict() for one in results]
        whole = documents[0] if len(files) == 1 and documents else documents
        click.echo(json.dumps(whole, ensure_ascii=False, indent=2))
    else:
        for one in results:
            _show(one)
    faults = [fault for _, some in found for fault in some]
    for fault in faults:
        console.print(f"[red]{fault.code}[/red] {escape(fault.text(_language()))}", soft_wrap=True)
    sys.exit(NOT_AS_SAID if faults else 0)


def _played(
    scenarios: list["Scenario"], data: Path | None, until: dt.date | None
) -> Iterator[tuple["Result | None", list[Refused]]]:
    """Each scenario's result, and what was not as it says."""
    from minzheng.core.config import data_dir
    from minzheng.scenario.place import Place

    place = Place(EmbeddedPostgres(data_dir()))
    for scenario in scenarios:
        yield _play(place, scenario, keep=data is not None, until=until)


def _play(
    place: "Place", scenario: "Scenario", *, keep: bool, until: dt.date | None
) -> tuple["Result | None", list[Refused]]:
    from minzheng.scenario.messages import ScenarioError
    from minzheng.scenario.play import Play
    from minzheng.scenario.result import result

    with place.using(place.template) if keep else place.fresh():
        play = Play(scenario, place.office, until)
        try:
            play.run()
        except ScenarioError as error:
            return None, [*play.unmet, error]
        return result(play), list(play.unmet)


@contextmanager
def _own_server(files: tuple[Path, ...], data: Path | None) -> Iterator[None]:
    """A server of the command's own: in a directory that is kept, or in one that is thrown away. An existing
    installation's database is never played in."""
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_READER_URL"):
        os.environ.pop(variable, None)
    if data is None:
        with tempfile.TemporaryDirectory(prefix="minzheng-scenario-") as folder, running(Path(folder), durable=False):
            yield
        return
    from minzheng.scenario.messages import ScenarioError

    if len(files) > 1:
        raise ScenarioError("one_to_keep", count=len(files))
    if data.exists() and any(data.iterdir()):
        raise ScenarioError("in_use", data=data)
    with running(data, durable=False):
        from minzheng.scenario.office import MORE_STAFF, name_accounts

        yield
        name_accounts(data, MORE_STAFF)


def _show(found: "Result") -> None:
    """Amounts by month and where each case stands, for reading."""
    language = _language()
    zh = language.startswith("zh")
    out = Console(emoji=False)
    out.print(f"[bold]{escape(pick(found.scenario, language))}[/bold]  {found.until}")
    parties: dict[str, Any] = {**found.households, **found.persons}
    for name, programmes in parties.items():
        for code, one in programmes.items():
            owed = "  ".join(f"{month} {yuan}" for month, yuan in one.owed.items()) or "—"
            out.print(f"{name} {code}: {owed}")
            for line in one.payments:
                out.print(f"    {line.month} {line.kind} {line.amount} {line.state} {line.reason}".rstrip())
            for reason in one.held:
                out.print(f"    {'缓发' if zh else 'held'}: {pick(reason, language)}")
    for case in found.cases:
        due = f"{'至' if zh else 'due'} {case.due_on} {case.rule}" if case.due_on else ""
        out.print(f"{case.number} {case.name} {case.kind}: {case.stage} {due}".rstrip())


def _language() -> str:
    return "zh-Hans" if os.environ.get("LANG", "").startswith("zh") else "en"
