"""The work list, and what is done on it for many at once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.cases.actions import IN_BULK, TAKES_NOTE, TAKES_PAPERS, Together
from minzheng.core import clock
from minzheng.web import bulk, daily, worklist
from minzheng.web.access import needs
from minzheng.web.excel import download
from minzheng.web.forms import Filters, offer, with_any
from minzheng.web.links import page_of
from minzheng.web.names import programme_name, stage_name
from minzheng.web.places import parts, user_of
from minzheng.web.refusals import Refusal, attempt
from minzheng.web.worklist import Group

SAID = 8
"""How many refusals are said one by one; the rest are counted."""


class WorkFilters(Filters):
    """By village (above a township: by township), programme and stage; of the last two only what occurs."""

    area = forms.ChoiceField(label=gettext_lazy("村（社区）"))
    programme = forms.ChoiceField(label=gettext_lazy("项目"))
    stage = forms.ChoiceField(label=gettext_lazy("环节"))
    others = forms.ChoiceField(
        label=gettext_lazy("由谁办"), choices=[("", gettext_lazy("该我办的")), ("1", gettext_lazy("等别人办的"))]
    )

    def __init__(self, data: Any, places: list[tuple[str, str]], found: list[tuple[str, str]]) -> None:
        super().__init__(data)
        offer(self, "area", with_any(places))
        programmes = sorted({programme for programme, _stage in found if programme})
        offer(self, "programme", with_any([(code, programme_name(code)) for code in programmes]))
        names = {stage: stage_name(programme, stage) for programme, stage in found if stage}
        offer(self, "stage", with_any(sorted(names.items())))
        self.full_clean()
        self.values = getattr(self, "cleaned_data", {})


@needs("work.list")
def work_list(request: HttpRequest) -> HttpResponse:
    """What runs out next, for me, in my area; a POST does one thing for the rows that are ticked."""
    user = user_of(request)
    if request.method == "POST":
        return _together(request, user)
    today = clock.today()
    daily.begin(user)
    others = request.GET.get("others") == "1"
    places = parts(user)
    filters = WorkFilters(request.GET, places, worklist.kinds(user, others=others))
    chosen = {name: filters.values.get(name, "") for name in ("area", "programme", "stage")}
    tasks = worklist.open_tasks(user, others=others, filters=chosen)
    waiting = None if others else worklist.open_tasks(user, others=True, filters=chosen)
    counted = worklist.counts(tasks, today, waiting)
    only = request.GET.get("group", "")
    only = only if only in worklist.spans(today) else ""
    groups = worklist.groups(tasks, today, counted, only, _page(request))
    _name(user, groups, dict(places), others)
    context = {
        "filters": filters,
        "groups": [(group, _link(request, group)) for group in groups],
        "tiles": _tiles(request, counted),
        "others": others,
        "bulk": None if others else _offered(groups),
    }
    return render(request, "work/list.html", context)


def _page(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    return max(int(asked), 1) if asked.isdecimal() and len(asked) < 6 else 1


def _name(user: User, groups: list[Group], places: dict[str, str], others: bool) -> None:
    """The words and the address of each task; of a case the address of its usual act."""
    tasks = [task for group in groups for task in group.tasks]
    unnamed = {task.area_code for task in tasks} - places.keys()
    places |= areas.names(unnamed) if unnamed else {}
    for task in tasks:
        url = page_of(task.subject_type, task.subject_id)
        task.url = f"{url}#act" if url and bulk.of_case(task) else url  # type: ignore[attr-defined]
        task.place = places.get(task.area_code, task.area_code)  # type: ignore[attr-defined]
        task.programme_name = programme_name(task.programme)  # type: ignore[attr-defined]
        task.stage_name = stage_name(task.programme, task.stage)  # type: ignore[attr-defined]
        late_of = None if others else worklist.whose(user, task)
        task.late_of = late_of  # type: ignore[attr-defined]
        task.can_tick = not others and late_of is None and bulk.can_tick(task)  # type: ignore[attr-defined]


def _offered(groups: list[Group]) -> dict[str, Any] | None:
    """What can be done for ticked rows of this page; None where no row can be ticked."""
    kinds = {task.kind for group in groups for task in group.tasks if task.can_tick}  # type: ignore[attr-defined]
    acts = [act for act in bulk.LABELS if act in kinds and act in IN_BULK]
    if not kinds:
        return None
    return {
        "acts": [(act, bulk.LABELS[act]) for act in acts],
        "print": bulk.PRINT,
        "print_kinds": " ".join(sorted(kinds & bulk.PAPER_OF.keys())),
        "note": not TAKES_NOTE.isdisjoint(acts),
        "papers": not TAKES_PAPERS.isdisjoint(acts),
    }


def _link(request: HttpRequest, group: Group) -> str:
    """The next page of a group shown alone, or the group alone: with the filters as they are."""
    query = request.GET.copy()
    query["group"] = group.key
    query["page"] = str(group.page + 1)
    return "?" + query.urlencode()


def _together(request: HttpRequest, user: User) -> HttpResponse:
    act = request.POST.get("act", "")
    ids = [int(pk) for pk in request.POST.getlist("selected") if pk.isdecimal() and len(pk) < 19]
    back = redirect(f"{reverse('work-list')}?{request.GET.urlencode()}".rstrip("?"))
    if not act:
        return back
    made, archive = 0, b""
    with attempt() as tried:
        if act == bulk.PRINT:
            archive, made, outcomes = bulk.make_papers(user, ids)
        else:
            note = request.POST.get("note", "").strip()[:1000]
            how = Together(note=note, papers_came="papers_came" in request.POST)
            outcomes = bulk.do(user, act, ids, how)
    if tried.refusal is not None:
        messages.error(request, f"{tried.refusal.message} {tried.refusal.remedy}")
        return back
    done = sum(outcome.refused is None for outcome in outcomes)
    if done:
        said = _("已办 %(n)s 件：%(act)s。")
        messages.success(request, said % {"n": done, "act": bulk.LABELS[act]})
    _say_refused(request, outcomes)
    return download(archive, bulk.archive_name(made), "application/zip") if made else back


def _say_refused(request: HttpRequest, outcomes: list[bulk.Outcome]) -> None:
    refused = [(outcome.who, Refusal.of(outcome.refused)) for outcome in outcomes if outcome.refused is not None]
    for who, why in refused[:SAID]:
        messages.error(request, f"{who}：{why.message} {why.remedy}")
    if len(refused) > SAID:
        messages.error(request, _("另有 %(n)s 件没有办，仍在清单里。") % {"n": len(refused) - SAID})


def _tiles(request: HttpRequest, counted: dict[str, int]) -> list[dict[str, object]]:
    labels = {
        "late": _("已超期"),
        "today": _("今天到期"),
        "week": _("七天内到期"),
        "later": _("以后"),
        "undated": _("没有期限"),
    }
    tiles: list[dict[str, object]] = []
    for key, label in labels.items():
        query = request.GET.copy()
        for name in ("group", "page"):
            query.pop(name, None)
        if request.GET.get("group") != key:
            query["group"] = key
        tone = "late" if key == "late" and counted[key] else "on" if request.GET.get("group") == key else ""
        said = worklist.count_said(counted[key])
        tiles.append({"label": label, "value": said, "url": "?" + query.urlencode(), "tone": tone})
    if "others" in counted:
        query = request.GET.copy()
        for name in ("group", "page", "stage"):
            query.pop(name, None)
        query["others"] = "1"
        tiles.append(
            {"label": _("等别人办的"), "value": worklist.count_said(counted["others"]), "url": "?" + query.urlencode()}
        )
    return tiles
