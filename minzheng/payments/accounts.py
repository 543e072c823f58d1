"""Whether a payment may go to the account on file: in whose name it is, and by what agreement. Decided for all payments
of a run in one query, before anything is sent."""

from collections.abc import Mapping

from django.db import connection

from minzheng.core.errors import Text
from minzheng.payments.models import Run

WHY: Mapping[str, tuple[Text, Text]] = {
    "holder_differs": (
        {"zh-Hans": "账户户名不是本人，也没有代领协议", "en": "The account is in another's name, without an agreement"},
        {
            "zh-Hans": "按银行卡更正户名，或登记代领、一卡通协议后发放",
            "en": "Correct the holder's name, or enter the agreement; then it is paid",
        },
    ),
    "agreement_over": (
        {"zh-Hans": "代领、一卡通协议不在有效期内", "en": "The agreement on the account is not in force"},
        {
            "zh-Hans": "续签协议并登记，或改为本人账户后发放",
            "en": "Have the agreement renewed, or enter the person's own account; then it is paid",
        },
    ),
    "duplicate_account": (
        {"zh-Hans": "账号与别人的相同", "en": "The account is somebody else's too"},
        {
            "zh-Hans": "核对账号；合用一个账户的，登记代领、一卡通协议后发放",
            "en": "Check the account; where it is shared, enter the agreement; then it is paid",
        },
    ),
}
"""Why a payment is held for its account → why, and what to do."""

# Names are compared as a bank does: without blanks, and whatever point stands in a name of several parts.
JUDGED = """
select i.id, i.person_id, i.digest, coalesce(g.in_force, false) as agreed,
       case when g.in_force then null
            when g.in_force is not null then 'agreement_over'
            when translate(coalesce(nullif(i.note ->> 'holder', ''), d.name), ' 　·•・．.', '')
                 <> translate(d.name, ' 　·•・．.', '') then 'holder_differs' end as reason
from people_identifier i
join people_person d on d.id = i.person_id
left join lateral (
    select mz_today() between a.valid_from and coalesce(a.valid_to, 'infinity'::date)
           and a.holder = i.note ->> 'holder' as in_force
    from people_account_agreement a where a.account_id = i.id order by a.id desc limit 1
) g on true
where i.kind = 'account' and i.valid_to is null
"""
"""Of every current account: whether it is another's by an agreement in force, and why nothing may go there."""

WRONG = f"""
with lines as (
    select p.id, p.payee_id, judged.digest, judged.agreed, judged.reason
    from payments_payment p
    join people_identifier own on own.person_id = p.payee_id and own.kind = 'account' and own.valid_to is null
    join ({JUDGED}) judged on judged.id = own.id
    where p.run_id = %s and p.state = 'computed'
), shared as (
    select digest from lines where not agreed group by digest having min(payee_id) <> max(payee_id)
)
select lines.id, coalesce(lines.reason, 'duplicate_account')
from lines left join shared on shared.digest = lines.digest and not lines.agreed
where lines.reason is not null or shared.digest is not null
"""  # noqa: S608 - put together from a constant of this file
"""Payments of a run (its only parameter) that may not go to the account on file, each with its reason."""


def wrong(run: Run) -> dict[int, str]:
    """The payments of a run that may not go to the account on file, each with its reason: the account is in another's
    name or has two owners, and no agreement in force says that it may."""
    with connection.cursor() as cursor:
        cursor.execute(WRONG, [run.pk])
        return dict(cursor.fetchall())


_ONE = f"""
select judged.reason, not judged.agreed and exists (
    select from people_identifier same join ({JUDGED}) other on other.id = same.id
    where same.digest = judged.digest and same.kind = 'account' and other.id <> judged.id and not other.agreed)
from ({JUDGED}) judged where judged.person_id = %s
"""  # noqa: S608 - the same


def fault(person: int) -> str:
    """Why somebody cannot be paid to the account they have now; nothing where they can."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE, [person])
        row = cursor.fetchone()
    if row is None:
        return "no_account"
    reason, shared = row
    return str(reason) if reason else "duplicate_account" if shared else ""
