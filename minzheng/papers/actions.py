"""Putting an office's own template in the place of the shipped one, and going back."""

import hashlib

from django.db import transaction

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.core import audit, clock
from minzheng.core.errors import Text, refuse
from minzheng.papers import catalogue, checking
from minzheng.papers.models import PaperTemplate

PERMISSION = "papers.templates"


@transaction.atomic
def put_template(*, by: User, kind: str, area: str, content: bytes, file_name: str) -> tuple[PaperTemplate, list[Text]]:
    """Take an office's own file for a paper in an area and below. Gives what is odd about it; refuses what cannot be
    used, and then the template that was there stays."""
    perms.require(by, PERMISSION, area)
    form = catalogue.form(kind)
    odd = checking.check(content, form)
    _end(by, kind, area)
    row = PaperTemplate.objects.create(
        kind=kind,
        area_code=area,
        file_name=file_name[-120:],
        content=content,
        sha256=hashlib.sha256(content).digest(),
        size=len(content),
        put_on=clock.today(),
        put_by_id=by.pk,
        put_by_name=by.get_full_name(),
    )
    audit.record("papers.put_template", by=by, subject=row, area=area, detail={"kind": kind, "size": len(content)})
    return row, odd


@transaction.atomic
def back_to_shipped(*, by: User, kind: str, area: str) -> None:
    """End an area's own template; what stands above it (the county's, else the shipped one) counts again."""
    perms.require(by, PERMISSION, area)
    row = _end(by, kind, area)
    if row is None:
        raise refuse(
            "template.none_own",
            zh="本地区没有自己的“{title}”模板。",
            en="This area has no template of its own for “{title_en}”.",
            remedy_zh="现在用的就是上级的或者随系统提供的模板。",
            remedy_en="What counts now is the one from above, or the shipped one.",
            title=catalogue.form(kind).title["zh-Hans"],
            title_en=catalogue.form(kind).title["en"],
        )
    audit.record("papers.back_to_shipped", by=by, subject=row, area=area, detail={"kind": kind})


def _end(by: User, kind: str, area: str) -> PaperTemplate | None:
    rows = PaperTemplate.objects.select_for_update().defer("content")
    row = rows.filter(kind=kind, area_code=area, ended_on=None).first()
    if row is not None:
        row.ended_on, row.ended_by_name = clock.today(), by.get_full_name()
        row.save(update_fields=["ended_on", "ended_by_name"])
    return row
