"""`minzheng policy check`: what policies lack."""

import json
import sys
from pathlib import Path

import click

from minzheng.core.files import policies_dir
from minzheng.policy.commands.common import FILE, language, refusals, vocabulary_of
from minzheng.policy.rates import load_overlay
from minzheng.policy.remark import Level, Remark, remark
from minzheng.policy.review import review, review_vocabulary


@click.group("policy")
def policy_group() -> None:
    """The law as data."""


@policy_group.command("check")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--rates", "overlays", type=FILE, multiple=True, help="Rates of several programmes (programme: rates), laid over."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(paths: tuple[Path, ...], overlays: tuple[Path, ...], form: str) -> None:
    """Check policies: what is refused, what lacks a basis or a source, what nothing uses, gaps and overlaps of dates.

    PATHS are policy.yaml files or their directories; without any, everything under policies/. Exit code 1 where a file
    is refused or a warning is given; remarks are for information.
    """
    here = Path.cwd()
    directories = [path if path.is_dir() else path.parent for path in paths]
    if not directories:
        directories = sorted(path.parent for path in policies_dir().glob("*/policy.yaml"))
    directories = [path.relative_to(here) if path.is_relative_to(here) else path for path in directories]
    with refusals():
        layers = [load_overlay(path) for path in overlays]
    found = [one for path in directories for one in review(path, vocabulary_of(path / "policy.yaml"), layers)]
    if not paths:
        codes = {path.name for path in directories}
        found += [
            remark("no_programme", file=str(path), name=programme)
            for path, layer in zip(overlays, layers, strict=True)
            for programme in sorted(layer.keys() - codes)
        ]
    vocabulary = policies_dir() / "facts.yaml"
    vocabulary = vocabulary.relative_to(here) if vocabulary.is_relative_to(here) else vocabulary
    if not paths and vocabulary.exists():
        found += review_vocabulary(vocabulary, directories)
    counts = {level: sum(one.level is level for one in found) for level in Level}
    (_as_json if form == "json" else _as_text)(found, len(directories), counts)
    if counts[Level.GRAVE] or counts[Level.WARNING]:
        sys.exit(1)


def _as_json(found: list[Remark], programmes: int, counts: dict[Level, int]) -> None:
    summary = {"programmes": programmes, **{str(level): count for level, count in counts.items()}}
    click.echo(json.dumps({**summary, "found": [one.as_dict() for one in found]}, ensure_ascii=False, indent=1))


def _as_text(found: list[Remark], programmes: int, counts: dict[Level, int]) -> None:
    chinese = language() == "zh-Hans"
    words = {Level.GRAVE: ("不能使用", "refused"), Level.WARNING: ("警告", "warning"), Level.REMARK: ("提示", "remark")}
    for one in found:
        click.echo(f"{words[one.level][not chinese]}: {one.where}: {one.zh if chinese else one.en}")
    said = ", ".join(f"{counts[level]} {words[level][not chinese]}" for level in Level)
    click.echo(f"{programmes} {'个项目' if chinese else 'programmes'}: {said}", err=True)
