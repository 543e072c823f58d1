"""The fields of the acts of the means verification, and how what was entered is handed to the action."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from minzheng.access.models import User
from minzheng.cases import actions, verification
from minzheng.cases.models import Case
from minzheng.cases.queries import CaseView
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.people.models import Person
from minzheng.web.fact_forms import FactForm
from minzheng.web.forms import Day
from minzheng.web.languages import language
from minzheng.web.reads import verification as reads

Values = Mapping[str, Any]
SUPPORTER = "supporter"


def at_acceptance(form: forms.Form, view: CaseView) -> None:
    """Nothing to tick where every adult has signed: the verification is then asked for with the acceptance."""
    rule = view.procedure.verification
    if rule is None or rule.asked_with != "cases.accept":
        return
    adults = [(str(person.pk), person.name) for person in reads.adults(view, clock.today())]
    form.fields["unsigned"] = forms.MultipleChoiceField(
        label=_("还没有签核对授权的成年人"),
        choices=adults,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("都签了就不用勾选，受理的同时提出信息核对；未成年人不需要签。"),
    )


def _authorise(form: forms.Form, view: CaseView, user: User) -> None:
    missing = [(str(person.pk), person.name) for person in reads.unauthorised(view, clock.today())]
    form.fields["who"] = forms.ChoiceField(
        label=_("谁签了授权"), choices=[*missing, (SUPPORTER, _("不共同生活的赡养、抚养、扶养人"))]
    )
    form.fields["name"] = forms.CharField(
        label=_("赡养人姓名"), required=False, max_length=50, help_text=_("不共同生活的才填写；须本人同意。")
    )
    form.fields["signed_on"] = Day(label=_("签字日期"), initial=clock.today())
    form.fields["by"] = forms.CharField(
        label=_("代签人和原因"), required=False, max_length=100, help_text=_("本人签的不填。")
    )


def _request(form: forms.Form, view: CaseView, user: User) -> None:
    form.fields["note"] = forms.CharField(label=_("说明"), required=False, max_length=1000)


def _result(form: forms.Form, view: CaseView, user: User) -> None:
    """Filled in as it mostly is: today's report, on all classes of data."""
    rule = view.procedure.verification
    if rule is not None:
        form.fields["verified_on"] = Day(label=_("核对报告日期"), initial=clock.today(), required=False)
        form.fields["without"] = forms.MultipleChoiceField(
            label=_("报告中没有的类别"),
            choices=[(name, pick(one.label, language())) for name, one in rule.classes.items()],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        if verification.standing(view.timeline[::-1]).disputed_on:
            form.fields["upheld"] = forms.BooleanField(label=_("复核后维持原结果"), required=False)
    form.fields["note"] = forms.CharField(label=_("说明"), required=False, max_length=1000)


def _dispute(form: forms.Form, view: CaseView, user: User) -> None:
    form.fields["by_whom"] = forms.CharField(label=_("谁提出的"), max_length=100, initial=view.who)
    form.fields["text"] = forms.CharField(
        label=_("对哪一项有异议，理由"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


FIELDS: Mapping[str, Callable[[forms.Form, CaseView, User], None]] = {
    verification.AUTHORISE: _authorise,
    verification.REQUEST: _request,
    verification.RESULT: _result,
    verification.AGAIN: _result,
    verification.DISPUTE: _dispute,
}
"""Who puts the fields of an act into its form."""


def _do_authorise(user: User, case: Case, view: CaseView, values: Values) -> None:
    outside = values["who"] == SUPPORTER
    signature = actions.Authorisation(
        signed_on=values["signed_on"],
        person=None if outside else Person.objects.get(pk=values["who"]),
        name=values["name"] if outside else "",
        by=values["by"],
    )
    actions.authorise(by=user, case=case, authorisations=[signature])


def _do_request(user: User, case: Case, view: CaseView, values: Values) -> None:
    actions.request_verification(by=user, case=case, note=values["note"])


def _do_dispute(user: User, case: Case, view: CaseView, values: Values) -> None:
    actions.dispute_verification(by=user, case=case, by_whom=values["by_whom"], text=values["text"])


DO: Mapping[str, Callable[[User, Case, CaseView, Values], None]] = {
    verification.AUTHORISE: _do_authorise,
    verification.REQUEST: _do_request,
    verification.DISPUTE: _do_dispute,
}


def record(user: User, case: Case, values: Values, facts: FactForm) -> None:
    """The result with what was found; of an objection that changes nothing, nothing is recorded anew."""
    upheld = bool(values.get("upheld"))
    actions.record_verification(
        by=user,
        case=case,
        verified_on=values.get("verified_on"),
        without=values.get("without", ()),
        facts={} if upheld else facts.values(),
        member_facts={} if upheld else facts.member_values(),
        upheld=upheld,
        note=values["note"],
    )
