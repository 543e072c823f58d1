"""To whose account money goes: the person's own, or another's by an agreement in force; anything else is held."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from minzheng.access.models import User
from minzheng.core import clock, documents
from minzheng.core.errors import Refused
from minzheng.core.models import AuditEntry, Task
from minzheng.payments import actions, queries
from minzheng.payments import month as this_month
from minzheng.payments.models import Payment
from minzheng.people import actions as people
from minzheng.people.models import AccountAgreement, Identifier
from tests.payments.world import FEBRUARY, JANUARY, MARCH, TOWN, World, card

PDF = b"%PDF-1.4 an invented agreement"


def why(world: World) -> dict[int, str]:
    """What is held of the run that pays everybody, by award."""
    run = world.to(world.prepare(), "released")
    out = actions.send(by=world.users["finance"], run=run)
    return {payment.award_id: payment.state_reason for payment in out.held}


@pytest.fixture
def paid(world: World) -> World:
    """Somebody is paid, so that there is always a file."""
    world.award(10_000)
    world.fund_of(1_000_000)
    return world


def test_a_family_card_is_paid_to_all_who_agreed_and_to_its_owner(paid: World):
    owner = paid.award(20_000, person=paid.person("李四", account=card(500)))
    others = [paid.award(30_000, person=paid.person(account=None)) for _ in range(2)]
    for one in others:
        paid.agree(one.payee, card(500), "李四", kind="one_card", relation="parent")
    assert why(paid) == {}
    assert Payment.objects.filter(award__in=[owner, *others], state="sent").count() == 3


def test_an_agreement_that_is_over_holds_with_its_reason_until_it_is_renewed(paid: World):
    award = paid.award(20_000, person=paid.person(account=None))
    paid.agree(award.payee, card(501), "张监护", valid_to=dt.date(2025, 3, 31))
    clock.set_today(dt.date(2025, 4, 1))
    assert why(paid) == {award.pk: "agreement_over"}
    task = Task.objects.get(kind="payments.repair", done_on=None)
    assert "续签" in task.label["zh-Hans"]
    account = Identifier.objects.get(person=award.payee, kind="account", valid_to=None)
    paid.agree(award.payee, "", "张监护", number="2025-002", valid_from=dt.date(2025, 4, 1))
    assert Identifier.objects.get(person=award.payee, kind="account", valid_to=None) == account
    actions.unhold(by=paid.users["handler"], payment=Payment.objects.get(award=award), note="已续签")
    february = paid.to(paid.prepare(FEBRUARY), "released")
    assert not actions.send(by=paid.users["finance"], run=february).held
    assert sorted(Payment.objects.filter(award=award, state="sent").values_list("benefit_month", flat=True)) == [
        JANUARY,
        FEBRUARY,
    ]


def test_an_agreement_that_has_not_begun_holds_too(paid: World):
    award = paid.award(20_000, person=paid.person(account=None))
    paid.agree(award.payee, card(502), "张监护", valid_from=dt.date(2025, 5, 1))
    assert why(paid) == {award.pk: "agreement_over"}


def test_another_name_without_an_agreement_is_held(paid: World):
    other = paid.award(20_000, person=paid.person("王一", account=card(503), account_note={"holder": "王二"}))
    same = paid.award(
        20_000, person=paid.person("阿依古丽·买买提", account=card(504), account_note={"holder": "阿依古丽•买买提"})
    )
    noted = {"holder": "赵六", "agreement": "2024-7"}
    only_a_note = paid.award(20_000, person=paid.person("钱五", account=card(505), account_note=noted))
    assert why(paid) == {other.pk: "holder_differs", only_a_note.pk: "holder_differs"}
    assert Payment.objects.get(award=same).state == "sent"


def test_a_new_account_leaves_the_agreement_behind(paid: World):
    award = paid.award(20_000, person=paid.person("王一", account=None))
    paid.agree(award.payee, card(506), "王二")
    people.own_account(by=paid.users["handler"], person=award.payee, account=card(507), bank="示例银行")
    assert why(paid) == {}
    assert Payment.objects.get(award=award).account.note == {"holder": "王一", "bank": "示例银行"}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"number": ""}, "account.not_on_file"),
        ({"holder": "王一"}, "account.holder"),
        ({"holder": "  "}, "account.holder"),
        ({"signed_on": dt.date(2099, 1, 1)}, "account.days"),
        ({"valid_from": dt.date(2025, 3, 1), "valid_to": dt.date(2025, 2, 1)}, "account.days"),
        ({"valid_to": dt.date(2025, 1, 31)}, "account.over"),
        ({"number": "", "paper": b"MZ\x90 a program"}, "account.paper"),
        ({"account": ""}, "account.none"),
        ({"account": card(1)[:-1] + str((int(card(1)[-1]) + 1) % 10)}, "person.account_check"),
    ],
)
def test_what_is_no_agreement_is_refused(world: World, more: dict, code: str):
    person = world.person("王一", account=None)
    given = {"account": card(508), "holder": "张监护"} | more
    with pytest.raises(Refused, match=code):
        world.agree(person, **given)
    assert not AccountAgreement.objects.exists() and not Identifier.objects.filter(person=person).exists()


def test_the_paper_is_kept_and_the_act_recorded(world: World):
    person = world.person(account=None)
    made = world.agree(person, card(509), "张监护", number="", paper=PDF)
    assert documents.content(made.document) == PDF and made.document.media_type == "application/pdf"
    entry = AuditEntry.objects.filter(action="people.name_account").latest("pk")
    assert (entry.subject_id, entry.detail["kind"]) == (person.pk, "guardian")
    assert card(509) not in str(entry.detail)


def test_who_may_not_edit_people_may_not_name_an_account(world: World):
    person = world.person(account=None)
    finance: User = world.users["finance"]
    with pytest.raises(Refused, match="forbidden"):
        people.own_account(by=finance, person=person, account=card(1))


def test_an_agreement_is_not_changed_and_says_what_it_must_by_raw_sql(world: World):
    person = world.person(account=None)
    made = world.agree(person, card(510), "张监护")
    for statement in (
        f"update people_account_agreement set valid_to = '2099-01-01' where id = {made.pk}",
        f"delete from people_account_agreement where id = {made.pk}",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)
    copied = "person_id, account_id, kind, holder, relation, signed_on, recorded_by_id, recorded_at, area_code"
    for values, constraint in (
        ("'', null::date, '2025-01-01'::date", "an_agreement_is_on_file"),
        ("'7', '2024-12-31'::date, '2025-01-01'::date", "an_agreement_ends_after_it_begins"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            connection.cursor().execute(
                f"insert into people_account_agreement (number, valid_to, valid_from, {copied})"
                f" select {values}, {copied} from people_account_agreement where id = {made.pk}"
            )


def test_a_bank_cards_digits_are_checked_and_a_passbook_is_not_a_card(world: World):
    person, handler = world.person(account=None), world.users["handler"]
    wrong = card(511)[:-1] + str((int(card(511)[-1]) + 5) % 10)
    with pytest.raises(Refused, match="account_check"):
        people.own_account(by=handler, person=person, account=wrong)
    people.own_account(by=handler, person=person, account=wrong, passbook=True)
    people.own_account(by=handler, person=person, account="100123456789")
    assert queries.failures("990101").count() == 0


def test_an_agreement_that_ends_is_listed_with_the_month_until_it_is_renewed(world: World):
    people_paid = [world.award(10_000, person=world.person(account=None)) for _ in range(4)]
    ends, other, lasting, over = (award.payee for award in people_paid)
    world.agree(ends, card(520), "张监护", valid_to=dt.date(2025, 4, 30))
    world.agree(other, card(521), "李监护", valid_to=dt.date(2025, 5, 1))
    world.agree(lasting, card(522), "王监护")
    world.agree(over, card(523), "赵监护", valid_to=dt.date(2025, 3, 3))

    def listed(month: dt.date) -> dict[str, int]:
        return {one.key: one.url_of[1] for one in this_month.candidates(TOWN, month) if one.kind == "agreement"}

    march = listed(MARCH)
    assert set(march.values()) == {ends.pk, over.pk}
    assert set(listed(dt.date(2025, 4, 1)).values()) == {ends.pk, other.pk, over.pk}
    [outcome, _] = this_month.accept(by=world.users["handler"], area=TOWN, month=MARCH, keys=list(march))
    assert outcome.refused.code == "month.agreement"
    world.agree(ends, "", "张监护", number="2025-9", valid_from=dt.date(2025, 3, 3), valid_to=dt.date(2026, 4, 30))
    people.own_account(by=world.users["handler"], person=over, account=card(524))
    assert listed(MARCH) == {}
