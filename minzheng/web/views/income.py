"""The intake calculator: what a family says it lives on, the likely answer, and with one click the application.

Nothing is stored until the officer says so.
"""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from minzheng.cases import actions as cases
from minzheng.cases import procedure
from minzheng.cases.income import told, working
from minzheng.cases.income.actions import declare, of_household
from minzheng.cases.income.likely import INCOME_FACT, Likely, likely
from minzheng.cases.income.queries import last_told
from minzheng.cases.income.working import Worked
from minzheng.cases.models import Case, CaseKind
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.people.models import Household, Person
from minzheng.web.access import needs
from minzheng.web.fact_forms import FactForm
from minzheng.web.forms import Form, offer
from minzheng.web.income_forms import IncomeForm
from minzheng.web.languages import language
from minzheng.web.places import user_of
from minzheng.web.reads import case_page as reads
from minzheng.web.refusals import Attempt, attempt
from minzheng.web.views.apply import found_families

PROGRAMME = "dibao"
"""The programme whose answer is shown: the one that rests on a family's income of a year."""

STATUS = "borderline"
"""What is offered where the allowance is out of reach."""


class AskForm(Form):
    """For whom it would be applied, and the papers that are there already."""

    covered = forms.MultipleChoiceField(
        label=gettext_lazy("申请保障的人"), widget=forms.CheckboxSelectMultiple, required=False
    )
    papers = forms.MultipleChoiceField(
        label=gettext_lazy("已收到的材料"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, family: list[Person]) -> None:
        super().__init__(data, initial={"covered": [str(one.pk) for one in family]})
        offer(self, "covered", [(str(one.pk), one.name) for one in family])
        rules = procedure.load(PROGRAMME).on(clock.today(), CaseKind.APPLICATION)
        wanted = [paper for paper in rules.papers.values() if paper.required_at == "cases.accept"]
        offer(self, "papers", [(paper.kind, pick(paper.label, language())) for paper in wanted])


@needs("people.edit")
def start(request: HttpRequest) -> HttpResponse:
    """Find the family whose income is to be worked out."""
    return render(request, "cases/apply_start.html", found_families(request) | {"target": "income"})


@needs("people.edit")
def income(request: HttpRequest, household_id: int) -> HttpResponse:
    """The calculator for a family; with what was typed also what comes of it."""
    household = get_object_or_404(Household.objects.select_related("area"), pk=household_id)
    page = _Page(request, household)
    if request.method == "POST" and page.wanted and page.is_valid():
        with attempt() as tried:
            page.work_out()
            done = page.store() if page.wanted in ("apply", "keep") else None
        if tried.succeeded and done is not None:
            return redirect("case", done.pk)
        page.tried = tried
    return render(request, "cases/income.html", page.context())


class _Page:
    """One family's statement being filled in."""

    def __init__(self, request: HttpRequest, household: Household) -> None:
        self.user, self.today, self.household = user_of(request), clock.today(), household
        self.family = reads.family_of_party(household, None, self.today)
        data = request.POST if request.method == "POST" else None
        asked = request.POST.get("do", "")
        self.wanted = asked if asked in ("work_out", "apply", "keep") else ""
        more = asked.removeprefix("more:") if asked.startswith("more:") else ""
        place = working.Place(household.area_id, household.residence)
        self.form = IncomeForm(data, self.family, place, self.today, more, last_told(household))
        self.facts = FactForm(
            data, programme=PROGRAMME, day=self.today, household=household, person=None, members=self.family
        )
        del self.facts.fields[f"of:{INCOME_FACT}"]
        self.ask = AskForm(data, self.family)
        self.tried = Attempt()
        self.worked: Worked | None = None
        self.answer: Likely | None = None
        self.next_best = False
        self.open_case = Case.objects.filter(
            household=household, programme=PROGRAMME, kind=CaseKind.APPLICATION, closed_on=None
        ).first()

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.facts.is_valid(), self.ask.is_valid()])

    @property
    def said(self) -> told.Told:
        return self.form.told()

    @property
    def covered(self) -> list[Person]:
        chosen = self.ask.cleaned_data["covered"]
        return [one for one in self.family if str(one.pk) in chosen]

    def work_out(self) -> None:
        """The statement and the likely answer. Refuses a line that cannot be worked out."""
        self.worked = of_household(self.household, self.said, self.today, self.facts.member_values())
        self.answer = self._likely(PROGRAMME, self.worked.income)
        if self.answer.assessment.eligible is False:
            self.next_best = bool(self._likely(STATUS, self.worked.income).assessment.eligible)

    def _likely(self, programme: str, income: int) -> Likely:
        return likely(
            programme,
            household=self.household,
            covered=self.covered,
            facts=self.facts.values() | {INCOME_FACT: income},
            member_facts={one.pk: values for one, values in self.facts.member_values().items()},
            on=self.today,
        )

    def store(self) -> Case:
        """The application, filled in; or, where there is one already, the statement for it."""
        case = self.open_case or cases.open_case(
            by=self.user, programme=PROGRAMME, household=self.household, covered=self.covered
        )
        declare(
            by=self.user,
            household=self.household,
            said=self.said,
            facts=self.facts.values(changed_only=True),
            member_facts=self.facts.member_values(changed_only=True),
            case=case,
        )
        if self.ask.cleaned_data["papers"]:
            cases.receive_papers(by=self.user, case=case, kinds=self.ask.cleaned_data["papers"])
        return case

    def context(self) -> dict[str, Any]:
        return {
            "household": self.household,
            "head": self.family[0] if self.family else None,
            "form": self.form,
            "facts": self.facts,
            "ask": self.ask,
            "refusal": self.tried.refusal,
            "bound": self.form.data is not None,
            "open_case": self.open_case,
            "back": reverse("household", args=[self.household.pk]),
            **self._result(),
        }

    def _result(self) -> dict[str, Any]:
        if self.worked is None or self.answer is None:
            return {"worked": None, "sheet": None, "missing": [], "whole": "", "next_best": ""}
        received = self.ask.cleaned_data["papers"]
        return {
            "worked": self.worked,
            "groups": {
                outcome: [line for line in self.worked.lines if line.outcome == outcome]
                for outcome in ("counted", "deducted", "left_out")
            },
            "month": self.worked.income // 12,
            "sheet": reads.sheet(self.answer.assessment),
            "answer": self.answer.assessment,
            "whole": self.answer.whole,
            "next_best": f"{reverse('apply')}?household={self.household.pk}&programme={STATUS}"
            if self.next_best
            else "",
            "missing": [paper.label for kind, paper in self.answer.papers.items() if kind not in received],
        }

    def _application(self, programme: str) -> str:
        return f"{reverse('apply')}?household={self.household.pk}&programme={programme}"
