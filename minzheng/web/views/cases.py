"""A case's page, and the acts of its stage."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.cases import actions, conference, papers, queries, verification
from minzheng.cases.actions.verification import record_facts
from minzheng.cases.files.binding import report_of
from minzheng.cases.models import Case
from minzheng.cases.queries import ActView, CaseView
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.fact_forms import FactForm
from minzheng.web.languages import language, listed
from minzheng.web.links import page_of
from minzheng.web.places import user_of
from minzheng.web.reads import case_page as reads
from minzheng.web.reads.compared import compared
from minzheng.web.reads.verification import verification_of
from minzheng.web.refusals import Refusal, attempt
from minzheng.web.views import act_fields, verification_fields, visits
from minzheng.web.views.act_form import ActForm, can_begin

WITH_FACTS = {"cases.visit", verification.RESULT, verification.AGAIN, conference.CONFER}
NOTES = {"note", "findings"}
"""Fields that the drafted explanation can be put into."""


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
        "pictures": visits.pictures(list(view.visits), user),
        "word": papers.WORD,
        "report": report_of(found),
        "sometimes": reads.sometimes_of(view),
        "overtaken": pick(view.overtaken.said(verified=sees_verified), language()) if view.overtaken else "",
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
    return listed(choices.get(str(value), str(value)) for value in values)


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
            neighbours=act_fields.neighbours_asked(values),
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
