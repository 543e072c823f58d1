"""To which account somebody's money goes: their own, or another's by an agreement."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.core import clock
from minzheng.people import actions, queries
from minzheng.people.models import AccountHolder, AgreementKind, Person
from minzheng.web.access import needs
from minzheng.web.forms import Day, Form, offer
from minzheng.web.places import user_of
from minzheng.web.refusals import attempt

OWN = "own"
WHOSE = {
    OWN: gettext_lazy("本人账户"),
    AgreementKind.GUARDIAN: gettext_lazy("代领：监护人、亲属、村（居）委会或机构的账户"),
    AgreementKind.ONE_CARD: gettext_lazy("一卡通：家里人的账户，全家合用"),
}
AGREEMENT = ("holder", "relation", "number", "signed_on", "paper", "valid_from", "valid_to")
"""Fields that only an agreement has."""


class AccountForm(Form):
    """Whose account, its number, and for another's the agreement on file."""

    whose = forms.ChoiceField(label=gettext_lazy("谁的账户"), choices=WHOSE.items(), widget=forms.RadioSelect)
    account = forms.CharField(
        label=gettext_lazy("账号"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"data-private": "", "inputmode": "numeric", "autocomplete": "off"}),
    )
    bank = forms.CharField(label=gettext_lazy("开户银行"), required=False, max_length=60)
    passbook = forms.BooleanField(label=gettext_lazy("存折账号，不是银行卡号（不检查校验位）"), required=False)
    holder = forms.CharField(label=gettext_lazy("户名（银行预留的姓名或名称）"), required=False, max_length=60)
    relation = forms.ChoiceField(label=gettext_lazy("账户是领款人的什么人的"), required=False)
    number = forms.CharField(
        label=gettext_lazy("协议编号"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("原件存档的写编号；没有编号的上传协议。"),
    )
    signed_on = Day(label=gettext_lazy("签订日期"), required=False)
    paper = forms.FileField(
        label=gettext_lazy("协议（PDF 或照片）"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )
    valid_from = Day(label=gettext_lazy("从哪天起"), required=False)
    valid_to = Day(
        label=gettext_lazy("到哪天止"),
        required=False,
        help_text=gettext_lazy("到期后缓发，续签登记后再发；长期有效的不填。"),
    )

    def __init__(self, *args: Any, has_account: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "relation", [(value, _(label)) for value, label in AccountHolder.choices])
        if has_account:
            self.fields["account"].help_text = _("账号不变、只续签协议的，不填。")

    @property
    def own_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in AGREEMENT]

    @property
    def agreement_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in AGREEMENT]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        whose = values.get("whose")
        if whose == OWN and not values.get("account"):
            self.add_error("account", _("请填写账号。"))
        if whose in AgreementKind.values:
            for name in ("holder", "signed_on", "valid_from"):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, _("代领、一卡通须填写这一项。"))
        return values


@needs("people.edit")
def account(request: HttpRequest, person_id: int) -> HttpResponse:
    """Enter the account of a person; what is paid from now on goes there."""
    person = get_object_or_404(Person.objects.select_related("area"), pk=person_id)
    current = queries.account_of(person)
    agreement = queries.agreement_of(current) if current else None
    initial = {"whose": OWN, "signed_on": clock.today(), "valid_from": clock.today()}
    if agreement is not None:  # most often it is renewed
        initial |= {"whose": agreement.kind, "holder": agreement.holder, "relation": agreement.relation}
    form = AccountForm(request.POST or None, request.FILES or None, initial=initial, has_account=current is not None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        with attempt() as tried:
            _enter(request, person, form.cleaned_data)
        if tried.succeeded:
            messages.success(request, _("领款账户已登记，以后的款项发到这个账户。"))
            return redirect("person", person.pk)
        refusal = tried.refusal
    context = {
        "person": person,
        "form": form,
        "refusal": refusal,
        "current": current,
        "holder": current.note.get("holder", person.name) if current else "",
    }
    return render(request, "households/account.html", context)


def _enter(request: HttpRequest, person: Person, given: dict[str, Any]) -> None:
    user = user_of(request)
    where = {"account": given["account"], "bank": given["bank"], "passbook": given["passbook"]}
    if given["whose"] == OWN:
        actions.own_account(by=user, person=person, **where)
        return
    agreement = actions.Agreement(
        kind=given["whose"],
        holder=given["holder"],
        relation=given["relation"],
        number=given["number"],
        signed_on=given["signed_on"],
        paper=given["paper"].read() if given["paper"] else None,
        valid_from=given["valid_from"],
        valid_to=given["valid_to"],
    )
    actions.name_account(by=user, person=person, agreement=agreement, **where)
