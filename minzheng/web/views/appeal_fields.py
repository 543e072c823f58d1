"""The fields of appeals and of handling a matter anew, and how what was entered is handed to the action."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from minzheng.access.models import User
from minzheng.cases import actions, appeals
from minzheng.cases.models import Case
from minzheng.cases.queries import CaseView
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.web.forms import Day
from minzheng.web.languages import language

Values = Mapping[str, Any]


def _note(form: forms.Form, label: str, *, required: bool) -> None:
    form.fields["note"] = forms.CharField(
        label=label, widget=forms.Textarea(attrs={"rows": 2}), required=required, max_length=1000
    )


def _appeal(form: forms.Form, view: CaseView, user: User) -> None:
    rule = view.procedure.appeals
    if rule is None:
        return
    kinds = [(name, pick(one.label, language())) for name, one in rule.kinds.items()]
    form.fields["kind"] = forms.ChoiceField(label=_("复议还是诉讼"), choices=kinds)
    form.fields["filed_on"] = Day(label=_("提出日期"), initial=clock.today())
    form.fields["authority"] = forms.CharField(label=_("复议机关、法院"), max_length=100)
    form.fields["admitted"] = forms.BooleanField(label=_("逾期但已受理"), required=False)
    _note(form, _("说明"), required=False)


def _result(form: forms.Form, view: CaseView, user: User) -> None:
    rule = view.procedure.appeals
    if rule is None:
        return
    restores = any(row.act == appeals.ANNUL for row in view.procedure.acts)
    _outcome(form, rule, [name for name in rule.outcomes if not (restores and name in rule.annuls)])


def _annul(form: forms.Form, view: CaseView, user: User) -> None:
    if view.procedure.appeals is not None:
        _outcome(form, view.procedure.appeals, list(view.procedure.appeals.annuls))


def _outcome(form: forms.Form, rule: appeals.AppealRule, names: list[str]) -> None:
    outcomes = [(name, pick(rule.outcomes[name], language())) for name in names]
    form.fields["outcome"] = forms.ChoiceField(label=_("复议、诉讼结果"), choices=outcomes)
    form.fields["decided_on"] = Day(label=_("结果日期"), initial=clock.today())
    _note(form, _("说明"), required=False)


def _reopen(form: forms.Form, view: CaseView, user: User) -> None:
    rule = view.procedure.reopening
    if rule is None:
        return
    grounds = [(name, pick(label, language())) for name, label in rule.grounds.items()]
    form.fields["ground"] = forms.ChoiceField(
        label=_("重新办理的事由"), choices=grounds, help_text=_("原决定留存，另立新的办件，材料带过去，期限重新起算。")
    )
    _note(form, _("理由"), required=True)


FIELDS: Mapping[str, Callable[[forms.Form, CaseView, User], None]] = {
    appeals.APPEAL: _appeal,
    appeals.RESULT: _result,
    appeals.REOPEN: _reopen,
    appeals.ANNUL: _annul,
}
"""Who puts the fields of an act into its form."""


def _do_appeal(user: User, case: Case, view: CaseView, values: Values) -> None:
    actions.appeal(
        by=user,
        case=case,
        kind=values["kind"],
        filed_on=values["filed_on"],
        authority=values["authority"],
        admitted=values["admitted"],
        note=values["note"],
    )


def _do_result(user: User, case: Case, view: CaseView, values: Values) -> None:
    actions.appeal_result(
        by=user, case=case, outcome=values["outcome"], decided_on=values["decided_on"], note=values["note"]
    )


def _do_annul(user: User, case: Case, view: CaseView, values: Values) -> None:
    actions.annul(by=user, case=case, outcome=values["outcome"], decided_on=values["decided_on"], note=values["note"])


def _do_reopen(user: User, case: Case, view: CaseView, values: Values) -> None:
    actions.reopen(by=user, case=case, ground=values["ground"], note=values["note"])


DO: Mapping[str, Callable[[User, Case, CaseView, Values], None]] = {
    appeals.APPEAL: _do_appeal,
    appeals.RESULT: _do_result,
    appeals.REOPEN: _do_reopen,
    appeals.ANNUL: _do_annul,
}
