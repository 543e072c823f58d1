"""`minzheng policy check`: what policies lack."""

import sys
from pathlib import Path

import click

from minzheng.core.files import policies_dir
from minzheng.policy.commands.common import language, vocabulary_of
from minzheng.policy.review import review


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
    remarks = [one for path in directories for one in review(path, vocabulary_of(path / "policy.yaml"))]
    chinese = language() == "zh-Hans"
    for one in remarks:
        text = one.zh if chinese else one.en
        click.echo(f"{one.where}: {text}" if one.where else text)
    grave = sum(one.grave for one in remarks)
    click.echo(f"{len(directories)} programmes, {grave} refused, {len(remarks) - grave} remarks", err=True)
    if grave:
        sys.exit(1)
