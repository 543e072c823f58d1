"""Reading templates: which one is in force for an area, and what was there before."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.functions import Length

from minzheng.papers import catalogue
from minzheng.papers.catalogue import Form
from minzheng.papers.models import PaperTemplate


@dataclass(frozen=True)
class InForce:
    """The template that counts for an area: an office's own (`own`), or the shipped one."""

    form: Form
    own: PaperTemplate | None

    @property
    def content(self) -> bytes:
        return bytes(self.own.content) if self.own else self.form.shipped()


def in_force(kind: str, area: str) -> InForce:
    """The nearest area's own template: a township's before its county's, else the shipped one."""
    return InForce(catalogue.form(kind), _own(area).filter(kind=kind).first())


def all_in_force(area: str) -> list[InForce]:
    """Every paper with the template that counts for an area, in two queries at most."""
    nearest: dict[str, PaperTemplate] = {}
    for row in _own(area).defer("content"):
        nearest.setdefault(row.kind, row)
    return [InForce(form, nearest.get(kind)) for kind, form in catalogue.forms().items()]


def history(kind: str, area: str) -> QuerySet[PaperTemplate]:
    """What an area itself has put for a paper, the latest first."""
    return PaperTemplate.objects.filter(kind=kind, area_code=area).defer("content").order_by("-pk")


def _own(area: str) -> QuerySet[PaperTemplate]:
    above = [area[:length] for length in range(2, len(area) + 1)]
    rows = PaperTemplate.objects.filter(area_code__in=above, ended_on=None)
    return rows.annotate(depth=Length("area_code")).order_by("-depth")
