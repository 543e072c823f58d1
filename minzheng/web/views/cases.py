"""Cases: the list, a case's page, and the acts of its stage as forms."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.awards import overlaps
from minzheng.cases import actions, conference, papers, queries, verification
from minzheng.cases.actions.verification import record_facts
from minzheng.cases.files.binding import report_of
from minzheng.cases.models import Case
from minzheng.cases.queries import ActView, CaseView
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.excel import list_or_excel
from minzheng.web.fact_forms import FactForm
from minzheng.web.forms import Day, Filters, Form, offer, style, with_any
from minzheng.web.languages import language
from minzheng.web.links import page_of
from minzheng.web.places import chosen_area, parts, user_of
from minzheng.web.reads import case_page as reads
from minzheng.web.reads.compared import compared
from minzheng.web.reads.verification import verification_of
from minzheng.web.refusals import Refusal, attempt
from minzheng.web.tables import Column, Table
from minzheng.web.views import act_fields, batches, verification_fields

REASON_NEEDED = {"cases.return", "cases.extend", "cases.withdraw"}
WITH_FACTS = {"cases.visit", verification.RESULT, verification.AGAIN, conference.CONFER}
NOTES = {"note", "findings"}
"""Fields that the drafted explanation can be put into."""


class CaseFilters(Filters):
    """Open cases by village, programme, stage; closed ones too."""

    area = forms.ChoiceField(label=gettext_lazy("村（社区）"))
    programme = forms.ChoiceField(label=gettext_lazy("项目"))
    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        choices=[
            ("", gettext_lazy("在办")),
            ("overdue", gettext_lazy("已超期")),
            ("to_serve", gettext_lazy("待送达")),
            ("closed", gettext_lazy("已办结")),
        ],
    )

    def __init__(self, data: Any, places: list[tuple[str, str]]) -> None:
        super().__init__(data)
        offer(self, "area", with_any(places))
        offer(self, "programme", with_any([(c, pick(p.name, language())) for c, p in names.programmes().items()]))
        self.full_clean()
        self.values = getattr(self, "cleaned_data", {})


@needs("cases.view")
def case_list(request: HttpRequest) -> HttpResponse:
    """Cases in my area, what runs out first first."""
    user = user_of(request)
    filters = CaseFilters(request.GET, parts(user))
    area, programme = chosen_area(request), filters.values.get("programme") or ""
    state = filters.values.get("state") or ""
    if state == "closed":
        rows = queries.closed_cases(area, programme=programme)
    elif state == "to_serve":
        rows = queries.to_serve(area, programme=programme)
    elif state == "overdue":
        rows = queries.overdue(area)
        rows = rows.filter(programme=programme) if programme else rows
    else:
        rows = queries.open_cases(area, programme=programme)
    today = clock.today()
    columns = [
        Column("number", _("编号"), lambda row: row.number, order="number", link=lambda row: page_of("case", row.pk)),
        Column("who", _("对象"), lambda row: row.who, main=True, link=lambda row: page_of("case", row.pk)),
        Column("people", _("保障人数"), lambda row: row.people, kind="number"),
        Column("programme", _("项目"), lambda row: names.programme_name(row.programme), order="programme"),
        Column("kind", _("类别"), lambda row: _(row.get_kind_display()), order="kind"),
        Column("area", _("村（社区）"), lambda row: row.area.name, order="area_id"),
        Column("opened", _("提出"), lambda row: row.opened_on, kind="day", order="opened_on"),
        Column("stage", _("环节"), lambda row: names.stage_name(row.programme, row.stage), order="stage"),
    ]
    if state == "closed":
        columns.append(Column("closed", _("办结"), lambda row: row.closed_on, kind="day", order="closed_on"))
    else:
        columns.append(
            Column(
                "due",
                _("期限"),
                lambda row: row.due_on,
                kind="day",
                order="due_on",
                tone=lambda row: "bad" if row.due_on and row.due_on < today else "",
            )
        )
    table = Table(
        request,
        rows,
        columns,
        title=_("办件"),
        unit=_("件"),
        empty=_("没有符合条件的办件。"),
        prepare=reads.name_cases,
        row_link=lambda row: page_of("case", row.pk),
        select=(lambda row: row.pk) if (kinds := batches.kinds(user)) else None,
    )
    usual = "decision_letter" if state in ("to_serve", "closed") else ""
    may = {"may_apply": perms.may(user, "cases.apply"), "may_verify": perms.may(user, verification.RESULT)}
    context = {"table": table, "filters": filters, "kinds": kinds, "usual": usual, **may}
    return list_or_excel(request, "cases/list.html", context)


def can_begin(act: ActView) -> bool:
    """Whether the act's form is offered: papers that are missing are entered on the form itself."""
    return act.why_not is None or act.why_not.code == "case.papers_missing"


def waiting_for_papers(view: CaseView) -> set[str]:
    """The acts that ask for papers, by name."""
    return {row.name for row in view.procedure.acts if "papers" in row.requires}


def grace_ways(view: CaseView, act: ActView) -> list[tuple[str, str]]:
    """The ways of a grace period that a decision may grant here; none where it may grant none."""
    rule = view.procedure.grace
    if rule is None or act.outcome not in ("change", "stop"):
        return []
    ways = rule.in_area(view.case.area_id).ways_for(view.case.reason)
    return [(way.name, pick(way.label, language())) for way in ways.values()]


def changing_over(view: CaseView, act: ActView) -> list[tuple[str, str]]:
    """The benefits that those covered receive and that this decision may take the place of."""
    if act.outcome not in ("grant", "change"):
        return []
    pairs = overlaps.excluding(view.case.programme)
    covered = view.case.members.values_list("person_id", flat=True)
    received = overlaps.conflicts(view.case.programme, covered, clock.today(), None)
    codes = sorted({cover.award.programme for cover in received.values()})
    return [(code, names.programme_name(code)) for code in codes if code in pairs and pairs[code].changes_over]


class ActForm(Form):
    """What an act takes besides facts: the fields depend on the act."""

    def __init__(self, data: Any, *, view: CaseView, act: ActView, user: User) -> None:
        super().__init__(data, prefix=act.name)
        today = clock.today()
        if act.act == "cases.visit":
            seconds = [(str(one.pk), one.name) for one in reads.second_visitors(view.case, user)]
            self.fields["second_visitor"] = forms.ChoiceField(label=_("第二调查人"), choices=seconds)
            self.fields["visited_on"] = Day(label=_("入户日期"), initial=today)
            self.fields["met"] = forms.CharField(label=_("在场签字的家庭成员"), max_length=100)
            self.fields["findings"] = forms.CharField(
                label=_("看到的情况"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=2000
            )
        elif act.act == "cases.post":
            place = view.procedure.posting.place["zh-Hans"] if view.procedure.posting else ""
            self.fields["place"] = forms.CharField(label=_("张贴地点"), initial=place, max_length=100)
        elif act.act == "cases.object":
            self.fields["by_whom"] = forms.CharField(
                label=_("谁提出的"), max_length=100, help_text=_("可以写“匿名来电”。")
            )
            self.fields["text"] = forms.CharField(
                label=_("异议内容"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
            )
            act_fields.meeting_choice(self, view)
        elif act.act in view.procedure.endings:
            act_fields.ending(self, view, act)
        elif act.act in act_fields.FIELDS:
            act_fields.FIELDS[act.act](self, view, user)
        else:
            label = _("理由") if act.act in REASON_NEEDED or act.outcome == "refuse" else _("说明")
            self.fields["note"] = forms.CharField(label=label, required=act.act in REASON_NEEDED, max_length=1000)
        if ways := grace_ways(view, act):
            self.fields["grace"] = forms.ChoiceField(
                label=_("渐退期"), choices=[("", _("不给渐退期")), *ways], required=False,
                help_text=_("自次月起算，一次就业只给一次；渐退期满后按本决定减发或停发。"),
            )  # fmt: skip
            self.fields["grace_months"] = forms.IntegerField(label=_("渐退月数"), required=False, min_value=1)
        if replaced := changing_over(view, act):
            self.fields["in_place_of"] = forms.ChoiceField(
                label=_("转保：代替原待遇"), choices=[*replaced, ("", _("不代替"))], required=False,
                help_text=_("原待遇发至新待遇首月的前一个月，同一笔事务办结，不断月、不重月。"),
            )  # fmt: skip
        missing = [(paper.kind, pick(paper.label, language())) for paper in view.missing_papers if paper.due_now]
        if missing and act.name in waiting_for_papers(view):
            self.fields["papers"] = forms.MultipleChoiceField(
                label=_("收到或查验的材料"), choices=missing, required=False, widget=forms.CheckboxSelectMultiple
            )
            self.order_fields(["papers"])
        style(self)


@dataclass(frozen=True)
class Unsent:
    """A form that came too late: why it was not done, and what was typed into it."""

    message: str
    remedy: str
    rule: str
    typed: list[tuple[str, str]]


@needs("cases.view")
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """How a case stands: stages, clock, papers, facts, explanation, and the acts of its stage."""
    return _page(request, _find(case_id))


def _find(case_id: int) -> Case:
    return get_object_or_404(Case.objects.select_related("area", "household", "person"), pk=case_id)


def _page(
    request: HttpRequest,
    found: Case,
    *,
    tried: str = "",
    form: ActForm | None = None,
    fact_form: FactForm | None = None,
    refusal: Refusal | None = None,
    unsent: Unsent | None = None,
) -> HttpResponse:
    user = user_of(request)
    today = clock.today()
    sees_verified = perms.may(user, "people.verified", found.area_id)
    family = reads.members(found, today)
    view = queries.case_view(found, user=user)
    acts: list[dict[str, Any]] = []
    for act in view.acts:
        mine = act.name == tried
        acts.append(
            {
                "act": act,
                "label": pick(act.label, language()),
                "form": (form if mine and form else ActForm(None, view=view, act=act, user=user))
                if can_begin(act)
                else None,
                "facts": (fact_form if mine and fact_form else _fact_form(None, found, act))
                if can_begin(act)
                else None,
                "refusal": refusal if mine else None,
                "why_not": Refusal.of(act.why_not) if act.why_not else None,
                "can_begin": can_begin(act),
                "consequence": reads.consequence(view, act, today),
                "usual": act.act == view.procedure.stage(found.stage).act,
                "refused": mine,
            }
        )
    acts.sort(key=lambda one: (not one["can_begin"], not one["refused"], not one["usual"]))
    context: dict[str, Any] = {
        "case": found,
        "view": view,
        "programme": names.programme_name(found.programme),
        "party_url": page_of("household", found.household_id) or page_of("person", found.person_id),
        "steps": [
            {
                "label": pick(stage.label, language()),
                "state": "next" if stage.state == "ahead" else stage.state,
                "on": stage.on,
                "who": stage.actor,
            }
            for stage in view.stages
        ],
        "acts": [act for act in acts if act["can_begin"]],
        "waiting": [act for act in acts if not act["can_begin"]],
        "can_make": [(kind, pick(title, language())) for kind, title in papers.issuable(view, user)],
        "members": [member.person for member in found.members.select_related("person").order_by("pk")],
        "family": family,
        "sheet": reads.sheet(view.assessment) if view.assessment and sees_verified else None,
        "compared": compared(found, family, view.assessment, verified=sees_verified, today=today),
        "can_insert": any(act["usual"] and act["form"] and NOTES & act["form"].fields.keys() for act in acts),
        "unsent": unsent,
        "left_out": reads.left_out(view),
        "entries": [
            {"on": entry.on, "title": pick(entry.label, language()), "who": entry.actor, "text": entry.note}
            for entry in view.timeline
        ],
        "documents": reads.documents(found),
        "word": papers.WORD,
        "report": report_of(found),
        "sometimes": reads.sometimes_of(view),
        "verification": verification_of(view, today),
        "reason": pick(view.procedure.reasons[found.reason], language())
        if found.reason in view.procedure.reasons
        else "",
    }
    return render(request, "cases/case.html", context, status=409 if unsent else None)


def _fact_form(data: Any, found: Case, act: ActView) -> FactForm | None:
    """The facts that go with an act: what the visit saw, what the verification found."""
    if act.act not in WITH_FACTS:
        return None
    today = clock.today()
    return FactForm(
        data,
        programme=found.programme,
        day=today,
        household=found.household,
        person=found.person,
        members=reads.members(found, today) if found.household_id and act.act != conference.CONFER else [],
    )


@needs("cases.view")
def case_act(request: HttpRequest, case_id: int, name: str) -> HttpResponse:
    """Do an act of the case's stage (POST); a refusal shows on the form, with everything still in it."""
    found = _find(case_id)
    user = user_of(request)
    view = queries.case_view(found, user=user)
    act = next((one for one in view.acts if one.name == name), None)
    if request.method != "POST":
        return redirect("case", case_id)
    if act is None:
        return _page(request, found, unsent=_overtaken(request, found, view, name))
    form = ActForm(request.POST, view=view, act=act, user=user)
    fact_form = _fact_form(request.POST, found, act)
    if not form.is_valid() or (fact_form is not None and not fact_form.is_valid()):
        return _page(request, found, tried=name, form=form, fact_form=fact_form)
    seen = request.POST.get("seen", "")
    with attempt() as tried:
        if seen.isdecimal() and len(seen) < 6:
            actions.unchanged(found, steps_seen=int(seen))
        _perform(user, found, act, view, form.cleaned_data, fact_form)
    if tried.succeeded:
        messages.success(request, _("已办：%(act)s") % {"act": pick(act.label, language())})
        return redirect("case", case_id)
    found = _find(case_id)
    view = queries.case_view(found, user=user)
    if not any(one.name == name and can_begin(one) for one in view.acts):  # somebody was faster, or may not: say so
        return _page(request, found, unsent=_overtaken(request, found, view, name, tried.refusal))
    return _page(request, found, tried=name, form=form, fact_form=fact_form, refusal=tried.refusal)


def _overtaken(request: HttpRequest, found: Case, view: CaseView, name: str, refusal: Refusal | None = None) -> Unsent:
    """What to say where an act is not one of the case's stage any more: by whom and when it was brought further, and
    what was typed into the form that came too late."""
    row = next((one for one in view.procedure.acts if one.name == name), None)
    typed: list[tuple[str, str]] = []
    if row is not None:
        act = ActView(row.name, row.act, row.outcome, row.label, row.rule, None)
        late = ActForm(request.POST, view=view, act=act, user=user_of(request))
        typed = [(str(field.label), _as_typed(field)) for field in late if _was_typed(field)]
        facts = _fact_form(request.POST, found, act)
        typed += [(str(field.label), _as_typed(field)) for field in facts or () if _was_typed(field)]
    latest = view.timeline[0]
    return Unsent(
        message=refusal.message
        if refusal
        else _("现在不能办理这件事：%(by)s在 %(on)s 办了“%(act)s”，环节已是“%(stage)s”。")
        % {
            "by": latest.actor,
            "on": f"{latest.on:%Y-%m-%d}",
            "act": pick(latest.label, language()),
            "stage": pick(view.stage, language()),
        },
        remedy=refusal.remedy if refusal else _("请看最新情况再办。"),
        rule=refusal.rule if refusal else row.rule if row else "",
        typed=typed,
    )


def _was_typed(field: forms.BoundField) -> bool:
    """Whether something stands in a field that did not stand there when the form was opened."""
    return field.data not in (None, "", [], False) and field.field.has_changed(field.initial, field.data)


def _as_typed(field: forms.BoundField) -> str:
    """What stood in a field, in the words of its choices."""
    values = field.data if isinstance(field.data, list) else [field.data]
    choices = {str(value): str(words) for value, words in getattr(field.field, "choices", ())}
    return "、".join(choices.get(str(value), str(value)) for value in values)


def _perform(
    user: User, found: Case, act: ActView, view: CaseView, values: dict[str, Any], fact_form: FactForm | None
) -> None:
    """Hand what was entered to the action that does it."""
    note = values.get("note", "")
    if values.get("papers"):
        actions.receive_papers(by=user, case=found, kinds=values["papers"])
    if act.act == "cases.visit" and fact_form is not None:
        actions.record_visit(
            by=user,
            case=found,
            second_visitor=User.objects.get(pk=values["second_visitor"]),
            visited_on=values["visited_on"],
            met=values["met"],
            findings=values["findings"],
            facts=fact_form.values(),
            member_facts=fact_form.member_values(),
        )
    elif act.act == "cases.post":
        actions.post(by=user, case=found, place=values["place"])
    elif act.act == "cases.object":
        posting = found.postings.order_by("-pk").first()
        assert posting is not None
        actions.object_to(
            by=user,
            posting=posting,
            by_whom=values["by_whom"],
            text=values["text"],
            meeting=bool(values.get("meeting")),
        )
    elif act.act == conference.CONFER and fact_form is not None:
        act_fields.confer(user, found, view, values, fact_form.values(changed_only=True))
    elif act.act in view.procedure.endings:
        actions.end_without_decision(by=user, case=found, act=act.act, ground=values["ground"], note=note)
    elif act_fields.perform(user, found, act, view, values):
        pass
    elif view.procedure.verification and fact_form is not None:
        verification_fields.record(user, found, values, fact_form)
    elif act.outcome in ("grant", "refuse", "change", "stop"):
        wanted = {"way": values["grace"], "months": values["grace_months"]} if values.get("grace") else None
        actions.decide(
            by=user, case=found, outcome=act.outcome, note=note, grace=wanted, in_place_of=values.get("in_place_of", "")
        )
    else:
        if fact_form is not None:
            record_facts(found, user, clock.today(), fact_form.values(), fact_form.member_values())
        actions.act(by=user, case=found, act=act.act, note=note)


@needs("cases.view")
def receive_papers(request: HttpRequest, case_id: int) -> HttpResponse:
    """Enter papers that have come (POST)."""
    found = _find(case_id)
    if request.method == "POST":
        with attempt() as tried:
            actions.receive_papers(by=user_of(request), case=found, kinds=request.POST.getlist("papers"))
        if tried.refusal:
            messages.error(request, f"{tried.refusal.message} {tried.refusal.remedy}")
    return redirect("case", case_id)


@needs("cases.view")
def make_paper(request: HttpRequest, case_id: int, kind: str) -> HttpResponse:
    """Make one of the office's papers of this case and open it (POST)."""
    found = _find(case_id)
    if request.method != "POST":
        return redirect("case", case_id)
    document = papers.make(by=user_of(request), case=found, kind=kind)
    return redirect("document", document.pk)
