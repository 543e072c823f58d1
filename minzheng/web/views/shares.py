"""Matching shares: which level bears how much of what, what it should have provided, has provided and still owes."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.payments import actions, books, shares
from minzheng.payments.forecast import forecasts
from minzheng.payments.models import CostShare, FundSource
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.forms import Day, Form, Yuan, offer, style
from minzheng.web.languages import language, listed
from minzheng.web.places import own_area, parts, user_of
from minzheng.web.reads import funds as reads
from minzheng.web.refusals import attempt
from minzheng.web.tables import Column, Table
from minzheng.web.views.funds import asked_year

PART = "part."
"""A field of the form: `part.central`."""


class SharesForm(Form):
    """The shares of a programme by source, in per cent with two decimals at most."""

    programme = forms.ChoiceField(label=gettext_lazy("项目"))
    area = forms.ChoiceField(label=gettext_lazy("地区"))
    since = Day(label=gettext_lazy("执行起始日"))
    document = forms.CharField(label=gettext_lazy("文号"), max_length=200)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for source, label in FundSource.choices:
            # A per cent with two decimals is a whole number of hundredths, as yuan are of fen.
            field = Yuan(label=f"{_(label)} %", required=False)
            field.error_messages["invalid"] = _("比例写成百分数，最多两位小数，例如 60 或 12.5。")
            self.fields[PART + source] = field
        style(self)
        own = own_area(user)
        offer(self, "area", [(own, areas.name(own)), *(one for one in parts(user) if one[0] != own)])
        offer(self, "programme", [(code, pick(known.name, language())) for code, known in names.programmes().items()])

    def parts(self) -> dict[str, int]:
        """Source → hundredths of a per cent."""
        return {
            key.removeprefix(PART): value for key, value in self.cleaned_data.items() if key.startswith(PART) and value
        }


@needs("payments.view")
def fund_shares(request: HttpRequest) -> HttpResponse:
    """What each level owes for the year, the shares that say so, and the form that sets others."""
    user, year, today = user_of(request), asked_year(request), clock.today()
    own = own_area(user)
    perms.require(user, "payments.view", own)
    form = SharesForm(request.POST or None, user=user, initial={"since": today.replace(month=1, day=1)})
    refusal = None
    if request.method == "POST":
        perms.require(user, "payments.fund", own)
        if form.is_valid():
            with attempt() as tried:
                _set(user, form)
            if tried.succeeded:
                messages.success(request, _("已登记。"))
                return redirect("fund-shares")
            refusal = tried.refusal
    laws = list(shares.known(own))
    groups = shares.matching(books.funds(own, year), forecasts(own, year), laws, today)
    context = {
        "year": year,
        "previous": year - 1,
        "next": year + 1,
        "groups": [reads.group_row(group) for group in groups],
        "table": _table(request, laws),
        "form": form,
        "refusal": refusal,
        "may_set": perms.may(user, "payments.fund", own),
        "funds_url": reverse("funds") + f"?year={year}",
    }
    return render(request, "payments/fund_shares.html", context)


def _set(user: User, form: SharesForm) -> None:
    values = form.cleaned_data
    actions.set_shares(
        by=user,
        programme=values["programme"],
        area=values["area"],
        since=values["since"],
        parts=form.parts(),
        document=values["document"],
    )


def _table(request: HttpRequest, laws: list[CostShare]) -> Table:
    columns = [
        Column("programme", _("项目"), lambda law: names.programme_name(law.programme), main=True),
        Column("area", _("地区"), lambda law: law.area.name),
        Column("since", _("执行起始日"), lambda law: law.since, kind="day"),
        Column("parts", _("各级比例"), lambda law: _written(law.parts)),
        Column("document", _("文号"), lambda law: law.document),
        Column("by", _("登记人"), lambda law: law.entered_by.name),
    ]
    return Table(
        request,
        laws,
        columns,
        title=_("分担比例"),
        unit=_("条"),
        empty=_("还没有登记分担比例。按省、市文件填写各级承担的比例。"),
        export=False,
    )


def _written(parts: dict[str, int]) -> str:
    """中央 60%、省级 25%、县级 15%."""
    ordered = [source for source in FundSource.values if source in parts]
    return listed(f"{names.source_of_funds(source)} {_per_cent(parts[source])}%" for source in ordered)


def _per_cent(part: int) -> str:
    """1250 → 12.5."""
    return f"{part // 100}.{part % 100:02d}".rstrip("0").rstrip(".")
