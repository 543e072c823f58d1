"""What the page of an award's claims shows: each with its letter, its consents, what came back and what is left."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minzheng.awards.models import Award
from minzheng.payments import recoveries
from minzheng.payments.models import Receivable, Recovery
from minzheng.payments.set_offs.floors import MILLION, Floor
from minzheng.payments.set_offs.models import Consent, Withdrawal
from minzheng.web.templatetags.mz import yuan

ACTS = {
    "claim": gettext_noop("登记追回"),
    "pay_back": gettext_noop("登记本人退回"),
    "consent": gettext_noop("登记抵扣同意书"),
    "withdraw": gettext_noop("撤回同意书"),
    "write_off": gettext_noop("核销"),
}
CONSEQUENCES = {
    "claim": gettext_noop("登记后生成追回告知书，不从今后的待遇中扣减。"),
    "pay_back": gettext_noop("退回的钱记回原来的资金；可以分次退回。"),
    "consent": gettext_noop("须有本人签字的书面同意。登记以后，仍须在每一批次里由经办人办理抵扣，不会自动扣减。"),
    "withdraw": gettext_noop("本人随时可以撤回。撤回后不再抵扣；在途批次里还没有入账的抵扣作废，下一批次补发给本人。"),
    "write_off": gettext_noop("核销后不再追回，理由永久保留；可以只核销一部分。"),
}


@dataclass(frozen=True)
class Claim:
    """One claim as the page shows it."""

    receivable: Receivable
    left: int
    consents: list[tuple[Consent, Withdrawal | None]]
    settled: list[Recovery]


def claims_of(award: Award) -> list[Claim]:
    """The claims against an award, the oldest first."""
    found = Receivable.objects.filter(award=award).select_related("letter").defer("letter__content")
    return [_claim(one) for one in found.order_by("pk")]


def _claim(receivable: Receivable) -> Claim:
    consents = Consent.objects.filter(receivable=receivable).select_related("withdrawal", "recorded_by").order_by("pk")
    return Claim(
        receivable=receivable,
        left=recoveries.remaining(receivable),
        consents=[(one, getattr(one, "withdrawal", None)) for one in consents],
        settled=list(receivable.recoveries.select_related("booked_by", "set_off__run").order_by("pk")),
    )


def floor_words(floor: Floor | None) -> str:
    """What must be left of each payment, and by which source; nothing where nothing can be set off."""
    if floor is None:
        return _("这个项目没有规定抵扣底线，不能抵扣。")
    parts = []
    if floor.share:
        parts.append(_("当月待遇的 %(percent)s%%") % {"percent": f"{floor.share * 100 / MILLION:g}"})
    if floor.monthly:
        parts.append(_("%(yuan)s 元") % {"yuan": yuan(floor.monthly)})
    return _("抵扣后每月至少留下%(what)s（%(source)s）。") % {
        "what": _("，并且不少于").join(parts),
        "source": floor.source,
    }
