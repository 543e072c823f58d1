"""“This month”: candidates with their effect; accepting is the existing action, once, whoever presses and how often."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.awards import actions as awards
from minzheng.awards.models import Award, MonthAnswer
from minzheng.cases.models import Case
from minzheng.core.models import AuditEntry
from minzheng.payments import actions as payments
from minzheng.payments import month as this_month
from minzheng.payments.actions import Returned
from minzheng.people import actions as people
from minzheng.people.models import Fact, Person
from tests.web.test_pages import text
from tests.web.test_phone_card import sent
from tests.web.town import TOWN, Town

MARCH = dt.date(2025, 3, 1)


@pytest.fixture
def town(users):
    return Town(users)


def found(month=MARCH, area=TOWN):
    with scope([EVERYWHERE]):
        return {one.key: one for one in this_month.candidates(area, month)}


def of(kind, month=MARCH):
    return [one for key, one in found(month).items() if key.startswith(f"{kind}:")]


def owed(award, month) -> int:
    from minzheng.awards.queries import owed

    with scope([EVERYWHERE]):
        award.refresh_from_db()
        return owed(award, month)


def elder(town, name, born) -> Person:
    with scope([EVERYWHERE]):
        person = town.person(name, born)
        people.record_fact(
            by=town.users["handler"],
            name="registered_here",
            value=True,
            source="declared",
            valid_from=dt.date(2020, 1, 1),
            person=person,
        )
    return person


def old_age(town, *persons) -> list[Award]:
    with scope([EVERYWHERE]):
        return awards.carry_over_roster(
            by=town.users["handler"],
            programme="old_age_allowance",
            as_of=dt.date(2025, 1, 1),
            evidence="2024年12月花名册",
            rows=[awards.RosterRow(first_month=dt.date(2024, 1, 1), person=person) for person in persons],
        )


def accept(town, *keys, by="handler", month=MARCH):
    with scope([EVERYWHERE]):
        return this_month.accept(by=town.users[by], area=TOWN, month=month, keys=list(keys))


@pytest.fixture
def dead(town) -> tuple[Award, Person]:
    """A couple with the allowance; the wife is said to have died in February."""
    case = town.granted(town.family("赵甲", "钱乙"), 2400)
    town.on(3, 3)
    with scope([EVERYWHERE]):
        person = Person.objects.get(name="钱乙")
        people.record_death(by=town.users["handler"], person=person, on=dt.date(2025, 2, 11))
        return Award.objects.get(household=case.household), person


def test_a_death_shows_exactly_what_its_verification_will_do(town, dead):
    award, person = dead
    [candidate] = of("death")
    before = owed(award, MARCH)
    assert candidate.effect < 0
    [outcome] = accept(town, candidate.key)
    assert outcome.refused is None
    assert owed(award, MARCH) - before == candidate.effect
    with scope([EVERYWHERE]):
        person.refresh_from_db()
    assert person.death_verified_on == dt.date(2025, 3, 3)
    assert of("death") == []


def test_the_death_of_the_only_one_ends_the_whole_amount(town):
    award = old_age(town, elder(town, "吴老", dt.date(1930, 1, 1)))[0]
    town.on(3, 3)
    with scope([EVERYWHERE]):
        people.record_death(by=town.users["handler"], person=award.person, on=dt.date(2025, 2, 11))
    [candidate] = of("death")
    assert candidate.effect == -owed(award, MARCH) != 0


def test_the_second_click_is_told_and_nothing_happens_twice(town, dead):
    [candidate] = of("death")
    accept(town, candidate.key)
    [outcome] = accept(town, candidate.key)
    assert outcome.refused.code == "month.gone"
    with scope([EVERYWHERE]):
        assert AuditEntry.objects.filter(action="people.verify_death").count() == 1


def test_a_birthday_changes_the_amount_of_those_it_concerns_and_of_nobody_else(town):
    turning, other, before = (
        elder(town, name, born)
        for name, born in (
            ("吴老", dt.date(1935, 3, 20)),
            ("周老", dt.date(1936, 3, 20)),
            ("郑老", dt.date(1935, 2, 20)),
        )
    )
    award, unchanged, earlier = old_age(town, turning, other, before)
    town.on(3, 3)
    # 90 in March, 90 in February (both count: the one before may have been forgotten); 89 changes nothing.
    candidates = {one.who: one for one in of("birthday")}
    assert set(candidates) == {"吴老", "郑老"}
    one = candidates["吴老"]
    was, rest = owed(award, MARCH), (owed(unchanged, MARCH), owed(earlier, MARCH))
    [outcome] = accept(town, one.key)
    assert outcome.refused is None
    assert owed(award, MARCH) == was + one.effect > was
    assert (owed(unchanged, MARCH), owed(earlier, MARCH)) == rest
    assert {left.who for left in of("birthday")} == {"郑老"}


def test_who_becomes_entitled_this_month_is_proposed_and_accepting_opens_the_application(town):
    elder(town, "新到", dt.date(1945, 3, 20))
    elder(town, "四月", dt.date(1945, 4, 2))
    elder(town, "早到", dt.date(1944, 3, 20))
    town.on(3, 3)
    [candidate] = of("entitled")
    assert (candidate.who, candidate.effect > 0) == ("新到", True)
    [outcome] = accept(town, candidate.key)
    assert outcome.refused is None
    with scope([EVERYWHERE]):
        assert Case.objects.get(person__name="新到").programme == "old_age_allowance"
    assert of("entitled") == []


def test_what_was_returned_is_accepted_only_with_another_account(town):
    town.granted(town.family("赵甲"), 2400)
    town.on(2, 5)
    town.fund()
    bank_file = sent(town, town.run(2))
    with scope([EVERYWHERE]):
        payments.book_returns(by=town.users["finance"], bank_file=bank_file, rows=[Returned(1, "账号不存在")])
    [candidate] = of("returned")
    [outcome] = accept(town, candidate.key)
    assert outcome.refused.code == "payments.account_unchanged"
    with scope([EVERYWHERE]):
        people.add_identifier(
            by=town.users["handler"],
            person=Person.objects.get(name="赵甲"),
            kind="account",
            value="6217000099990000123",
            since=dt.date(2025, 2, 6),
        )
    [outcome] = accept(town, candidate.key)
    assert outcome.refused is None
    assert of("returned") == []


def test_a_card_that_ran_out_is_worked_out_without_it_unless_renewed(town):
    """A disability card of the husband ends with February; without it the supplement for the disabled falls away."""
    town.on(1, 2)
    family = town.family("赵甲", "钱乙")
    with scope([EVERYWHERE]):
        husband = Person.objects.get(name="赵甲")
        card(town, husband, since=dt.date(2022, 3, 1), until=MARCH)
    case = town.granted(family, 2400)
    town.on(3, 3)
    with scope([EVERYWHERE]):
        award = Award.objects.get(household=case.household)
    [candidate] = of("certificate")
    before = owed(award, MARCH)
    assert candidate.effect < 0
    with scope([EVERYWHERE]):
        card(town, husband, since=MARCH, until=dt.date(2035, 3, 1))
        assert of("certificate") == []
        Fact.objects.filter(name=CARD, valid_from=MARCH).update(superseded_at=timezone.now())
    [outcome] = accept(town, candidate.key)
    assert outcome.refused is None
    assert owed(award, MARCH) == before + candidate.effect
    assert owed(award, dt.date(2025, 2, 1)) == before
    assert of("certificate") == []


CARD = "disability_grade"


def card(town, person, *, since, until):
    people.record_fact(
        by=town.users["handler"],
        name=CARD,
        value=1,
        source="declared",
        valid_from=since,
        valid_to=until,
        person=person,
    )


def test_a_hold_is_released_by_a_click_only_where_nothing_else_is_to_be_done(town):
    case = town.granted(town.family("赵甲"), 2400)
    other = town.granted(town.family("周丁"), 2400)
    town.on(3, 3)
    with scope([EVERYWHERE]):
        free, bound = (Award.objects.get(household=one.household) for one in (case, other))
        awards.hold(by=town.users["handler"], award=free, reason="人在外地")
        awards.hold(by=town.users["handler"], award=bound, reason="ineligible")
    candidates = {one.key: one for one in of("held")}
    one, two = candidates[f"held:{free.pk}"], candidates[f"held:{bound.pk}"]
    assert (one.accepts, two.accepts) == (True, False)
    assert one.effect == owed(free, MARCH)
    outcomes = accept(town, one.key, two.key)
    assert [outcome.refused.code if outcome.refused else "" for outcome in outcomes] == ["", "month.not_by_click"]
    with scope([EVERYWHERE]):
        assert not Award.objects.get(pk=free.pk).held_reason
        assert Award.objects.get(pk=bound.pk).held_reason


def test_what_is_held_of_an_award_that_has_ended_is_listed_and_released(town):
    case = town.granted(town.family("赵甲"), 2400)
    with scope([EVERYWHERE]):
        award = Award.objects.get(household=case.household)
    assert not [one for one in of("held") if one.key == f"held:{award.pk}"]
    with scope([EVERYWHERE]):
        awards.hold(by=town.users["handler"], award=award, reason="人在外地")
        end = award.first_month
        awards.stop(by=town.users["approver"], award=award, last_month=end, reason="stopped")
    following = dt.date(end.year, end.month + 2, 1)
    [one] = of("held", following)
    assert (one.key, one.effect, one.accepts) == (f"held:{award.pk}", 0, True)
    assert f"待遇已于 {end:%Y-%m} 结束" in one.text["zh-Hans"]
    [outcome] = accept(town, one.key, month=following)
    assert outcome.refused is None
    assert of("held", following) == []


def test_what_was_decided_is_shown_in_its_first_month_and_confirmed_once(town):
    town.granted(town.family("赵甲"), 2400)
    first = dt.date(2025, 2, 1)
    [candidate] = of("decided", first)
    assert candidate.effect > 0
    assert of("decided", MARCH) == []
    accept(town, candidate.key, month=first)
    assert of("decided", first) == []
    accept(town, candidate.key, month=first)
    with scope([EVERYWHERE]):
        assert MonthAnswer.objects.count() == 1


def test_a_new_standard_that_nobody_applied_is_one_candidate_for_the_approver(town):
    """The rural standard rises on 2025-07-01 from 450 to 480 yuan."""
    case = town.granted(town.family("赵甲"), 2400)
    town.granted(town.family("周丁"), 2400)
    july = dt.date(2025, 7, 1)
    with scope([EVERYWHERE]):
        award = Award.objects.get(household=case.household)
    town.on(6, 30)
    assert of("standard", dt.date(2025, 6, 1)) == []
    town.on(8, 4)
    [candidate] = of("standard", dt.date(2025, 8, 1))
    before = owed(award, july)
    assert candidate.since == july
    assert candidate.effect == 2 * 33_00  # with the tenth more for the old
    [outcome] = accept(town, candidate.key, by="handler", month=dt.date(2025, 8, 1))
    assert outcome.refused.code == "access.forbidden"
    [outcome] = accept(town, candidate.key, by="approver", month=dt.date(2025, 8, 1))
    assert outcome.refused is None
    assert owed(award, july) == before + 33_00  # July too: its difference is arrears
    assert of("standard", dt.date(2025, 8, 1)) == []


def test_what_is_refused_keeps_its_reason_and_comes_again_next_month(sign_in, town, dead):
    client = sign_in("handler")
    [candidate] = of("death")
    address = reverse("month")
    refusing = {"one": candidate.key, "act": "refuse"}
    assert "不采纳须写明理由" in text(client.post(address, refusing, follow=True))
    page = text(client.post(address, refusing | {"reason": "日期有误，待派出所更正"}, follow=True))
    assert "日期有误，待派出所更正" in page
    assert f'value="{candidate.key}"' not in page
    assert of("death", MARCH) == []
    assert len(of("death", dt.date(2025, 4, 1))) == 1
    with scope([EVERYWHERE]):
        assert AuditEntry.objects.get(action="awards.answer_candidate").detail["reason"] == "日期有误，待派出所更正"


def test_the_page_accepts_in_bulk_and_says_each_refusal(sign_in, town, dead):
    case = town.granted(town.family("周丁"), 2400)
    town.on(3, 3)
    with scope([EVERYWHERE]):
        bound = Award.objects.get(household=case.household)
        awards.hold(by=town.users["handler"], award=bound, reason="ineligible")
    client = sign_in("handler")
    page = text(client.get(reverse("month")))
    assert "去世待核实" in page
    assert reverse("payments") + "?month=2025-03" in page
    keys = [one.key for one in (*of("death"), *of("held"))]
    page = text(client.post(reverse("month"), {"act": "accept", "selected": keys}, follow=True))
    assert "已办 1 项。" in page
    assert "周丁的缓发不能直接解除" in page
    assert "没有勾选任何一项" in text(client.post(reverse("month"), {"act": "accept"}, follow=True))


def test_who_may_only_look_gets_no_buttons_and_the_county_chooses_a_township(sign_in, town, dead):
    page = text(sign_in("leader").get(reverse("month")))
    assert "去世待核实" in page
    assert 'name="one"' not in page
    [candidate] = of("death")
    answer = sign_in("leader").post(reverse("month"), {"one": candidate.key}, follow=True)
    assert "权限" in text(answer)
    assert len(of("death")) == 1
    county = sign_in("approver")
    assert "请先在上面选一个乡镇" in text(county.get(reverse("month")))
    assert "去世待核实" in text(county.get(reverse("month"), {"area": TOWN}))
    english = text(sign_in("handler", language="en").get(reverse("month")))
    assert "Accepting verifies the death" in english


def test_more_candidates_ask_no_more_questions(sign_in, town):
    town.on(1, 2)
    old_age(town, elder(town, "吴老", dt.date(1935, 3, 20)))
    elder(town, "新老", dt.date(1945, 3, 9))
    town.on(3, 3)
    client = sign_in("handler")

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("month")).status_code == 200
        return len(captured)

    asked()
    few = asked()
    town.on(1, 2)
    old_age(town, *(elder(town, f"周{n}", dt.date(1935, 3, 10 + n)) for n in range(1, 9)))
    for n in range(1, 9):
        elder(town, f"新{n}", dt.date(1945, 3, 10 + n))
    town.on(3, 3)
    assert len(found()) == 18
    assert asked() <= few


def test_what_ends_by_itself_is_on_the_page_and_accepting_says_that_the_family_was_told(sign_in, town):
    with scope([EVERYWHERE]):
        award = old_age(town, elder(town, "成老", dt.date(1940, 5, 6)))[0]
        Award.objects.filter(pk=award.pk).update(
            last_month=dt.date(2025, 5, 1), left_on=dt.date(2025, 5, 31), end_reason="term"
        )
        key = f"ending:{award.pk}"
    client = sign_in("handler")
    page = text(client.get(reverse("month"), {"month": "2025-03"}))
    assert "认定快到期" in page and "有效至 2025-05" in page
    client.post(reverse("month") + "?month=2025-03", {"one": key})
    with scope([EVERYWHERE]):
        assert of("ending") == [] and MonthAnswer.objects.get(key=key).answer == "confirmed"
    assert [one.key for one in of("ending", dt.date(2025, 4, 1))] == [key]
