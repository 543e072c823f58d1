"""Search from every page: name, pinyin or initials, identity number, phone, file number, address, village."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.areas.models import Area, Level
from minzheng.core import clock
from minzheng.people import queries as people
from minzheng.people.models import Circle, Household, Membership, Person
from minzheng.web.access import needs
from minzheng.web.tables import Column, Table
from minzheng.web.views.households import household_columns, prepare_households

LIMIT = 200


@needs("people.view")
def search(request: HttpRequest) -> HttpResponse:
    """People and households that fit. A single one is opened at once as its telephone card: whoever searches has mostly
    somebody on the line, and the file is one key away."""
    text = request.GET.get("q", "").strip()
    persons = list(people.search(text).select_related("area")[:LIMIT]) if text else []
    families = _families(persons)
    households = _households(text) if text else []
    if len(persons) == 1 and not households:
        return redirect("phone-person", persons[0].pk)
    if len(households) == 1 and not persons:
        return redirect("phone-household", households[0].pk)
    context = {
        "text": text,
        "persons": _person_table(request, persons, families),
        "households": Table(
            request,
            households,
            [*household_columns(), _card_column("phone-household")],
            empty=_("没有符合的户。"),
            unit=_("户"),
            export=False,
            prefix="h",
            prepare=prepare_households,
            row_link=lambda row: f"/households/{row.pk}",
        ),
    }
    return render(request, "search.html", context)


def _families(persons: list[Person]) -> dict[int, Household]:
    rows = Membership.objects.filter(
        people.holding(clock.today()), person__in=persons, circle=Circle.FAMILY
    ).select_related("household")
    return {row.person_id: row.household for row in rows}


def _households(text: str) -> list[Household]:
    condition = Q(number=text)
    if len(text) >= 2:
        condition |= Q(address__contains=text)
        villages = Area.objects.filter(name=text, level=Level.COMMUNITY).values_list("code", flat=True)[:50]
        condition |= Q(area_id__in=list(villages))
    return list(
        Household.objects.filter(condition, circle=Circle.FAMILY)
        .select_related("area")
        .order_by("area_id", "number")[:LIMIT]
    )


def _card_column(route: str) -> Column:
    """The way to the telephone card: a button of each row, and the key `t` on the row under the cursor."""
    return Column("card", "", lambda _row: _("电话卡片"), kind="button", link=lambda row: reverse(route, args=[row.pk]))


def _person_table(request: HttpRequest, persons: list[Person], families: dict[int, Household]) -> Table:
    today = clock.today()

    def link(person: Person) -> str:
        family = families.get(person.pk)
        return f"/households/{family.pk}" if family else f"/persons/{person.pk}"

    columns = [
        Column("name", _("姓名"), lambda p: p.name, link=link, main=True),
        Column("sex", _("性别"), lambda p: _(p.get_sex_display())),
        Column("birth", _("出生日期"), lambda p: p.birth_date, kind="day"),
        Column("age", _("年龄"), lambda p: people.age(p, min(today, p.died_on or today)), kind="number"),
        Column("area", _("村（社区）"), lambda p: p.area.name),
        Column("file", _("家庭档案"), lambda p: families[p.pk].number if p.pk in families else ""),
        Column("state", _("状态"), lambda p: _("已去世") if p.died_on else "", kind="badge"),
        _card_column("phone-person"),
    ]
    empty = _("没有找到。可以试姓名的前几个字、拼音首字母，或完整的身份证号、电话。")
    return Table(request, persons, columns, empty=empty, unit=_("人"), export=False, prefix="p", row_link=link)
