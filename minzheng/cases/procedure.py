"""The procedure of a programme as data: `policies/<programme>/procedure.yaml`, read, checked and typed.

A file has dated versions; a version has a procedure for each kind of case; a procedure has stages, one table of acts,
papers, clocks and (where the programme's own article asks for it) a posting. `engine` runs it; nothing here touches the
database except `keep` and `of_case`, by which a case finds its version again.
"""

import datetime as dt
from functools import lru_cache
from pathlib import Path

from minzheng.cases.models import Case
from minzheng.cases.reader import Reader
from minzheng.cases.shapes import Act, Clock, PaperRule, PostingRule, Procedure, ProcedureFile, PublicationRule, Stage
from minzheng.core.errors import refuse
from minzheng.core.files import policies_dir
from minzheng.policy.models import PolicyFile

__all__ = [
    "Act",
    "Clock",
    "PaperRule",
    "PostingRule",
    "Procedure",
    "ProcedureFile",
    "PublicationRule",
    "Stage",
    "keep",
    "load",
    "of_case",
    "parse",
    "programmes",
    "publication_on",
]


def load(programme: str, root: Path | None = None) -> ProcedureFile:
    """The procedure file of a programme as it lies in `policies/`. Refuses an unknown programme or a broken file."""
    folder = root or policies_dir()
    path = folder / programme / "procedure.yaml"
    if not path.is_file():
        raise refuse(
            "procedure.unknown_programme",
            zh="项目“{programme}”没有程序文件。",
            en="The programme “{programme}” has no procedure file.",
            remedy_zh="请检查项目代码；有程序的项目：{known}。",
            remedy_en="Check the programme's code; programmes with a procedure: {known}.",
            programme=programme,
            known=", ".join(programmes(folder)),
        )
    return _load(programme, path, path.stat().st_mtime_ns)


def programmes(root: Path | None = None) -> list[str]:
    """The codes of the programmes that have a procedure."""
    return sorted(path.parent.name for path in (root or policies_dir()).glob("*/procedure.yaml"))


def publication_on(programme: str, day: dt.date) -> PublicationRule | None:
    """By which rule those who receive a programme are published on a day; None where it publishes nobody."""
    if programme not in programmes():
        return None
    for since, kinds in reversed(load(programme).versions):
        if since <= day:
            return next(iter(kinds.values())).publication
    return None


@lru_cache(maxsize=64)
def _load(programme: str, path: Path, _changed: int) -> ProcedureFile:
    return parse(path.read_text(encoding="utf-8"), programme=programme, path=f"{programme}/procedure.yaml")


@lru_cache(maxsize=64)
def parse(text: str, *, programme: str, path: str) -> ProcedureFile:
    """A procedure file from its text; a fault is refused with the file, the place in it, the cause and the remedy."""
    return Reader(programme, path, text).file()


def of_case(case: Case) -> Procedure:
    """The procedure that a case keeps: the version it was opened (accepted) under, by the file's content hash, as it
    goes in its area."""
    current = load(case.programme)
    if current.sha256 == case.procedure_hash:
        return current.version(case.procedure_from, case.kind).in_area(case.area_id)
    kept = PolicyFile.objects.get(sha256=case.procedure_hash)
    return (
        parse(kept.content, programme=case.programme, path=kept.path)
        .version(case.procedure_from, case.kind)
        .in_area(case.area_id)
    )


def keep(file: ProcedureFile) -> None:
    """Keep a file's content under its hash, so that a case finds its procedure again after the file has changed."""
    if not PolicyFile.objects.filter(sha256=file.sha256).exists():
        PolicyFile.objects.filter(path=file.path, in_force=True).update(in_force=False)
        PolicyFile.objects.create(
            sha256=file.sha256, kind="procedure", programme=file.programme, path=file.path, content=file.text
        )
