"""Reviews of awards in force: rounds with their progress, a village's list to tick, one line, what was found."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.access import perms
from minzheng.areas import queries as areas
from minzheng.awards.reviews import clearing, papers, results, rounds, samples, unverified
from minzheng.awards.reviews import queries as reviews
from minzheng.awards.reviews.models import LineState, ReviewFinding, ReviewLine, ReviewRound
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.excel import list_or_excel
from minzheng.web.forms import Day, Form, offer
from minzheng.web.places import own_area, user_of
from minzheng.web.reads import reviews as reads
from minzheng.web.refusals import Refusal, attempt
from minzheng.web.tables import Table
from minzheng.web.views.documents import in_form


class OpenForm(Form):
    """Which round to open; a sample may name its seed."""

    what = forms.ChoiceField(label=gettext_lazy("核查"))
    seed = forms.CharField(
        label=gettext_lazy("抽样种子（可写现场摇出的号码；不填由系统生成）"), required=False, max_length=60
    )


@needs("awards.view")
def round_list(request: HttpRequest) -> HttpResponse:
    """The rounds of the area with their progress, and those that may be opened today."""
    user, today = user_of(request), clock.today()
    area = own_area(user)
    offered = reads.may_open(user, area, today)
    form = OpenForm(request.POST or None)
    offer(form, "what", offered)
    if not perms.may(user, "reviews.sample", area):
        del form.fields["seed"]
    refusal = None
    if request.method == "POST" and form.is_valid():
        programme, _colon, kind = form.cleaned_data["what"].partition(":")
        with attempt() as tried:
            opened = rounds.open_rounds(
                by=user, programme=programme, kind=kind, area=area, seed=form.cleaned_data.get("seed", "")
            )
        if tried.succeeded:
            messages.success(request, _("已开展 %(n)d 个轮次，数据比对已完成。") % {"n": len(opened)})
            return redirect("review-round", opened[0].pk) if len(opened) == 1 else redirect("reviews")
        refusal = tried.refusal
    found = list(reviews.rounds(area))
    context = {
        "form": form,
        "offered": offered,
        "refusal": refusal,
        "area": area,
        "under_way": [(one, _progress(one.total, one.left)) for one in found if one.closed_on is None],  # type: ignore[attr-defined]
        "closed": [(one, _progress(one.total, one.left)) for one in found if one.closed_on],  # type: ignore[attr-defined]
    }
    return render(request, "reviews/rounds.html", context)


def _progress(total: int, left: int) -> reviews.Progress:
    return reviews.Progress("", total, {LineState.OPEN: left}, 0)


@needs("awards.view")
def review_round(request: HttpRequest, round_id: int) -> HttpResponse:
    """A round: its progress by village, what a sample was drawn from, what was found. POST: match the data again."""
    review = _round(round_id)
    user = user_of(request)
    if request.method == "POST":
        perms.require(user, "reviews.record", review.area_id)
        cleared = clearing.clear(by=user, review=review)
        messages.success(request, _("比对完成，新通过 %(n)d 人（户）。") % {"n": cleared})
        return redirect("review-round", review.pk)
    villages = reviews.by_village(review)
    whole = reviews.together(villages, review.area_id)
    rules = rounds.rules_of(review)
    kind = rules.kind(review.kind)
    listed = reverse("review-lines", args=[review.pk, review.area_id])
    tiles = [
        {"label": _("应核查"), "value": whole.total, "url": f"{listed}?tab=all"},
        {"label": _("还剩"), "value": whole.left, "url": listed},
        {"label": _("数据比对通过"), "value": whole.by_data, "url": f"{listed}?tab=done"},
        *(
            {"label": _(label), "value": count, "url": f"{listed}?tab={tab}"}
            for tab, (label, states) in reads.TABS.items()
            if tab in ("warned", "suspended") and (count := sum(whole.states[state] for state in states))
        ),
    ]
    context = {
        "review": review,
        "name": reads.round_name(review),
        "villages": villages,
        "whole": whole,
        "tiles": tiles,
        "rule": kind.rule,
        "methods": [(method.label, method.proves) for key in kind.methods if (method := rules.methods[key])],
        "findings": list(reviews.findings(review)),
        "letters": reads.letters(review),
        "may_record": perms.may(user, "reviews.record", review.area_id),
        "same": samples.drawn_again(review) if review.seed else None,
        "share": f"{(review.share or 0) / 100:g}%",
    }
    return render(request, "reviews/round.html", context)


class ResultForm(Form):
    """How, when, and what else: of all lines ticked below."""

    method = forms.ChoiceField(label=gettext_lazy("核查方式"), required=False)
    on = Day(label=gettext_lazy("日期"), required=False)
    note = forms.CharField(label=gettext_lazy("说明（谁见到的、撤回原因等）"), required=False, max_length=300)


@needs("awards.view")
def line_list(request: HttpRequest, round_id: int, area: str) -> HttpResponse:
    """A village's list (or the whole township's): ticked, and dealt with together."""
    review = _round(round_id)
    if not area.startswith(review.area_id):
        raise Http404(area)
    user = user_of(request)
    rules = rounds.rules_of(review)
    tab = request.GET.get("tab", "open")
    tab = tab if tab in reads.TABS else "open"
    may = perms.may(user, "reviews.record", review.area_id)
    form = ResultForm(request.POST or None, initial={"on": clock.today(), "method": request.GET.get("method", "")})
    offer(form, "method", reads.methods(rules, rules.kind(review.kind)))
    if tab == "done":  # a result is taken back as it was: only the reason is asked for
        del form.fields["method"], form.fields["on"]
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        with attempt() as tried:
            said = _act(request, review, form.cleaned_data)
        if tried.succeeded:
            messages.success(request, said)
            return redirect(f"{request.path}?tab={tab}&method={form.cleaned_data.get('method', '')}")
        refusal = tried.refusal
    villages = [one for one in reviews.by_village(review) if one.area.startswith(area)]
    whole = reviews.together(villages, area)
    acts = _acts(tab, review, rules.kind(review.kind).warning is not None) if may else []
    table = Table(
        request,
        reviews.lines(review, area).filter(state__in=reads.TABS[tab][1]),
        reads.line_columns(review, rules, tab, many_villages=len(villages) > 1),
        title=f"{reads.round_name(review)} {areas.name(area)}",
        unit=_("户（人）"),
        empty=_("这里没有要办的了。换一个标签，或回到轮次看别的村。"),
        row_link=lambda line: reverse("review-line", args=[line.pk]),
        select=(lambda line: line.pk) if acts else None,
        page_size=200,
    )
    context = {
        "review": review,
        "name": reads.round_name(review),
        "area": area,
        "whole": whole,
        "tabs": reads.tabs(whole.states, tab),
        "tab": tab,
        "acts": acts,
        "form": form,
        "refusal": refusal,
        "table": table,
        "chosen": request.POST.getlist("selected"),
    }
    return list_or_excel(request, "reviews/lines.html", context)


def _acts(tab: str, review: ReviewRound, warns: bool) -> list[tuple[str, str, bool]]:
    """What may be done with the ticked lines of a tab: (act, words, whether it is the usual one)."""
    verified = ("record", _("记为已核查"), True)
    if tab == "open":
        late = warns and clock.today() > review.due_on
        return [verified, *([("warn", _("生成书面通知"), False)] if late else [])]
    if tab == "warned":
        return [verified, ("serve", _("登记送达"), False), ("suspend", _("暂停发放"), False)]
    if tab == "suspended":
        return [("record", _("已核实，恢复发放"), True)]
    return [("take_back", _("撤回结果"), False)] if tab == "done" else []


def _act(request: HttpRequest, review: ReviewRound, given: dict[str, Any]) -> str:
    """Do what was asked with the ticked lines. Returns what to say."""
    lines = [int(pk) for pk in request.POST.getlist("selected") if pk.isdecimal() and len(pk) < 19]
    doing: dict[str, Any] = {"by": user_of(request), "review": review, "lines": lines}
    act = request.POST.get("act", "record")
    if act == "warn":
        return _("已生成 %(n)d 份书面通知，在轮次页面下载。") % {"n": unverified.warn(**doing)}
    if act == "serve":
        count = unverified.serve(**doing, on=given.get("on"), note=given["note"])
        return _("已登记送达 %(n)d 份。") % {"n": count}
    if act == "suspend":
        return _("已暂停 %(n)d 人（户），核实后恢复并补发。") % {"n": unverified.suspend(**doing)}
    if act == "take_back":
        return _("已撤回 %(n)d 条。") % {"n": results.take_back(**doing, note=given["note"])}
    done = results.record(**doing, method=given.get("method", ""), on=given.get("on"), note=given["note"])
    if done.before:
        return _("已登记 %(n)d 条，%(before)d 条此前已办。") % {
            "n": done.verified + done.returned, "before": done.before,
        }  # fmt: skip
    return _("已登记 %(n)d 条。") % {"n": done.verified + done.returned}


@needs("awards.view")
def print_list(request: HttpRequest, round_id: int, area: str) -> HttpResponse:
    """A village's list as a Word file, to take along."""
    review = _round(round_id)
    if not area.startswith(review.area_id):
        raise Http404(area)
    content = papers.village_list(by=user_of(request), review=review, area=area)
    return in_form(request, content, f"{pick(review.label, 'zh-Hans')}名单 {areas.name(area)}.docx", papers.WORD)


class ChangeForm(Form):
    """People, income or property are no longer as they were."""

    method = forms.ChoiceField(label=gettext_lazy("核查方式"))
    on = Day(label=gettext_lazy("日期"))
    note = forms.CharField(label=gettext_lazy("情况有什么变化"), max_length=500)


class DiedForm(Form):
    """They have died."""

    died_on = Day(label=gettext_lazy("死亡日期"))


class FindingForm(Form):
    """What was found wrong in the office's work."""

    found = forms.CharField(label=gettext_lazy("发现的问题"), max_length=500)
    remedy = forms.CharField(label=gettext_lazy("整改要求"), max_length=500)
    due_on = Day(label=gettext_lazy("整改期限（不填按规则计算）"), required=False)


@needs("awards.view")
def review_line(request: HttpRequest, line_id: int) -> HttpResponse:
    """One award in a round: what was done, and what a list cannot say: a change, a death, a fault of the office."""
    line = get_object_or_404(
        ReviewLine.objects.select_related("round__area", "person", "household", "award", "area", "warning"), pk=line_id
    )
    user = user_of(request)
    rules = rounds.rules_of(line.round)
    act = request.POST.get("act", "")
    change = ChangeForm(request.POST if act == "change" else None, initial={"on": clock.today()})
    offer(change, "method", reads.methods(rules, rules.kind(line.round.kind)))
    died = DiedForm(request.POST if act == "died" else None)
    finding = FindingForm(request.POST if act == "finding" else None)
    refusal = None
    form = {"change": change, "died": died, "finding": finding}.get(act)
    if form is not None and form.is_valid():
        with attempt() as tried:
            if act == "change":
                results.record_change(by=user, line=line, **form.cleaned_data)
            elif act == "died":
                results.record_death(by=user, line=line, **form.cleaned_data)
            else:
                samples.record_finding(by=user, line=line, **form.cleaned_data)
        if tried.succeeded:
            return redirect("review-line", line.pk)
        refusal = tried.refusal
        line.refresh_from_db()
    waiting = line.state in rounds.LEFT and perms.may(user, "reviews.record", line.area_id)
    context = {
        "line": line,
        "name": reads.round_name(line.round),
        "class_name": reads.class_name(line, rules),
        "how": reads.how(line, rules),
        "state": _(line.get_state_display()),
        "steps": reads.steps(line, rules),
        "findings": list(line.findings.select_related("rectified_by").order_by("pk")),
        "refusal": refusal,
        "act": act,
        "change": change if waiting else None,
        "died": died if waiting and line.award.person_id and perms.may(user, "people.edit", line.area_id) else None,
        "finding": finding if perms.may(user, "reviews.find", line.area_id) else None,
        "change_url": reverse("award-change", args=[line.award_id])
        if line.state == LineState.CHANGED and names.knows_changes(line.round.programme)
        else "",
    }
    return render(request, "reviews/line.html", context)


class RectifyForm(Form):
    """How it was put right."""

    how = forms.CharField(label=gettext_lazy("怎样整改的"), max_length=500)


@needs("awards.view")
def review_finding(request: HttpRequest, finding_id: int) -> HttpResponse:
    """What a review found, and how it was put right."""
    finding = get_object_or_404(
        ReviewFinding.objects.select_related("line__round", "found_by", "rectified_by", "area"), pk=finding_id
    )
    user = user_of(request)
    form = RectifyForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        with attempt() as tried:
            samples.rectify(by=user, finding=finding, how=form.cleaned_data["how"])
        if tried.succeeded:
            return redirect("review-finding", finding.pk)
        refusal = tried.refusal
    may = finding.rectified_on is None and perms.may(user, "reviews.rectify", finding.area_id)
    context = {
        "finding": finding,
        "name": reads.round_name(finding.line.round),
        "form": form if may else None,
        "refusal": refusal,
    }
    return render(request, "reviews/finding.html", context)


def _round(round_id: int) -> ReviewRound:
    return get_object_or_404(ReviewRound.objects.select_related("area", "list_document", "opened_by"), pk=round_id)
