"""Sentences that the registers write themselves. A sector registers its own; the report's text names them."""

from collections.abc import Callable

from django.db.models import Max

from minzheng.areas.queries import within
from minzheng.indicators.kinds import PAID_OUT
from minzheng.indicators.measures import Period
from minzheng.payments.models import Transfer

SENTENCES: dict[str, Callable[[str, Period], str]] = {}


def register(name: str, sentence: Callable[[str, Period], str]) -> None:
    """Let a report's text name this sentence."""
    SENTENCES[name] = sentence


def medical_settled(area: str, period: Period) -> str:
    """How far the settlement lists reach: they come in late, so a report says until which month they were paid."""
    paid = Transfer.objects.filter(
        within(area), programme="medical_assistance", kind__in=PAID_OUT, on__range=(period.first, period.last)
    )
    last = paid.aggregate(last=Max("on"))["last"]
    return "全年" if last is None or last.month == period.last.month else f"截至{last.month}月底"


register("medical_assistance.settled", medical_settled)
