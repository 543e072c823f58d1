"""What shows a home visit: photos of the home, and the form as the family and the visitors have signed it."""

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.cases import sometimes
from minzheng.cases.models import Visit
from minzheng.cases.refusals import casework
from minzheng.core import audit, documents, photos
from minzheng.core.errors import refuse
from minzheng.core.models import Document

KINDS = {"photo": "入户照片", "form": "入户调查表（签字扫描件）", "neighbours": "邻里访问记录（签字扫描件）"}
"""What a picture may show."""
MAY_ADD = ("cases.visit", "cases.visit_second")


@casework
def add_visit_paper(*, by: User, visit: Visit, what: str, content: bytes) -> Document:
    """Keep a picture with the visit that it shows, freed of place and device. Refuses what is no picture."""
    wanted = (sometimes.COUNTY_VISIT,) if visit.by_county else MAY_ADD
    if not any(perms.may(by, one, visit.area_id) for one in wanted):
        perms.require(by, wanted[0], visit.area_id)
    if what not in KINDS:
        raise refuse(
            "case.visit_paper",
            zh="没有“{what}”这种入户材料。",
            en="A visit has no paper “{what}”.",
            remedy_zh="可以上传：{known}。",
            remedy_en="There are: {known_en}.",
            what=what,
            known="、".join(KINDS.values()),
            known_en=", ".join(KINDS),
        )
    picture, media_type = photos.cleaned(content)
    kept = documents.keep(
        by=by,
        kind=f"cases.visit_{what}",
        title=f"{KINDS[what]} {visit.visited_on:%Y%m%d}",
        media_type=media_type,
        content=picture,
        subject=visit,
        area=visit.area_id,
    )
    audit.record("cases.visit_paper", by=by, subject=visit, area=visit.area_id, detail={"document": kept.pk})
    return kept
