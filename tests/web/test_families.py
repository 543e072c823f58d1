"""Naming another head on the screen: the three forms of one page, and the two files that name each other."""

import datetime as dt
import io
import re

import docx
import pytest
from django.urls import reverse

from minzheng.access.scope import EVERYWHERE, acting, scope
from minzheng.awards.models import Award
from minzheng.cases import effects, papers
from minzheng.cases.actions import act, assess, decide, review
from minzheng.cases.models import Case, Decision
from minzheng.core import documents
from minzheng.core.errors import Refused
from minzheng.core.models import Document
from minzheng.core.money import format_yuan
from minzheng.people import actions, queries
from minzheng.people.models import Household
from tests.web.town import Town


@pytest.fixture
def town(users, law) -> Town:
    town = Town(users)
    town.on(3, 3)
    return town


@pytest.fixture
def home(town) -> Household:
    """A family of three on the roster, its head reported and verified dead."""
    from minzheng.awards import actions as awards

    household = town.family("赵大山", "钱小花", "赵小宝")
    town.means(household, 2400)
    with scope([EVERYWHERE]):
        row = awards.RosterRow(first_month=dt.date(2024, 6, 1), household=household, person=None, line=1)
        awards.carry_over_roster(
            by=town.users["handler"], programme="dibao", rows=[row], as_of=dt.date(2025, 3, 3), evidence="花名册"
        )
    return household


def bury(town, household, *names):
    with acting(town.users["handler"]):
        for row in queries.members(household, dt.date(2025, 3, 3)):
            if row.person.name in names:
                actions.record_death(by=town.users["handler"], person=row.person, on=dt.date(2025, 3, 2))
                actions.verify_death(by=town.users["handler"], person=row.person)


def person(household, name):
    with scope([EVERYWHERE]):
        return household.memberships.filter(person__name=name).first().person


def test_a_death_that_was_reported_by_mistake_is_taken_back_on_its_page(sign_in, town, home):
    head = person(home, "赵大山")
    client = sign_in("handler")
    url = reverse("death", args=[head.pk])
    client.post(url, {"on": "2025-03-02"})
    assert "撤销死亡登记" in client.get(url).content.decode()
    refused = client.post(url, {"alive": "1", "note": " "}).content.decode()
    assert "没有写明怎样核实赵大山健在" in refused
    assert client.post(url, {"alive": "1", "note": "3月3日入户见到本人"}).status_code == 302
    with scope([EVERYWHERE]):
        head.refresh_from_db()
        assert (head.died_on, Award.objects.get(household=home).held_reason) == (None, "")
    assert "撤销死亡登记" not in client.get(url).content.decode()


def test_the_new_file_is_opened_and_both_name_one_another(sign_in, town, home):
    bury(town, home, "赵大山")
    client = sign_in("handler")
    url = reverse("household-head", args=[home.pk])
    assert url in client.get(reverse("household", args=[home.pk])).content.decode()
    form = client.get(url).content.decode()
    heads = form.split('name="head"')[1].split("</select>")[0]
    assert "钱小花" in heads and "赵小宝" not in heads
    spouse = person(home, "钱小花")
    assert client.post(url, {"head": spouse.pk, "verify": "on"}).status_code == 302
    with scope([EVERYWHERE]):
        after = Household.objects.get(number=f"{home.number}-2")
        award = Award.objects.get(household=after)
        assert (award.payee_id, award.held_reason) == (spouse.pk, "")
        change = Case.objects.get(household=after, kind="change")
        assert (change.reason, change.event_on) == ("member_died", dt.date(2025, 3, 2))
        letter = Document.objects.get(kind="awards.survivors")
    old = client.get(reverse("household", args=[home.pk])).content.decode()
    assert "本档已注销" in old and after.number in old
    new = client.get(reverse("household", args=[after.pk])).content.decode()
    assert home.number in new and "钱小花" in new
    assert letter.title in client.get(reverse("household-tab", args=[after.pk, "papers"])).content.decode()


def test_minors_alone_are_referred_on_the_same_page(sign_in, town, home):
    bury(town, home, "赵大山", "钱小花")
    with scope([EVERYWHERE]):
        uncle = town.person("赵二山", dt.date(1960, 2, 2))
    from minzheng.core import crypto

    with scope([EVERYWHERE]):
        number = uncle.identifiers.get(kind="id_number")
        plain = crypto.decrypt(number.key_id, bytes(number.ciphertext), purpose="id_number")
    client = sign_in("handler")
    url = reverse("household-head", args=[home.pk])
    assert "转介" in client.get(url).content.decode()
    assert client.post(url, {"id_number": plain, "note": "随叔父生活"}).status_code == 302
    with scope([EVERYWHERE]):
        after = Household.objects.get(number=f"{home.number}-2")
        assert Award.objects.get(household=after).payee_id == uncle.pk
        assert Document.objects.filter(kind="awards.minors_referral", subject_id=after.pk).exists()


def test_a_head_is_changed_in_the_same_file(sign_in, town, home):
    client = sign_in("handler")
    url = reverse("household-head", args=[home.pk])
    assert client.post(url, {"head": person(home, "钱小花").pk}).status_code == 302
    with scope([EVERYWHERE]):
        assert queries.head(home, dt.date(2025, 3, 3)).name == "钱小花"
        assert Award.objects.get(household=home).payee.name == "钱小花"
        letter = documents.content(Document.objects.get(kind="awards.head_changed", subject_id=home.pk))
        award = Award.objects.get(household=home)
        amount = format_yuan(award.amounts.get(superseded_at=None).amount)
    words = "".join(line.text for line in docx.Document(io.BytesIO(letter)).paragraphs)
    assert f"改由钱小花领取，金额不变，每月{amount}元" in words


def test_a_village_worker_may_not(sign_in, home):
    assert sign_in("village_worker").get(reverse("household-head", args=[home.pk])).status_code == 403


def test_the_page_is_there_in_english(sign_in, town, home):
    bury(town, home, "赵大山")
    page = sign_in("handler", "en").get(reverse("household-head", args=[home.pk])).content.decode()
    assert "New head" in page and "Payee" in page


def decide_stop(town, household):
    """The case that a move has opened, through evidence, review and decision."""
    with scope([EVERYWHERE]):
        case = Case.objects.get(household=household, kind="change", closed_on=None)
        act(by=town.users["handler"], case=case, act="cases.cross_check", papers=["evidence"])
        review(by=town.users["reviewer"], case=case)
        decide(by=town.users["approver"], case=case, outcome="stop")
    return case


def to_the_county(town, case, **more):
    """A change, through evidence, assessment and review."""
    with scope([EVERYWHERE]):
        act(by=town.users["handler"], case=case, act="cases.cross_check", papers=["evidence"])
        assess(by=town.users["handler"], case=case, **more)
        review(by=town.users["reviewer"], case=case)


def test_a_family_moves_on_the_screen_inside_the_county_and_out_of_it(sign_in, town, home):
    client = sign_in("handler")
    url = reverse("household-move", args=[home.pk])
    page = client.get(url).content.decode()
    assert "东岭村" in page
    both = {"to_area": "990101102201", "to": "外省", "on": "2025-03-03"}
    assert "两项只填一项" in client.post(url, both).content.decode()
    assert client.post(url, {"to": "外省某县", "on": "2025-03-03"}).status_code == 302
    with scope([EVERYWHERE]):
        award = Award.objects.get(household=home)
        assert (award.last_month, award.held_reason) == (None, "moved_out")
        assert not Document.objects.exists()
    money = client.get(reverse("household-tab", args=[home.pk, "money"])).content.decode()
    assert "已迁出本县，待决定停发" in money
    case = decide_stop(town, home)
    assert "迁往外省某县" in client.get(reverse("case", args=[case.pk])).content.decode()
    with scope([EVERYWHERE]):
        award.refresh_from_db()
        assert (award.last_month, award.end_reason, award.held_reason) == (dt.date(2025, 3, 1), "moved_out", "")
        assert award.decision_id != Decision.objects.get(case=case).pk
        assert set(Document.objects.values_list("kind", flat=True)) == {"awards.moved_out_paper"}


def test_who_opened_the_case_of_a_move_does_not_decide_it(sign_in, town, home):
    moved = {"to": "外省某县", "on": "2025-03-03"}
    assert sign_in("handler").post(reverse("household-move", args=[home.pk]), moved).status_code == 302
    with scope([EVERYWHERE]):
        case = Case.objects.get(household=home, kind="change")
        act(by=town.users["handler"], case=case, act="cases.cross_check", papers=["evidence"])
        with pytest.raises(Refused, match=r"access\.forbidden"):
            review(by=town.users["handler"], case=case)


def test_the_old_office_sees_where_a_family_went(sign_in, town, home):
    client = sign_in("handler")
    url = reverse("household-move", args=[home.pk])
    assert client.post(url, {"to_area": "990101102201", "on": "2025-03-03"}).status_code == 302
    page = client.get(reverse("household", args=[home.pk])).content.decode()
    assert "本档已注销" in page and f"{home.number}-2" in page
    with scope([EVERYWHERE]):
        old, new = Award.objects.order_by("pk")
        assert (old.last_month, new.first_month) == (dt.date(2025, 3, 1), dt.date(2025, 4, 1))
    money = client.get(reverse("household-tab", args=[home.pk, "money"]))
    assert money.status_code == 200


def test_families_merge_and_split_on_the_screen(sign_in, town, home):
    other = town.family("孙独居")
    town.means(other, 1200)
    client = sign_in("handler")
    url = reverse("household-merge", args=[other.pk])
    person_of = person(other, "孙独居").pk
    given = {"number": "没有", "income": "3600", "on": "2025-03-03", f"relation_{person_of}": "sibling"}
    assert "没有这个档案号" in client.post(url, given).content.decode()
    refused = client.post(url, given | {"number": home.number}).content.decode()
    assert "两户都登记有住房（1 套、1 套）" in refused
    assert client.post(url, given | {"number": home.number, "houses": "1"}).status_code == 302
    with scope([EVERYWHERE]):
        assert queries.members(home, dt.date(2025, 3, 3)).count() == 4
        assert queries.facts(on=dt.date(2025, 3, 3), household=home)["annual_income"].value == 360_000
        case = Case.objects.get(reason="household_merged", household=home)
    to_the_county(town, case, others={person_of: "cover"})
    with scope([EVERYWHERE]):
        decide(by=town.users["approver"], case=case, outcome="change")
        assert Award.objects.get().members.filter(superseded_at=None, last_month=None).count() == 4
    url = reverse("household-split", args=[home.pk])
    given = {"persons": [person_of], "head": person_of, "income": "1200", "left": "2400", "on": "2025-03-03"}
    assert client.post(url, given).status_code == 302
    with scope([EVERYWHERE]):
        assert queries.members(home, dt.date(2025, 3, 3)).count() == 3
        open_ones = Case.objects.filter(kind="change", closed_on=None)
        assert {case.reason for case in open_ones} == {"split_off", "household_split"}


def test_a_benefit_follows_into_the_file_that_the_family_joins(sign_in, town, home):
    other = town.family("孙独居")
    town.means(other, 1200)
    given = {"number": other.number, "income": "3600", "houses": "1", "on": "2025-03-03"}
    given |= {f"relation_{person(home, name).pk}": "other" for name in ("赵大山", "钱小花", "赵小宝")}
    assert sign_in("handler").post(reverse("household-merge", args=[home.pk]), given).status_code == 302
    with scope([EVERYWHERE]):
        award = Award.objects.get()
        before = award.amounts.get(superseded_at=None).amount
        case = Case.objects.get(reason="household_merged")
        assert (award.household_id, case.household_id, award.last_month) == (other.pk, other.pk, None)
    to_the_county(town, case, others={person(other, "孙独居").pk: "cover"})
    with scope([EVERYWHERE]):
        decision = decide(by=town.users["approver"], case=case, outcome="change")
        effect = effects.of(decision)
        assert (effect.before, effect.after[0].first) == (before, dt.date(2025, 4, 1))
        assert effect.after[0].amount > before
        assert award.members.filter(superseded_at=None, last_month=None).count() == 4


def test_what_two_families_received_counts_when_one_is_lowered(sign_in, town, home):
    from minzheng.awards import actions as awards

    other = town.family("孙独居")
    town.means(other, 1200)
    with scope([EVERYWHERE]):
        row = awards.RosterRow(first_month=dt.date(2024, 6, 1), household=other, person=None, line=1)
        awards.carry_over_roster(
            by=town.users["handler"], programme="dibao", rows=[row], as_of=dt.date(2025, 3, 3), evidence="花名册"
        )
        before = [award.amounts.get(superseded_at=None).amount for award in Award.objects.order_by("pk")]
    given = {"number": home.number, "income": "6000", "houses": "1", "on": "2025-03-03"}
    given |= {f"relation_{person(other, '孙独居').pk}": "sibling"}
    assert sign_in("handler").post(reverse("household-merge", args=[other.pk]), given).status_code == 302
    with scope([EVERYWHERE]):
        case = Case.objects.get(reason="household_merged")
        assert Award.objects.filter(last_month=None).count() == 2
    to_the_county(town, case)
    with scope([EVERYWHERE]):
        decision = decide(by=town.users["approver"], case=case, outcome="change")
        effect = effects.of(decision)
        assert effect.before == sum(before) > effect.lasting > max(before)
        [running] = Award.objects.filter(last_month=None)
        assert running.household_id == home.pk
        assert running.members.filter(superseded_at=None, last_month=None).count() == 4
        assert case.steps.get(act="cases.decide").data["lowers"]


def test_a_splitting_is_two_cases_and_one_decision(sign_in, town, home):
    spouse = person(home, "钱小花").pk
    given = {"persons": [spouse], "head": spouse, "income": "1200", "left": "1200", "on": "2025-03-03"}
    assert sign_in("handler").post(reverse("household-split", args=[home.pk]), given).status_code == 302
    with scope([EVERYWHERE]):
        award = Award.objects.get()
        assert award.members.filter(superseded_at=None, last_month=None).count() == 3
        cases = {case.reason: case for case in Case.objects.filter(kind="change")}
    for case in cases.values():
        to_the_county(town, case)
    page = sign_in("approver").get(reverse("case", args=[cases["household_split"].pk])).content.decode()
    assert f"与新户事项{cases['split_off'].number}一并决定" in page
    with scope([EVERYWHERE]):
        decide(by=town.users["approver"], case=cases["household_split"], outcome="change")
        new = Award.objects.exclude(household=home).get()
        assert (new.household.number, new.payee_id) == (f"{home.number}-2", spouse)
        assert new.first_month == dt.date(2025, 4, 1)
        stay = award.members.filter(superseded_at=None, last_month=None).values_list("person__name", flat=True)
        assert set(stay) == {"赵大山", "赵小宝"}
        for case in cases.values():
            assert papers.make(by=town.users["handler"], case=case, kind="decision_letter").size


def test_what_was_paid_too_much_is_shown_claimed_and_paid_back(sign_in, town, home):
    from minzheng.payments import actions as payments

    with scope([EVERYWHERE]):
        award = Award.objects.get(household=home)
        users = town.users
        fund = payments.open_fund(
            by=users["finance"], area="990101", year=2025, name={"zh-Hans": "低保", "en": "Dibao"}, source="county",
            purpose=["dibao"], department={},
        )  # fmt: skip
        payments.allocate(by=users["finance"], fund=fund, amount=1_000_000, on=dt.date(2025, 3, 3))
        town.on(4, 2)
        run = payments.prepare_run(by=users["handler"], programme="dibao", area="990101101", month=dt.date(2025, 4, 1))
        payments.submit(by=users["handler"], run=run)
        payments.approve(by=users["approver"], run=run)
        payments.release(by=users["finance"], run=run)
        payments.send(by=users["finance"], run=run)
        payments.confirm_paid(by=users["finance"], run=run)
    client = sign_in("handler")
    moved = {"to": "外省某县", "on": "2025-03-20"}
    assert client.post(reverse("household-move", args=[home.pk]), moved).status_code == 302
    decide_stop(town, home)
    url = reverse("award-recover", args=[award.pk])
    assert url in client.get(reverse("household-tab", args=[home.pk, "money"])).content.decode()
    assert client.post(url, {"act": "claim", "claim-reason": "迁出未报告"}).status_code == 302
    client = sign_in("finance")
    back = {"act": "pay_back", "pay_back-amount": "100", "pay_back-on": "2025-04-02"}
    assert client.post(url, back).status_code == 302
    page = client.get(url).content.decode()
    assert "还应追回" in page and "100.00" in page
    assert f'<a href="{reverse("payments")}" aria-current="page">' in page
    assert f'<a href="{reverse("cases")}" aria-current="page">' not in page
    client = sign_in("approver")
    left = re.search(r"<dt>还应追回</dt><dd><strong>([\d,.]+)<", page)
    assert left is not None
    gone = {"act": "write_off", "write_off-amount": left[1], "write_off-note": "失联，会议决定核销"}
    assert client.post(url, gone).status_code == 302
    assert "已结清" in client.get(url).content.decode()


def test_a_splitting_that_was_a_mistake_is_taken_back_on_the_page(sign_in, town, home):
    client = sign_in("handler")
    spouse = person(home, "钱小花").pk
    given = {"persons": [spouse], "head": spouse, "income": "1200", "left": "1200", "on": "2025-03-03"}
    back = reverse("household-take-back", args=[home.pk])
    assert back not in client.get(reverse("household", args=[home.pk])).content.decode()
    assert "没有可以撤销的" in client.post(back, {"note": "登记错了"}).content.decode()
    client.post(reverse("household-split", args=[home.pk]), given)
    assert back in client.get(reverse("household", args=[home.pk])).content.decode()
    assert client.post(back, {"note": "登记错了"}).status_code == 302
    with scope([EVERYWHERE]):
        assert {case.outcome for case in Case.objects.filter(kind="change")} == {"withdrawn"}
        assert queries.members(home, dt.date(2025, 3, 3)).count() == 3
        assert queries.facts(on=dt.date(2025, 3, 3), household=home)["annual_income"].value == 240_000
        assert Household.objects.get(number=f"{home.number}-2").dissolved_on == dt.date(2025, 3, 3)
        assert Award.objects.get().members.filter(superseded_at=None, last_month=None).count() == 3
    page = client.get(reverse("household", args=[home.pk])).content.decode()
    assert back not in page and f"{home.number}-2" not in page


def test_withdrawing_the_case_says_that_the_record_goes_too(sign_in, town, home):
    client = sign_in("handler")
    client.post(reverse("household-move", args=[home.pk]), {"to": "外省某县", "on": "2025-03-03"})
    with scope([EVERYWHERE]):
        case = Case.objects.get(reason="moved_out")
    page = client.get(reverse("case", args=[case.pk])).content.decode()
    assert "登记有误，撤销登记" in page and "迁出的登记一并撤销" in page
    client.post(reverse("case-act", args=[case.pk, "take_back"]), {"take_back-note": "没有迁成"})
    with scope([EVERYWHERE]):
        home.refresh_from_db()
        assert (home.dissolved_on, Award.objects.get().held_reason) == (None, "")


def test_no_merging_or_splitting_is_opened_by_hand(sign_in, town, home):
    with scope([EVERYWHERE]):
        award = Award.objects.get()
    page = sign_in("handler").get(reverse("award-change", args=[award.pk])).content.decode()
    reasons = page.split('name="reason"')[1].split("</select>")[0]
    assert "迁出本县" in reasons and "并户" not in reasons and "分户" not in reasons


def test_who_receives_it_is_told_before_the_application_is_filled_in(sign_in, town, home):
    url = reverse("apply") + f"?household={home.pk}&programme="
    client = sign_in("handler")
    assert "不能再次申请" in client.get(url + "dibao").content.decode()
    assert "不能再次申请" not in client.get(url + "temporary_assistance").content.decode()
