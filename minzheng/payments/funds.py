"""Funds: money for a purpose, from a source, in a year. Opening one and putting money into it."""

import datetime as dt
from collections.abc import Sequence

from django.db import connection

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.areas.models import Area
from minzheng.core import audit, clock
from minzheng.core.errors import Refused, Text, pick, refuse
from minzheng.payments import ledger, warnings
from minzheng.payments.amounts import yuan
from minzheng.payments.models import Account, AccountKind, Fund, FundSource, Transfer
from minzheng.payments.refusals import action
from minzheng.policy.models import PolicyFile

PARTS = {
    AccountKind.FUND: ((AccountKind.TRANSIT, "在途", "under way"), (AccountKind.PAID, "已发放", "paid")),
    AccountKind.GOODS: ((AccountKind.GIVEN, "已发", "given"),),
}
"""The accounts that a fund has beside its own."""


@action
def open_fund(
    *,
    by: User,
    area: str,
    year: int,
    name: Text,
    source: str,
    purpose: Sequence[str],
    department: Text,
    kind: AccountKind = AccountKind.FUND,
    earlier_years: bool = True,
) -> Fund:
    """Open a fund of an area and year with its accounts. `purpose`: the programmes it may pay; `source`: who gives it
    (central, provincial, municipal, county, township, lottery, donation); a stock of goods is of kind `goods`.
    earlier_years: whether it may pay months of an earlier year that are still owed."""
    perms.require(by, "payments.fund", area)
    place = areas.area(area)
    _refuse_unusable(year, name, source)
    if not purpose:
        raise refuse(
            "payments.no_purpose",
            zh="资金没有写明用途。",
            en="The fund names no purpose.",
            remedy_zh="请至少选择一个项目；专款只能用于所列项目。",
            remedy_en="Name at least one programme; a fund pays only those it names.",
            rule="专款专用",
        )
    _refuse_unknown_programmes(purpose)
    _one_at_a_time(area)
    _refuse_second(area, year, name, source, sorted(purpose))
    number = Fund.objects.filter(area=place, year=year).count() + 1
    code = f"{kind}/{area}/{year}/{number}"
    account = Account.objects.create(area=place, code=code, name=dict(name), kind=kind)
    for part, zh, en in PARTS[kind]:
        Account.objects.create(
            area=place, code=f"{part}/{code}", name=_named(name, zh, en), kind=part, belongs_to=account
        )
    fund = Fund.objects.create(
        area=place,
        account=account,
        year=year,
        source=source,
        purpose=sorted(purpose),
        department=dict(department),
        earlier_years=earlier_years,
    )
    audit.record(
        "payments.open_fund", by=by, subject=fund, area=area, detail={"code": code, "purpose": sorted(purpose)}
    )
    return fund


@action
def allocate(*, by: User, fund: Fund, amount: int, on: dt.date, memo: str = "") -> None:
    """Put money (fen) from its source into a fund. It is never edited: a wrong one is answered by another."""
    perms.require(by, "payments.fund", fund.area_id)
    if on > clock.today() or on.year != fund.year:
        raise wrong_day(fund.year, on)
    post_once(fund=fund, debit=fund.account, credit=source_of(fund), amount=amount, kind="allocation", on=on, memo=memo)
    audit.record("payments.allocate", by=by, subject=fund, area=fund.area_id, detail={"yuan": yuan(amount)})
    warnings.keep_up(by=by, fund=fund)


def wrong_day(year: int, on: dt.date) -> Refused:
    """A day on which nothing can have come into a fund of this year, or gone out of it to another."""
    return refuse(
        "payments.allocation_day",
        zh="拨入日期 {on} 不在 {year} 年内，或在今天之后。",
        en="The day {on} is not in {year}, or after today.",
        remedy_zh="请填写到账的日期；跨年资金记入当年的专项资金。",
        remedy_en="Enter the day the money came; another year's money goes into that year's fund.",
        on=on,
        year=year,
    )


def source_of(fund: Fund) -> Account:
    """The account of where a fund's money comes from, made at its first use."""
    account, _ = Account.objects.get_or_create(
        code=f"source/{fund.area_id}/{fund.source}",
        defaults={
            "area_id": fund.area_id,
            "name": {"zh-Hans": f"资金来源：{fund.source}", "en": f"Source: {fund.source}"},
            "kind": AccountKind.SOURCE,
            "may_be_negative": True,
        },
    )
    return account


def post_once(*, fund: Fund, debit: Account, credit: Account, amount: int, kind: str, on: dt.date, memo: str) -> int:
    """One transfer of what one document moves: two clicks, or two officers, book it once. Returns its id."""
    with connection.cursor() as cursor:
        cursor.execute("select mz_ledger_lock()")
    same = Transfer.objects.filter(debit=debit, credit=credit, amount=amount, kind=kind, on=on, memo=memo, programme="")
    if memo and same.exists():
        raise refuse(
            "payments.booked_already",
            zh="{on} 已有一笔相同的 {amount} 元（{memo}），没有再记。",
            en="The same {amount} yuan of {on} ({memo}) are booked already; nothing was booked again.",
            remedy_zh="请核对收支；确是另一笔的，请在文号或说明里写明区别。",
            remedy_en="Look at the ledger; if it is another payment, say in the note what tells it apart.",
            on=on,
            amount=yuan(amount),
            memo=memo,
        )
    return post_one(fund=fund, debit=debit, credit=credit, amount=amount, kind=kind, on=on, memo=memo)


def post_one(
    *, fund: Fund, debit: Account, credit: Account, amount: int, kind: str, on: dt.date, memo: str, programme: str = ""
) -> int:
    """One transfer by itself. Returns its id."""
    if amount <= 0:
        raise refuse(
            "payments.amount",
            zh="金额必须大于零（现为 {amount} 元）。",
            en="The amount must be more than nothing (it is {amount} yuan).",
            remedy_zh="请填写正数；冲正请另记一笔。",
            remedy_en="Give a positive amount; a correction is a transfer of its own.",
            amount=yuan(amount),
        )
    ledger.write(
        "select %s::bigint, %s::bigint, %s::bigint, %s, %s::date, null::bigint, null::bigint, %s, %s, %s",
        [debit.pk, credit.pk, amount, kind, on, programme, fund.area_id, memo],
    )
    with connection.cursor() as cursor:
        cursor.execute("select currval('payments_transfer_id_seq')")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def fund_for(*, programme: str, area: Area, year: int) -> Fund:
    """The fund that pays a programme in an area and year: the nearest one whose purpose names it, the oldest first."""
    prefixes = [area.code[:n] for n in range(2, len(area.code) + 1)]
    candidates = Fund.objects.filter(year=year, area_id__in=prefixes, purpose__contains=[programme])
    found = max(candidates.select_related("account"), key=lambda fund: (len(fund.area_id), -fund.pk), default=None)
    if found is None:
        raise refuse(
            "payments.no_fund",
            zh="{year} 年没有可以支付项目 {programme} 的资金（{area} 及其上级）。",
            en="There is no fund of {year} that may pay {programme} in {area} or above it.",
            remedy_zh="请财务先设立该用途的资金并拨入款项。",
            remedy_en="Have the finance office open a fund with this purpose and allocate money to it.",
            year=year,
            programme=programme,
            area=area.name,
        )
    return found


def _refuse_unusable(year: int, name: Text, source: str) -> None:
    """A fund that nobody could find again, or of a year nobody keeps books for."""
    if not any(text.strip() for text in name.values()):
        raise refuse(
            "payments.fund_name",
            zh="资金没有名称。",
            en="The fund has no name.",
            remedy_zh="请按下达文件填写名称，例如“中央财政困难群众救助补助资金”。",
            remedy_en="Enter the name that its document gives it.",
        )
    latest = clock.today().year + 1
    if not 2000 <= year <= latest:
        raise refuse(
            "payments.fund_year",
            zh="不能设立 {year} 年的资金。",
            en="A fund of {year} cannot be opened.",
            remedy_zh="资金的年度应在 2000 年至 {latest} 年之间。",
            remedy_en="The year of a fund lies between 2000 and {latest}.",
            year=year,
            latest=latest,
        )
    if source not in FundSource.values:
        raise refuse(
            "payments.fund_source",
            zh="没有资金来源“{source}”。",
            en="There is no source of funds “{source}”.",
            remedy_zh="可选：{known_zh}。",
            remedy_en="Choose one of: {known}.",
            source=source,
            known=", ".join(FundSource.values),
            known_zh="、".join(FundSource.labels),
        )


def _refuse_unknown_programmes(purpose: Sequence[str]) -> None:
    found = PolicyFile.objects.filter(kind="policy", in_force=True, programme__in=purpose)
    unknown = sorted(set(purpose) - set(found.values_list("programme", flat=True)))
    if unknown:
        raise refuse(
            "payments.unknown_purpose",
            zh="用途中的项目 {unknown} 不存在。",
            en="The purpose names programmes that there are not: {unknown}.",
            remedy_zh="请从现行项目中选择用途。",
            remedy_en="Choose the purpose from the programmes in force.",
            unknown=", ".join(unknown),
        )


def _refuse_second(area: str, year: int, name: Text, source: str, purpose: list[str]) -> None:
    """Two clicks, or two officers, open one fund once."""
    same = Fund.objects.filter(area=area, year=year, source=source, purpose=purpose, account__name=dict(name)).first()
    if same is not None:
        raise refuse(
            "payments.fund_exists",
            zh="{year} 年已有同名、同来源、同用途的资金“{name_zh}”。",
            en="There is a fund “{name_en}” of {year} with this name, source and purpose already.",
            remedy_zh="请在原有资金上登记到账；确需另设的，请用不同的名称（如加文号）。",
            remedy_en="Book the money on it; if another one is wanted, give it another name (its document's number).",
            year=year,
            name_zh=pick(name, "zh-Hans"),
            name_en=pick(name, "en"),
        )


def _one_at_a_time(area: str) -> None:
    """Two who open funds in an area wait for each other: they are numbered."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(72300003, hashtext(%s))", [area])


def _named(name: Text, zh: str, en: str) -> dict[str, str]:
    return {
        language: f"{text}（{zh}）" if language.startswith("zh") else f"{text} ({en})"
        for language, text in name.items()
    }
