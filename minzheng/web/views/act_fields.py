"""The fields of the acts that only some cases need, and how what was entered is handed to the action."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from minzheng.access.models import User
from minzheng.cases import actions, coverage
from minzheng.cases.actions import Kinship, Participant
from minzheng.cases.actions.assessing import day_for
from minzheng.cases.models import Case
from minzheng.cases.queries import ActView, CaseView
from minzheng.cases.shapes import MeetingRule, Procedure
from minzheng.core import clock
from minzheng.core.errors import Text, pick
from minzheng.web.forms import Day
from minzheng.web.languages import language, listed
from minzheng.web.reads import case_page as reads
from minzheng.web.views import appeal_fields, verification_fields

Values = Mapping[str, Any]


def _area(label: str, *, required: bool = True, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=required,
        help_text=help_text,
    )


def _choices(entries: Mapping[str, Text]) -> list[tuple[str, str]]:
    return [(name, pick(words, language())) for name, words in entries.items()]


def _kinship(form: forms.Form, procedure: Procedure, *, required: bool) -> None:
    """Three fields, of which a case without kinship needs none: the first says so by itself."""
    rule = procedure.kinship
    if rule is None:
        return
    none = [] if required else [("", _("没有"))]
    form.fields["kin_of"] = forms.ChoiceField(
        label=_("申请家庭与谁有近亲属关系"), choices=[*none, *_choices(rule.of)], required=required
    )
    form.fields["kin_relation"] = forms.ChoiceField(
        label=_("对方是申请人家的"), choices=[("", "—"), *_choices(rule.relations)], required=required
    )
    form.fields["kin_between"] = forms.CharField(
        label=_("谁与谁"),
        max_length=200,
        required=required,
        help_text=_("写明家庭成员和对方的姓名、职务；有近亲属关系的，县级须入户后才能决定。"),
    )


def _accept(form: forms.Form, view: CaseView, user: User) -> None:
    form.fields["note"] = forms.CharField(label=_("说明"), required=False, max_length=1000)
    verification_fields.at_acceptance(form, view)
    _kinship(form, view.procedure, required=False)


def _ask_papers(form: forms.Form, view: CaseView, user: User) -> None:
    missing = listed(pick(paper.label, language()) for paper in view.missing_papers if paper.due_now)
    form.fields["also"] = _area(
        _("另外要改正的"),
        required=False,
        help_text=_("一行一项。只能告知一次；缺少的材料会全部列上：%(papers)s") % {"papers": missing or "—"},
    )


def ending(form: forms.Form, view: CaseView, act: ActView) -> None:
    """Why a case ends without a decision; both go into the letter."""
    grounds = {name: ground.label for name, ground in view.procedure.endings[act.act].grounds.items()}
    form.fields["ground"] = forms.ChoiceField(label=_("事由"), choices=_choices(grounds))
    form.fields["note"] = _area(_("具体情况（写入通知书）"))


def _declare(form: forms.Form, view: CaseView, user: User) -> None:
    _kinship(form, view.procedure, required=True)
    form.fields["note"] = forms.CharField(label=_("说明"), required=False, max_length=1000)


def _complain(form: forms.Form, view: CaseView, user: User) -> None:
    form.fields["by_whom"] = forms.CharField(label=_("谁提出的"), max_length=100, help_text=_("可以写“匿名来电”。"))
    form.fields["text"] = _area(_("投诉举报内容"))


def _return(form: forms.Form, view: CaseView, user: User) -> None:
    form.fields["note"] = forms.CharField(label=_("理由"), max_length=1000)
    meeting_choice(form, view)


NEIGHBOURS = (1, 2)
"""How many talks with neighbours the form of a visit takes."""


def neighbours(form: forms.Form) -> None:
    """Whom of the neighbours the visitors asked, and what they said."""
    for n in NEIGHBOURS:
        form.fields[f"neighbour{n}"] = forms.CharField(
            label=_("邻里访问：被访问人（与该户关系）"), required=False, max_length=100
        )
        form.fields[f"said{n}"] = forms.CharField(label=_("邻里所说的情况"), required=False, max_length=1000)


def neighbours_asked(values: Values) -> list[actions.Neighbour]:
    """Those of which something was entered."""
    asked = [(values.get(f"neighbour{n}", ""), values.get(f"said{n}", "")) for n in NEIGHBOURS]
    return [actions.Neighbour(who, said) for who, said in asked if who or said]


def meeting_choice(form: forms.Form, view: CaseView) -> None:
    """Whether the village is to evaluate the case, where the procedure knows such meetings."""
    if view.procedure.meeting is not None:
        form.fields["meeting"] = forms.BooleanField(label=_("要求组织民主评议"), required=False)


def _county_visit(form: forms.Form, view: CaseView, user: User) -> None:
    seconds = [(str(one.pk), one.name) for one in reads.second_county_visitors(view.case, user)]
    form.fields["second_visitor"] = forms.ChoiceField(label=_("第二调查人"), choices=seconds)
    form.fields["visited_on"] = Day(label=_("入户日期"), initial=clock.today())
    form.fields["met"] = forms.CharField(label=_("在场签字的家庭成员"), max_length=100)
    form.fields["findings"] = _area(_("看到的情况"), required=False)


def _meeting(form: forms.Form, view: CaseView, user: User) -> None:
    rule = view.procedure.meeting
    if rule is None:
        form.fields["note"] = forms.CharField(label=_("说明"), required=False, max_length=1000)
        return
    form.fields["held_on"] = Day(label=_("评议日期"), initial=clock.today())
    form.fields["place"] = forms.CharField(label=_("评议地点"), max_length=100)
    _came(form, rule)
    _votes(form)
    form.fields["minutes"] = _area(_("评议意见"))
    form.fields["signed"] = forms.BooleanField(label=_("参加人员都已在评议记录上签字"), required=False)


def _confer(form: forms.Form, view: CaseView, user: User) -> None:
    """The facts that are counted otherwise stand below, as they are known."""
    rule = view.procedure.conference
    if rule is None:
        return
    form.fields["proposal"] = forms.ChoiceField(
        label=_("建议"),
        choices=[("grant", _("予以确认")), ("refuse", _("不予确认"))],
        help_text=_("建议确认的，把另作认定的情况在下面改成应认定的数；建议不予确认的，下面不改。"),
    )
    form.fields["departs_from"] = forms.CharField(label=_("不适用哪一条规定"), max_length=200)
    form.fields["why"] = _area(_("意见和理由（写入决定和通知书）"))
    form.fields["held_on"] = Day(label=_("会议日期"), initial=clock.today())
    form.fields["place"] = forms.CharField(label=_("会议地点"), max_length=100)
    _came(form, rule)
    _votes(form)
    form.fields["signed"] = forms.BooleanField(label=_("参加人员都已在会议记录上签字"), required=False)


def _came(form: forms.Form, rule: MeetingRule) -> None:
    """Who took part, by capacity; representatives have a share to reach."""
    for capacity, label in _choices(rule.capacities):
        main = bool(rule.share) and capacity == rule.representative
        form.fields[f"came_{capacity}"] = forms.CharField(
            label=label,
            widget=forms.Textarea(attrs={"rows": 2}),
            required=main,
            max_length=1000,
            help_text=_("姓名用顿号、空格或换行隔开；代表不少于全部参加人员的 %(share)s。")
            % {"share": f"{rule.share.numerator}/{rule.share.denominator}"}
            if main
            else "",
        )


def _votes(form: forms.Form) -> None:
    for name, words in (("agree", _("同意票")), ("disagree", _("不同意票")), ("abstain", _("弃权票"))):
        form.fields[name] = forms.IntegerField(label=words, min_value=0, initial=None if name == "agree" else 0)


def _hear(form: forms.Form, view: CaseView, user: User) -> None:
    form.fields["who"] = forms.CharField(label=_("听取了谁的意见"), max_length=100, initial=view.who)
    form.fields["heard_on"] = Day(label=_("听取日期"), initial=clock.today())
    form.fields["said"] = _area(_("本人意见"), required=False)
    form.fields["declined"] = forms.BooleanField(label=_("本人放弃陈述"), required=False)


def _assess(form: forms.Form, view: CaseView, user: User) -> None:
    """A family of which everybody is asked for needs nothing; for anybody else, whether and why they stay out."""
    rule = view.procedure.coverage
    if rule is None:
        return
    said = coverage.left_out(view.timeline[::-1])
    for person in coverage.not_covered(view.case, day_for(view.case, clock.today())):
        form.fields[f"other{person.pk}"] = forms.ChoiceField(
            label=_("%(name)s没有申请保障") % {"name": person.name},
            choices=[("", _("由家人单独申请")), (coverage.COVER, _("一并纳入")), *_choices(rule.reasons)],
            initial=said.get(person.pk, ""),
            required=False,
        )


def _serve(form: forms.Form, view: CaseView, user: User) -> None:
    """Filled in as it mostly is: handed to the applicant today."""
    rule = view.procedure.service
    if rule is not None:
        manners = {name: manner.label for name, manner in rule.manners.items()}
        form.fields["receiver"] = forms.CharField(label=_("收件人"), max_length=100, initial=view.who)
        form.fields["manner"] = forms.ChoiceField(label=_("送达方式"), choices=_choices(manners))
        form.fields["served_on"] = Day(label=_("送达日期"), initial=clock.today())
        form.fields["witness"] = forms.CharField(
            label=_("见证人"), max_length=100, required=False, help_text=_("留置送达须填写。")
        )
    form.fields["note"] = forms.CharField(label=_("说明"), required=False, max_length=1000)


FIELDS: Mapping[str, Callable[[forms.Form, CaseView, User], None]] = {
    "cases.accept": _accept,
    "cases.ask_papers": _ask_papers,
    "cases.assess": _assess,
    "cases.declare": _declare,
    "cases.complain": _complain,
    "cases.return": _return,
    "cases.county_visit": _county_visit,
    "cases.evaluate": _meeting,
    "cases.confer": _confer,
    "cases.hear": _hear,
    "cases.serve": _serve,
    **verification_fields.FIELDS,
    **appeal_fields.FIELDS,
}
"""Who puts the fields of an act into its form."""


def perform(user: User, case: Case, act: ActView, view: CaseView, values: Values) -> bool:
    """Do one of these acts with what was entered; False where it is none of them."""
    do = _DO.get(act.act)
    if do is None:
        return False
    do(user, case, view, values)
    return True


def _do_accept(user: User, case: Case, view: CaseView, values: Values) -> None:
    data: dict[str, Any] = {}
    if values.get("unsigned"):
        data["unsigned"] = [int(pk) for pk in values["unsigned"]]
    if values.get("kin_of"):
        data["kinship"] = actions.kinship_data(view.procedure, _kin(values))
    actions.act(by=user, case=case, act="cases.accept", note=values["note"], data=data)


def _do_ask_papers(user: User, case: Case, view: CaseView, values: Values) -> None:
    actions.ask_papers(by=user, case=case, also=values["also"])


def _kin(values: Values) -> Kinship:
    return Kinship(of=values["kin_of"], relation=values["kin_relation"], between=values["kin_between"])


def _do_assess(user: User, case: Case, view: CaseView, values: Values) -> None:
    said = {int(name.removeprefix("other")): word for name, word in values.items() if name.startswith("other") and word}
    actions.assess(by=user, case=case, others=said)


def _do_declare(user: User, case: Case, view: CaseView, values: Values) -> None:
    actions.declare_kinship(by=user, case=case, kinship=_kin(values), note=values["note"])


def _do_complain(user: User, case: Case, view: CaseView, values: Values) -> None:
    actions.complain(by=user, case=case, by_whom=values["by_whom"], text=values["text"])


def _do_return(user: User, case: Case, view: CaseView, values: Values) -> None:
    data = {"meeting_wanted": True} if values.get("meeting") else {}
    actions.act(by=user, case=case, act="cases.return", note=values["note"], data=data)


def _do_county_visit(user: User, case: Case, view: CaseView, values: Values) -> None:
    actions.record_county_visit(
        by=user,
        case=case,
        second_visitor=User.objects.get(pk=values["second_visitor"]),
        visited_on=values["visited_on"],
        met=values["met"],
        findings=values["findings"],
    )


def _do_meeting(user: User, case: Case, view: CaseView, values: Values) -> None:
    rule = view.procedure.meeting
    if rule is None:
        actions.act(by=user, case=case, act="cases.evaluate", note=values["note"])
        return
    actions.hold_meeting(
        by=user,
        case=case,
        held_on=values["held_on"],
        place=values["place"],
        participants=_participants(rule, values),
        agree=values["agree"],
        disagree=values["disagree"],
        abstain=values["abstain"],
        minutes=values["minutes"],
    )


def confer(user: User, case: Case, view: CaseView, values: Values, counts: Mapping[str, Any]) -> None:
    """A case conference, with the facts that were changed on its form."""
    rule = view.procedure.conference
    actions.confer(
        by=user,
        case=case,
        held_on=values["held_on"],
        place=values["place"],
        participants=_participants(rule, values) if rule else [],
        agree=values["agree"],
        disagree=values["disagree"],
        abstain=values["abstain"],
        proposal=values["proposal"],
        departs_from=values["departs_from"],
        why=values["why"],
        counts=counts,
    )


def _participants(rule: MeetingRule, values: Values) -> list[Participant]:
    return [
        Participant(name, capacity, values["signed"])
        for capacity in rule.capacities
        for name in _names(values[f"came_{capacity}"])
    ]


def _do_hear(user: User, case: Case, view: CaseView, values: Values) -> None:
    actions.hear(
        by=user,
        case=case,
        who=values["who"],
        heard_on=values["heard_on"],
        said=values["said"],
        declined=values["declined"],
    )


def _do_serve(user: User, case: Case, view: CaseView, values: Values) -> None:
    actions.serve(
        by=user,
        case=case,
        receiver=values.get("receiver", ""),
        manner=values.get("manner", ""),
        served_on=values.get("served_on"),
        witness=values.get("witness", ""),
        note=values["note"],
    )


def _names(text: str) -> list[str]:
    """Names as people list them: 、 and commas, blanks and lines between."""
    return [name for name in re.split(r"[、，,；;\s]+", text) if name]


_DO: Mapping[str, Callable[[User, Case, CaseView, Values], None]] = {
    "cases.accept": _do_accept,
    "cases.ask_papers": _do_ask_papers,
    "cases.assess": _do_assess,
    "cases.declare": _do_declare,
    "cases.complain": _do_complain,
    "cases.return": _do_return,
    "cases.county_visit": _do_county_visit,
    "cases.evaluate": _do_meeting,
    "cases.hear": _do_hear,
    "cases.serve": _do_serve,
    **verification_fields.DO,
    **appeal_fields.DO,
}
