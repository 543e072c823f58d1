"""The work list, and the search from every page."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.core import clock
from minzheng.web import daily, worklist
from minzheng.web.access import needs
from minzheng.web.forms import Filters, offer, with_any
from minzheng.web.links import page_of
from minzheng.web.names import programme_name, stage_name


class WorkFilters(Filters):
    """By village, programme and stage; only what occurs in the list is offered."""

    area = forms.ChoiceField(label=_("村（社区）"))
    programme = forms.ChoiceField(label=_("项目"))
    stage = forms.ChoiceField(label=_("环节"))
    others = forms.ChoiceField(label=_("由谁办"), choices=[("", _("该我办的")), ("1", _("等别人办的"))])

    def __init__(self, data: Any, found: list[tuple[str, str, str]]) -> None:
        super().__init__(data)
        villages = sorted({area for area, _programme, _stage in found if area})
        programmes = sorted({programme for _area, programme, _stage in found if programme})
        stages = sorted({(programme, stage) for _area, programme, stage in found if stage})
        offer(self, "area", with_any([(code, areas.name(code)) for code in villages]))
        offer(self, "programme", with_any([(code, programme_name(code)) for code in programmes]))
        names = {stage: stage_name(programme, stage) for programme, stage in stages}
        offer(self, "stage", with_any(sorted(names.items())))
        self.full_clean()
        self.values = getattr(self, "cleaned_data", {})


@needs("work.list")
def work_list(request: HttpRequest) -> HttpResponse:
    """What runs out next, for me, in my area."""
    user = request.user
    assert isinstance(user, User)
    today = clock.today()
    daily.begin(user)
    others = request.GET.get("others") == "1"
    everything = worklist.open_tasks(user, others=others)
    kinds = list(everything.order_by().values_list("area_code", "programme", "stage").distinct())
    filters = WorkFilters(request.GET, kinds)
    chosen = {name: filters.values.get(name, "") for name in ("area", "programme", "stage")}
    tasks = worklist.open_tasks(user, others=others, filters=chosen)
    counted = worklist.counts(tasks, today)
    only = request.GET.get("group", "")
    groups = worklist.groups(tasks, today, counted, only if only in counted else "")
    for group in groups:
        for task in group.tasks:
            task.url = page_of(task.subject_type, task.subject_id)  # type: ignore[attr-defined]
            task.programme_name = programme_name(task.programme)  # type: ignore[attr-defined]
            task.stage_name = stage_name(task.programme, task.stage)  # type: ignore[attr-defined]
            task.late_of = None if others else worklist.whose(user, task)  # type: ignore[attr-defined]
    context = {
        "filters": filters,
        "groups": groups,
        "tiles": _tiles(request, counted),
        "others": others,
        "only": only,
        "total": sum(counted.values()),
    }
    return render(request, "work/list.html", context)


def _tiles(request: HttpRequest, counted: dict[str, int]) -> list[dict[str, object]]:
    labels = {
        "today": _("今天到期"),
        "late": _("已超期"),
        "week": _("七天内到期"),
        "later": _("以后"),
        "undated": _("没有期限"),
    }
    tiles = []
    for key, label in labels.items():
        query = request.GET.copy()
        query.pop("group", None)
        if request.GET.get("group") != key:
            query["group"] = key
        tone = "late" if key == "late" and counted[key] else ""
        tiles.append({"label": label, "value": counted[key], "url": "?" + query.urlencode(), "tone": tone})
    return tiles
