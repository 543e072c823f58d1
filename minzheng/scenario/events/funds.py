"""Funds after they were opened (`fund`, in `paying`): money that comes, passes between them and is carried over,
budgets, shares, warnings, and what is expected of them."""

from typing import Any

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.core.models import Task
from minzheng.payments import actions as payments
from minzheng.payments import books, shares, warnings
from minzheng.payments.forecast import forecasts
from minzheng.payments.models import Fund
from minzheng.policy.values import Kind, write
from minzheng.scenario import forms, places
from minzheng.scenario.play import Play
from minzheng.scenario.registry import event

PLACES = {"county": places.COUNTY, "town": places.TOWN}
NONE = "none"
DOCUMENT = "示财社〔2025〕3号"


def fund_of(play: Play, programme: str, place: str, year: int | None = None) -> Fund:
    """The newest fund of a place and year that may pay a programme. Refuses where there is none."""
    found = (
        Fund.objects.filter(
            area_id=PLACES[place], year=year or play.today.year, purpose__contains=[programme], account__kind="fund"
        )
        .select_related("account", "area")
        .order_by("-pk")
        .first()
    )
    if found is None:
        raise play.fault("no_fund", programme=programme, place=place, year=year or play.today.year)
    return found


@event("allocate", main="programme")
def allocate(
    play: Play, *, yuan: forms.Money, programme: forms.Programme = "dibao", place: forms.PlaceName = "town"
) -> None:
    """More money comes into a fund of this year from its source."""
    with play.acting("finance", places.COUNTY) as user:
        payments.allocate(by=user, fund=fund_of(play, programme, place), amount=yuan, on=play.today, memo=DOCUMENT)


@event("budget")
def budget(
    play: Play,
    *,
    yuan: forms.Money,
    programme: forms.Programme = "dibao",
    place: forms.PlaceName = "town",
    expected_by: forms.Day | None = None,
) -> None:
    """What a fund of this year should get for a programme, and by when."""
    with play.acting("finance", places.COUNTY) as user:
        payments.set_budget(
            by=user, fund=fund_of(play, programme, place), programme=programme, amount=yuan, on=play.today,
            document=DOCUMENT, expected_by=expected_by,
        )  # fmt: skip


@event("pass_on")
def pass_on(play: Play, *, yuan: forms.Money, programme: forms.Programme = "dibao") -> None:
    """The county's fund passes money on to the township's."""
    with play.acting("finance", places.COUNTY) as user:
        giver, taker = fund_of(play, programme, "county"), fund_of(play, programme, "town")
        payments.pass_on(by=user, fund=giver, to=taker, amount=yuan, on=play.today, memo=DOCUMENT)


@event("pass_back")
def pass_back(play: Play, *, yuan: forms.Money, programme: forms.Programme = "dibao") -> None:
    """The township's fund returns money to the county's."""
    with play.acting("finance", places.COUNTY) as user:
        giver, taker = fund_of(play, programme, "town"), fund_of(play, programme, "county")
        payments.pass_back(by=user, fund=giver, to=taker, amount=yuan, on=play.today, memo=DOCUMENT)


@event("carry_fund", main="programme")
def carry_fund(play: Play, *, programme: forms.Programme = "dibao", place: forms.PlaceName = "town") -> None:
    """What is left of last year's fund goes into this year's."""
    with play.acting("finance", places.COUNTY) as user:
        before, after = fund_of(play, programme, place, play.today.year - 1), fund_of(play, programme, place)
        payments.carry_over(by=user, fund=before, to=after, on=play.today)


@event("shares")
def set_shares(
    play: Play, *, per_cent: forms.MoneyBySource, since: forms.Day | None = None, programme: forms.Programme = "dibao"
) -> None:
    """Which level bears how many per cent of a programme's cost, since this year's first day or another."""
    with play.acting("finance", places.COUNTY) as user:
        payments.set_shares(
            by=user, programme=programme, area=places.COUNTY, since=since or play.today.replace(month=1, day=1),
            parts=per_cent, document=DOCUMENT,
        )  # fmt: skip


@event("watch_funds")
def watch_funds(play: Play, *, place: forms.PlaceName = "county") -> None:
    """The first page of a day: warnings of funds follow what is owed."""
    with play.acting("finance", places.COUNTY) as user:
        warnings.keep_up(by=user, area=PLACES[place])


@event("expect_fund")
def expect_fund(
    play: Play,
    *,
    programme: forms.Programme = "dibao",
    place: forms.PlaceName = "town",
    year: forms.Whole | None = None,
    holds: forms.Money | None = None,
    needs: forms.Money | None = None,
    short_from: forms.MonthOrNone | None = None,
    warned: forms.ListOfWords | None = None,
    missing: forms.MoneyBySource | None = None,
) -> None:
    """Of a fund: what it `holds`, what it still `needs` this year, the first month it cannot pay (`short_from`), of
    what it is `warned` (short, unspent, overdue), and what each level has `missing` by the shares."""
    with scope([EVERYWHERE]):
        fund = fund_of(play, programme, place, year)
        ahead = forecasts(fund.area_id, fund.year).funds[fund.pk]
        found: list[tuple[str, Any, Any]] = []
        if holds is not None:
            found.append(("holds", _yuan(holds), _yuan(fund.account.balance)))
        if needs is not None:
            found.append(("needs", _yuan(needs), _yuan(ahead.need)))
        if short_from is not None:
            found.append(("short_from", short_from, ahead.short_from or NONE))
        if warned is not None:
            kinds = Task.objects.filter(subject_type="payments.fund", subject_id=fund.pk, done_on=None)
            is_ = sorted(kind.removeprefix("payments.fund_") for kind in kinds.values_list("kind", flat=True))
            found.append(("warned", sorted(warned), is_ or [NONE]))
        if missing is not None:
            is_missing = {source: _yuan(fen) for source, fen in _missing(play, fund).items()}
            found.append(("missing", {source: _yuan(fen) for source, fen in sorted(missing.items())}, is_missing))
    play.differs([f"{what} {is_} ≠ {wanted}" for what, wanted, is_ in found if wanted != is_])


def _missing(play: Play, fund: Fund) -> dict[str, int]:
    """Fen that each level still owes for the programmes that share funds with this one."""
    area = places.COUNTY
    groups = shares.matching(books.funds(area, fund.year), forecasts(area, fund.year), shares.known(area), play.today)
    levels = [level for group in groups if fund.pk in group.funds for level in group.levels]
    return {level.source: level.missing for level in sorted(levels, key=lambda one: one.source) if level.missing > 0}


def _yuan(fen: int) -> str:
    return write(fen, Kind.MONEY)
