"""What the pages of payments show besides the stage's own queries: names of lines, links, columns."""

from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.access import roles
from minzheng.access.models import User
from minzheng.access.roles import Role
from minzheng.awards.models import Award
from minzheng.core.errors import pick, refuse
from minzheng.payments import actions
from minzheng.payments.fates import fate
from minzheng.payments.models import Payment, Run
from minzheng.payments.queries import BridgeRow
from minzheng.people import queries as people
from minzheng.web import names
from minzheng.web.languages import language
from minzheng.web.tables import Column
from minzheng.web.templatetags.mz import yuan

__all__ = [
    "award_names",
    "award_page",
    "book",
    "case_link",
    "failure_columns",
    "line_columns",
    "line_link",
    "name_lines",
    "payment_page",
    "roles_with",
    "yuan",
]


def roles_with(permission: str) -> list[Role]:
    """The roles that hold a permission."""
    return [role for role in roles.load().roles.values() if permission in role.permissions]


def award_names(awards: list[Award]) -> dict[int, str]:
    """The name each award stands under: its person, or the head of its household when it came on the roster."""
    households = {award.household_id for award in awards if award.household_id}
    days = sorted({award.entered_on for award in awards})
    heads = people.heads_on(households, days[-1], days[0]) if households else {}
    return {
        award.pk: award.person.name if award.person else getattr(heads.get(award.household_id or 0), "name", "")
        for award in awards
    }


def award_page(award: Award) -> str:
    """The page that shows an award: its household's money, or its person."""
    if award.household_id:
        return reverse("household-tab", args=[award.household_id, "money"])
    return reverse("person", args=[award.person_id]) if award.person_id else ""


def case_link(row: BridgeRow) -> str:
    """The case that decided a difference."""
    return reverse("case", args=[row.case_id]) if row.case_id else ""


def name_lines(lines: list[Payment]) -> None:
    """Whom each line is for, in two queries for all of them."""
    labels = award_names([line.award for line in lines])
    for line in lines:
        line.who = labels.get(line.award_id, "")  # type: ignore[attr-defined]


def line_link(line: Payment) -> str:
    return award_page(line.award)


def payment_page(line: Payment) -> str:
    return reverse("payment", args=[line.pk])


def line_columns(run: Run) -> list[Column]:
    """The columns of a run's lines, as the office prints its roster."""
    return [
        Column("name", _("对象"), lambda line: line.who, main=True, link=line_link),
        Column("area", _("村（社区）"), lambda line: line.area.name, order="area_id"),
        Column("kind", _("性质"), lambda line: _(line.get_kind_display()), order="kind"),
        Column("month", _("所属月"), lambda line: line.benefit_month, kind="month", order="benefit_month"),
        Column("people", _("人数"), lambda line: line.people, kind="number", order="people", total=True),
        Column("payee", _("收款人"), lambda line: line.payee.name if line.payee else "", order="payee__name"),
        Column("state", _("状态"), lambda line: _(line.get_state_display()), kind="badge", order="state"),
        Column("reason", _("备注"), lambda line: names.reason_name(line.state_reason)),
        Column("amount", _("金额（元）"), lambda line: line.amount, kind="money", order="amount", total=True),
    ]


def failure_columns() -> list[Column]:
    """The columns of payments that wait to be put right."""
    return [
        Column(
            "name", _("对象"), lambda line: line.who, main=True, link=lambda line: reverse("payment", args=[line.pk])
        ),
        Column("programme", _("项目"), lambda line: names.programme_name(line.programme), order="programme"),
        Column("area", _("村（社区）"), lambda line: line.area.name, order="area_id"),
        Column("month", _("所属月"), lambda line: line.benefit_month, kind="month", order="benefit_month"),
        Column("payee", _("收款人"), lambda line: line.payee.name if line.payee else ""),
        Column("state", _("状态"), lambda line: _(line.get_state_display()), kind="badge", order="state"),
        Column("reason", _("原因"), _why),
        Column("to_do", _("怎么办"), _to_do),
        Column("amount", _("金额（元）"), lambda line: line.amount, kind="money", order="amount", total=True),
    ]


def _why(line: Payment) -> str:
    returned = getattr(line, "bank_return", None)
    return returned.reason if returned else names.reason_name(line.state_reason)


def _to_do(line: Payment) -> str:
    return pick(fate(line).to_do or {}, language())


def book(*, by: User, run: Run, text: str = "", file: bytes | None = None) -> int:
    """Book the bank's answer to the run's latest file: typed lines (`12 账号不存在`), or the file it sent."""
    latest = run.bank_files.order_by("-pk").first()
    if latest is None:
        raise refuse(
            "web.no_bank_file",
            zh="这个批次还没有送过银行文件。",
            en="This run has no bank file yet.",
            remedy_zh="请先送银行，再登记退回。",
            remedy_en="Send it to the bank first, then book what came back.",
        )
    rows = []
    for line in text.splitlines():
        if not line.strip():
            continue
        number, _space, reason = line.strip().partition(" ")
        if not number.isdecimal() or not reason.strip():
            raise refuse(
                "web.return_line",
                zh="“{line}”读不懂。",
                en="“{line}” cannot be read.",
                remedy_zh="每行写：银行文件中的序号，空格，退回原因，例如“12 账号不存在”。",
                remedy_en="On each line: its number in the bank file, a space, the reason (12 no such account).",
                line=line.strip(),
            )
        rows.append(actions.Returned(int(number), reason.strip()))
    return len(actions.book_returns(by=by, bank_file=latest, rows=rows, file=file))
