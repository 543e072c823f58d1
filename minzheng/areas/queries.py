"""Reading divisions."""

from collections.abc import Iterable
from functools import lru_cache

from django.db.models import Q, QuerySet

from minzheng.areas.models import Area
from minzheng.core.errors import refuse


def within(code: str, field: str = "area_id") -> Q:
    """The condition that a record's area lies in the subtree of `code` (a key range, so an index serves it)."""
    return Q(**{f"{field}__gte": code, f"{field}__lt": code + ":"})


def area(code: str) -> Area:
    """The area with this code; refuses an unknown one."""
    found = Area.objects.filter(code=code).first()
    if found is None:
        raise refuse(
            "area.unknown",
            zh="没有区划代码“{area}”。",
            en="There is no area with the code “{area}”.",
            remedy_zh="请核对代码（2、4、6、9 或 12 位数字），或在区划页面按名称查找。",
            remedy_en="Check the code (2, 4, 6, 9 or 12 digits), or look the area up by name.",
            area=code,
        )
    return found


def children(code: str) -> QuerySet[Area]:
    """The areas directly below, by code."""
    return Area.objects.filter(parent_code=code).order_by("code")


@lru_cache(maxsize=4096)
def name(code: str) -> str:
    """The area's own name (the code where it is unknown)."""
    return Area.objects.filter(code=code).values_list("name", flat=True).first() or code


def names(codes: Iterable[str]) -> dict[str, str]:
    """The names of many areas, in one query; of unknown ones none."""
    return dict(Area.objects.filter(code__in=set(codes)).values_list("code", "name"))


def path(code: str) -> list[Area]:
    """The area and those above it, from the province down."""
    prefixes = [code[:n] for n in (2, 4, 6, 9, 12) if n < len(code)] + [code]
    return list(Area.objects.filter(code__in=prefixes).order_by("code"))
