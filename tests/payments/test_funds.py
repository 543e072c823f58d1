"""Funds: opening them, what passes between them, budgets, shares; with actions, and with raw SQL past them."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from minzheng.access.models import User
from minzheng.core.errors import Refused
from minzheng.payments import actions, between, books, budgets, ledger, shares
from minzheng.payments.forecast import forecasts
from minzheng.payments.models import Account, Budget, CostShare, Fund
from tests.payments.world import DEPARTMENT, FEBRUARY, JANUARY, TOWN, VILLAGE, World

COUNTY = "990101"
NAME = {"zh-Hans": "救助资金", "en": "Assistance"}
DAY = dt.date(2025, 3, 3)


def opened(world: World, *, area: str = COUNTY, fen: int = 0, **more) -> Fund:
    wanted = {"year": 2025, "name": NAME, "source": "county", "purpose": ["dibao"], "department": DEPARTMENT} | more
    fund = actions.open_fund(by=world.users["finance"], area=area, **wanted)
    if fen:
        actions.allocate(by=world.users["finance"], fund=fund, amount=fen, on=JANUARY, memo="示财社〔2025〕3号")
    return fund


def holds(*funds: Fund) -> list[int]:
    return [Account.objects.get(pk=fund.account_id).balance for fund in funds]


def balanced() -> bool:
    return sum(Account.objects.values_list("balance", flat=True)) == 0 and ledger.verify().sound


# ---- opening


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": {"zh-Hans": " ", "en": ""}}, "payments.fund_name"),
        ({"year": 2027}, "payments.fund_year"),
        ({"source": "friends"}, "payments.fund_source"),
        ({"purpose": []}, "payments.no_purpose"),
        ({"purpose": ["dibao", "holidays"]}, "payments.unknown_purpose"),
        ({"area": "770101"}, "access.forbidden"),
    ],
)
def test_a_fund_that_cannot_be_used_is_not_opened(world: World, wrong, code):
    with pytest.raises(Refused) as refused:
        opened(world, **wrong)
    assert refused.value.code == code
    assert refused.value.text("zh-Hans") and refused.value.text("en")
    assert not Fund.objects.exists()


def test_two_clicks_open_one_fund(world: World):
    opened(world)
    with pytest.raises(Refused, match="payments.fund_exists"):
        opened(world)
    opened(world, name={"zh-Hans": "救助资金（二）", "en": "Assistance 2"})
    assert [fund.account.code for fund in Fund.objects.order_by("pk")] == [
        "fund/990101/2025/1",
        "fund/990101/2025/2",
    ]


def test_only_finance_opens_funds_and_moves_money(world: World):
    fund = opened(world, fen=100)
    lower = opened(world, area=TOWN)
    handler = world.users["handler"]
    for act in (
        lambda: opened(World({"finance": handler})),
        lambda: actions.withdraw(by=handler, fund=fund, amount=1, on=DAY, memo="x"),
        lambda: actions.pass_on(by=handler, fund=fund, to=lower, amount=1, on=DAY, memo="x"),
        lambda: actions.carry_over(by=handler, fund=fund, to=lower, on=DAY),
        lambda: actions.set_budget(by=handler, fund=fund, programme="dibao", amount=1, on=DAY, document="x"),
        lambda: _shares(handler),
    ):
        with pytest.raises(Refused, match=r"access\.forbidden"):
            act()


def _shares(by: User, **more) -> CostShare:
    wanted = {"programme": "dibao", "area": COUNTY, "since": JANUARY, "parts": {"central": 6000, "county": 4000}}
    return actions.set_shares(by=by, document="示财社〔2025〕5号", **(wanted | more))


# ---- between funds


def test_money_passes_down_and_back_and_all_of_it_is_still_there(world: World):
    county, town = opened(world, fen=100_000), opened(world, area=TOWN)
    finance = world.users["finance"]
    actions.pass_on(by=finance, fund=county, to=town, amount=60_000, on=DAY, memo="下拨")
    actions.pass_back(by=finance, fund=town, to=county, amount=5_000, on=DAY, memo="缴回")
    actions.withdraw(by=finance, fund=county, amount=45_000, on=DAY, memo="收回")
    assert holds(county, town) == [0, 55_000]
    assert balanced()
    above, below = books.funds(COUNTY, 2025)
    assert (above["allocated"], above["passed"], above["balance"]) == (55_000, -55_000, 0)
    assert (below["allocated"], below["passed"], below["balance"]) == (0, 55_000, 55_000)
    assert between.may_receive(county) == [town] and between.may_be_returned_to(town) == [county]
    assert [(row.kind, row.inward, row.outward) for row in books.fund_ledger(town)] == [
        ("passed_back", None, 5_000),
        ("passed_on", 60_000, None),
    ]


@pytest.mark.parametrize(
    "other", [{"purpose": ["dibao", "tekun"]}, {"purpose": ["tekun"]}, {"source": "central"}], ids=str
)
def test_nothing_passes_to_another_purpose_or_source(world: World, other):
    county, town = opened(world, fen=100_000), opened(world, area=TOWN, **other)
    with pytest.raises(Refused, match=r"payments\.unlike_funds"):
        actions.pass_on(by=world.users["finance"], fund=county, to=town, amount=1, on=DAY, memo="下拨")
    assert between.may_receive(county) == []
    # Past the action the database says the same, in the words of the office.
    with pytest.raises(IntegrityError, match="ledger_unlike"), transaction.atomic():
        _raw(county, town, "passed_on")
    assert holds(county, town) == [100_000, 0]


def _raw(giver: Fund, taker: Fund, kind: str, amount: int = 1, credit: int | None = None) -> None:
    ledger.write(
        "select %s::bigint, %s::bigint, %s::bigint, %s, date '2025-03-03', null::bigint, null::bigint, '', %s, ''",
        [taker.account_id, credit or giver.account_id, amount, kind, taker.area_id],
    )


def test_the_database_knows_the_ways_between_funds(world: World):
    county, town = opened(world, fen=100_000), opened(world, area=TOWN, fen=100_000)
    twin = opened(world, name={"zh-Hans": "另一项", "en": "Another"})
    goods = opened(world, area=TOWN, kind="goods", name={"zh-Hans": "物资", "en": "Goods"})
    last_year, next_year = opened(world, year=2024), opened(world, year=2026)
    wrong = [
        (town, county, "passed_on"),  # upwards
        (county, town, "passed_back"),  # downwards
        (county, twin, "passed_on"),  # beside
        (county, next_year, "passed_on"),  # into another year
        (county, goods, "passed_on"),  # not money
        (county, twin, "carried_over"),  # the same year
        (county, last_year, "carried_over"),  # backwards
        (town, next_year, "carried_over"),  # another area
        (county, town, "allocation"),
        (county, town, "sent"),
    ]
    for giver, taker, kind in wrong:
        with pytest.raises(IntegrityError, match="ledger_"), transaction.atomic():
            _raw(giver, taker, kind)
    _raw(county, town, "passed_on")
    _raw(town, county, "passed_back")
    _raw(county, next_year, "carried_over")
    assert balanced()


def test_money_is_withdrawn_to_its_own_source_only(world: World):
    fund, other = opened(world, fen=100), opened(world, source="central", fen=100)
    with pytest.raises(IntegrityError, match="ledger_route"), transaction.atomic():
        ledger.write(
            "select (select id from payments_account where code = 'source/990101/central'), %s::bigint, 1::bigint,"
            " 'withdrawn', date '2025-03-03', null::bigint, null::bigint, '', '990101', ''",
            [fund.account_id],
        )
    assert holds(fund, other) == [100, 100]


def test_no_more_passes_than_there_is(world: World):
    county, town = opened(world, fen=100), opened(world, area=TOWN)
    for act in (
        lambda: actions.pass_on(by=world.users["finance"], fund=county, to=town, amount=101, on=DAY, memo="下拨"),
        lambda: actions.withdraw(by=world.users["finance"], fund=county, amount=101, on=DAY, memo="收回"),
    ):
        with pytest.raises(Refused, match=r"payments\.overdraft"):
            act()
    assert holds(county, town) == [100, 0]


def test_a_day_and_a_reason_are_needed(world: World):
    county, town = opened(world, fen=100), opened(world, area=TOWN)
    for on, memo, code in (
        (dt.date(2024, 12, 31), "下拨", "payments.allocation_day"),
        (dt.date(2025, 3, 4), "下拨", "payments.allocation_day"),
        (DAY, " ", "payments.transfer_reason"),
    ):
        with pytest.raises(Refused) as refused:
            actions.pass_on(by=world.users["finance"], fund=county, to=town, amount=1, on=on, memo=memo)
        assert refused.value.code == code


# ---- carry-over


def test_what_is_left_goes_into_the_next_year(world: World, on_day):
    before = opened(world, fen=70_000)
    on_day(dt.date(2026, 1, 5))
    after = opened(world, year=2026, name={"zh-Hans": "救助资金2026", "en": "Assistance 2026"})
    assert between.may_follow(before) == [after]
    assert actions.carry_over(by=world.users["finance"], fund=before, to=after, on=dt.date(2026, 1, 5)) == 70_000
    assert holds(before, after) == [0, 70_000]
    assert books.funds(COUNTY, 2026)[0]["carried"] == 70_000
    assert balanced()
    with pytest.raises(Refused, match=r"payments\.nothing_to_carry_over"):
        actions.carry_over(by=world.users["finance"], fund=before, to=after, on=dt.date(2026, 1, 5))


def test_a_run_that_was_promised_the_money_comes_first(world: World, on_day):
    world.award(50_000)
    before = opened(world, fen=70_000)
    run = world.to(world.prepare(fund=before), "approved")
    on_day(dt.date(2026, 1, 5))
    after = opened(world, year=2026)
    with pytest.raises(Refused, match=r"payments\.promised") as refused:
        actions.carry_over(by=world.users["finance"], fund=before, to=after, on=dt.date(2026, 1, 5))
    assert run.number in refused.value.text("zh-Hans")
    assert holds(before, after) == [70_000, 0]


def test_carry_over_is_into_the_next_year_of_the_same_area(world: World):
    before, same_year = opened(world, fen=100), opened(world, name={"zh-Hans": "另一项", "en": "Another"})
    below = opened(world, area=TOWN, year=2026)
    for to in (same_year, below):
        with pytest.raises(Refused, match=r"payments\.carry_over_year"):
            actions.carry_over(by=world.users["finance"], fund=before, to=to, on=DAY)


# ---- budgets


def test_a_budget_set_anew_keeps_the_one_before(world: World):
    fund = opened(world, purpose=["dibao", "tekun"])
    finance = world.users["finance"]
    for fen in (900_000, 1_200_000):
        actions.set_budget(by=finance, fund=fund, programme="dibao", amount=fen, on=DAY, document=f"文{fen}")
    actions.set_budget(by=finance, fund=fund, programme="tekun", amount=300_000, on=DAY, document="文三", area=TOWN)
    assert books.funds(COUNTY, 2025)[0]["budget"] == 1_500_000
    assert [(one.amount, one.superseded_at is None) for one in budgets.lines(fund)] == [
        (1_200_000, True),
        (900_000, False),
        (300_000, True),
    ]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"programme": "tekun"}, "payments.budget_purpose"),
        ({"area": "990101102", "town": True}, "payments.budget_purpose"),
        ({"amount": -1}, "payments.budget_unusable"),
        ({"document": " "}, "payments.budget_unusable"),
        ({"on": dt.date(2025, 3, 4)}, "payments.budget_unusable"),
        ({"expected_by": dt.date(2026, 1, 1)}, "payments.budget_unusable"),
    ],
)
def test_a_budget_that_cannot_be_is_refused(world: World, wrong, code):
    wrong = dict(wrong)
    fund = opened(world, area=TOWN if wrong.pop("town", False) else COUNTY)
    wanted = {"programme": "dibao", "amount": 1, "on": DAY, "document": "文一"} | wrong
    with pytest.raises(Refused) as refused:
        actions.set_budget(by=world.users["finance"], fund=fund, **wanted)
    assert refused.value.code == code


def test_the_database_keeps_budgets_to_the_purpose_and_the_area(world: World):
    fund, user = opened(world, area=TOWN), world.users["finance"]
    kept = {"fund": fund, "amount": 1, "on": DAY, "document": "x", "entered_by": user}
    for wrong in ({"programme": "tekun", "area_id": TOWN}, {"programme": "dibao", "area_id": COUNTY}):
        with pytest.raises(IntegrityError, match="budget_purpose"), transaction.atomic():
            Budget.objects.create(**kept, **wrong)
    made = Budget.objects.create(**kept, programme="dibao", area_id=VILLAGE)
    with pytest.raises(IntegrityError, match="one_budget_of_a_programme_and_area"), transaction.atomic():
        Budget.objects.create(**kept, programme="dibao", area_id=VILLAGE)
    with pytest.raises(IntegrityError, match="supersede_once"), transaction.atomic():
        Budget.objects.filter(pk=made.pk).update(amount=2)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Budget.objects.filter(pk=made.pk).delete()


# ---- shares


@pytest.mark.parametrize(
    "parts",
    [
        {"central": 6000, "county": 3999},
        {"central": 10_001},
        {"central": 12_000, "county": -2000},
        {"friends": 10_000},
        {},
    ],
    ids=str,
)
def test_shares_are_all_of_the_cost_and_of_known_sources(world: World, parts):
    with pytest.raises(Refused, match=r"payments\.shares"):
        _shares(world.users["finance"], parts=parts)


@pytest.mark.parametrize("parts", [{"central": 9999}, {"a": 12_000, "b": -2000}, {"a": "10000"}, {}, [10_000]], ids=str)
def test_the_database_takes_no_shares_that_are_not_whole(world: World, parts):
    with pytest.raises(IntegrityError, match="shares_are_whole"), transaction.atomic():
        CostShare.objects.create(
            programme="dibao",
            area_id=COUNTY,
            since=JANUARY,
            parts=parts,
            document="x",
            entered_by=world.users["finance"],
        )


def test_shares_are_history(world: World):
    _shares(world.users["finance"])
    with pytest.raises(DatabaseError, match=r"append_only|permission denied"), transaction.atomic():
        CostShare.objects.update(parts={"central": 10_000})


def test_the_nearest_and_latest_shares_are_in_force(world: World):
    finance = world.users["finance"]
    _shares(finance, area="990101", since=JANUARY)
    _shares(finance, area="990101", since=FEBRUARY, parts={"county": 10_000})
    _shares(finance, area=TOWN, since=FEBRUARY, parts={"township": 10_000})
    laws = list(shares.known(COUNTY))

    def on(area: str, day: dt.date) -> dict[str, int]:
        law = shares.share_on(laws, "dibao", area, day)
        return law.parts if law else {}

    assert on(TOWN, JANUARY) == {"central": 6000, "county": 4000}
    assert on("990101102", FEBRUARY) == {"county": 10_000}
    assert on(TOWN, FEBRUARY) == {"township": 10_000}
    assert on(TOWN, dt.date(2024, 12, 31)) == {}
    assert shares.share_on(laws, "tekun", TOWN, FEBRUARY) is None


def test_each_level_owes_its_share_of_what_was_paid(world: World):
    world.award(33_333)
    fund = opened(world, source="central", fen=100_000)
    world.to(world.prepare(fund=fund), "closed")
    _shares(world.users["finance"], parts={"central": 6000, "provincial": 2500, "county": 1500})
    rows = books.funds(COUNTY, 2025)
    (group,) = shares.matching(rows, forecasts(COUNTY, 2025), shares.known(COUNTY), DAY)
    assert (group.cost, group.unshared, group.programmes) == (33_333, 0, ("dibao",))
    owed = {level.source: (level.should, level.provided, level.missing) for level in group.levels}
    assert owed == {
        "central": (20_000, 100_000, -80_000),
        "provincial": (8_333, 0, 8_333),
        "county": (5_000, 0, 5_000),
    }
    # Over the year: eleven more months.
    assert sum(level.whole_year for level in group.levels) == 33_333 * 12


def test_funds_that_share_a_programme_are_taken_together(world: World):
    first = opened(world, purpose=["dibao", "tekun"], fen=10)
    second = opened(world, purpose=["tekun"], source="central", fen=20)
    opened(world, purpose=["old_age_allowance"], fen=40)
    _shares(world.users["finance"], programme="tekun")
    rows = books.funds(COUNTY, 2025)
    (group,) = shares.matching(rows, forecasts(COUNTY, 2025), shares.known(COUNTY), DAY)
    assert (group.programmes, set(group.funds)) == (("dibao", "tekun"), {first.pk, second.pk})
    assert {level.source: level.provided for level in group.levels} == {"central": 20, "county": 10}


# ---- queries


def test_the_list_takes_the_same_queries_for_any_number_of_funds(world: World, django_assert_num_queries):
    for number in range(4):
        opened(world, name={"zh-Hans": f"资金{number}", "en": f"Fund {number}"}, fen=100)
    with django_assert_num_queries(4):
        rows = books.funds(COUNTY, 2025)
    assert [row["allocated"] for row in rows] == [100] * 4
    for row in rows:
        got = row["allocated"] + row["passed"] + row["carried"] - row["bought"]
        assert got - row["used"] == row["balance"]
