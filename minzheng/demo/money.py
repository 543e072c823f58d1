"""The money's year: funds and their allocations, runs from the computation to the bank and back, returns put right."""

from collections.abc import Mapping

from minzheng.core import clock
from minzheng.core.errors import Refused
from minzheng.demo.world import World
from minzheng.payments import actions as payments
from minzheng.payments.models import BankFile, Fund, Payment, Run
from minzheng.people import actions as people
from minzheng.policy import registry
from minzheng.scenario import paying, places
from minzheng.scenario.office import as_user
from minzheng.scenario.schedule import Process, later

TEN_THOUSAND = 1_000_000
"""Ten thousand yuan in fen: what allocations are rounded up to."""

FUNDS: Mapping[str, tuple[str, str, str, tuple[str, ...]]] = {
    "hardship_central": ("中央困难群众救助补助资金", "Central hardship assistance", "central", ("dibao", "tekun")),
    "hardship_county": ("县级困难群众救助配套资金", "County hardship assistance", "county", ("dibao", "tekun")),
    "temporary": ("临时救助资金", "Temporary assistance", "county", ("temporary_assistance",)),
    "medical": ("城乡医疗救助资金", "Medical assistance", "provincial", ("medical_assistance",)),
    "old_age": ("高龄津贴资金", "Old-age allowance", "county", ("old_age_allowance",)),
    "retrenched": ("精减退职老职工救济资金", "Relief of retrenched workers", "provincial", ("retrenched_workers",)),
    "special_care": ("优抚对象补助资金", "Special care", "central", ("special_care",)),
    "conscripts": ("义务兵家庭优待资金", "Conscripts' families", "county", ("conscript_families",)),
    "gifts": ("八一慰问资金", "Army Day gifts", "county", ("army_day_gifts",)),
    "rebuilding": ("因灾倒损住房重建补助资金", "Rebuilding after disasters", "provincial", ("rebuilding_grant",)),
}
"""Name, source and purpose of each fund of the year."""

COUNTY_FROM = 9
"""The month from which the county's own money pays what two funds may pay."""

SHARES = {"central": 6_500, "county": 3_500}
"""Of hardship assistance, in hundredths of a per cent."""

RETURN_REASONS = ("账户已销户", "户名不符", "账户已冻结")


def open_funds(world: World) -> Process:
    """Open the year's funds and put the first half's money into them; in July the rest follows."""
    with as_user(world.office.finance) as user:
        for key, (zh, en, source, purpose) in FUNDS.items():
            world.funds[key] = payments.open_fund(
                by=user,
                area=places.TOWN,
                year=world.year,
                name={"zh-Hans": f"{zh}（{world.year}）", "en": f"{en} ({world.year})"},
                source=source,
                purpose=purpose,
                department=registry.programme(purpose[0]).department,
            )
    budgets = budget(world)
    _set_budgets(world, budgets)
    _allocate(world, budgets, 6, "年初拨款")
    yield later(world.day(7, 1), 1)
    _allocate(world, budgets, 4, "年中拨款")


def _set_budgets(world: World, budgets: Mapping[str, int]) -> None:
    """Each fund's budget, by programme where it serves several; and which level bears how much of hardship aid."""
    document = f"示财社〔{world.year}〕1号（虚构）"
    with as_user(world.office.finance) as user:
        for key, total in budgets.items():
            fund = world.funds[key]
            assert isinstance(fund, Fund)
            for programme, fen in _by_programme(world, key, total).items():
                payments.set_budget(
                    by=user, fund=fund, programme=programme, amount=fen, on=clock.today(), document=document,
                    expected_by=world.day(9, 30),
                )  # fmt: skip
        for programme in FUNDS["hardship_central"][3]:
            payments.set_shares(
                by=user, programme=programme, area=places.TOWN, since=world.day(1, 1), parts=SHARES, document=document
            )


def _by_programme(world: World, key: str, total: int) -> dict[str, int]:
    """A fund's budget by programme: of hardship assistance what the living allowance takes, and the rest."""
    first, *others = FUNDS[key][3]
    if not others:
        return {first: total}
    figures = world.figures
    part = total * figures.dibao.paid // (figures.dibao.paid + 2 * figures.dispersed.paid + _in_homes(world))
    return {first: part, others[0]: total - part}


def _allocate(world: World, budgets: Mapping[str, int], tenths: int, memo: str) -> None:
    with as_user(world.office.finance) as user:
        for key, total in budgets.items():
            amount = -(-total * tenths // 10 // TEN_THOUSAND) * TEN_THOUSAND
            if amount:
                fund = world.funds[key]
                assert isinstance(fund, Fund)
                payments.allocate(by=user, fund=fund, amount=amount, on=clock.today(), memo=memo)


def budget(world: World) -> dict[str, int]:
    """What each fund needs in the year (fen), with a margin, from the figures that the year is made from."""
    figures = world.figures
    hardship = figures.dibao.paid + 2 * figures.dispersed.paid + _in_homes(world)
    needs = {
        "hardship_central": hardship * 9 // 10,
        "hardship_county": hardship * 5 // 10,
        "temporary": figures.temporary_cash.paid * 2,
        "medical": figures.medical.paid * 2,
        "old_age": figures.old_age.paid * 11 // 6,
        "retrenched": figures.retrenched.paid * 11 // 6,
        "special_care": figures.special_care.paid * 11 // 6,
        "conscripts": figures.conscripts.paid * 2,
        "gifts": figures.army_day_gifts * 2,
    }
    return {key: fen for key, fen in needs.items() if fen}


def _in_homes(world: World) -> int:
    """The most that those in homes can cost (fen), by the rates."""
    law = world.tariffs.law
    people = len(world.cast.in_home) + len(world.cast.new_in_home)
    table = law.rate("tekun", "care", 1, "in_home")
    return people * 4 * (int(law.rate("tekun", "living", 1, "in_home")) + max(table.values))


def fund_for(world: World, programme: str, month: int) -> Fund | None:
    """The county's fund pays hardship assistance from September on; else the one there is."""
    if programme in ("dibao", "tekun"):
        fund = world.funds["hardship_county" if month >= COUNTY_FROM else "hardship_central"]
        assert isinstance(fund, Fund)
        return fund
    return None


def pay(world: World, programme: str, month: int, *, returns: int = 0) -> Process:
    """One run with its returns; nothing where nothing is due."""

    def returned(run: Run, sent: payments.Sent) -> None:
        assert not sent.held, [payment.state_reason for payment in sent.held]
        if returns:
            _come_back(world, run, sent.bank_file, returns)

    way = paying.pay(
        world.office,
        programme=programme,
        area=places.TOWN,
        month=world.day(month, 1),
        fund=fund_for(world, programme, month),
        returned=returned,
    )
    try:
        yield from way
    except Refused as refused:
        if refused.code != "payments.nothing_due":
            raise


def _come_back(world: World, run: Run, bank_file: BankFile, number: int) -> None:
    """Some payments come back; the handler puts each right, so that the next run pays it again."""
    with as_user(world.office.finance) as user:
        lines = Payment.objects.filter(bank_file=bank_file, award__last_month=None).order_by("file_line")
        chosen = list(lines[7 + run.month.month : 7 + run.month.month + 40 * number : 40])
        rows = [
            payments.Returned(line=payment.file_line or 0, reason=RETURN_REASONS[(run.month.month + i) % 3])
            for i, payment in enumerate(chosen)
        ]
        payments.book_returns(by=user, bank_file=bank_file, rows=rows)
    for payment, row in zip(chosen, rows, strict=True):
        world.schedule.do(later(clock.today(), 2), _repair, world, payment, row.reason)


def _repair(world: World, payment: Payment, reason: str) -> None:
    """A new account where the old one was the fault, then the payment goes into the next run."""
    with as_user(world.office.handler) as user:
        assert payment.payee is not None
        if "冻结" not in reason:
            people.add_identifier(
                by=user,
                person=payment.payee,
                kind="account",
                value=f"990102{payment.payee.pk:013d}",
                note={"bank": "示例农村商业银行（虚构）", "holder": payment.payee.name},
            )
        payments.repay(by=user, payment=payment, note="已核对并更正")
