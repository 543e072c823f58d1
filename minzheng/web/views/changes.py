"""Changes of a running award: opened from the household's or the person's page."""

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from minzheng.awards.models import Award
from minzheng.awards.queries import going_on
from minzheng.cases import actions, procedure
from minzheng.cases.actions import by_record
from minzheng.cases.models import CaseKind
from minzheng.core import clock
from minzheng.core.errors import Refused, pick
from minzheng.web import names
from minzheng.web.access import needs
from minzheng.web.forms import Day, Form, offer
from minzheng.web.languages import language
from minzheng.web.places import user_of
from minzheng.web.reads import case_page as reads
from minzheng.web.refusals import attempt


def change_reasons(programme: str) -> list[tuple[str, str]]:
    """Why a change of this programme may be sought by hand; nothing where it knows no changes. What a merging or a
    splitting leads to is opened by their record."""
    try:
        rules = procedure.load(programme).on(clock.today(), CaseKind.CHANGE)
    except Refused:
        return []
    known = rules.reasons.items()
    return [(code, pick(text, language())) for code, text in known if code not in by_record.OF_FILES]


class ChangeForm(Form):
    """A change of an award: why, since when, who is covered from now on."""

    reason = forms.ChoiceField(label=gettext_lazy("事由"))
    event_on = Day(label=gettext_lazy("发生日期"), required=False, help_text=gettext_lazy("死亡、迁出等须填写。"))
    covered = forms.MultipleChoiceField(
        label=gettext_lazy("变更后的保障对象"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=1000)


@needs("cases.change")
def open_change(request: HttpRequest, award_id: int) -> HttpResponse:
    """Open a change of a running award."""
    user, today = user_of(request), clock.today()
    running = going_on(today) | Q(last_month__gte=today)  # one that ends with a grace period runs until then
    award = get_object_or_404(Award.objects.select_related("household", "person"), running, pk=award_id)
    family = reads.family_of_party(award.household, award.person, today)
    form = ChangeForm(request.POST or None, initial={"covered": [str(pk) for pk in reads.covered_now(award)]})
    offer(form, "reason", change_reasons(award.programme))
    offer(form, "covered", [(str(person.pk), person.name) for person in family])
    if award.household is None:
        del form.fields["covered"]
    refusal = None
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data.get("covered", [])
        with attempt() as tried:
            opened = actions.open_case(
                by=user,
                programme=award.programme,
                kind=CaseKind.CHANGE,
                household=award.household,
                person=award.person,
                covered=[person for person in family if str(person.pk) in chosen],
                reason=form.cleaned_data["reason"],
                event_on=form.cleaned_data["event_on"],
                note=form.cleaned_data["note"],
            )
        if tried.succeeded:
            return redirect("case", opened.pk)
        refusal = tried.refusal
    context = {
        "award": award,
        "programme": names.programme_name(award.programme),
        "form": form,
        "refusal": refusal,
        "back": reverse("household-tab", args=[award.household_id, "money"])
        if award.household_id
        else reverse("person", args=[award.person_id]),
        "who": reads.party_name(award.household, award.person, today),
    }
    return render(request, "cases/change.html", context)
