"""A grace period after work has raised the income: granted once an event, paid month by month, ended early."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
import yaml

from minzheng.awards import actions as awards
from minzheng.awards import publishing
from minzheng.awards import queries as owed
from minzheng.cases import actions, papers, procedure
from minzheng.cases.models import Posting, PostingKind
from minzheng.core.errors import Refused
from minzheng.core.models import AuditEntry
from minzheng.people import actions as people
from minzheng.policy.models import PolicyFile
from tests.awards import laws
from tests.cases.dynamic import Receiving, lines, month
from tests.cases.test_papers import words

D = dt.date
JUNE = D(2025, 6, 1)
STEPPED = {"way": "stepped"}


@pytest.fixture
def family_in(way, day) -> Receiving:
    """Paid 1,000 yuan from April; today is 2025-06-10 and one of them has found work."""
    receiving = Receiving.of(way)
    day(6, 10)
    return receiving


def works(family: Receiving, yearly_yuan: int, *, since: dt.date = JUNE):
    family.income(yearly_yuan * 100, since)
    return family.reviewed("work_income", event_on=since)


def test_a_family_above_the_standard_is_paid_in_full_for_six_months_and_then_ends(family_in):
    case = works(family_in, 30_000)
    decision = family_in.decide(case, "stop", grace={"way": "full"})
    assert decision.first_month == month(7)
    assert family_in.amounts() == [(4, 6, 1000, "granted"), (7, 12, 1000, "grace")]
    award = family_in.award
    assert (award.last_month, award.left_on, award.end_reason) == (month(12), D(2025, 12, 31), "work_income")
    assert owed.owed(award, month(1, 2026)) == 0
    assert owed.entered_left("dibao", "99", (D(2025, 6, 1), D(2025, 6, 30))).removed.awards == 0  # still on the roster
    assert owed.entered_left("dibao", "99", (D(2025, 12, 1), D(2025, 12, 31))).removed.awards == 1
    entry = AuditEntry.objects.get(action="awards.grace")
    assert entry.detail["decision"] == decision.number


def test_stepped_it_pays_less_by_and_by_what_would_fall_away(family_in):
    case = works(family_in, 12_000)  # 500 yuan stay
    family_in.decide(case, "change", grace=STEPPED)
    assert family_in.amounts() == [
        (4, 6, 1000, "granted"),
        (7, 9, 1000, "grace"),
        (10, 12, 750, "grace"),
        (1, None, 500, "income_changed"),
    ]
    assert family_in.award.last_month is None


def test_the_runs_pay_the_grace_period_and_then_nothing(family_in):
    head = family_in.member("head")
    family_in.account(head)
    family_in.fund()
    case = works(family_in, 30_000)
    family_in.decide(case, "stop", grace={"way": "stepped", "months": 4})
    paid = {number: lines(family_in.run(month(number))) for number in range(6, 11)}
    assert paid[6] == [("arrears", 4, 1000), ("arrears", 5, 1000), ("regular", 6, 1000)]
    assert [paid[number] for number in (7, 9, 10)] == [
        [("regular", 7, 1000)],
        [("regular", 9, 1000)],
        [("regular", 10, 500)],
    ]
    with pytest.raises(Refused, match="nothing_due"):
        family_in.run(month(11))


@pytest.mark.parametrize(
    ("reason", "event", "wanted", "code"),
    [
        ("income_changed", D(2025, 6, 1), STEPPED, "grace.reason"),
        ("work_income", None, STEPPED, "grace.no_event"),
        ("work_income", D(2025, 6, 1), {"way": "generous"}, "grace.way"),
        ("work_income", D(2025, 6, 1), {"way": "full", "months": 7}, "grace.too_long"),
        ("member_died", D(2025, 6, 1), STEPPED, "grace.county_option"),
    ],
)
def test_what_the_rule_does_not_allow_is_refused_by_its_name(family_in, reason, event, wanted, code):
    family_in.income(1_200_000, D(2025, 6, 1))
    case = family_in.reviewed(reason, event_on=event)
    with pytest.raises(Refused, match=code) as refusal:
        family_in.decide(case, "change", grace=wanted)
    assert "83号" in refusal.value.rule
    assert refusal.value.text("en") != refusal.value.text("zh-Hans")
    case.refresh_from_db()
    assert case.stage == "reviewed"
    assert family_in.amounts() == [(4, None, 1000, "granted")]


def test_it_counts_from_the_month_after_the_decision_and_not_from_another(family_in):
    case = works(family_in, 12_000)
    with pytest.raises(Refused, match=r"grace\.first_month"):
        family_in.decide(case, "change", grace=STEPPED, first_month=month(6))


def test_it_is_granted_once_an_event(family_in, day):
    family_in.decide(works(family_in, 12_000), "change", grace={"way": "full", "months": 1})
    day(9, 10)
    case = works(family_in, 15_000)  # the same work, begun on the same day
    with pytest.raises(Refused, match=r"grace\.once"):
        family_in.decide(case, "change", grace=STEPPED)
    family_in.decide(case, "change")
    later = works(family_in, 16_800, since=D(2025, 9, 1))
    family_in.decide(later, "change", grace={"way": "full", "months": 2})
    assert [row for row in family_in.amounts() if row[3] == "grace"][-1][:3] == (10, 11, 250)


def test_no_other_begins_while_one_runs(family_in, day):
    family_in.decide(works(family_in, 12_000), "change", grace=STEPPED)
    day(8, 10)
    case = works(family_in, 15_000, since=D(2025, 8, 1))
    with pytest.raises(Refused, match=r"grace\.once"):
        family_in.decide(case, "change", grace=STEPPED)


def test_where_nothing_falls_away_there_is_nothing_to_grant(family_in):
    case = works(family_in, 3_000)
    with pytest.raises(Refused, match=r"grace\.nothing_lowered"):
        family_in.decide(case, "change", grace=STEPPED)
    assert family_in.amounts() == [(4, None, 1000, "granted")]


def test_a_change_decided_meanwhile_ends_it(family_in, day):
    """The work is lost again in August: the award that was to end goes on."""
    family_in.decide(works(family_in, 30_000), "stop", grace={"way": "full"})
    day(8, 10)
    family_in.income(600_000, D(2025, 8, 1))
    family_in.decide(family_in.reviewed("income_changed"), "change")
    assert family_in.amounts()[1:] == [(7, 8, 1000, "grace"), (9, None, 1000, "income_changed")]
    award = family_in.award
    assert (award.last_month, award.left_on, award.end_reason) == (None, None, "")
    assert award.members.filter(superseded_at=None, last_month=None).count() == 3


def test_a_stop_decided_meanwhile_ends_it_early(family_in, day):
    family_in.decide(works(family_in, 30_000), "stop", grace={"way": "full"})
    day(8, 10)
    family_in.decide(family_in.reviewed("stopped"), "stop")
    assert family_in.amounts()[1:] == [(7, 8, 1000, "grace")]
    assert (family_in.award.last_month, family_in.award.left_on) == (month(8), D(2025, 8, 10))


def test_a_death_ends_it_with_its_month(family_in, day):
    family_in.decide(works(family_in, 30_000), "stop", grace={"way": "full"})
    day(8, 10)
    spouse = family_in.member("spouse")
    people.record_death(by=family_in.users["handler"], person=spouse, on=D(2025, 8, 2))
    people.verify_death(by=family_in.users["handler"], person=spouse)
    family_in.award.refresh_from_db()
    assert (family_in.award.last_month, family_in.award.left_on) == (month(8), D(2025, 8, 10))
    assert family_in.amounts()[1:] == [(7, 8, 1000, "grace")]


def test_a_new_standard_leaves_it_as_decided_and_moves_what_comes_after(family_in, day, law):
    family_in.decide(works(family_in, 12_000), "change", grace=STEPPED)
    day(7, 5)
    raised = PolicyFile.objects.get(programme="dibao", kind="rates").content.replace(
        "\n  - {area", '\n  - {area: "99", from: 2025-07-01, value: 600, source: {title: 测试标准}}\n  - {area', 1
    )
    laws.store("dibao", PolicyFile.objects.get(programme="dibao", kind="policy").content, raised)
    effect = awards.apply_standard(by=family_in.users["approver"], programme="dibao", area="990101", month=month(7))
    assert (effect.looked_at, len(effect.changed), effect.held) == (1, 1, ())
    assert family_in.amounts()[1:] == [
        (7, 9, 1000, "grace"),
        (10, 12, 750, "grace"),
        (1, None, 800, "standard_changed"),
    ]
    with pytest.raises(Refused, match=r"grace\.running"):
        awards.reassess(by=family_in.users["handler"], award=family_in.award, from_month=month(7), reason="x")


def test_an_award_that_ends_with_it_is_not_held_by_a_new_standard(family_in, day):
    family_in.decide(works(family_in, 30_000), "stop", grace={"way": "full"})
    day(7, 5)
    effect = awards.apply_standard(by=family_in.users["approver"], programme="dibao", area="990101", month=month(7))
    family_in.award.refresh_from_db()
    assert (effect.changed, effect.held, family_in.award.held_reason) == ((), (), "")


def test_its_letter_says_what_is_paid_and_until_when(family_in):
    case = works(family_in, 12_000)
    decision = family_in.decide(case, "change", grace=STEPPED)
    by = family_in.users["approver"]
    letter = words(papers.make(by=by, case=case, kind="grace_letter"))
    assert "最低生活保障渐退告知书" in letter
    assert decision.number in letter
    assert "渐退期6个月（逐步减少）" in letter
    assert "2025年7月至2025年9月\n1,000.00" in letter
    assert "2025年10月至2025年12月\n750.00" in letter
    assert "自2026年1月起每月发放500.00元" in letter
    assert "行政复议" in letter
    other = words(papers.make(by=by, case=case, kind="decision_letter"))
    assert "最低生活保障减发告知书" in other
    assert "原每月1,000.00元，自2026年1月起改为每月500.00元，每月减发500.00元。" in other
    assert "理由：就业后收入增加。" in other
    assert "2025年7月起为渐退期，各月金额见《渐退告知书》。" in other


def test_without_one_the_letters_of_a_rise_a_cut_and_a_stop(family_in, day):
    by = family_in.users["approver"]
    case = works(family_in, 30_000)
    family_in.income(0, D(2025, 6, 2))
    rise = family_in.decide(_again(family_in, case), "change")
    letter = words(papers.make(by=by, case=rise.case, kind="decision_letter"))
    assert "最低生活保障增发告知书" in letter
    assert "每月增发500.00元" in letter
    with pytest.raises(Refused, match=r"paper\.too_early"):
        papers.make(by=by, case=rise.case, kind="grace_letter")
    day(7, 10)
    end = family_in.decide(family_in.reviewed("stopped"), "stop")
    letter = words(papers.make(by=by, case=end.case, kind="decision_letter"))
    assert "最低生活保障停发告知书" in letter
    assert "发放至2025年7月。" in letter


def _again(family: Receiving, case):
    """The case goes back and is assessed anew."""
    actions.act(by=family.users["reviewer"], case=case, act="cases.return", note="收入有误")
    actions.act(by=family.users["handler"], case=case, act="cases.cross_check", papers=["evidence"])
    actions.assess(by=family.users["handler"], case=case)
    actions.review(by=family.users["reviewer"], case=case)
    return case


COUNTY = """
          areas:
            "990101": {after_death: {allowed: true}, most_months: 3}
          rule: 民发〔2022〕83号：就业"""


@pytest.fixture
def county(tmp_path, monkeypatch, policies) -> Path:
    """The policies with what this county sets otherwise."""
    own = tmp_path / "policies"
    shutil.copytree(policies, own)
    file = own / "dibao" / "procedure.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("\n          rule: 民发〔2022〕83号：就业", COUNTY, 1), encoding="utf-8")
    monkeypatch.setenv("MINZHENG_POLICIES", str(own))
    return own


def test_a_county_may_grant_it_after_a_death(county, way, day):
    """The base of three people, 1,500 − 500, goes on for the two who remain, at most 2 × 500; their supplements, one
    for each who has turned 63, follow them."""
    supplemented = (
        laws.household()
        .replace(
            "difference: {",
            'supplements: {formula: "sum(supplement)", label: {zh-Hans: 增发, en: Sum}}\n      difference: {',
        )
        .replace("difference + sum(supplement)", "difference + supplements")
    )
    laws.store("dibao", supplemented, laws.DIBAO_RATES.replace("value: 70", "value: 63"))
    family = Receiving.of(way)
    assert family.award.amounts.get().amount == 105_000  # 1,500 − 500, and a tenth of the standard for the head of 64
    day(6, 10)
    handler = family.users["handler"]
    child = family.member("grandchild")
    people.record_death(by=handler, person=child, on=D(2025, 6, 2))
    people.verify_death(by=handler, person=child)
    assert family.amounts()[-1] == (
        7,
        None,
        600,
        "member_left",
    )  # 500 base, and two supplements: the spouse is 63 in June
    case = family.reviewed("member_died", event_on=D(2025, 6, 2))
    with pytest.raises(Refused, match=r"grace\.too_long"):
        family.decide(case, "change", grace={"way": "full", "months": 6})
    family.decide(case, "change", grace={"way": "full"})
    assert family.amounts()[-2:] == [(7, 9, 1100, "grace"), (10, None, 600, "member_left")]


def test_a_countys_own_setting_is_checked_like_the_rest(county):
    file = county / "dibao" / "procedure.yaml"
    text = file.read_text(encoding="utf-8")
    for wrong, said in [
        ("most_months: 3", "most_months: none"),
        ("share: 0.5", "share: 1.5"),
        ("round_up_to: yuan", "round_up_to: gold"),
        ("reasons: [work_income]", "reasons: [luck]"),
    ]:
        file.write_text(text.replace(wrong, said, 1), encoding="utf-8")
        with pytest.raises(Refused, match=r"procedure\.broken.*grace"):
            procedure.load("dibao")
    assert yaml.safe_load(text)["programme"] == "dibao"


def test_what_is_published_follows_the_months_of_the_grace_period_and_comes_down_with_it(family_in, day):
    def published():
        rows = Posting.objects.filter(kind=PostingKind.PUBLICATION, taken_down_on=None)
        return [row.shown_amount // 100 for row in rows]

    family_in.decide(works(family_in, 30_000), "stop", grace={"way": "stepped", "months": 4})
    assert published() == [1000]
    seen = []
    for number, of_month in ((9, 30), (10, 1), (10, 31), (11, 1)):
        day(number, of_month)
        publishing.keep_up_by_month(by=family_in.users["handler"], area="990101")
        seen.append(published())
    assert seen == [[1000], [500], [500], []]
