"""What whoever keeps a fund is warned of, as tasks on their work list: it will not last, money will be left over late
in the year, an allocation is overdue. The figures are policies/funds.yaml's."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from minzheng.areas.queries import within
from minzheng.awards.timing import shift
from minzheng.core import clock, tasks
from minzheng.core.audit import Actor
from minzheng.core.errors import Text, pick
from minzheng.core.models import Task
from minzheng.payments import books, fund_rules
from minzheng.payments.amounts import yuan
from minzheng.payments.forecast import Forecast, Year, forecasts
from minzheng.payments.models import AccountKind, Budget, Fund

SHORT, UNSPENT, OVERDUE = "payments.fund_short", "payments.fund_unspent", "payments.fund_overdue"
KINDS = (SHORT, UNSPENT, OVERDUE)


@dataclass(frozen=True)
class FundWarning:
    """One thing about a fund that somebody has to see to, and by when."""

    kind: str
    label: Text
    due_on: dt.date | None


def keep_up(*, by: Actor, fund: Fund | None = None, area: str | None = None) -> None:
    """Open, bring up to date and close the warnings of one fund, or of all funds of an area: this year's, and last
    year's that still hold money."""
    area, year = fund.area_id if fund is not None else area or "", clock.today().year
    rows = books.funds(area, fund.year if fund is not None else year)
    still_open = Task.objects.filter(
        within(area, "area_code"), permission="payments.fund", kind__in=KINDS, done_on=None
    )
    if fund is not None:
        rows = [row for row in rows if row["fund"].pk == fund.pk]
        still_open = still_open.filter(subject_id=fund.pk)
    else:
        before = Fund.objects.filter(within(area), year=year - 1, account__balance__gt=0).select_related("account")
        rows += [{"fund": one, "balance": one.account.balance} for one in before]
    found = of_funds(area, rows)
    wanted = {(pk, warning.kind) for pk, warnings in found.items() for warning in warnings}
    over = [task.pk for task in still_open if (task.subject_id, task.kind) not in wanted]
    Task.objects.filter(pk__in=over).update(done_on=clock.today(), done_by=by.pk)
    for row in rows:
        for warning in found[row["fund"].pk]:
            _open(row["fund"], warning)


def of_funds(area: str, rows: list[dict[str, Any]], ahead: Year | None = None) -> dict[int, list[FundWarning]]:
    """The warnings of an area's funds by their ids (`rows`: `books.funds`; `ahead`: this year's forecasts, where they
    are known). Only money; of last year only that it still holds some."""
    today = clock.today()
    found: dict[int, list[FundWarning]] = {row["fund"].pk: [] for row in rows}
    money = [row for row in rows if row["fund"].account.kind == AccountKind.FUND]
    for row in money:
        if row["fund"].year == today.year - 1 and row["balance"] > 0:
            found[row["fund"].pk].append(_left_behind(row["fund"], row["balance"]))
    current = [row for row in money if row["fund"].year == today.year]
    if not current:
        return found
    year = ahead or forecasts(area, today.year)
    expected = _expected([row["fund"] for row in current], today)
    for row in current:
        fund = row["fund"].pk
        known = year.funds.get(fund) or Forecast(row["balance"])
        wanted = (_short(row, known, today), _unspent(row, known, today), _overdue(row, expected.get(fund, ())))
        found[fund] += [one for one in wanted if one is not None]
    return found


def _short(row: dict[str, Any], ahead: Forecast, today: dt.date) -> FundWarning | None:
    """What the budget still promises is counted on, until it is needed within the notice."""
    month = ahead.short_from
    if month is None:
        return None
    promised = max((row["budget"] or 0) - row["had"], 0)
    near = shift(today.replace(day=1), fund_rules.load().notice_months)
    if promised + ahead.left_over >= 0 and month > near:
        return None
    missing, whole = yuan(ahead.missing_by(month)), yuan(-ahead.left_over)
    return FundWarning(
        SHORT,
        {
            "zh-Hans": f"资金不够：{month:%Y-%m} 差 {missing} 元，到年底差 {whole} 元",
            "en": f"Will not last: {missing} yuan are missing for {month:%Y-%m}, {whole} yuan by December",
        },
        max(month, today),
    )


def _unspent(row: dict[str, Any], ahead: Forecast, today: dt.date) -> FundWarning | None:
    rules = fund_rules.load()
    own = row["allocated"] + row["passed"] + row["carried"]  # without what was passed on
    if today.month < rules.unspent_from_month or own <= 0 or ahead.left_over * 100 <= own * rules.unspent_percent:
        return None
    left = yuan(ahead.left_over)
    return FundWarning(
        UNSPENT,
        {
            "zh-Hans": f"预计年底结余 {left} 元：核对支出进度，准备结转或缴回",
            "en": f"{left} yuan will be left over in December: check the spending, prepare to carry them over",
        },
        dt.date(today.year, 12, 31),
    )


def _left_behind(fund: Fund, balance: int) -> FundWarning:
    """A year is over, and its fund still holds money."""
    left = yuan(balance)
    return FundWarning(
        UNSPENT,
        {
            "zh-Hans": f"{fund.year} 年结余 {left} 元：办理结转或由来源收回",
            "en": f"{left} yuan are left of {fund.year}: carry them over, or let the source take them back",
        },
        dt.date(fund.year + 1, 1, 31),
    )


def _overdue(row: dict[str, Any], expected: tuple[tuple[dt.date, int], ...]) -> FundWarning | None:
    """Budgets whose day is over, the earliest first, against what has come."""
    sum_, had = 0, row["had"]
    since = None
    for day, fen in expected:
        sum_ += fen
        if since is None and sum_ > had:
            since = day
    if since is None:
        return None
    missing = yuan(sum_ - had)
    return FundWarning(
        OVERDUE,
        {
            "zh-Hans": f"应于 {since} 前到位的资金还差 {missing} 元：请催拨",
            "en": f"{missing} yuan that should have come by {since} are missing: ask for them",
        },
        since,
    )


def _expected(funds: list[Fund], today: dt.date) -> dict[int, tuple[tuple[dt.date, int], ...]]:
    last = today - dt.timedelta(days=fund_rules.load().overdue_days)
    rows = (
        Budget.objects.filter(fund__in=funds, superseded_at=None, expected_by__lt=last)
        .order_by("fund", "expected_by", "pk")
        .values_list("fund", "expected_by", "amount")
    )
    found: dict[int, tuple[tuple[dt.date, int], ...]] = {}
    for fund, day, fen in rows:
        assert day is not None  # earlier than a day, as asked for
        found[fund] = (*found.get(fund, ()), (day, fen))
    return found


def _open(fund: Fund, warning: FundWarning) -> None:
    tasks.open_task(
        warning.kind,
        subject=fund,
        area=fund.area_id,
        label=warning.label,
        permission="payments.fund",
        due_on=warning.due_on,
        rule="专款专用",
        programme=fund.purpose[0] if len(fund.purpose) == 1 else "",
        who=pick(fund.account.name, "zh-Hans"),
    )
