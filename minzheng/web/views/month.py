"""“This month”: what may have to change before the runs, to accept or to refuse, one by one or in bulk."""

import datetime as dt
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.awards.candidates import Candidate
from minzheng.awards.models import Answer
from minzheng.payments import month as reads
from minzheng.payments.month import Outcome
from minzheng.web.access import needs
from minzheng.web.forms import Filters, offer, with_any
from minzheng.web.links import page_of
from minzheng.web.names import programme_name
from minzheng.web.places import chosen_area, parts, user_of
from minzheng.web.refusals import Refusal
from minzheng.web.views.programmes import asked_month

KINDS = {
    "death": (gettext_noop("去世待核实"), gettext_noop("接受：核实死亡，停发或按其余的人重新计算。")),
    "returned": (gettext_noop("银行退回"), gettext_noop("接受：账号已更正，随本期重发。")),
    "agreement": (gettext_noop("领款协议到期"), gettext_noop("去办理：续签协议，或登记本人账户。")),
    "standard": (gettext_noop("新标准未执行"), gettext_noop("接受：按新标准重新计算，差额作为补发。")),
    "birthday": (gettext_noop("满岁调整"), gettext_noop("接受：按新的年龄重新计算，不再符合条件的缓发待决定。")),
    "entitled": (gettext_noop("新满年龄，可以享受"), gettext_noop("接受：代为提出申请。")),
    "certificate": (gettext_noop("证件到期"), gettext_noop("接受：按没有这项情况重新计算。续期的请先登记新的证件。")),
    "ending": (
        gettext_noop("认定快到期"),
        gettext_noop("接受：已经告诉家庭，需要的重新申请。下个月还没有申请的再提醒。"),
    ),
    "held": (gettext_noop("缓发中"), gettext_noop("接受：解除缓发，未发的作为补发。")),
    "decided": (gettext_noop("本月生效的决定"), gettext_noop("接受：已看过，没有问题。")),
}
"""Kind → its words, and what accepting does; in the order of the finders."""


@dataclass(frozen=True)
class Row:
    """One candidate with its page and whether this user may accept it."""

    candidate: Candidate
    programme: str
    url: str
    may: bool


@dataclass(frozen=True)
class Group:
    """The candidates of one kind; `effect` is their sum."""

    kind: str
    label: str
    does: str
    rows: list[Row]

    @property
    def effect(self) -> int:
        return sum(row.candidate.effect for row in self.rows)

    @property
    def may(self) -> bool:
        return any(row.may for row in self.rows)


class MonthFilters(Filters):
    """Which month, which part of the area."""

    month = forms.CharField(
        label=gettext_lazy("月份"), widget=forms.TextInput(attrs={"type": "month", "pattern": "[0-9]{4}-[0-9]{2}"})
    )
    area = forms.ChoiceField(label=gettext_lazy("地区"))

    def __init__(self, data: object, places: list[tuple[str, str]]) -> None:
        super().__init__(data)
        offer(self, "area", with_any(places))
        self.full_clean()
        self.values = getattr(self, "cleaned_data", {})


@needs("awards.view")
def this_month(request: HttpRequest) -> HttpResponse:
    """The candidates of a township's month; a POST accepts or refuses those ticked (or the one pressed)."""
    user = user_of(request)
    area, month = chosen_area(request), asked_month(request.GET.get("month", ""))
    wide = len(area) < len("990101101")  # above a township one looks at one township after the other
    if request.method == "POST" and not wide:
        _say(request, _answer(request, user, area, month))
        return redirect(f"{reverse('month')}?{request.GET.urlencode()}")
    found = [] if wide else reads.candidates(area, month)
    groups = _groups(user, area, found)
    data = request.GET.copy()
    data["month"] = f"{month:%Y-%m}"
    context = {
        "month": month,
        "filters": MonthFilters(data, parts(user)),
        "wide": wide,
        "groups": groups,
        "tiles": [
            {"label": group.label, "value": len(group.rows), "url": f"#{group.kind}"} for group in groups if group.rows
        ],
        "count": len(found),
        "may": any(group.may for group in groups),
        "refused": [
            (f"{_(KINDS[answer.key.partition(':')[0]][0])} · {answer.who}", answer)
            for answer in reads.answers(month, area).filter(answer=Answer.REFUSED)
        ],
        "payments_url": f"{reverse('payments')}?month={month:%Y-%m}",
    }
    return render(request, "month/list.html", context)


def _groups(user: User, area: str, found: list[Candidate]) -> list[Group]:
    allowed = {permission: perms.may(user, permission, area) for permission in {one.permission for one in found}}
    groups = []
    for kind, (label, does) in KINDS.items():
        rows = [
            Row(one, programme_name(one.programme), page_of(*one.url_of), allowed[one.permission])
            for one in found
            if one.kind == kind
        ]
        if rows:
            groups.append(Group(kind, _(label), _(does), rows))
    return groups


def _answer(request: HttpRequest, user: User, area: str, month: dt.date) -> list[Outcome]:
    one = request.POST.get("one", "")
    keys = [one] if one else request.POST.getlist("selected")
    if request.POST.get("act") == "refuse":
        return reads.refuse_all(by=user, area=area, month=month, keys=keys, reason=request.POST.get("reason", ""))
    return reads.accept(by=user, area=area, month=month, keys=keys)


def _say(request: HttpRequest, outcomes: list[Outcome]) -> None:
    """How many went through, and each refusal with its remedy."""
    done = sum(outcome.refused is None for outcome in outcomes)
    if not outcomes:
        messages.error(request, _("没有勾选任何一项。"))
    if done:
        messages.success(request, _("已办 %(n)s 项。") % {"n": done})
    said: list[str] = []
    for outcome in outcomes:
        if outcome.refused is not None:
            refusal = Refusal.of(outcome.refused)
            said.append(f"{outcome.who} {refusal.message} {refusal.remedy}".strip())
    for text in list(dict.fromkeys(said)):
        messages.error(request, text)
