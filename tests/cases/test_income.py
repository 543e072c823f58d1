"""The income statement: what a family says in its own words becomes the declared income of a year."""

import datetime as dt
import io
from pathlib import Path

import docx
import pytest
from django.db import DatabaseError, transaction

import minzheng
from minzheng.access.scope import EVERYWHERE, scope
from minzheng.cases import actions
from minzheng.cases.income import told, working
from minzheng.cases.income.actions import declare, of_household
from minzheng.cases.income.likely import likely
from minzheng.cases.models import Assessment, Case, IncomeStatement
from minzheng.core import documents
from minzheng.core.errors import Refused
from minzheng.core.models import AuditEntry
from minzheng.people import actions as people
from minzheng.people import queries
from minzheng.policy import registry
from tests.cases.conftest import person

D = dt.date
DEMO_RATES = Path(minzheng.__file__).parent / "demo" / "rates.yaml"
VILLAGE = "990101101201"


@pytest.fixture
def world(users):
    """The law as it is shipped, with the demo's tables."""
    with scope([EVERYWHERE]):
        registry.store_files(DEMO_RATES)
        yield users


@pytest.fixture
def zhou(world):
    """A couple of 45 and 43 and a mother of 76; the husband's brother lives apart."""
    by = world["handler"]
    members = [
        (person(by, "周大山", D(1980, 1, 5)), "head"),
        (person(by, "吴秀", D(1982, 2, 6)), "spouse"),
        (person(by, "李桂花", D(1949, 1, 7)), "parent"),
    ]
    return people.form_household(
        by=by, circle="family", area=VILLAGE, residence="rural", number="Z1", formed_on=D(2010, 1, 1), members=members
    )


@pytest.fixture
def who(zhou):
    return {row.person.name: row.person for row in queries.members(zhou, D(2025, 3, 3))}


def a_year(who) -> told.Told:
    """Maize, two pigs, forty days of work, the mother's basic pension, and an illness."""
    return told.Told(
        lines=(
            told.Line("farming", {"produce": "maize", "produce_quantity": "3.5"}, who["周大山"].pk),
            told.Line("farming", {"produce": "pig", "produce_quantity": "2"}, who["周大山"].pk),
            told.Line("wage_daily", {"work_days": 40, "day_wage": 12000, "yearly_costs": 30000}, who["周大山"].pk),
            told.Line("basic_pension", {"monthly_amount": 14300, "paid_months": 12}, who["李桂花"].pk),
            told.Line("illness_costs", {"yearly_amount": 200000}, who["李桂花"].pk, "透析自付"),
        )
    )


def worked(zhou, said, on=None):
    return of_household(zhou, said, on or D(2025, 3, 3))


def test_each_line_shows_its_working_and_the_entry_of_the_table(zhou, who):
    found = worked(zhou, a_year(who))
    maize, _pigs, work, pension, illness = found.lines
    # 430 × 3.5 = 1505; 260 × 2 = 520; 40 × 120 − 300 = 4500; pension left out; illness 2000 taken off
    assert [line.amount for line in found.lines] == [150500, 52000, 450000, 0, 200000]
    assert [line.outcome for line in found.lines] == ["counted", "counted", "counted", "left_out", "deducted"]
    assert (found.counted, found.deducted, found.income) == (652500, 200000, 452500)
    [table] = maize.sources
    assert (table.since, table.mark) == ("2025-01-01", "invented") and "430.00" in table.value["zh-Hans"]
    assert "430.00 × 3.5" in maize.steps[0].filled["zh-Hans"] and maize.what["en"] == "Maize (mu)"
    assert work.steps[0].filled["en"] == "120.00 × 40"
    assert "300.00" in work.steps[1].filled["zh-Hans"] and work.steps[2].result["en"] == "4500.00"
    assert pension.net == 171600 and "第十三条" in pension.sources[0].title
    assert illness.note == "透析自付" and illness.sources[0].value["en"].startswith("1")
    assert working.Worked.of(found.as_dict()) == found


def test_the_basic_pension_counts_from_2026(zhou, who):
    before, after = (worked(zhou, a_year(who), on) for on in (D(2025, 12, 31), D(2026, 1, 1)))
    assert after.income - before.income == 171600


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        (told.Line("wage_daily", {"day_wage": 12000}), "work_days"),
        (told.Line("farming", {"produce": "cotton", "produce_quantity": "2"}), "net_per_unit"),
        (told.Line("wage_monthly", {"monthly_amount": 100000, "paid_months": 13}), "paid_months"),
        (told.Line("rent", {}), "monthly_amount"),
    ],
)
def test_a_line_that_cannot_be_worked_out_is_named_and_never_nothing(zhou, line, fact):
    ok = told.Line("rent", {"yearly_amount": 100000})
    with pytest.raises(Refused) as refused:
        worked(zhou, told.Told(lines=(ok, line)))
    assert refused.value.code == "income.line"
    assert refused.value.values["line"] == 2 and refused.value.values["fact"] == fact


def test_a_line_of_somebody_else_is_refused(zhou, world):
    stranger = person(world["handler"], "路人", D(1970, 1, 1))
    with pytest.raises(Refused, match=r"income\.not_of_family"):
        worked(zhou, told.Told(lines=(told.Line("rent", {"yearly_amount": 1}, stranger.pk),)))


def test_labour_is_imputed_above_what_was_declared_from_work(zhou, who):
    said = a_year(who)
    wife = told.Worker(who["吴秀"].pk, {"labour_health": "chronic", "caring_duty": True})
    man = told.Worker(who["周大山"].pk, {"labour_health": "healthy"})
    found = worked(zhou, told.Told(said.lines, (man, wife)))
    his, hers = found.lines[-2:]
    # 14400 × 1 − (1505 + 520 + 4500) = 7875; 14400 × min(0.9, 0.5, 0.4) = 5760
    assert (his.amount, hers.amount) == (787500, 576000)
    labels = [source.label["en"] for source in his.sources]
    assert any("Men's" in label for label in labels) and not any("Women's" in label for label in labels)
    assert set(found.files) == {"income", "imputed_labour"}


def test_what_it_really_is_takes_the_place_of_what_is_imputed_with_a_reason(zhou, who):
    facts = {"labour_health": "healthy", "stated_labour_income": 300000}
    with pytest.raises(Refused, match=r"income\.override_reason"):
        worked(zhou, told.Told(workers=(told.Worker(who["吴秀"].pk, facts, " "),)))
    found = worked(zhou, told.Told(workers=(told.Worker(who["吴秀"].pk, facts, "腰伤休养"),)))
    assert found.income == 300000 and found.lines[0].note == "腰伤休养"


def test_an_area_without_a_base_imputes_nothing(zhou, who):
    zhou.area_id = "440101001001"
    place = working.Place(zhou.area_id, "rural")
    assert not working.imputes(place, D(2025, 3, 3)) and working.imputes(working.Place(VILLAGE, "rural"), D(2025, 3, 3))
    with pytest.raises(Refused, match=r"income\.not_imputed_here"):
        worked(zhou, told.Told(workers=(told.Worker(who["吴秀"].pk, {"labour_health": "healthy"}),)))


def test_support_is_worked_out_by_the_local_formula_with_the_programme_s_standard(zhou):
    brother = told.Supporter(
        "周小山", "兄弟", {"supporter_income": 3600000, "supporter_people": 3, "supported_people": 2}
    )
    found = worked(zhou, told.Told(supporters=(brother,)))
    # 450 × 1.5 × 3 = 2025; 3000 − 2025 = 975; half of it 487.50; of two 243.75; × 12
    assert found.income == 292500
    standard = next(source for source in found.lines[0].sources if source.label["en"] == "Monthly standard")
    assert standard.since == "2024-07-01" and "450.00" in standard.value["en"]


def test_from_the_law_on_only_with_consent(zhou):
    facts = {"supporter_income": 3600000, "supporter_people": 1, "supported_people": 1, "support_paid": 60000}
    on = D(2026, 7, 1)
    assert working.needs_consent(on) and not working.needs_consent(D(2026, 6, 30))
    silent = worked(zhou, told.Told(supporters=(told.Supporter("周小山", "子", facts),)), on)
    assert silent.income == 60000 and "第四十一条" in silent.lines[0].remark["zh-Hans"]
    agreed = told.Supporter("周小山", "子", facts | {"supporter_consent": True})
    assert worked(zhou, told.Told(supporters=(agreed,)), on).income == 1368000  # (3000 − 480 × 1.5) × 50% × 12


def test_the_likely_answer_and_nothing_is_stored(zhou, who):
    found = worked(zhou, a_year(who))
    facts = {
        "annual_income": found.income,
        "financial_assets": 100000,
        "cars": 0,
        "houses": 1,
        "business_registered": False,
    }
    answer = likely(
        "dibao",
        household=zhou,
        covered=list(who.values()),
        facts=facts,
        member_facts={who["李桂花"].pk: {"serious_illness": True}},
        on=D(2025, 3, 3),
    )
    # 450 × 3 − 4525 ÷ 12 + 450 × 30% (ill; old would be 10%) = 1350 − 377.08 + 135 = 1107.92
    assert answer.assessment.eligible and answer.assessment.amount == 110800
    assert list(answer.papers) == ["application_form", "authorisation", "identity_papers"]
    assert not Assessment.objects.exists() and not Case.objects.exists() and not IncomeStatement.objects.exists()
    missing = likely("dibao", household=zhou, covered=[], facts={"annual_income": 1}, member_facts={}, on=D(2025, 3, 3))
    assert missing.assessment.error.startswith("missing:")


def test_what_was_declared_is_kept_with_its_lines_and_its_paper(zhou, who, world):
    by = world["handler"]
    case = actions.open_case(by=by, programme="dibao", household=zhou)
    ill = {who["李桂花"]: {"serious_illness": True}}
    statement = declare(by=by, household=zhou, said=a_year(who), facts={"cars": 0}, member_facts=ill, case=case)
    assert (statement.income, statement.case) == (452500, case)
    assert told.Told.of(statement.told) == a_year(who)
    income = queries.facts(on=D(2025, 3, 3), household=zhou)["annual_income"]
    assert (income.value, income.source) == (452500, "declared")
    kept = zhou.facts.get(name="annual_income", superseded_at=None)
    assert kept.evidence == statement.document
    assert queries.facts(on=D(2025, 3, 3), person=who["李桂花"])["serious_illness"].value is True
    assert AuditEntry.objects.filter(action="cases.declare_income").count() == 1
    paper = docx.Document(io.BytesIO(documents.content(statement.document)))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    assert any("玉米" in cell for cell in cells) and any("演示用的虚构收入核算表" in cell for cell in cells)
    assert "4,525.00" in "".join(line.text for line in paper.paragraphs)


def test_a_later_statement_is_another_row(zhou, who, world):
    by = world["handler"]
    declare(by=by, household=zhou, said=a_year(who))
    declare(by=by, household=zhou, said=told.Told())
    assert sorted(IncomeStatement.objects.values_list("income", flat=True)) == [0, 452500]
    assert queries.facts(on=D(2025, 3, 3), household=zhou)["annual_income"].value == 0
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        IncomeStatement.objects.update(income=1)


def test_who_may_not_apply_may_not_declare(zhou, world):
    with pytest.raises(Refused, match=r"access\.forbidden"):
        declare(by=world["reviewer"], household=zhou, said=told.Told())
    assert not IncomeStatement.objects.exists()
