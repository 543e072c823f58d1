"""The form of an act: its fields depend on the act, and on what stands in the case."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from minzheng.access.models import User
from minzheng.awards import overlaps
from minzheng.cases.queries import ActView, CaseView
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.web import names
from minzheng.web.forms import Day, Form, style
from minzheng.web.languages import language
from minzheng.web.reads import case_page as reads
from minzheng.web.views import act_fields

REASON_NEEDED = {"cases.return", "cases.extend", "cases.withdraw"}


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
            act_fields.neighbours(self)
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
