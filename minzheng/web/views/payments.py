"""Payments: the runs of a period, one run with its bridge and lines, funds and their ledger."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.core.errors import pick
from minzheng.payments import actions, queries, states
from minzheng.payments.bank import NOTHING_RETURNED
from minzheng.payments.bank_layout import layouts
from minzheng.payments.models import Payment, PaymentKind, PaymentState, Run
from minzheng.payments.set_offs.in_run import consents_of
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.excel import list_or_excel
from minzheng.web.forms import Filters, Form, offer, with_any
from minzheng.web.languages import language, listed
from minzheng.web.places import own_area, user_of
from minzheng.web.reads import bridge
from minzheng.web.reads import runs as reads
from minzheng.web.refusals import Attempt, Refusal, attempt
from minzheng.web.tables import Column, Table
from minzheng.web.templatetags.mz import unit_word
from minzheng.web.views.programmes import asked_month


class PrepareForm(Form):
    """Compute the run of a programme."""

    programme = forms.ChoiceField(label=gettext_lazy("项目"))
    month = forms.CharField(
        label=gettext_lazy("月份"), widget=forms.TextInput(attrs={"type": "month", "pattern": "[0-9]{4}-[0-9]{2}"})
    )
    supplement = forms.BooleanField(label=gettext_lazy("补充批次（本期已送出以后）"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "programme", [(code, pick(known.name, language())) for code, known in names.programmes().items()])


@needs("payments.view")
def month_runs(request: HttpRequest) -> HttpResponse:
    """The runs of one month, and the form that computes another."""
    user = user_of(request)
    area = own_area(user)
    month = asked_month(request.GET.get("month", ""))
    may_prepare = perms.may(user, "payments.prepare", area)
    form = PrepareForm(request.POST or None, initial={"month": f"{month:%Y-%m}"})
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        with attempt() as tried:
            run = actions.prepare_run(
                by=user,
                programme=form.cleaned_data["programme"],
                area=area,
                month=asked_month(form.cleaned_data["month"]),
                supplement=form.cleaned_data["supplement"],
            )
        if tried.succeeded:
            return redirect("run", run.pk)
        refusal = tried.refusal
    runs = list(queries.runs(area).filter(month=month))
    table = Table(
        request,
        runs,
        run_columns(),
        title=_("发放批次") + f" {month:%Y-%m}",
        unit=_("个批次"),
        empty=_("这个月还没有批次。选择项目生成。") if may_prepare else _("这个月还没有批次，由乡镇经办人生成。"),
        row_link=lambda run: reverse("run", args=[run.pk]),
    )
    waiting = queries.failures(area).count()
    count = sum(run.payments_count for run in runs)
    context = {
        "table": table,
        "form": form,
        "refusal": refusal,
        "may_prepare": may_prepare,
        "month": month,
        "previous": _shift(month, -1),
        "next": _shift(month, 1),
        "tiles": [
            {"label": _("批次"), "value": len(runs)},
            {"label": _("笔数"), "value": f"{count:,}", "unit": unit_word("笔", count)},
            {"label": _("应发合计"), "value": reads.yuan(sum(run.total for run in runs)), "unit": _("元")},
            {
                "label": _("待处理的缓发、退回"),
                "value": waiting,
                "unit": unit_word("笔", waiting),
                "url": reverse("failures"),
            },
        ],
    }
    return list_or_excel(request, "payments/month.html", context)


def run_columns() -> list[Column]:
    """The columns of a list of runs."""
    return [
        Column("programme", _("项目"), lambda run: names.programme_name(run.programme), main=True, order="programme"),
        Column("number", _("批次号"), lambda run: run.number, link=lambda run: reverse("run", args=[run.pk])),
        Column("area", _("地区"), lambda run: run.area.name, order="area_id"),
        Column("state", _("状态"), lambda run: _(run.get_state_display()), kind="badge", order="state"),
        Column("people", _("人数"), lambda run: run.people, kind="number", order="people", total=True),
        Column("count", _("笔数"), lambda run: run.payments_count, kind="number", order="payments_count", total=True),
        Column("total", _("金额（元）"), lambda run: run.total, kind="money", order="total", total=True),
        Column("closed", _("办结"), lambda run: run.closed_on, kind="day", order="closed_on"),
    ]


class LineFilters(Filters):
    """Lines of a run by state and kind."""

    state = forms.ChoiceField(label=gettext_lazy("状态"))
    kind = forms.ChoiceField(label=gettext_lazy("性质"))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        offer(self, "state", with_any([(value, _(label)) for value, label in PaymentState.choices]))
        offer(self, "kind", with_any([(value, _(label)) for value, label in PaymentKind.choices]))
        self.full_clean()
        self.values = getattr(self, "cleaned_data", {})


class NoteForm(Form):
    """What goes with an act on a run."""

    note = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=500)


class LayoutForm(Form):
    """How the bank wants its file: as last time, unless another is chosen."""

    layout = forms.ChoiceField(label=gettext_lazy("银行文件格式"))

    def __init__(self, data: Any, *, last: str) -> None:
        super().__init__(data, initial={"layout": last})
        offer(self, "layout", [(code, pick(one.name, language())) for code, one in layouts().items()])


class ReturnForm(Form):
    """What the bank returned: its answer as a file, or one line each with its number in the file and the reason."""

    file = forms.FileField(
        label=gettext_lazy("银行回盘文件"),
        required=False,
        help_text=gettext_lazy("CSV、定长文本或 Excel，按银行给的原样上传。"),
    )
    lines = forms.CharField(
        label=gettext_lazy("或者逐笔填写"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "12 账号不存在"}),
        help_text=gettext_lazy("每行一笔：银行文件中的序号，空格，退回原因。"),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("file") and not values.get("lines"):
            raise forms.ValidationError(_("请上传银行回盘文件，或者逐笔填写退回。没有退回的，直接确认到账。"))
        return values


@needs("payments.view")
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Last period to this one, the lines, who did what, files, returns; the acts of this state as buttons."""
    found = get_object_or_404(Run.objects.select_related("area", "fund__account"), pk=run_id)
    return _run_page(request, found)


def _run_page(
    request: HttpRequest, found: Run, refusal: Refusal | None = None, return_form: ReturnForm | None = None
) -> HttpResponse:
    user = user_of(request)
    view = queries.run_view(found)
    filters = LineFilters(request.GET)
    lines = Payment.objects.filter(run=found).select_related("award__person", "payee", "area").order_by("area_id", "pk")
    for name in ("state", "kind"):
        if filters.values.get(name):
            lines = lines.filter(**{name: filters.values[name]})
    table = Table(
        request,
        lines,
        reads.line_columns(found),
        title=f"{names.programme_name(found.programme)} {found.month:%Y-%m} {_('发放花名册')}",
        unit=_("笔"),
        empty=_("没有符合条件的发放记录。"),
        prepare=reads.name_lines,
        row_link=reads.line_link,
    )
    bars = bridge.bars(found, view.bars)
    context = {
        "run": found,
        "view": view,
        "month_url": reverse("payments") + f"?month={found.month:%Y-%m}",
        "programme": names.programme_name(found.programme),
        "bridge": bars,
        "chart": {"bars": bars, "yuan": _("元"), "rows": _("笔")},
        "reasons": [
            (_(bridge.BARS[bar]), [(names.reason_name(word), n) for word, n in words.items()])
            for bar, words in view.reasons.items()
            if bar in bridge.BARS
        ],
        "acts": _acts(found, user),
        "may_send": perms.may(user, "payments.send", found.area_id),
        "by_state": [(_(PaymentState(state).label), n, fen) for state, (n, fen) in view.by_state.items()],
        "refusal": refusal,
        "filters": filters,
        "table": table,
        "form": NoteForm(request.POST or None),
        "layout_form": LayoutForm(None, last=queries.last_layout(found.area_id)),
        "return_form": return_form or ReturnForm(),
        "steps": [
            {"on": step.on, "title": _act_label(step.act), "who": step.actor.name, "text": _note(step.note)}
            for step in reversed(view.steps)
        ],
        "tiles": [
            {"label": _("状态"), "value": _(found.get_state_display())},
            {"label": _("人数"), "value": f"{found.people:,}", "unit": unit_word("人", found.people)},
            {"label": _("笔数"), "value": f"{found.payments_count:,}", "unit": unit_word("笔", found.payments_count)},
            {"label": _("应发合计"), "value": reads.yuan(found.total), "unit": _("元")},
        ],
    }
    return list_or_excel(request, "payments/run.html", context)


def _note(note: str) -> str:
    """What stands with a step: what somebody wrote, or the words of a step that was passed by itself."""
    return _("没有退回") if note == NOTHING_RETURNED else note


def _act_label(name: str) -> str:
    return pick(states.BY_NAME[name].label, language()) if name in states.BY_NAME else name


def _acts(found: Run, user: User) -> list[dict[str, Any]]:
    """The acts of the run's state, sending back last."""
    hidden = {"payments.prepare"} if consents_of(found).exists() else {"payments.prepare", "payments.set_off"}
    possible = [act for act in states.possible(found) if act.name not in hidden]
    return [_act(act, found, user) for act in sorted(possible, key=lambda act: act.name == "payments.send_back")]


def _act(act: states.Act, found: Run, user: User) -> dict[str, Any]:
    needed = states.PERMISSION.get(act.name, act.name)
    return {
        "name": act.name.removeprefix("payments."),
        "label": pick(act.label, language()),
        "may": perms.may(user, needed, found.area_id),
        "consequence": _(CONSEQUENCES[act.name]) if act.name in CONSEQUENCES else "",
        "note_required": act.name == "payments.send_back",
        "who": listed(pick(role.name, language()) for role in reads.roles_with(needed)),
    }


CONSEQUENCES = {
    "payments.set_off": gettext_noop(
        "只按有效的书面同意书抵扣，扣后不低于底线，抵扣部分不送银行；重新生成批次后须再办。"
    ),
    "payments.submit": gettext_noop("提交后不能再改，由审批人核对；对花名册的改动进入下期补发。"),
    "payments.send_back": gettext_noop("退回经办人重新生成，须写明理由。"),
    "payments.approve": gettext_noop("审批后由财政拨付；审批人不能是生成或提交批次的人。"),
    "payments.release": gettext_noop("确认专项资金足额，可以送银行。"),
    "payments.send": gettext_noop("生成银行文件并从专项资金划出；同一内容只能送一次。"),
    "payments.confirm_paid": gettext_noop("没有退回的全部记为已到账，并记入台账。"),
    "payments.give": gettext_noop("按名单发放物资并签收，记入台账。"),
    "payments.close": gettext_noop("花名册、银行文件、退回、台账四者相等才能办结。"),
}


@needs("payments.view")
def run_act(request: HttpRequest, run_id: int, act: str) -> HttpResponse:
    """Do an act on a run (POST)."""
    found = get_object_or_404(Run.objects.select_related("area", "fund__account"), pk=run_id)
    if request.method != "POST" or f"payments.{act}" not in states.BY_NAME:
        return redirect("run", run_id)
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    user = user_of(request)
    with attempt() as tried:
        if act == "send_back":
            actions.send_back(by=user, run=found, note=note)
        elif act in ("set_off", "submit", "approve", "release", "close"):
            getattr(actions, act)(by=user, run=found, note=note)
        elif act == "send":
            chosen = request.POST.get("layout") or queries.last_layout(found.area_id)
            actions.send(by=user, run=found, layout_code=chosen)
        elif act in ("confirm_paid", "give"):
            getattr(actions, act)(by=user, run=found)
        else:
            raise Http404(act)
    return _after(request, found, tried, _act_label(f"payments.{act}"))


@needs("payments.book_returns")
def book_returns(request: HttpRequest, run_id: int) -> HttpResponse:
    """Book what the bank could not pay (POST)."""
    found = get_object_or_404(Run.objects.select_related("area", "fund__account"), pk=run_id)
    form = ReturnForm(request.POST, request.FILES)
    if request.method != "POST":
        return redirect("run", run_id)
    if not form.is_valid():
        return _run_page(request, found, return_form=form)
    with attempt() as tried:
        upload = form.cleaned_data["file"]
        reads.book(
            by=user_of(request),
            run=found,
            text=form.cleaned_data["lines"],
            file=upload.read() if upload else None,
        )
    if not tried.succeeded:
        return _run_page(request, found, tried.refusal, return_form=form)
    return _after(request, found, tried, _("登记退回"))


def _after(request: HttpRequest, found: Run, tried: Attempt, label: str) -> HttpResponse:
    if tried.succeeded:
        messages.success(request, _("已办：%(act)s") % {"act": label})
        return redirect("run", found.pk)
    found = Run.objects.select_related("area", "fund__account").get(pk=found.pk)
    return _run_page(request, found, tried.refusal)


def _shift(month: dt.date, by: int) -> dt.date:
    number = month.year * 12 + month.month - 1 + by
    return dt.date(number // 12, number % 12 + 1, 1)
